"""Nothing of anybody is left at a kiosk: not when nobody answers, not by back or reload, not when stolen."""

import json
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, expect

from tests.visitors.kiosk_api import EXIT, FakeApi
from tests.visitors.kiosk_screen import PATIENCE_MS, Screen

pytestmark = pytest.mark.browser
PLANTED: Final = ("Vera Planted", "Visiting Ltd", "vera@visiting.example", "Henrike Holder", "482913")
# Everything that a browser keeps for an address; bytes as letters, so that clear words in them are seen.
KEPT: Final = """async () => {
  const asText = (value) => JSON.stringify(value, (_, one) =>
    one instanceof ArrayBuffer || ArrayBuffer.isView(one)
      ? String.fromCharCode(...new Uint8Array(one.buffer ?? one))
      : one instanceof CryptoKey ? `key:${one.extractable}` : one);
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie };
  found.address = [location.href, document.referrer, JSON.stringify(history.state), document.title];
  found.databases = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => { all.onsuccess = resolve; });
      found.databases.push([name, store, asText(all.result)]);
    }
    database.close();
  }
  found.caches = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.caches.push(request.url);
  }
  const fields = [...document.querySelectorAll("input, textarea")].map((one) => one.value);
  found.page = [document.documentElement.outerHTML, ...fields];
  return found;
}"""


def kept(kiosk: Screen) -> str:
    """All that the browser still has, as one text."""
    return json.dumps(kiosk.page.evaluate(KEPT), ensure_ascii=False)


def in_memory(kiosk: Screen) -> list[str]:
    """Which planted words a script could still reach: the page's heap after what is unreachable went."""
    session = kiosk.context.new_cdp_session(kiosk.page)
    parts: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda told: parts.append(told["chunk"]))
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    heap: dict[str, Any] = json.loads("".join(parts))
    session.detach()
    return [word for word in PLANTED for held in heap["strings"] if word in held]


def planted(kiosk: Screen) -> Screen:
    """In the middle of a visit, with all that one is asked."""
    kiosk.pair().walk_in(PLANTED[0])
    kiosk.on("document").sign()
    assert PLANTED[0] in kept(kiosk), "the search finds what is there"
    return kiosk


def nothing_left(kiosk: Screen) -> None:
    kiosk.on("home")
    found = kept(kiosk)
    assert [word for word in PLANTED if word in found] == []
    expect(kiosk.page.locator("canvas")).to_have_count(0)
    assert kiosk.complaints == []


def test_after_a_whole_visit_nothing_is_left_not_even_in_memory(kiosk: Screen, api: FakeApi) -> None:
    planted(kiosk).go_on().on("way").choose("day_pass").on("done")
    assert set(in_memory(kiosk)) == set(PLANTED)
    kiosk.go_on()
    nothing_left(kiosk)
    kiosk.page.wait_for_timeout(500)
    assert in_memory(kiosk) == []


def still(kiosk: Screen) -> Locator:
    """The question whether somebody is there."""
    return kiosk.page.get_by_role("dialog", name="Are you still there?")


def asked_after(kiosk: Screen, seconds: int) -> None:
    """The question comes so long after the last touch, and not before."""
    kiosk.page.clock.run_for((seconds - 4) * 1000)
    expect(still(kiosk)).to_be_hidden()
    kiosk.page.clock.run_for(5_000)
    expect(still(kiosk)).to_be_visible()


