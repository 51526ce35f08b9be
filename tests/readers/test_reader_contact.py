"""The page's contact: what it tells, a lost answer, suspended for good, a second one of the same identity."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fixtures.live import Live
from tests.readers import deeds
from tests.readers.field import Field, fresh
from tests.readers.tablet import PATIENCE_MS, Tablet
from tests.readers.test_reader_alone import shown, take_to

pytestmark = pytest.mark.browser
AT_ONCE = "() => dispatchEvent(new Event('online'))"  # as if the network had come back
NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined });"
CAMERA_GOES = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotFoundError"); };
  document.querySelector("video").srcObject.getVideoTracks()[0].dispatchEvent(new Event("ended"));
}"""


@pytest.fixture
def field(tablet: Tablet) -> Field:
    made = Field()
    take_to(tablet, made)
    tablet.waits(lambda: len(made.contacts) >= 1)
    return made


def contact(tablet: Tablet, field: Field, page: Page | None = None) -> dict[str, object]:
    """The next contact, now."""
    before = len(field.contacts)
    (page or tablet.page).evaluate(AT_ONCE)
    tablet.waits(lambda: len(field.contacts) > before)
    return field.contacts[-1]


def test_the_console_shows_a_tablet_as_it_shows_a_program(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.wait_for_function("() => document.querySelector('#reader').dataset.camera === 'on'")

    def told() -> dict[str, str]:
        tablet.page.evaluate(AT_ONCE)
        signs: dict[str, str] = tablet.do("health", tablet.name)["signs"]
        return signs

    well = {
        "Last heard": "Heard",
        "Clock": "Right",
        "Its list": "Fresh",
        "To hand in": "Nothing",
        "Camera": "Sees",
        "Door output": "Not told",
        "Decoder": "Works",
    }
    # a report within 10 s of the last one changes nothing on record
    tablet.waits(lambda: told() == well)
    version = tablet.page.locator("#reader").get_attribute("data-version")
    assert version is not None
    assert len(version) == 12
    assert tablet.do("health", tablet.name)["runs"].endswith(f" {version}")
    assert tablet.complaints == []


def test_a_camera_that_worked_once_is_missed(tablet: Tablet, field: Field) -> None:
    tablet.waits(lambda: contact(tablet, field)["camera"] == "ready")
    tablet.page.evaluate(CAMERA_GOES)
    tablet.waits(lambda: contact(tablet, field)["camera"] == "away")


def test_one_that_never_had_a_camera_says_so(tablet: Tablet) -> None:
    none = (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); };"
    )
    tablet.context.add_init_script(none)
    field = Field()
    take_to(tablet, field)
    tablet.waits(lambda: contact(tablet, field)["camera"] == "none")


def test_a_lost_answer_is_asked_for_again_also_by_the_next_page(tablet: Tablet, field: Field) -> None:
    field.lost, count = 2, len(field.contacts)
    contact(tablet, field)
    contact(tablet, field)
    tablet.page.reload()
    tablet.waits(lambda: len(field.contacts) >= count + 3)
    tablet.ready()
    contact(tablet, field)
    asked = [(one["token"], one["nonce"]) for one in field.contacts[count:]]
    assert len(set(asked[:3])) == 1
    assert len(asked) == len(set(asked)) + 2
    assert len({token for token, _ in asked}) == len(set(asked))
    assert field.forks == 0


def test_what_happened_without_network_is_told_once(tablet: Tablet, field: Field) -> None:
    assert (field.contacts[-1]["queue"], field.contacts[-1]["offline_since_ms"]) == (0, None)
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh()) == ("granted", "granted")
    count = len(field.contacts)
    field.away.add("readers/journal")
    field.gone = False
    tablet.waits(lambda: len(field.contacts) > count)
    told = field.contacts[count]
    assert told["queue"] == 1
    assert field.now_ms - PATIENCE_MS < told["offline_since_ms"] < field.now_ms
    assert told["list_at_ms"] == field.bundle.at_ms
    field.away.clear()
    tablet.waits(lambda: contact(tablet, field)["queue"] == 0)
    assert field.contacts[-1]["offline_since_ms"] is None
    assert len(field.entries) == 1


