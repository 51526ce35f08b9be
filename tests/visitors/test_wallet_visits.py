"""The wallet's view of a host: who waits, letting in, declining, inviting, pushes, and no network."""

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright

from tests.credentials.wallet import HOST, Wallet
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
VIEW = "[data-view=visits]"
# A push service gives this out; the browser under test has none to ask. Its keys are real ones.
FAKE_PUSH = """
const made = { held: null };
PushManager.prototype.getSubscription = async () => made.held;
PushManager.prototype.subscribe = async function (options) {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const plain = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const keys = {
    p256dh: plain(await crypto.subtle.exportKey("raw", pair.publicKey)),
    auth: plain(crypto.getRandomValues(new Uint8Array(16))),
  };
  const held = {
    options: { applicationServerKey: options.applicationServerKey },
    unsubscribe: async () => { made.held = null; return true; },
    toJSON: () => ({ endpoint: "https://93.184.215.14/push/1", keys }),
  };
  made.held = held;
  return held;
};
"""


@pytest.fixture(scope="module")
def browser(chromium: str, live_stack: Live) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def phone(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Wallet]:
    language = getattr(request, "param", "en")
    made = Wallet(live_stack, browser, "320", language, f"host-{secrets.token_hex(4)}@acme.example")
    yield made
    made.context.close()


def do(phone: Wallet, *words: str) -> Any:
    return phone.live.office("tests.visitors.host_deeds", HOST).do(*words)


def opened(phone: Wallet) -> None:
    phone.page.locator("[data-view=ready] [data-deed=visits]").click(timeout=15_000)
    phone.shows("visits")


def card(phone: Wallet, name: str) -> Locator:
    return phone.page.locator("[data-hosted]").filter(has_text=name)


def states(phone: Wallet) -> dict[str, str]:
    return {name: state for name, state, _ in do(phone, "visits", phone.holder)}


@pytest.mark.parametrize("phone", ["en", "de", "fr", "es"], indirect=True)
def test_nobody_is_expected_then_somebody_is_invited(phone: Wallet) -> None:
    do(phone, "place")
    phone.enrol()
    opened(phone)
    expect(phone.page.locator("[data-host-none]")).to_be_visible(timeout=15_000)
    phone.shot("visits-none")
    new = phone.page.locator("[data-host-new]")
    new.locator("summary").click()
    new.locator("[type=submit]").click()
    expect(phone.page.locator("[data-host-error]")).to_be_visible()
    new.locator("[name=name]").fill("Vera 山田 Visitor")
    new.locator("[name=email]").fill(f"vera-{secrets.token_hex(4)}@guest.example")
    phone.shot("visits-form")
    phone.fits()
    new.locator("[type=submit]").click()
    expect(phone.page.locator("[data-host-said]")).to_contain_text("Vera 山田 Visitor", timeout=15_000)
    expect(card(phone, "Vera")).to_have_count(1)
    phone.fits()
    phone.shot("visits-invited")
    ends = card(phone, "Vera").locator("[data-host-deed=cancel]")
    ends.click()
    assert states(phone) == {"Vera 山田 Visitor": "invited"}
    ends.click()
    expect(card(phone, "Vera").locator("[data-host-deed=cancel]")).to_be_hidden(timeout=15_000)
    assert states(phone) == {"Vera 山田 Visitor": "cancelled"}
    phone.page.reload()
    phone.shows("ready")
    assert phone.complaints == []


def meeting(*people: tuple[str, str]) -> bytes:
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    told = "".join(f'ATTENDEE;CN="{name}":mailto:{email}\r\n' for name, email in people)
    event = f"UID:1@guest.example\r\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\n{told}"
    return f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def test_several_guests_every_week_and_one_taken_along(phone: Wallet) -> None:
    do(phone, "place")
    phone.enrol()
    opened(phone)
    new = phone.page.locator("[data-host-new]")
    new.locator("summary").click()
    new.locator("[name=name]").fill("Vera Visitor")
    for name in ("", "Ada Ahead"):
        new.locator("[data-host-add]").click()
        new.locator("[data-field=name]").last.fill(name)
    new.locator("[data-drop]").first.click()
    expect(new.locator("[data-nth]")).to_have_text("Guest 2")
    first = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    new.locator("[name=begins]").fill(f"{first}T09:30")
    new.locator("[name=repeat]").select_option("weekly")
    new.locator("[type=submit]").click()
    expect(phone.page.locator("[data-host-error]")).to_have_text("Say up to which day.")
    new.locator("[name=until]").fill(f"{first + dt.timedelta(days=10)}")
    phone.fits()
    phone.shot("visits-several")
    new.locator("[type=submit]").click()
    said = phone.page.locator("[data-host-said]")
    expect(said).to_contain_text("4 visits are planned.", timeout=30_000)
    assert states(phone) == {"Vera Visitor": "expected", "Ada Ahead": "expected"}
    with phone.page.expect_download() as saved:
        card(phone, "Ada").first.locator("[data-host-calendar]").click()
    assert saved.value.suggested_filename.endswith(".ics")
    assert b"SUMMARY:Visit: Ada Ahead" in saved.value.path().read_bytes()
    assert phone.complaints == []


