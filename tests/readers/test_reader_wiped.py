"""A tablet that is wiped from the console: nothing is left in its browser, and it says so."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.live_console import CSRF, Visitor
from tests.readers.field import Field, fresh
from tests.readers.tablet import PATIENCE_MS, Tablet
from tests.readers.test_reader_alone import shown, take_to

pytestmark = pytest.mark.browser
LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({ name }) => name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  other: { ...localStorage, ...sessionStorage },
})"""
NOTHING: dict[str, Any] = {"databases": [], "caches": [], "workers": 0, "other": {}}
HOLD = """async () => {
  const store = await import("/static/reader/store.js");
  window.identity = await store.get("identity");
  return window.identity.privateKey.type;
}"""
ASK = """async () => {
  const { signed } = await import("/static/reader/requests.js");
  const asked = signed(window.identity, "GET", "/api/v1/readers/next");
  return asked.then(() => "answered", (refused) => refused.code);
}"""
ENDED = """async () => {
  const store = await import("/static/reader/store.js");
  await store.wipe();
}"""


def says_so(page: Page) -> None:
    title = page.get_by_role("heading", name="This reader was wiped")
    expect(title).to_be_visible(timeout=PATIENCE_MS)


def begin_anew(tablet: Tablet, deed: str) -> None:
    """Press, and wait for the page that comes: it loads itself again."""
    tablet.page.click(f"[data-deed={deed}]", timeout=PATIENCE_MS)
    expect(tablet.page.locator("[data-view=pair]")).to_be_visible(timeout=PATIENCE_MS)


def press_wipe(tablet: Tablet) -> None:
    """Alice, on the reader's page in the console."""
    handle = tablet.do("health", tablet.name)["handle"]
    with Visitor(tablet.live, "alice") as alice:
        token = CSRF.search(alice.http.get(f"/readers/{handle}/").text)
        assert token
        answer = alice.http.post(f"/readers/{handle}/wipe/", data={"csrfmiddlewaretoken": token[1]})
        assert answer.status_code == 302, answer.text


@pytest.mark.parametrize("tablet", ["tablet", "phone"], indirect=True)
def test_wiped_from_the_console(tablet: Tablet) -> None:
    tablet.pair()
    tablet.waits(lambda: tablet.page.evaluate("navigator.serviceWorker.controller !== null"))
    assert len(tablet.page.evaluate(LEFT)["databases"]) == 2
    other = tablet.context.new_page()  # somebody who got hold of the key's handle before
    other.goto(f"{tablet.live.address('acme')}/static/reader/bytes.js")
    assert other.evaluate(HOLD) == "private"
    assert other.evaluate(ASK) == "answered"
    press_wipe(tablet)
    says_so(tablet.page)
    assert tablet.page.evaluate(LEFT) == NOTHING
    tablet.shot("wiped")
    tablet.waits(lambda: tablet.do("health", tablet.name)["wiped"])
    assert other.evaluate(ASK) == "reader_suspended"
    tablet.page.reload()
    says_so(tablet.page)
    assert tablet.page.evaluate(LEFT) == NOTHING
    begin_anew(tablet, "begin-anew")


@pytest.mark.parametrize("tablet", ["phone"], indirect=True)
@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_it_fits_in_every_language(tablet: Tablet, language: str) -> None:
    tablet.context.add_init_script(
        f"Object.defineProperty(navigator, 'languages', {{ value: ['{language}'] }});"
    )
    tablet.page.goto(f"{tablet.live.address('acme')}/reader/#wiped")
    expect(tablet.page.locator("[data-view=wiped] h1")).to_be_visible(timeout=PATIENCE_MS)
    assert tablet.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    tablet.shot(f"wiped-{language}")


def test_paired_again_it_goes_on_behind_its_old_journal(tablet: Tablet) -> None:
    field = Field()
    take_to(tablet, field)
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=1)) == ("granted", "granted")
    assert shown(tablet, fresh(nonce=2)) == ("granted", "granted")
    field.gone = False
    tablet.waits(lambda: len(field.entries) == 2)
    field.wipe, field.shut = True, "reader_suspended"
    tablet.page.evaluate("() => dispatchEvent(new Event('online'))")
    says_so(tablet.page)
    assert field.wiped == 1
    begin_anew(tablet, "begin-anew")
    field.wipe, field.shut = False, ""
    # It decides before it hears of its old journal.
    field.away = {"readers/contact", "readers/journal"}
    take_to(tablet, field)
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=3)) == ("granted", "granted")
    field.away.clear()
    field.gone = False
    tablet.waits(lambda: len(field.entries) == 3)
    assert [one.counter for one in field.entries] == [1, 2, 3]
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=4)) == ("granted", "granted")
    field.gone = False
    tablet.waits(lambda: len(field.entries) == 4)


def test_paired_again_without_a_wipe_it_signs_what_it_had_anew(tablet: Tablet) -> None:
    field = Field()
    take_to(tablet, field)
    field.cut()
    tablet.state("alone")
    for nonce in (1, 2):
        assert shown(tablet, fresh(nonce=nonce)) == ("granted", "granted")
    field.away, field.shut, field.gone = {"readers/journal"}, "identity_forked", False
    begin_anew(tablet, "pair-again")
    former, field.shut = field.key, ""
    take_to(tablet, field)
    assert field.key != former
    field.away.clear()
    tablet.waits(lambda: len(field.entries) == 2)
    assert [one.counter for one in field.entries] == [1, 2]


def test_a_wipe_that_was_cut_short_goes_on(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.evaluate(ENDED)
    tablet.open()
    says_so(tablet.page)
    assert tablet.page.evaluate(LEFT) == NOTHING


def test_a_window_that_waited_does_not_hold_it_up(tablet: Tablet) -> None:
    tablet.pair()
    second = tablet.context.new_page()
    second.goto(tablet.page.url)
    expect(second.locator("[data-view=elsewhere]")).to_be_visible(timeout=PATIENCE_MS)
    press_wipe(tablet)
    says_so(second)  # the one that told of it begins anew, and so the other leads
    tablet.waits(lambda: second.evaluate(LEFT) == NOTHING)
    second.close()
    says_so(tablet.page)
    assert tablet.page.evaluate(LEFT) == NOTHING