def test_nobody_there_is_asked_first_and_then_wiped(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair().walk_in(PLANTED[0])
    kiosk.on("document").sign()
    asked_after(kiosk, 30)
    signs_as = kiosk.page.locator(".kiosk-signs-as")
    expect(signs_as).to_contain_text(PLANTED[0])  # it is there still,
    expect(signs_as).to_be_hidden()  # but nobody who comes by reads it
    expect(kiosk.page.locator("canvas")).to_be_hidden()
    kiosk.page.get_by_role("button", name="Yes, I am here").click()
    expect(still(kiosk)).to_be_hidden()
    expect(signs_as).to_be_visible()
    kiosk.page.clock.run_for(32_000)
    expect(still(kiosk)).to_contain_text("seconds this screen is cleared")
    kiosk.shot("20-still-there")
    kiosk.page.mouse.move(300, 300)  # a sleeve answers nothing
    kiosk.page.clock.run_for(15_000)
    expect(still(kiosk)).to_be_visible()  # twenty seconds to answer
    kiosk.page.clock.run_for(5_000)
    expect(still(kiosk)).to_be_hidden()
    nothing_left(kiosk)
    assert api.paths()[-1].endswith("/end")


def test_what_was_typed_is_covered_after_half_a_minute(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair().choose("expected").on("code").deed("no-code").on("appointment")
    kiosk.field("Your name").fill(PLANTED[0])
    asked_after(kiosk, 30)
    expect(kiosk.page.locator(".kiosk-field").first).to_be_hidden()
    kiosk.page.clock.run_for(20_000)
    nothing_left(kiosk)


def test_whoever_reads_has_a_minute_and_their_name_is_not_for_others(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair().walk_in(PLANTED[0])
    signs_as = kiosk.on("document").page.locator(".kiosk-signs-as")
    kiosk.page.clock.run_for(26_000)
    expect(signs_as).to_have_css("opacity", "1")
    kiosk.page.clock.run_for(6_000)
    expect(still(kiosk)).to_be_hidden()
    expect(signs_as).to_have_css("opacity", "0")
    kiosk.page.locator(".kiosk-text").evaluate("(one) => one.dispatchEvent(new Event('scroll'))")
    expect(signs_as).to_have_css("opacity", "1")
    asked_after(kiosk, 60)
    kiosk.page.clock.run_for(20_000)
    nothing_left(kiosk)


def test_whoever_waits_is_asked_late_and_what_comes_is_there_to_be_seen(kiosk: Screen, api: FakeApi) -> None:
    api.waits = 10_000
    kiosk.page.clock.install()
    kiosk.pair().walk_in(PLANTED[0])
    kiosk.on("document").sign().go_on().on("waiting")
    kiosk.page.clock.run_for(50_000)
    kiosk.on("waiting")
    expect(still(kiosk)).to_be_hidden()
    expect(kiosk.page.locator(".kiosk-line")).to_have_css("opacity", "0")  # whom they visit
    api.waits = 0
    kiosk.page.clock.run_for(5_000)
    kiosk.on("way")
    asked_after(kiosk, 30)


def test_at_home_nobody_is_asked_anything(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair()
    kiosk.page.clock.run_for(200_000)
    expect(kiosk.page.locator("dialog[open]")).to_have_count(0)
    kiosk.on("home")


def test_the_language_of_whoever_looked_in_last_goes_too(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair().language("es")
    kiosk.page.clock.run_for(25_000)
    expect(kiosk.page.locator("html")).to_have_attribute("lang", "es")
    kiosk.page.clock.run_for(100_000)
    expect(kiosk.page.locator("html")).to_have_attribute("lang", "en")


def test_a_new_version_comes_when_nobody_is_there(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair()
    page = kiosk.page
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.reload()
    kiosk.on("home")
    page.clock.install()
    page.reload()
    kiosk.on("home").choose("leaving").on("leaving")
    page.evaluate("globalThis.old = true")
    page.evaluate("navigator.serviceWorker.dispatchEvent(new Event('controllerchange'))")
    for _ in range(3):  # beyond the minute after which the kiosk looks
        page.clock.run_for(25_000)
        page.keyboard.press("Tab")
    assert page.evaluate("globalThis.old")
    page.click("[data-part=start-over]")
    page.clock.run_for(70_000)
    page.wait_for_function("() => globalThis.old === undefined")
    kiosk.on("home")


def test_the_last_screen_clears_itself_and_can_be_left_longer(kiosk: Screen, api: FakeApi) -> None:
    kiosk.page.clock.install()
    kiosk.pair().choose("leaving").on("leaving")
    kiosk.field("Code or name").fill(PLANTED[0])
    kiosk.go_on().on("left")
    for _ in range(3):
        kiosk.page.clock.run_for(20_000)
        kiosk.deed("longer")
    kiosk.page.clock.run_for(25_000)
    kiosk.on("left")
    expect(still(kiosk)).to_be_hidden()
    kiosk.page.clock.run_for(6_000)
    nothing_left(kiosk)


@pytest.mark.parametrize("leave", ["back", "reload", "start-over", "away-and-back"])
def test_back_and_reload_in_the_middle_lead_home(kiosk: Screen, api: FakeApi, leave: str) -> None:
    planted(kiosk)
    page = kiosk.page
    if leave == "back":
        page.go_back()
    elif leave == "reload":
        page.reload()
    elif leave == "start-over":
        page.click("[data-part=start-over]")
    else:
        page.goto("about:blank")
        page.go_back()
    nothing_left(kiosk)
    page.go_back()
    page.wait_for_timeout(300)
    assert page.url.endswith("/kiosk/")
    kiosk.choose("walk_in").on("whom")
    expect(page.locator("[role=combobox]")).to_have_value("")


def test_a_stolen_kiosk_that_is_unpaired_destroys_all_it_holds(kiosk: Screen, api: FakeApi) -> None:
    planted(kiosk)
    api.unpaired = True
    kiosk.go_on().on("unpaired")
    page = kiosk.page
    expect(page.locator("h1").first).to_have_text("This kiosk was unpaired")
    page.wait_for_function("async () => (await indexedDB.databases()).length === 0", timeout=PATIENCE_MS)
    page.wait_for_function("async () => (await caches.keys()).length === 0", timeout=PATIENCE_MS)
    found = kept(kiosk)
    assert [word for word in PLANTED if word in found] == []
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    api.unpaired = False
    kiosk.deed("pair-again").on("pair")


def test_full_screen_is_left_by_the_code_alone(kiosk: Screen, api: FakeApi) -> None:
    planted(kiosk)
    page = kiosk.page
    assert page.evaluate("Boolean(document.fullscreenElement)")
    page.evaluate("document.exitFullscreen()")
    cover = page.locator("[data-part=cover]")
    expect(cover).to_be_visible()
    nothing_left(kiosk)
    kiosk.shot("21-cover")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    page.locator("#exit-code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#exit-wrong")).to_have_text("This code is not right.")
    page.get_by_role("button", name="Back to full screen").click()
    expect(cover).to_be_hidden()
    page.wait_for_function("() => Boolean(document.fullscreenElement)")
    page.click("[data-part=staff]")
    page.locator("#exit-code").fill(EXIT)
    page.keyboard.press("Enter")
    expect(cover).to_be_hidden()
    page.wait_for_function("() => !document.fullscreenElement")
    expect(cover).to_be_hidden()
    assert api.of("kiosk/exit") == [{"code": "000000"}, {"code": EXIT}]
    assert EXIT not in kept(kiosk)
