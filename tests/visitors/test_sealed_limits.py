"""How much a kiosk may hand in, and what of it is kept."""

import json
from typing import Any

import pytest

from operators.services.throttling import Limit
from tests.visitors.build import BY, Reception
from tests.visitors.kiosk import Tablet
from tests.visitors.test_sealed import STROKES, TOLD, hand_in, item
from visitors.api.kiosk_shapes import LONGEST_SEALED
from visitors.models import DocumentVersion, SealedSignIn, SignedDocument, VisitType
from visitors.services import handing_in
from visitors.services.documents import add_document, publish_version
from visitors.services.signing import MOST_POINTS


@pytest.fixture
def tablet(desk: Reception) -> Tablet:
    VisitType.objects.update(walk_in=True)
    return Tablet.paired(desk.place.site)


def test_what_is_too_much_at_once_stays_with_the_kiosk(
    desk: Reception, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("kiosk_sealed", 2, handing_in.HANDED_IN.window)
    monkeypatch.setattr(handing_in, "HANDED_IN", few)
    items = [item(tablet, TOLD) for _ in range(3)]
    assert hand_in(tablet, *items)["taken"] == [one["id"] for one in items[:2]]
    assert hand_in(tablet, items[2])["taken"] == []
    other = Tablet.paired(desk.place.site, "Rear")
    assert len(hand_in(other, item(other, TOLD))["taken"]) == 1
    monkeypatch.undo()
    assert hand_in(tablet, items[2])["taken"] == [items[2]["id"]]
    assert SealedSignIn.objects.count() == 4


def _asked(desk: Reception, name: str = "House rules") -> DocumentVersion:
    document = add_document(name=name, by=BY)
    (version,) = publish_version(document=document, texts={"en": (name, "Be kind.")}, by=BY)
    desk.type.documents.add(document)
    return version


def _code(tablet: Tablet, *documents: dict[str, Any]) -> str:
    """With which code a sign-in with these documents is taken; it became a visit."""
    one = item(tablet, TOLD | {"documents": documents})
    assert hand_in(tablet, one)["taken"] == [one["id"]]
    row = SealedSignIn.objects.get(pk=one["id"])
    assert row.visit is not None
    return row.code


def test_one_dot_is_no_signature(desk: Reception, tablet: Tablet) -> None:
    version = str(_asked(desk).pk)
    dot = [[[10, 10, 0], [10, 10, 200]], []]
    assert _code(tablet, {"version": version, "strokes": dot}) == "document_unreadable"
    assert _code(tablet, {"version": version, "strokes": STROKES}) == ""


def test_what_the_type_does_not_ask_for_is_not_kept(desk: Reception, tablet: Tablet) -> None:
    one, other = _asked(desk), _asked(desk, "Old rules")
    desk.type.documents.remove(one.document)
    type(other.document).objects.filter(pk=other.document_id).update(archived_at=other.published_at)
    for version in (one, other):
        told = {"version": str(version.pk), "strokes": STROKES}
        assert _code(tablet, told) == "document_unreadable"
    assert not SignedDocument.objects.exists()


def test_the_same_text_twice_is_kept_once(desk: Reception, tablet: Tablet) -> None:
    told = {"version": str(_asked(desk).pk), "strokes": STROKES}
    assert _code(tablet, told, told) == ""
    assert SignedDocument.objects.count() == 1


def test_the_longest_that_the_page_writes_is_taken(desk: Reception, tablet: Tablet) -> None:
    stroke = [[600 - n % 2, 200, 3_600_000] for n in range(MOST_POINTS)]
    versions = [_asked(desk, f"Rules {n}") for n in range(2)]
    long = [{"version": str(versions[0].pk), "strokes": [stroke], "name": "x" * 200}]
    long += [{"version": str(versions[1].pk), "strokes": [stroke], "name": "x" * 200}] * 19
    one = item(tablet, json.dumps(TOLD | {"documents": long}, separators=(",", ":")).encode())
    assert 1_000_000 < len(one["sealed"]) < LONGEST_SEALED
    assert hand_in(tablet, one)["broken"] == []
    assert SignedDocument.objects.count() == 2
