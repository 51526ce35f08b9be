"""The page's own modules in a browser, to be asked."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from playwright.sync_api import Page

AT = "/static/reader"
MODULES = (
    "handles",
    "schedules",
    "clock",
    "facts",
    "rules",
    "points",
    "opening",
    "bundle",
    "judge",
    "journal",
)


def batches(cases: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(cases, size)):
        yield batch


def ask(page: Page, script: str, given: Any = None) -> Any:
    """What the script returns in the page; `given` goes as one text, which is far quicker than as values."""
    imports = "".join(f"const {name} = await import('{AT}/offline/{name}.js');" for name in MODULES)
    return page.evaluate(
        f"""async (text) => {{
            const given = JSON.parse(text);
            const b = await import('{AT}/bytes.js');
            const {{ verifier }} = await import('{AT}/keys.js');
            {imports}
            {script}
        }}""",
        json.dumps(given),
    )
