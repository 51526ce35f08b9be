"""Every language of the kiosk says everything that English says; nothing is inline; the worker keeps all."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tenants.context import CompanyRef

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static" / "kiosk"
ENTRY = re.compile(r'^  (\w+): "((?:[^"\\]|\\.)*)",$', re.M)
USED = re.compile(r'(?:\btext\(\s*|data-text=|data-label=|title: |lead: )"([a-z]\w+)"')


def texts(language: str) -> dict[str, str]:
    source = (STATIC / f"texts-{language}.js").read_text()
    found = dict(ENTRY.findall(source))
    assert len(found) == source.count('",\n'), "an entry was not read"
    return found


def gaps(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


def page() -> str:
    return "".join(path.read_text() for path in (ROOT / "templates" / "kiosk").glob("*.html"))


def scripts() -> str:
    return "".join(path.read_text() for path in STATIC.glob("*.js") if not path.name.startswith("texts-"))


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_language_says_everything(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert other.keys() == english.keys()
    assert {name: gaps(text) for name, text in other.items()} == {
        name: gaps(text) for name, text in english.items()
    }
    assert all(other.values())
    same = {name for name, text in other.items() if text == english[name]}
    assert same <= {"code_label", "host_label"}, "not translated"


@pytest.mark.parametrize(
    ("language", "again"), [("en", "again"), ("de", "wieder"), ("fr", "de nouveau"), ("es", "de nuevo")]
)
def test_whoever_was_here_before_finds_their_way(language: str, again: str) -> None:
    """There is no choice of their own: nothing is known of anybody by what they type."""
    said = texts(language)
    assert all(again in said[name] for name in ("home_expected_more", "home_walk_in_more"))


def test_no_language_shouts_or_blames() -> None:
    for language in ("en", "de", "fr", "es"):
        assert not [text for text in texts(language).values() if "!" in text or "ops" in text.split()]


def test_what_the_page_asks_for_is_there() -> None:
    used = set(USED.findall(page() + scripts()))
    assert len(used) > 80
    assert used <= texts("en").keys()


def test_no_text_is_left_that_nobody_says() -> None:
    """But for those that are asked for by a refusal's code, a step or a choice."""
    built = ("home_", "way_", "move_", "face_")
    said = set(re.findall(r'"([a-z]\w+)"', page() + scripts()))
    codes = set(re.findall(r'Refused\(\s*"(\w+)"', "".join(sources())))
    left = {name for name in texts("en") if not name.startswith(built)} - said - codes
    assert left <= {"rate_limited", "server_unavailable", "clock_skew", "notice_changed"}


def sources() -> list[str]:
    rooms = ("visitors", "credentials", "compliance", "biometrics")
    return [path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py")]


def test_nothing_is_inline() -> None:
    """The Content-Security-Policy would refuse it, and the page would stand still."""
    assert "style=" not in page()
    assert "<style" not in page()
    assert not re.search(r"<script(?![^>]*src=)", page())
    assert not re.search(r"\son\w+=", page())
    assert "innerHTML" not in scripts()
    assert "insertAdjacentHTML" not in scripts()


def test_all_that_the_page_loads_is_kept(acme: CompanyRef) -> None:
    client = Client(HTTP_HOST="acme.localhost")
    answer = client.get("/kiosk/worker.js")
    found = re.match(r"const SHELL = (\{.*?\n\});\n", answer.content.decode(), re.S)
    assert found is not None
    shell = json.loads(found[1])
    assert (shell["name"], shell["page"]) == ("kiosk", "/kiosk/")
    kept: dict[str, str] = shell["files"]
    static = Path(settings.STATICFILES_DIRS[0])
    own = {f"/static/{path.relative_to(static)}" for path in (static / "kiosk").glob("*.js")}
    assert own <= kept.keys()
    assert {"/static/vendor/zxing-wasm/reader/zxing_reader.wasm", "/static/face/capture.js"} <= kept.keys()
    assert kept.pop("/kiosk/") == hashed(client.get("/kiosk/").content)
    for address, expected in kept.items():
        assert expected == hashed((static / address.removeprefix("/static/")).read_bytes()), address


def hashed(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
