"""An officer takes an access and an erasure request from receipt to certificate, in a real Chromium.

Afterwards everything that Sallyport keeps is searched for the person: a dump of both databases, Valkey, the
files of a reader program and the logs. The stand-alone verifier finds the record valid before and after, and
not valid after each tampering. The mails themselves lie at the person's mail provider, and are not ours.
"""

import io
import json
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
import pyzipper
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.live import Live
from tests.isolation.heaps import dump, found, keyspace
from tests.journeys.actors import Desk, Phone
from tests.journeys.program import Program
from tests.ledger.excerpts import Excerpt, Line, head_of, judged
from tests.ledger.test_export import forge, swap

pytestmark = [pytest.mark.browser, pytest.mark.faults]
NAME, MAIL, LABEL = "Wilhelmina Ostrakova", "mina.ostrakova@erased.example", "Minas turquoise telephone"
SAID = "Remember the blue umbrella in the cloakroom"
PLANTED = ["Wilhelmina", "Ostrakova", MAIL, "mina.ostrakova", "turquoise telephone", "blue umbrella"]


@pytest.fixture
def program(live_stack: Live, tmp_path: Path) -> Iterator[Program]:
    one = Program(live_stack, f"erased-{secrets.token_hex(3)}", tmp_path / "reader")
    yield one
    one.stop()


def build(desk: Desk) -> None:
    desk.sign_up("Erased & Sons")
    desk.sign_in()
    desk.build()
    desk.go("/compliance/policy/")
    desk.save(
        profile="European Union and EEA (GDPR)", controller="Erased & Sons", contact="privacy@erased.example"
    )


def fit(desk: Desk, program: Program) -> None:
    page = desk.page
    desk.go("/readers/pair/")
    page.fill("[name=name]", "Dock reader")
    page.locator("[name=access_point]").select_option(index=1)
    kind = page.locator("[name=kind]").first
    if kind.evaluate("field => field.tagName") == "SELECT":
        kind.select_option("program")
    else:
        page.check("[name=kind][value=program]")
    page.click("text=Show the code")
    program.pair(page.locator(".pair-code").inner_text())
    desk.reader_is_paired()
    program.start()


def digits(phone: Phone) -> str:
    """The code on the phone's screen, read as a scanner reads it."""
    picture = Image.open(io.BytesIO(phone.show()))
    return str(next(iter(zxingcpp.read_barcodes(picture))).text)


