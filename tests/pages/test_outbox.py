"""The demo's outbox page: the mails newest first, for the demo's own machine, and nowhere else."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from config.mail import FolderBackend

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def folder(acme: object, settings: Any, tmp_path: Path) -> Path:
    settings.OUTBOX_FOLDER = settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(folder: Path, subject: str, text: str, *, at: int) -> None:
    """A mail through the demo's backend, delivered `at` this second."""
    before = set(folder.glob("*.eml"))
    FolderBackend().send_messages([EmailMessage(subject, text, to=["henri@acme.example"])])
    (path,) = set(folder.glob("*.eml")) - before
    os.utime(path, (at, at))


def page(peer: str = "127.0.0.1") -> tuple[int, str]:
    answer = Client(HTTP_HOST="localhost", REMOTE_ADDR=peer).get("/outbox/")
    return answer.status_code, answer.content.decode()


def test_the_newest_mail_comes_first_with_all_that_one_needs(folder: Path) -> None:
    text = "Hello,\n\n    http://acme.localhost:8000/wallet/\n\n    ABCD-1234\n"
    send(folder, "Your phone for the doors of Zoë & Co", text, at=1_772_000_000)
    send(folder, "Reset", "https://platform.localhost/password/reset/x/", at=1_772_000_060)
    send(folder, "Welcome", "No address in here.", at=1_772_000_030)
    status, html = page()
    assert status == 200
    places = [
        html.index(f"<h2>{name}") for name in ("Reset", "Welcome", "Your phone for the doors of Zoë &amp;")
    ]
    assert places == sorted(places)
    assert html.count("henri@acme.example") == 3
    assert "2026-02-25T06:13:20+00:00" in html
    assert "<p>ABCD-1234</p>" in html
    assert 'href="http://acme.localhost:8000/wallet/"' in html
    assert 'href="https://platform.localhost/password/reset/x/"' in html
    assert html.count("Open its link") == 2


def test_an_empty_outbox_says_what_to_do(folder: Path) -> None:
    for made in (False, True):
        if made:
            folder.mkdir()
        status, html = page()
        assert (status, "No mail yet" in html, "Invite a person" in html) == (200, True, True)


def test_what_people_write_stays_text(folder: Path) -> None:
    send(folder, SCRIPT, f"{SCRIPT} http://elsewhere.example/ javascript:alert(1) http://[", at=1)
    _, html = page()
    assert SCRIPT not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "Open its link" not in html
    assert 'href="http://elsewhere' not in html


def test_only_the_last_are_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pages.mailbox", "pages.views.outbox"):
        monkeypatch.setattr(f"{name}.MOST_SHOWN", 2)
    for number in range(3):
        send(folder, f"Mail {number}", "x", at=1_772_000_000 + number)
    _, html = page()
    assert ("Mail 0" in html, "Mail 1" in html, "Mail 2" in html) == (False, True, True)
    assert "The last 2 are shown" in html


@pytest.mark.parametrize("elsewhere", ["192.0.2.9", "10.0.0.1", "", "unix:"])
def test_nobody_in_the_network_reads_them(folder: Path, elsewhere: str) -> None:
    send(folder, "Reset", "secret", at=1)
    assert page(elsewhere)[0] == 404
    assert page("127.0.0.1")[0] == page("::1")[0] == 200


@pytest.mark.usefixtures("acme")
def test_without_the_launchers_word_there_is_no_such_page(folder: Path, settings: Any) -> None:
    send(folder, "Reset", "secret", at=1)
    assert Client(HTTP_HOST="acme.localhost").get("/outbox/").status_code == 404
    settings.OUTBOX_FOLDER = ""
    assert page()[0] == 404
