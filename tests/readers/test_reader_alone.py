"""The reader page without network: it goes over by itself, decides, comes back and hands in once."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from sallyport.rules import Assurance, Watch, decide_again
from tests.readers.field import Field, fresh, on_paper, proven
from tests.readers.tablet import PATIENCE_MS, Tablet

pytestmark = pytest.mark.browser
HELD = """async () => {
  const { Book } = await import("/static/reader/offline/book.js");
  const store = await import("/static/reader/store.js");
  const book = await Book.of(await store.get("identity"));
  return { position: book.head.position, list: Boolean(await book.get("list")), used: book.uses.size };
}"""

FILL = """async (count) => {
  const { Book } = await import("/static/reader/offline/book.js");
  const store = await import("/static/reader/store.js");
  const book = await Book.of(await store.get("identity"));
  const decided = { granted: false, reason: "malformed", facts: "{}", epoch: 1, seq: 40 };
  const told = { code: "1", challenges: [], atMs: Date.now(), ...decided };
  for (let counter = 1; counter <= count; counter += 1) await book.enter({ ...told, counter }, null);
  await store.put("counter", count);
}"""


def take_to(tablet: Tablet, field: Field) -> None:
    """Pair the tablet with this server; it holds a list when it has been fetched."""
    tablet.context.route("**/api/v1/**", field.routed)
    tablet.context.route_web_socket("**/api/v1/readers/socket", field.connected)
    tablet.open()
    tablet.page.locator("#code").fill("ABCD-EFGH")
    tablet.page.click("[type=submit]")
    tablet.ready()
    tablet.waits(lambda: tablet.page.evaluate(HELD)["list"])


@pytest.fixture
def field(tablet: Tablet) -> Field:
    """A tablet that is paired and holds a list."""
    made = Field()
    take_to(tablet, made)
    return made


def alone_line(tablet: Tablet) -> str:
    return tablet.page.locator("[data-alone]").inner_text()


def shown(tablet: Tablet, code: str) -> tuple[str, str]:
    """The verdict on a code that a scanner typed; the next one may come while it still shows."""
    tablet.type(code)
    found = tablet.verdict()
    return found.kind, found.reason


def test_it_goes_over_and_back_by_itself_and_hands_in_once(tablet: Tablet, field: Field) -> None:
    assert shown(tablet, fresh(nonce=1)) == ("granted", "granted")
    assert len(field.asked) == 1
    field.cut()
    tablet.state("alone")
    assert alone_line(tablet).startswith("Working without network since ")
    tablet.shot("alone")
    code = fresh(nonce=2)
    tablet.camera.show(code)
    first = tablet.verdict()
    assert first == ("granted", "granted", "Come in.")
    tablet.show_nothing()
    tablet.gone()
    assert shown(tablet, code) == ("refused", "replayed")
    assert shown(tablet, "7" * 252) == ("refused", "malformed")
    assert tablet.page.evaluate(HELD)["position"] == 3
    assert len(field.asked) == 1  # while it is cut off it asks nobody
    field.gone = False
    tablet.ready()
    expect(tablet.page.locator("[data-alone]")).to_be_hidden()
    tablet.waits(lambda: len(field.entries) == 3)
    assert [(one.counter, one.granted, one.reason) for one in field.entries] == [
        (2, True, "granted"),
        (3, False, "replayed"),
        (4, False, "malformed"),
    ]
    for entry in field.entries:
        again = decide_again(entry.facts)
        assert (again.granted, again.reason) == (entry.granted, entry.reason)
    assert shown(tablet, fresh(nonce=3)) == ("granted", "granted")
    assert field.asked[-1]["counter"] == 5
    assert field.batches == [3]


def test_a_code_that_the_server_let_in_is_used_here_too(tablet: Tablet, field: Field) -> None:
    code = fresh()
    assert shown(tablet, code) == ("granted", "granted")
    field.cut()
    tablet.state("alone")
    assert shown(tablet, code) == ("refused", "replayed")


def test_who_was_revoked_just_before_the_cut_is_refused(tablet: Tablet, field: Field) -> None:
    field.say(devices={12: True})
    tablet.waits(lambda: field.acks and field.acks[-1]["seq"] == field.bundle.seq)
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh()) == ("refused", "device_revoked")
    assert shown(tablet, fresh(device=13)) == ("granted", "granted")


def test_what_could_not_be_applied_is_not_acknowledged(tablet: Tablet, field: Field) -> None:
    before = field.bundle.seq
    field.bundle = replace(field.bundle, seq=before + 5)  # changes that the page was never told of
    field.say(devices={12: True})
    tablet.waits(lambda: field.acks and field.acks[-1]["seq"] == before + 6)
    assert all(ack["seq"] in {before, before + 6} for ack in field.acks)
    field.say(reload=True)
    tablet.waits(lambda: field.acks[-1]["seq"] == before + 7)
    field.cut()
    tablet.state("alone")
    # the bundle that was fetched knows nobody who is gone: it replaced what the changes had told
    assert shown(tablet, fresh()) == ("granted", "granted")


def test_a_bundle_that_did_not_come_is_not_forgotten(tablet: Tablet, field: Field) -> None:
    """Changes ask for a bundle and none comes; the page is loaded anew and told where the policy stands."""
    due = field.bundle.seq + 1
    field.bundle = replace(field.bundle, mode="refuse")
    field.away = {"readers/bundle"}
    line = field.socket
    field.say(reload=True)
    tablet.waits(lambda: field.socket is not line)  # it gave that line up
    line = field.socket
    tablet.page.reload()
    tablet.waits(lambda: field.socket is not line)
    line = field.socket
    field.tell()
    tablet.waits(lambda: field.socket is not line or any(ack["seq"] == due for ack in field.acks))
    assert all(ack["seq"] < due for ack in field.acks)
    field.away.clear()
    field.tell()
    tablet.waits(lambda: field.acks and field.acks[-1]["seq"] == due)
    field.cut()
    tablet.state("offline")
    assert shown(tablet, fresh()) == ("refused", "offline_refused")


def test_a_wrong_hour_ends_when_it_is_mended(tablet: Tablet, field: Field) -> None:
    """A year ahead: what it refused then vouches for nothing. What it let in does, after a reload too."""
    tablet.context.add_init_script("Date.now = ((now) => () => now() + (window.ahead ?? 0))(Date.now)")
    field.cut()
    tablet.page.reload()
    tablet.state("alone")
    tablet.page.evaluate("window.ahead = 365 * 86_400_000")
    assert shown(tablet, fresh(nonce=1))[0] == "refused"
    tablet.page.evaluate("window.ahead = 0")
    code = fresh(nonce=3)
    assert shown(tablet, fresh(nonce=2)) == ("granted", "granted")
    tablet.context.add_init_script("window.ahead = -86_400_000")
    tablet.page.reload()
    tablet.state("alone")
    assert shown(tablet, code) == ("granted", "granted")


def test_a_silent_server_is_waited_for_300_ms(tablet: Tablet, field: Field) -> None:
    tablet.page.route("**/api/v1/scans", lambda route: None)  # taken, never answered
    took = tablet.page.evaluate_handle("() => ({ at: 0 })")
    code = fresh()
    tablet.page.evaluate(
        """(took) => {
          const begin = () => { took.at ||= performance.now(); };
          addEventListener("keydown", (event) => event.key === "Enter" && begin(), { capture: true });
          new MutationObserver(() => {
            const { kind } = document.querySelector("[data-verdict]").dataset;
            if (kind && kind !== "checking") took.ms ??= performance.now() - took.at;
          }).observe(document.querySelector("[data-verdict]"), { attributeFilter: ["data-kind"] });
        }""",
        took,
    )
    assert shown(tablet, code) == ("granted", "granted")
    ms = took.evaluate("(took) => took.ms")
    assert 250 <= ms < 1500, ms
    tablet.waits(lambda: len(field.entries) == 1)  # the probe was answered, and it is handed in at once


@pytest.mark.parametrize(
    ("door", "changed", "told"),
    [
        ({}, {"mode": "refuse"}, "offline_refused"),
        ({}, {"trust": 60}, "list_too_old"),
        ({}, {"mode": "code_unlock"}, "assurance_too_low"),
        ({"assurance": Assurance.CODE_FACE}, {}, "offline_refused"),
    ],
)
def test_an_area_says_what_happens_meanwhile(
    tablet: Tablet, door: dict[str, Any], changed: dict[str, Any], told: str
) -> None:
    field = Field()
    old = field.now_ms - 120_000
    field.bundle = replace(field.bundle, door=replace(field.bundle.door, **door), at_ms=old, **changed)
    take_to(tablet, field)
    field.cut()
    expect(tablet.page.locator("[data-alone]")).to_be_visible(timeout=PATIENCE_MS)
    assert shown(tablet, fresh()) == ("refused", told)
    shut = "This door stays shut" in alone_line(tablet)
    assert shut == (told != "assurance_too_low")
    tablet.shot(f"alone-{told}")


def test_it_goes_by_whom_it_let_in_itself(tablet: Tablet) -> None:
    field = Field()
    watch = Watch(enters=True, passback="hard", seconds=0, capacity=None)
    field.bundle = replace(field.bundle, door=replace(field.bundle.door, watch=watch))
    take_to(tablet, field)
    tablet.waits(lambda: tablet.page.evaluate("navigator.serviceWorker.controller !== null"))
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=1)) == ("granted", "granted")
    assert shown(tablet, fresh(nonce=2)) == ("refused", "passback")
    tablet.context.set_offline(True)
    tablet.page.reload()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=3)) == ("refused", "passback")
    tablet.context.set_offline(False)
    field.gone = False
    tablet.ready()
    tablet.waits(lambda: len(field.entries) == 3)
    field.cut()
    tablet.state("alone")
    # The server has been told: what it would say now, this reader does not know.
    assert shown(tablet, fresh(nonce=4)) == ("granted", "granted")


def test_a_reload_without_network_goes_on(tablet: Tablet, field: Field) -> None:
    tablet.waits(lambda: tablet.page.evaluate("navigator.serviceWorker.controller !== null"))
    code = fresh(nonce=1)
    field.cut()
    tablet.state("alone")
    assert shown(tablet, code) == ("granted", "granted")
    tablet.context.set_offline(True)
    tablet.page.reload()
    tablet.state("alone")
    assert shown(tablet, code) == ("refused", "replayed")
    tablet.camera.show(fresh(nonce=2))  # the decoder was kept too
    assert tablet.verdict()[:2] == ("granted", "granted")
    tablet.context.set_offline(False)
    field.gone = False
    tablet.ready()
    tablet.waits(lambda: len(field.entries) == 3)
    assert [one.counter for one in field.entries] == [1, 2, 3]


def test_a_lost_answer_to_a_hand_in_counts_nothing_twice(tablet: Tablet, field: Field) -> None:
    field.cut()
    tablet.state("alone")
    for nonce in range(3):
        assert shown(tablet, fresh(nonce=nonce))[1] == "granted"
    field.cuts = 1
    field.gone = False
    tablet.waits(lambda: field.batches == [3])
    tablet.page.reload()  # and the page goes before it hears more
    tablet.ready()
    tablet.waits(lambda: len(field.entries) == 3)
    assert shown(tablet, fresh(nonce=9)) == ("granted", "granted")
    assert field.batches == [3]  # it asked where the server stands, and had nothing to say


def test_a_tab_that_is_killed_loses_nothing_that_opened(tablet: Tablet, field: Field) -> None:
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=1)) == ("granted", "granted")
    tablet.type(fresh(nonce=2))
    tablet.page.close(run_before_unload=False)  # in the midst of it
    tablet.page = tablet.context.new_page()
    tablet.keys = tablet.context.new_cdp_session(tablet.page)
    field.gone = False
    tablet.open()
    tablet.ready()
    tablet.waits(lambda: len(field.entries) >= 1)
    assert [one.position for one in field.entries] == list(range(1, len(field.entries) + 1))
    assert shown(tablet, fresh(nonce=3)) == ("granted", "granted")
    counters = [one.counter for one in field.entries] + [one["counter"] for one in field.asked]
    assert len(set(counters)) == len(counters)


def test_a_long_outage_is_handed_in_in_batches(tablet: Tablet, field: Field) -> None:
    field.cut()
    tablet.state("alone")
    tablet.page.evaluate(FILL, 1201)
    tablet.page.reload()  # it finds them on its disk
    tablet.state("alone")
    assert shown(tablet, fresh()) == ("granted", "granted")
    field.gone = False
    tablet.waits(lambda: len(field.entries) == 1202)
    assert field.batches == [500, 500, 202]


def test_one_window_leads(tablet: Tablet, field: Field) -> None:
    second = tablet.context.new_page()
    second.goto(tablet.page.url)
    expect(second.locator("[data-view=elsewhere]")).to_be_visible(timeout=PATIENCE_MS)
    tablet.page.close()
    expect(second.locator("[data-view=watch]")).to_be_visible(timeout=PATIENCE_MS)


def test_the_door_number_works_without_network(tablet: Tablet, field: Field) -> None:
    field.bundle = replace(field.bundle, door=replace(field.bundle.door, challenge=True))
    field.challenge = True
    field.say(reload=True)
    expect(tablet.page.locator("[data-door-number]")).to_be_visible(timeout=PATIENCE_MS)
    field.cut()
    tablet.state("alone")
    number = int(tablet.page.locator("[data-digits]").inner_text())
    assert shown(tablet, fresh()) == ("refused", "wrong_door")
    assert shown(tablet, proven(number)) == ("granted", "granted")
    field.gone = False
    tablet.waits(lambda: len(field.entries) == 2)
    assert number in field.entries[1].challenges


def test_a_day_pass_needs_the_server(tablet: Tablet, field: Field) -> None:
    field.cut()
    tablet.state("alone")
    assert shown(tablet, on_paper()) == ("refused", "offline_refused")


def test_a_disk_that_takes_nothing_opens_nothing(tablet: Tablet, field: Field) -> None:
    field.cut()
    tablet.state("alone")
    full = "throw new DOMException('full', 'QuotaExceededError');"
    tablet.page.evaluate(f"() => {{ IDBObjectStore.prototype.add = () => {{ {full} }}; }}")
    assert shown(tablet, fresh()) == ("wait", "not_written")
    assert tablet.page.evaluate(HELD)["position"] == 0


@pytest.mark.parametrize("tablet", ["phone"], indirect=True)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_line_fits_in_every_language(tablet: Tablet, field: Field, language: str) -> None:
    tablet.page.select_option("#language-watch", language)
    field.cut()
    tablet.state("alone")
    assert "{" not in alone_line(tablet)
    tablet.shot(f"alone-{language}")


PORTALS: dict[str, Any] = {
    "200 page": {"status": 200, "content_type": "text/html", "body": "<h1>Welcome</h1>"},
    "302": {"status": 302, "headers": {"location": "/elsewhere"}},
    "403 page": {"status": 403, "content_type": "text/html", "body": "<h1>Sign in</h1>"},
    "403 another code": {"status": 403, "json": {"code": "sign_in_first"}},
    "200 a count": {"status": 200, "json": {"counter": 900, "challenge": False, "sig": ""}},
    "200 nothing": {"status": 204},
}


@pytest.mark.parametrize("name", PORTALS)
def test_a_networks_own_page_is_an_outage(tablet: Tablet, field: Field, name: str) -> None:
    """It answers everything in the server's place: the page goes over, says so, and comes back by itself."""
    assert shown(tablet, fresh(nonce=1)) == ("granted", "granted")
    field.caught_by(PORTALS[name])
    assert shown(tablet, fresh(nonce=2)) == ("granted", "granted")
    tablet.state("alone")
    probes = field.caught.count("readers/next")
    tablet.waits(lambda: field.caught.count("readers/next") >= probes + 2)
    assert alone_line(tablet).startswith("Working without network since ")
    assert shown(tablet, "7" * 252) == ("refused", "malformed")
    field.portal = {}
    tablet.ready()
    tablet.waits(lambda: len(field.entries) == 2)
    assert [(one.counter, one.granted) for one in field.entries] == [(2, True), (3, False)]
    assert shown(tablet, fresh(nonce=3)) == ("granted", "granted")
    assert field.asked[-1]["counter"] == 4
