"""Whoever leaves at a kiosk, or brings something."""

import pytest
from django.core import mail

from access.services import add_site
from credentials.models import HolderState
from credentials.services import offboard_holder
from credentials.services.day_passes import digits_of
from ledger.models import LedgerEntry, Outbox
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from visitors import services
from visitors.models import Arrival, Flow, Visit, VisitState
from visitors.services.codes import code_of
from visitors.services.leaving import says_they_leave

pytestmark = pytest.mark.django_db


def leave(lobby: Lobby, **told: str) -> tuple[int, str]:
    answer = lobby.tablet.call("kiosk/leaving", told)
    body = answer.json()
    return answer.status_code, body.get("outcome") or body["code"]


def state(visit: Visit) -> str:
    visit.refresh_from_db()
    return visit.state


def test_the_code_signs_out_at_once(desk: Reception, lobby: Lobby) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    code = code_of(visit)
    assert leave(lobby, code=code) == (200, "signed_out")
    assert state(visit) == VisitState.SIGNED_OUT
    visit.holder.refresh_from_db()
    assert visit.holder.state == HolderState.OFFBOARDED
    deed = LedgerEntry.objects.get(verb="visit_signed_out")
    assert deed.actor == lobby.tablet.kiosk.actor
    assert leave(lobby, code=code) == (403, "code_wrong")


def test_who_is_not_in_cannot_leave(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    assert leave(lobby, code=code_of(visit)) == (409, "visit_not_open")
    assert state(visit) == VisitState.INVITED


def test_a_code_signs_nobody_out_at_another_site(desk: Reception, lobby: Lobby) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    kiosk = lobby.tablet.kiosk
    kiosk.site = add_site(name="Away", time_zone="Europe/Paris", by=BY)
    kiosk.save(update_fields=["site"])
    assert leave(lobby, code=code_of(visit)) == (409, "wrong_site")
    assert state(visit) == VisitState.ON_SITE


def test_a_day_pass_signs_out_at_once(desk: Reception, lobby: Lobby) -> None:
    lobby.expected(desk.visit())
    lobby.do("way", way="day_pass")
    visit = lobby.visit
    assert visit.day_pass is not None
    digits = digits_of(visit.day_pass)
    other = desk.visit(email="other@guest.example")
    assert leave(lobby, **{"pass": digits[:-1] + str((int(digits[-1]) + 1) % 10)}) == (403, "pass_wrong")
    assert state(visit) == VisitState.ON_SITE
    assert leave(lobby, **{"pass": digits}) == (200, "signed_out")
    assert (state(visit), state(other)) == (VisitState.SIGNED_OUT, VisitState.INVITED)
    assert leave(lobby, **{"pass": digits}) == (403, "pass_wrong")


@pytest.mark.parametrize("digits", ["", "12", "9" * 252, "x" * 252])
def test_digits_of_no_pass(lobby: Lobby, digits: str) -> None:
    assert leave(lobby, **{"pass": digits})[0] in {400, 403}


def test_guessing_passes_ends(desk: Reception, lobby: Lobby) -> None:
    for _ in range(20):
        assert leave(lobby, **{"pass": "9" * 252}) == (403, "pass_wrong")
    assert leave(lobby, **{"pass": "9" * 252}) == (429, "too_many_tries")


def test_a_name_tells_reception_and_shows_nothing(desk: Reception, lobby: Lobby) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    assert leave(lobby, name="VERA  visitor") == leave(lobby, name="Nobody Here") == (200, "told")
    assert state(visit) == VisitState.ON_SITE
    assert list(says_they_leave()) == [visit.pk]
    assert Arrival.objects.filter(flow=Flow.LEAVING, visit=None).count() == 1
    services.sign_out(visit=visit, by=BY)
    assert not says_they_leave()


def test_leaving_needs_one_of_three(lobby: Lobby) -> None:
    assert leave(lobby) == (400, "malformed")


def test_a_delivery_is_told(desk: Reception, lobby: Lobby) -> None:
    told = {"host": str(desk.host.pk), "language": "de"}
    assert lobby.tablet.call("kiosk/deliveries", told).status_code == 201
    assert Outbox.objects.filter(topic="notice.mail", data__kind="delivery").count() == 1
    assert not mail.outbox
    vera = desk.visit().holder
    refused = lobby.tablet.call("kiosk/deliveries", told | {"host": str(vera.pk)})
    assert (refused.status_code, refused.json()["code"]) == (422, "host_unknown")
    offboard_holder(holder=desk.host, by=BY)
    refused = lobby.tablet.call("kiosk/deliveries", told)
    assert (refused.status_code, refused.json()["code"]) == (422, "host_unknown")
