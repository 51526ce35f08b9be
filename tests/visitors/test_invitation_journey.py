"""In a real Chromium: a guest is invited, a file is looked at, and the visitor's page is sound on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

from tests.fixtures.live import Live
from tests.pages.test_alarm_and_lost_pages import hold_as_it_is
from tests.pages.test_journeys import SCREENS, Console

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]
YEAR = timezone.now().year + 1
LONG = "Ein sehr langer Name mit " + "Bindestrich-" * 12 + " نور 👩‍🚀"


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live) -> Iterator[Console]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = Console(live_stack, browser)
        made.do("receive")
        yield made
        browser.close()


def invite(console: Console, name: str, email: str, language: str = "en") -> None:
    page = console.page
    page.goto(console.address("/visitors/invite/"))
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.select_option("[name=language]", language)
    page.locator("[name=host_name]").press_sequentially("Henri")
    page.click("#hosts-found label:has-text('Henri')")
    page.fill("[name=begins]", f"{YEAR}-06-07T09:00")
    page.fill("[name=subject]", "Audit")


def test_one_is_invited_and_stands_in_the_list(console: Console) -> None:
    page = console.page
    page.goto(console.address("/visitors/coming/"))
    hold_as_it_is(page, "coming-none")
    invite(console, LONG, "vera@guest.example")
    page.click("summary:has-text('More guests')")
    hold_as_it_is(page, "invite")
    page.click("button:has-text('Invite')")
    expect(page.locator("h1")).to_have_text("Invitations")
    expect(page.locator(".notice-success")).to_contain_text("is invited")
    hold_as_it_is(page, "coming")
    page.click("a:has-text('Change')")
    expect(page.locator("h1")).to_contain_text("Change the visit")
    hold_as_it_is(page, "visit-move")
    page.fill("[name=begins]", f"{YEAR}-06-08T09:00")
    page.fill("[name=ends]", f"{YEAR}-06-08T10:00")
    page.click("button:has-text('Change the visit')")
    expect(page.locator(".notice-success")).to_contain_text("It is changed.")


def test_a_file_is_looked_at_and_worked_off(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "guests.csv"
    guests = "".join(f"Guest {number},g{number}@guest.example,Firm\n" for number in range(3))
    file.write_text(f"name,email,firm\n{guests},nobody@guest.example,\n")
    page = console.page
    page.goto(console.address("/visitors/invite/file/"))
    page.set_input_files("[name=file]", file)
    page.locator("[name=host_name]").press_sequentially("Henri")
    page.click("#hosts-found label:has-text('Henri')")
    page.fill("[name=begins]", f"{YEAR}-07-07T09:00")
    hold_as_it_is(page, "visit-file")
    page.click("button:has-text('Read it')")
    expect(page.locator("h1")).to_have_text("Check before you invite")
    hold_as_it_is(page, "visit-file-check")
    page.click("button:has-text('Invite 3')")
    expect(page.locator("main")).to_contain_text("3 planned, 1 not invited", timeout=30_000)
    page.reload()
    hold_as_it_is(page, "visit-group")
    page.click("button:has-text('Cancel all')")
    page.click("dialog[open] button:has-text('Cancel all visits')")
    expect(page.locator(".notice-success")).to_contain_text("being cancelled")


def signed_at_home(page: Page, *, keys: bool) -> None:
    """An empty field is refused on the page; then a line is drawn, by pointer or by keys, and kept."""
    form, field = page.locator("form[data-sign]"), page.locator("canvas")
    expect(page.locator("[data-kiosk]")).to_be_hidden()
    form.locator("[type=submit]").click()
    expect(form.locator("[role=alert]")).to_be_visible()
    expect(field).to_be_focused()
    if keys:
        for key in ["Space", *["ArrowRight"] * 8, *["ArrowUp"] * 4, "Space"]:
            field.press(key)
    else:
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 160, box["y"] + 30, steps=6)
        page.mouse.up()
    form.locator("[type=submit]").click()
    expect(page.locator("#documents ~ details .pill-good")).to_be_visible()
    expect(field).to_have_count(0)


def test_without_scripts_it_is_signed_at_the_kiosk(console: Console) -> None:
    invite(console, "Nora Noscript", "nora@guest.example")
    console.page.click("button:has-text('Invite')")
    expect(console.page.locator("h1")).to_have_text("Invitations")
    page = console.new_page(console.browser.new_context(java_script_enabled=False))
    page.goto(console.address(console.do("visit_address", "Nora Noscript")))
    page.locator("#documents ~ details summary").click()
    expect(page.locator("[data-kiosk]")).to_have_text("You sign this at the kiosk.")
    expect(page.locator("form[data-sign]")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_visitors_page_on_a_phone(console: Console, language: str) -> None:
    name = f"Vera {language} {LONG}"
    invite(console, name, f"{language}@guest.example", language)
    console.page.click("button:has-text('Invite')")
    expect(console.page.locator("h1")).to_have_text("Invitations")
    page = console.new_page(console.new_context(*SCREENS["phone"]))
    page.goto(console.address(console.do("visit_address", name)))
    expect(page.locator("html")).to_have_attribute("lang", language)
    for section in page.locator("details").all():
        section.locator("summary").click()
    hold_as_it_is(page, f"visit-{language}")
    signed_at_home(page, keys=language == "de")
    hold_as_it_is(page, f"visit-{language}-signed")
    page.locator("form[action$='/coming/'] button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.locator("details.visit-cannot summary").click()
    page.locator("form[action$='/cannot/'] button").click()
    hold_as_it_is(page, f"visit-{language}-cancelled")
    page.reload()
    console.complaints.clear()  # that nothing is there is an error to the browser's console


def test_nothing_complained(console: Console) -> None:
    assert console.complaints == []