def test_a_calendar_file_is_looked_at_then_invited(phone: Wallet) -> None:
    do(phone, "place")
    phone.enrol()
    opened(phone)
    part = phone.page.locator("[data-host-file]")
    part.locator("summary").click()
    guest = ("Vera Visitor", f"vera-{secrets.token_hex(4)}@guest.example")
    data = meeting(guest, ("Twice", guest[1]))
    field = part.locator("[name=file]")
    field.set_input_files({"name": "no.ics", "mimeType": "text/calendar", "buffer": b"nothing"})
    expect(phone.page.locator("[data-host-error]")).to_have_text(
        "This is no calendar file that can be read.", timeout=15_000
    )
    field.set_input_files({"name": "meeting.ics", "mimeType": "text/calendar", "buffer": data})
    state = part.locator("[data-host-file-state]")
    expect(state).to_have_text("Would be invited: 1. Skipped: 1.", timeout=30_000)
    expect(part.locator("li").last).to_have_text("Twice, skipped: stands in it twice")
    assert states(phone) == {}
    phone.fits()
    phone.shot("visits-file")
    part.locator("[type=submit]").click()
    expect(phone.page.locator("[data-host-said]")).to_contain_text("Being invited: 1.", timeout=30_000)
    expect(state).to_be_hidden()
    assert len(phone.complaints) == 1  # the browser's own, of the refused file
    assert "422" in phone.complaints[0]


def test_who_waits_is_let_in_or_declined(phone: Wallet) -> None:
    phone.enrol()
    for name in ("Ada Ahead", "Otto Other"):
        do(phone, "expect_guest", phone.holder, name, "yes")
    phone.page.reload()
    deed = phone.page.locator("[data-view=ready] [data-deed=visits]")
    expect(deed).to_have_text("My visitors: 2 waiting", timeout=15_000)
    opened(phone)
    phone.shot("visits-waiting")
    card(phone, "Ada").locator("[data-host-deed=admit]").click()
    expect(phone.page.locator("[data-host-said]")).to_have_text("Ada Ahead is let in.", timeout=15_000)
    no = card(phone, "Otto").locator("[data-host-deed=decline]")
    no.click()
    expect(no).to_have_text("Really decline?")
    no.click()
    expect(card(phone, "Otto").locator("[data-state]")).to_have_text("Was not let in", timeout=15_000)
    found = do(phone, "visits", phone.holder)
    assert [state for _, state, _ in found] == ["on_site", "refused"]
    assert found[0][2].startswith("holder:")


def test_who_was_not_announced_is_marked(phone: Wallet) -> None:
    phone.enrol()
    do(phone, "expect_guest", phone.holder, "Ada Ahead", "yes")
    do(phone, "expect_guest", phone.holder, "Wanda Walker", "unannounced")
    opened(phone)
    state = card(phone, "Wanda").locator("[data-state]")
    expect(state).to_have_text(re.compile(r"Waits at the reception since .+, not announced"), timeout=15_000)
    expect(card(phone, "Ada").locator("[data-state]")).not_to_contain_text("announced")
    card(phone, "Wanda").locator("[data-host-deed=admit]").click()
    expect(state).to_have_text("Is here, not announced", timeout=15_000)


