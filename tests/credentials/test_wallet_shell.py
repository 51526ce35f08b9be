"""The service worker's text: it names all that the wallet loads, and differs when any of it does."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from credentials import shell
from tenants.context import CompanyRef

STATIC = Path(settings.STATICFILES_DIRS[0])


def told(client: Client) -> dict[str, str]:
    """The files that the worker keeps, with their hashes."""
    answer = client.get("/wallet/worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    found = re.match(r"const SHELL = (\{.*?\n\});\n", answer.content.decode(), re.S)
    assert found is not None
    files: dict[str, str] = json.loads(found[1])["files"]
    return files


@pytest.fixture
def phone(acme: CompanyRef) -> Client:
    return Client(HTTP_HOST="acme.localhost")


def test_every_script_of_the_wallet_is_kept(phone: Client) -> None:
    kept = told(phone)
    scripts = {f"/static/wallet/{path.name}" for path in (STATIC / "wallet").glob("*.js")}
    assert scripts - {"/static/wallet/worker.js"} <= kept.keys()
    also = {"css/tokens.css", "vendor/qrcode-generator/qrcode.js", "vendor/atkinson/latin.woff2"}
    assert {f"/static/{name}" for name in also} <= kept.keys()
    assert {name for name in kept if not name.startswith("/static/")} == {"/wallet/"}


def test_the_hashes_are_those_of_what_is_served(phone: Client) -> None:
    kept = told(phone)
    page = phone.get("/wallet/").content
    assert kept.pop("/wallet/") == base64.b64encode(hashlib.sha256(page).digest()).decode()
    for address, hashed in kept.items():
        content = (STATIC / address.removeprefix("/static/")).read_bytes()
        assert hashed == base64.b64encode(hashlib.sha256(content).digest()).decode(), address


def test_another_company_has_another_page(phone: Client, globex: CompanyRef) -> None:
    other = told(Client(HTTP_HOST="globex.localhost"))
    assert {name for name, hashed in told(phone).items() if other[name] != hashed} == {"/wallet/"}


def test_a_file_that_changes_changes_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "a.js"
    script.write_text('import { b } from "./b.js";\n')
    (tmp_path / "b.js").write_text("export const b = 1;\n")
    monkeypatch.setattr(finders, "find", lambda name: str(tmp_path / name))
    page = b'<script src="/static/a.js"></script><a href="/elsewhere/">'
    before = shell.shell_of(page)
    (tmp_path / "b.js").write_text("export const b = 22;\n")
    after = shell.shell_of(page)
    assert before.keys() == after.keys() == {"/static/a.js", "/static/b.js"}
    assert {name for name in before if before[name] != after[name]} == {"/static/b.js"}


def test_a_link_that_leads_nowhere_is_no_version() -> None:
    with pytest.raises(FileNotFoundError):
        shell.shell_of(b'<script src="/static/wallet/nowhere.js"></script>')
