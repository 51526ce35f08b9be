"""Who a mail address makes one person with: whoever was invited by it, never whoever typed it at a kiosk."""

import pytest

from credentials.models import DeviceState, HolderState
from tests.credentials.phone import enrolled
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from visitors import services
from visitors.models import Visit, Way

pytestmark = pytest.mark.django_db
ADDRESS = "victim@guest.example"


def typed_at_kiosk(lobby: Lobby, **told: str) -> Visit:
    """Somebody at a kiosk who says that the address is theirs."""
    lobby.walk_in(name="Mallory", email=ADDRESS, **told)
    return lobby.visit


def test_an_address_typed_at_a_kiosk_is_nobody_whom_a_host_invites(lobby: Lobby, desk: Reception) -> None:
    theirs = typed_at_kiosk(lobby)
    assert theirs.holder.email == ADDRESS
    invited = desk.visit(name="Vic Victim", email=ADDRESS)
    assert invited.holder_id != theirs.holder_id
    theirs.holder.refresh_from_db()
    assert (theirs.holder.name, theirs.holder.email) == ("Mallory", "")
    assert (invited.holder.name, invited.holder.email) == ("Vic Victim", ADDRESS)


def test_neither_is_an_address_that_was_added_to_an_invitation_at_a_kiosk(
    lobby: Lobby, desk: Reception
) -> None:
    theirs = desk.visit(name="Mallory", email="")
    lobby.expected(theirs)
    lobby.do("details", name="", email=ADDRESS, firm="Away")
    theirs.holder.refresh_from_db()
    assert theirs.holder.email == ADDRESS
    assert desk.visit(name="Vic Victim", email=ADDRESS).holder_id != theirs.holder_id


def test_nor_one_that_reception_wrote_down_for_somebody_who_was_not_announced(desk: Reception) -> None:
    plan = desk.plan(walk_in=True)
    theirs = services.plan_visit(guest=services.Guest("Mallory", ADDRESS), plan=plan, by=BY)
    assert desk.visit(name="Vic Victim", email=ADDRESS).holder_id != theirs.holder_id


def test_whoever_was_invited_stays_the_same_person(desk: Reception) -> None:
    first = desk.visit(email=ADDRESS)
    assert desk.visit(email=ADDRESS, begins_in=600).holder_id == first.holder_id


def test_a_phone_is_confirmed_anew_at_each_visit_of_a_series(desk: Reception) -> None:
    first = services.admit(visit=desk.visit(), by=BY)
    second = desk.visit(begins_in=24 * 60)
    _, phone = enrolled(first.holder)
    services.choose_way(visit=first, way=Way.PHONE, device=phone, by=BY)
    phone.refresh_from_db()
    assert phone.state == DeviceState.ACTIVE
    services.sign_out(visit=first, by=BY)
    phone.refresh_from_db()
    assert (phone.state, phone.vouched_at, phone.vouched_by) == (DeviceState.AWAITING, None, "")
    first.holder.refresh_from_db()
    assert first.holder.state == HolderState.ACTIVE
    assert second.holder_id == first.holder_id


def test_a_visit_that_is_off_leaves_the_phone_of_the_one_under_way(desk: Reception) -> None:
    first = services.admit(visit=desk.visit(), by=BY)
    second = desk.visit(begins_in=24 * 60)
    _, phone = enrolled(first.holder)
    services.choose_way(visit=first, way=Way.PHONE, device=phone, by=BY)
    services.cancel(visit=second, by=BY)
    phone.refresh_from_db()
    assert phone.state == DeviceState.ACTIVE