def mailed(live: Live, address: str, pattern: str) -> str | None:
    """What the newest mail to the address says there; None before it has come."""
    paths = sorted((live.place.var / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
    for path in reversed(paths):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",)) if message["To"] == address else None
        wanted = re.search(pattern, body.get_content()) if body is not None else None
        if wanted:
            return wanted[0]
    return None


def exported(desk: Desk) -> bytes:
    """The record of today as an auditor gets it. Sealed first: what was done a moment ago is in it."""
    desk.live.manage("ledger", "seal", "--company", desk.word)
    desk.go("/record/")
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()  # that of the company's first site
    form = desk.page.locator("form[action$='/record/export/']")
    form.locator("[name=first]").fill(str(today - timedelta(days=1)))
    form.locator("[name=last]").fill(str(today))
    with desk.page.expect_download() as caught:
        form.get_by_role("button", name="Export").click()
    return caught.value.path().read_bytes()


def is_valid(data: bytes, folder: Path, *options: str) -> bool:
    path = folder / f"{secrets.token_hex(4)}.zip"
    path.write_bytes(data)
    return judged(path, *options)[0] == 0


def ask_in_the_wallet(phone: Phone) -> None:
    page = phone.page
    page.reload()
    phone.shows("ready")
    page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").tap()
    page.locator("[data-asks-new] summary").tap()
    page.locator("[data-asks-kind]").select_option("access")
    page.fill("[data-asks-message]", SAID)
    page.locator("[data-asks-deed]").tap()
    expect(page.locator("[data-asks-list]")).to_contain_text("1", timeout=15_000)
    phone.shot("asked", whole=True)


def answer_access(desk: Desk, phone: Phone) -> dict[str, bytes]:
    """Collect, look through, deliver; what the person finds in the file, by the passphrase in the wallet."""
    page = desk.page
    desk.go("/compliance/cases/")
    desk.shot("cases", whole=True)
    page.locator("main table a[href*='/compliance/cases/']").first.click()
    expect(page.locator("main")).to_contain_text("The key of a confirmed phone")
    page.get_by_role("button", name="Collect", exact=True).click()
    expect(page.locator("#answer")).to_contain_text(re.compile(r"have answered: \d+"), timeout=60_000)
    desk.shot("collected", whole=True)
    page.get_by_role("link", name="Look it through").click()
    desk.shot("review", whole=True)
    page.get_by_role("button", name="I have read").click()
    page.get_by_role("button", name="Deliver", exact=True).click()
    desk.waits(lambda: mailed(desk.live, MAIL, r"http\S+/privacy/answers/\S+"))
    link = mailed(desk.live, MAIL, r"http\S+/privacy/answers/\S+") or ""
    desk.shot("delivered", whole=True)

    phone.page.goto(link)
    phone.shot("answer", whole=True)
    with phone.page.expect_download() as caught:
        phone.page.get_by_role("button").first.tap()
    phone.go("/wallet/")
    phone.shows("ready")
    phone.page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").tap()
    phone.page.locator("[data-request] [data-shows]").first.tap()
    words = phone.page.locator("[data-request]").first
    expect(words).to_contain_text(re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+"), timeout=15_000)
    phone.shot("passphrase", whole=True)
    phrase = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+", words.inner_text())
    assert phrase is not None
    with pyzipper.AESZipFile(caught.value.path()) as archive:
        archive.setpassword(phrase[0].encode())
        return {name: archive.read(name) for name in archive.namelist()}


def close(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Close the request").click()
    expect(desk.page.locator("main")).to_contain_text("Closed", timeout=15_000)


def ask_publicly(desk: Desk, stranger: Page) -> None:
    """By the public form, from a browser that is signed in nowhere; the link in the mail confirms it."""
    stranger.goto(desk.address("/privacy/request/"))
    stranger.select_option("[name=kind]", "erasure")
    stranger.fill("[name=name]", NAME)
    stranger.fill("[name=email]", MAIL)
    stranger.locator("main button[type=submit], form button[type=submit]").first.click()
    desk.waits(lambda: mailed(desk.live, MAIL, r"http\S+/privacy/request/\S+"))
    stranger.goto(mailed(desk.live, MAIL, r"http\S+/privacy/request/\S+") or "")
    stranger.locator("form button[type=submit]").first.click()


def erase(desk: Desk) -> str:
    """The plan, the deed, the reader's word, the certificate; what its JSON says."""
    page = desk.page
    desk.go("/compliance/cases/")
    page.locator("main table a[href*='/compliance/cases/']", has_text="Erasure").first.click()
    expect(page.locator("#erasure-plan")).to_be_visible()
    desk.shot("plan", whole=True)
    number = re.search(r"Request (\d+)", page.locator("h1").inner_text())
    assert number is not None
    page.fill("[name=typed]", number[1])
    page.get_by_role("button", name="of this person").click()
    for _ in range(60):
        if page.locator("text=Confirmed everywhere").first.is_visible():
            break
        page.wait_for_timeout(1500)
        page.reload()
    desk.shot("erased", whole=True)
    expect(page.locator("main")).to_contain_text("Dock reader")
    with page.expect_download() as caught:
        page.get_by_role("link", name="PDF").first.click()
    assert caught.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as caught:
        page.get_by_role("link", name="JSON").first.click()
    told = caught.value.path().read_text()
    close(desk)
    desk.waits(lambda: mailed(desk.live, MAIL, r"(?i)certificate"))
    desk.live.manage("ledger", "seal", "--company", desk.word)
    return told


def heaps_of(live: Live, program: Program) -> dict[str, bytes]:
    name = live.database_url.rpartition("/")[2].partition("?")[0]
    logs = b"\n".join(path.read_bytes() for path in sorted((live.place.var / "log").rglob("*.log")))
    kept = keyspace(live.env["SALLYPORT_VALKEY_URL"])
    return {
        "database": dump(live.postgres, name),
        "keys database": dump(live.postgres, f"{name}_keys"),
        "valkey": b"\n".join(key + b" " + value for key, value in kept.items()),
        "reader's files": program.files(),
        "logs": logs,
    }


def event_of(excerpt: Excerpt) -> Line:
    return next(entry for entry in excerpt.entries if entry.get("counter"))


def change(excerpt: Excerpt) -> None:
    event_of(excerpt)["granted"] = not event_of(excerpt)["granted"]


def back_date(excerpt: Excerpt) -> None:
    event_of(excerpt)["at_ms"] -= 86_400_000


def drop(excerpt: Excerpt) -> None:
    excerpt.entries.remove(event_of(excerpt))
    excerpt.recount()


def swap_two(excerpt: Excerpt) -> None:
    swap(excerpt.entries, 0, len(excerpt.entries) - 1)


TAMPERINGS: Final[dict[str, Callable[[Excerpt], None]]] = {
    "changed": change,
    "back-dated": back_date,
    "dropped": drop,
    "swapped": swap_two,
    "forged": forge,
}


def test_from_receipt_to_certificate(
    live_stack: Live, browser: Browser, program: Program, tmp_path: Path
) -> None:
    there = (live_stack, browser, program.word)
    desk, phone = Desk.at(*there), Phone.at(*there)
    build(desk)
    fit(desk, program)
    person = desk.add_person(NAME, MAIL)
    phone.enrol(MAIL, label=LABEL)
    desk.confirm_phone()
    program.show(digits(phone))
    phone.waits(lambda: program.openings() == 1)

    ask_in_the_wallet(phone)
    files = answer_access(desk, phone)
    told = b"\n".join(files.values()).decode()
    for planted in (NAME, MAIL, LABEL, "Front door"):
        assert planted in told
    assert "Olga Owner" not in told
    desk.go("/compliance/cases/")
    desk.page.locator("main table a[href*='/compliance/cases/']").first.click()
    close(desk)
    before = exported(desk)
    assert is_valid(before, tmp_path)

    ask_publicly(desk, browser.new_context().new_page())
    certificate = json.loads(erase(desk))
    assert found({"certificate": json.dumps(certificate).encode()}, PLANTED) == []
    assert found({"control": told.encode()}, PLANTED) != []
    assert found(heaps_of(live_stack, program), PLANTED) == []

    after = exported(desk)
    assert is_valid(after, tmp_path)
    assert is_valid(after, tmp_path, "--head", head_of(Excerpt(before), -1))
    # The whole tail cut off: what an outsider holds of it shows it.
    assert not is_valid(before, tmp_path, "--head", head_of(Excerpt(after), -1))
    for what, alter in TAMPERINGS.items():
        altered = Excerpt(after)
        alter(altered)
        assert judged(altered.write(tmp_path / what))[0] == 1, what

    desk.go("/events/")
    expect(desk.page.locator("table.list tbody tr").first).to_contain_text("Front door")
    desk.go(person)
    desk.shot("after", whole=True)
    assert desk.complaints == []