@pytest.mark.parametrize(
    ("tablet", "code", "state"),
    [
        ("tablet", "reader_suspended", "suspended"),
        ("tablet", "reader_retired", "suspended"),
        ("phone", "identity_forked", "forked"),
    ],
    indirect=["tablet"],
)
def test_suspended_stays_so_without_network_and_after_a_reload(
    tablet: Tablet, field: Field, code: str, state: str
) -> None:
    tablet.waits(lambda: tablet.page.evaluate("navigator.serviceWorker.controller !== null"))
    field.shut = code
    contact(tablet, field)
    tablet.state(state)
    tablet.shot(state)
    again = tablet.page.locator("[data-deed=pair-again]")
    assert again.is_visible() == (state == "forked")
    field.cut()
    expect(tablet.page.locator("[data-alone]")).to_contain_text("stays shut", timeout=PATIENCE_MS)
    assert shown(tablet, fresh()) == ("refused", "reader_suspended")
    tablet.context.set_offline(True)
    tablet.page.reload()
    expect(tablet.page.locator("[data-alone]")).to_contain_text("stays shut", timeout=PATIENCE_MS)
    tablet.state(state)
    assert shown(tablet, fresh()) == ("refused", "reader_suspended")
    tablet.context.set_offline(False)
    field.gone = False
    field.shut = "reader_suspended"  # what a forked one hears afterwards
    contact(tablet, field)
    tablet.state(state)
    field.shut = ""
    contact(tablet, field)
    tablet.ready()
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh(nonce=2)) == ("granted", "granted")


def test_a_window_that_waits_tells_nothing(tablet: Tablet, field: Field) -> None:
    second = tablet.context.new_page()
    second.goto(tablet.page.url)
    expect(second.locator("[data-view=elsewhere]")).to_be_visible(timeout=PATIENCE_MS)
    last = contact(tablet, field)
    second.evaluate(AT_ONCE)
    second.wait_for_timeout(500)
    assert field.contacts[-1] is last
    tablet.page.close()
    tablet.page = second
    tablet.ready()
    contact(tablet, field)
    assert field.forks == 0


def test_two_windows_without_locks_are_one_reader(tablet: Tablet, field: Field) -> None:
    tablet.context.add_init_script(NO_LOCKS)
    second = tablet.context.new_page()
    second.goto(tablet.page.url)
    expect(second.locator("[data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(15):
        tablet.page.evaluate(AT_ONCE)
        contact(tablet, field, second)
    assert field.forks == 0


@contextmanager
def profile(browser: Browser, chromium: str, folder: Path) -> Iterator[BrowserContext]:
    """Another browser, which keeps what it stores in this folder."""
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    launch = browser.browser_type.launch_persistent_context
    context = launch(folder, executable_path=chromium, args=flags, locale="en")
    yield context
    context.close()


def test_a_copy_of_the_browsers_folder_is_found(
    live_stack: Live, office: deeds.Office, browser: Browser, chromium: str, tmp_path: Path
) -> None:
    """No script reads the key; whoever copies the disk has it all the same, and one contact more tells."""
    name = f"Copied {tmp_path.name}"
    address = f"{live_stack.address('acme')}/reader/"
    code = office.do("invite", name)["code"]
    with profile(browser, chromium, tmp_path / "one") as one:
        page = one.new_page()
        page.goto(address)
        page.locator("#code").fill(code)
        with page.expect_response("**/readers/contact", timeout=PATIENCE_MS) as answered:
            page.click("[type=submit]")
        assert answered.value.status == 200
        page.wait_for_timeout(1000)
    shutil.copytree(tmp_path / "one", tmp_path / "two", ignore=shutil.ignore_patterns("Singleton*"))
    folders = [tmp_path / which for which in ("one", "two", "one", "two")]
    statuses = [contact_of(browser, chromium, folder, address) for folder in folders]
    # Both show the nonce that was on the disk: the second one's first contact is the first one's again.
    assert statuses == [200, 200, 200, 409]
    found = office.do("health", name)
    assert (found["state"], found["alarms"]) == ("suspended", ["IDENTITY_FORKED"])


def contact_of(browser: Browser, chromium: str, folder: Path, address: str) -> int:
    """What this browser's next contact is answered."""
    with profile(browser, chromium, folder) as context:
        page = context.new_page()
        with page.expect_response("**/readers/contact", timeout=PATIENCE_MS) as answered:
            page.goto(address)
        page.wait_for_timeout(1000)
        return answered.value.status
