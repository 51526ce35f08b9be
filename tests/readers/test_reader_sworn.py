"""What somebody else says to the page in the company's place, well-formed, unsigned: it changes nothing."""

from typing import Any

import pytest

from tests.readers.field import Field, b64, fresh
from tests.readers.tablet import Tablet
from tests.readers.test_reader_alone import shown, take_to

pytestmark = pytest.mark.browser
AT_ONCE = "() => dispatchEvent(new Event('online'))"
KEPT = """async () => {
  const store = await import("/static/reader/store.js");
  const { Book } = await import("/static/reader/offline/book.js");
  const identity = await store.get("identity");
  const book = await Book.of(identity);
  const { position } = await book.handed();
  return { paired: Boolean(identity), shut: (await store.get("shut")) ?? "", handed: position };
}"""
FAR = 2**40


@pytest.fixture
def field(tablet: Tablet) -> Field:
    made = Field()
    take_to(tablet, made)
    tablet.waits(lambda: len(made.contacts) >= 1)
    return made


def contacts(tablet: Tablet, field: Field, more: int = 3) -> None:
    """So many more, each at once."""
    for _ in range(more):
        before = len(field.contacts)
        tablet.page.evaluate(AT_ONCE)
        tablet.waits(lambda: len(field.contacts) > before)  # noqa: B023 - called within the turn
        tablet.page.wait_for_timeout(300)


def kept(tablet: Tablet) -> dict[str, Any]:
    found: dict[str, Any] = tablet.page.evaluate(KEPT)
    return found


def test_a_wipe(tablet: Tablet, field: Field) -> None:
    field.wipe = field.forged = True
    contacts(tablet, field)
    assert (field.wiped, kept(tablet)["paired"]) == (0, True)
    field.wipe = field.forged = False
    tablet.ready()
    assert shown(tablet, fresh()) == ("granted", "granted")


@pytest.mark.parametrize("code", ["reader_suspended", "identity_forked"])
def test_a_suspension(tablet: Tablet, field: Field, code: str) -> None:
    field.shut, field.forged = code, True
    contacts(tablet, field)
    assert kept(tablet)["shut"] == ""
    tablet.ready()
    assert shown(tablet, fresh()) == ("granted", "granted")


@pytest.mark.parametrize("path", ["readers/contact", "readers/journal"])
def test_a_position_of_a_journal(tablet: Tablet, field: Field, path: str) -> None:
    field.cut()
    tablet.state("alone")
    assert shown(tablet, fresh()) == ("granted", "granted")
    told: dict[str, Any] = {"token": "ab" * 24, "now_ms": 0, "wipe": False, "notice": None}
    told |= {"bundle": field.bundle.number, "results": []}
    field.lies[path] = told | {"position": FAR, "hash": b64(bytes(32))}
    field.away = {"readers/journal"}  # what is handed in meanwhile would be the company's own word
    field.gone = False
    for lies in (1, 2):  # one at each of its contacts, or of its looks after what it has to hand in
        tablet.page.evaluate(AT_ONCE)
        tablet.waits(lambda: field.lied >= lies)  # noqa: B023 - called within the turn
    assert kept(tablet)["handed"] == 0
    assert field.entries == []
    field.lies.clear()
    field.away.clear()
    tablet.page.evaluate(AT_ONCE)
    tablet.waits(lambda: len(field.entries) == 1)
