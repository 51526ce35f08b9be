"""How much a kiosk may hand in, and what of it is kept."""

import pytest

from operators.services.throttling import Limit
from tests.visitors.build import Reception
from tests.visitors.kiosk import Tablet
from tests.visitors.test_sealed import TOLD, hand_in, item
from visitors.models import SealedSignIn, VisitType
from visitors.services import handing_in


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