def test_somebody_else_was_quicker(phone: Wallet) -> None:
    """What is shown is out of date: it is said, and then shown as it is."""
    phone.enrol()
    do(phone, "expect_guest", phone.holder, "Ada Ahead", "yes")
    opened(phone)
    yes = card(phone, "Ada").locator("[data-host-deed=admit]")
    expect(yes).to_be_visible(timeout=15_000)
    phone.page.route(
        "**/admit",
        lambda route: route.fulfill(
            status=409,
            content_type="application/json",
            body=json.dumps({"code": "visit_not_open", "text": "", "retry": False}),
        ),
    )
    yes.click()
    error = phone.page.locator("[data-host-error]")
    expect(error).to_have_text("This visit has changed meanwhile.", timeout=15_000)


def test_without_network_it_says_so(phone: Wallet) -> None:
    phone.enrol()
    do(phone, "expect_guest", phone.holder, "Ada Ahead", "yes")
    opened(phone)
    expect(card(phone, "Ada")).to_be_visible(timeout=15_000)
    phone.context.set_offline(True)
    card(phone, "Ada").locator("[data-host-deed=admit]").click()
    error = phone.page.locator("[data-host-error]")
    expect(error).to_contain_text("No connection", timeout=20_000)
    expect(card(phone, "Ada")).to_be_visible()
    phone.context.set_offline(False)
    expect(error).to_be_hidden(timeout=30_000)
    assert set(states(phone).values()) == {"invited"}


def test_a_visitor_never_sees_it(phone: Wallet) -> None:
    phone.enrol()
    deed = phone.page.locator("[data-view=ready] [data-deed=visits]")
    expect(deed).to_be_visible(timeout=15_000)
    do(phone, "becomes", phone.holder, "VISITOR")
    with phone.page.expect_response("**/wallet/visits") as heard:
        phone.page.reload()
    assert heard.value.status == 403
    phone.shows("ready")
    expect(deed).to_be_hidden()


def pushed(phone: Wallet, told: dict[str, Any]) -> None:
    """Hand the worker a push, as the browser does after it was opened with the subscription's keys."""
    talk = phone.context.new_cdp_session(phone.page)
    seen: list[str] = []

    def listen(said: Any) -> None:
        found = [one for one in said["registrations"] if one["scopeURL"].endswith("/wallet/")]
        seen.extend(one["registrationId"] for one in found)

    talk.on("ServiceWorker.workerRegistrationUpdated", listen)
    talk.send("ServiceWorker.enable")
    for _ in range(100):
        if seen:
            break
        phone.page.wait_for_timeout(50)  # what the worker says comes in meanwhile
    origin = phone.page.evaluate("location.origin")
    talk.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": seen[0], "data": json.dumps(told)},
    )


def test_pushes_are_taken_shown_and_lead_here(phone: Wallet) -> None:
    phone.context.add_init_script(FAKE_PUSH)
    phone.context.grant_permissions(["notifications"], origin=phone.live.address("acme"))
    phone.enrol()
    opened(phone)
    deed = phone.page.locator("[data-host-push]")
    expect(deed).to_have_text("Tell me on this phone", timeout=15_000)
    deed.click()
    expect(deed).to_have_text("Not on this phone any more", timeout=15_000)
    assert do(phone, "subscriptions", phone.holder) == ["https://93.184.215.14/push/1"]
    phone.page.locator("[data-view=visits] [data-deed=back]").click()
    phone.shows("ready")
    told = {"kind": "waiting", "title": "A visitor waits for you", "body": "Head office", "visit": "1"}
    pushed(phone, told)
    shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
      .map(({ title, body, tag }) => [title, body, tag])"""
    phone.waits(lambda: phone.page.evaluate(shown))
    assert phone.page.evaluate(shown) == [["A visitor waits for you", "Head office", "1"]]
    (worker,) = phone.context.service_workers
    worker.evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }"""
    )
    phone.shows("visits")
    phone.waits(lambda: phone.page.evaluate(shown) == [])
    deed.click()
    expect(deed).to_have_text("Tell me on this phone", timeout=15_000)
    assert do(phone, "subscriptions", phone.holder) == []


def test_mail_is_switched_off(phone: Wallet) -> None:
    phone.enrol()
    opened(phone)
    mail = phone.page.locator("[data-host-mail]")
    expect(mail).to_have_text("No mails any more", timeout=15_000)
    mail.click()
    expect(mail).to_have_text("Also by mail", timeout=15_000)
    assert do(phone, "told_by", phone.holder) == [False, True]
