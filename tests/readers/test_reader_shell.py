"""The reader page's service worker: it names all that the page loads, the decoder too."""

import base64
import hashlib
import json
import re
from pathlib import Path

from django.conf import settings
from django.test import Client

from tenants.context import CompanyRef

STATIC = Path(settings.STATICFILES_DIRS[0])


def test_all_that_the_page_loads_is_kept(acme: CompanyRef) -> None:
    client = Client(HTTP_HOST="acme.localhost")
    answer = client.get("/reader/worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    found = re.match(r"const SHELL = (\{.*?\n\});\n", answer.content.decode(), re.S)
    assert found is not None
    shell = json.loads(found[1])
    assert (shell["name"], shell["page"]) == ("reader", "/reader/")
    kept: dict[str, str] = shell["files"]
    scripts = {f"/static/{path.relative_to(STATIC)}" for path in (STATIC / "reader").rglob("*.js")}
    pages = {f"/static/reader/{name}.js" for name in ("console",)}
    assert scripts - pages <= kept.keys()
    also = {"zxing-wasm/reader/zxing_reader.wasm", "zxing-wasm/share.js", "noble-ciphers/_polyval.js"}
    assert {f"/static/vendor/{name}" for name in also} <= kept.keys()
    assert kept.pop("/reader/") == hashed(client.get("/reader/").content)
    for address, expected in kept.items():
        assert expected == hashed((STATIC / address.removeprefix("/static/")).read_bytes()), address


def hashed(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
