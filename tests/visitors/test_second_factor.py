"""The second factor of a type of visit: a phone makes a code only after its unlock."""

import pytest

from credentials.services import grant_unlock
from ledger.models import LedgerEntry
from tests.credentials.phone import Phone, enrolled
from tests.visitors.build import BY, Reception, guest
from tests.visitors.test_types import follow_all
from visitors import services
from visitors.models import Visit, VisitType
from visitors.services import types
from visitors.services.inviting import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(desk: Reception) -> VisitType:
    """Every visit's type, which asks for the unlock."""
    return types.edit_type(visit_type=desk.type, unlock=True, by=BY)


def asks(phone: Phone) -> str:
    """What comes of asking for a code: "" where there is one."""
    status, told = phone.ask()
    return "" if status == 200 else str(told["code"])


def phone_of(visit: Visit) -> tuple[Phone, int]:
    """The phone of a visitor who is in; when it was asked last it was not unlocked."""
    services.admit(visit=visit, by=BY)
    phone, device = enrolled(visit.holder)
    grant_unlock(device=device, method="passkey", now_ms=0)
    return phone, device.handle


def demanded(visit: Visit) -> bool:
    visit.holder.refresh_from_db()
    return visit.holder.unlock_required


def test_a_visitors_phone_makes_no_code_before_its_unlock(desk: Reception, strict: VisitType) -> None:
    visit = desk.visit()
    phone, _ = phone_of(visit)
    assert asks(phone) == "unlock_required"
    assert phone.me()[1]["unlock"]["required"]  # the wallet asks for it before it shows anything
    (device,) = visit.holder.devices.all()
    grant_unlock(device=device, method="passkey", now_ms=phone.me()[1]["server_now"] * 1000)
    assert asks(phone) == ""


def test_a_type_without_it_leaves_that_to_the_company(desk: Reception) -> None:
    visit = desk.visit()
    phone, _ = phone_of(visit)
    assert (demanded(visit), asks(phone)) == (False, "")
    assert not LedgerEntry.objects.filter(verb="unlock_demanded").exists()


def test_of_two_visits_the_stricter_one_holds_until_it_is_off(desk: Reception) -> None:
    strict = types.add_type(name="Server room", unlock=True, levels=[desk.place.staff], by=BY)
    first = desk.visit()
    plan = desk.plan(begins_in=600, type=strict)
    (second,) = invite(guests=[guest()], plan=plan, by=BY)
    assert second.holder_id == first.holder_id
    assert demanded(first)
    services.cancel(visit=second, by=BY)
    assert not demanded(first)
    verbs = LedgerEntry.objects.filter(subject_kind="holder", verb__contains="unlock")
    assert list(verbs.order_by("at").values_list("verb", flat=True)) == [
        "unlock_demanded",
        "unlock_no_longer_demanded",
    ]


def test_visits_to_come_follow_an_edit_and_the_one_under_way_does_not(desk: Reception) -> None:
    here, later = desk.visit(), desk.visit(name="Lara Later", email="lara@guest.example", begins_in=600)
    services.admit(visit=here, by=BY)
    types.edit_type(visit_type=desk.type, unlock=True, by=BY)
    follow_all()
    assert (demanded(here), demanded(later)) == (False, True)
    assert not LedgerEntry.objects.filter(
        verb="visit_times_followed"
    ).exists()  # its times are what they were
    types.edit_type(visit_type=desk.type, unlock=False, by=BY)
    follow_all()
    assert not demanded(later)


def test_an_edit_ends_where_another_type_asks_for_the_unlock(desk: Reception) -> None:
    other = types.add_type(name="Server room", unlock=True, by=BY)
    later = desk.visit(begins_in=600)
    invite(guests=[guest()], plan=desk.plan(begins_in=900, type=other), by=BY)
    types.edit_type(visit_type=desk.type, grace_before=0, by=BY)
    follow_all()
    assert demanded(later)
