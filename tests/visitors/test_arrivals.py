"""Somebody comes to a kiosk, expected or not: what they are shown, and when they are let in."""

import datetime as dt
import zoneinfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.services import add_site
from credentials.models import Holder, HolderKind, HolderState
from credentials.names import holder_names
from credentials.services import add_holder, offboard_holder
from ledger.models import LedgerEntry, Outbox
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby, document, through
from tests.visitors.lobby import lobby as at_kiosk
from vault.services import create_subject
from visitors import services
from visitors.models import Arrival, Visit, VisitState, WatchEntry, WatchMatch
from visitors.models.visits import LinkPurpose
from visitors.services.arrivals import end_silent
from visitors.services.codes import code_of

pytestmark = pytest.mark.django_db


def today(desk: Reception) -> str:
    return timezone.now().astimezone(zoneinfo.ZoneInfo(desk.place.site.time_zone)).date().isoformat()


def match(visit: Visit) -> WatchMatch:
    """Somebody on the watch list has this visitor's name."""
    entry = WatchEntry(
        subject=create_subject(),
        name="Vera Visitor",
        why="Stole a laptop",
        until=timezone.now().date() + dt.timedelta(days=90),
        added_at=timezone.now(),
        added_by=BY,
    )
    entry.save(force_insert=True)
    return WatchMatch.objects.create(entry=entry, visit=visit, how="exact", found_at=timezone.now())


def test_an_expected_visitor_is_let_in_by_the_code(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    told = lobby.expected(visit)
    assert lobby.status == 201
    assert (told["state"], told["step"], told["steps"]) == ("steps", "way", ["way"])
    assert (told["name"], told["host"]) == ("Vera Visitor", "Henri Holder")
    assert told["until"] == int(visit.ends.timestamp())
    visit.refresh_from_db()
    assert (visit.state, visit.admitted_by, visit.kiosk) == (
        "on_site",
        lobby.tablet.kiosk.actor,
        lobby.tablet.handle,
    )
    told = lobby.do("way", way="escort")
    assert (told["state"], told["step"]) == ("done", None)


def test_no_host_is_told_of_a_wait_that_never_was(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    Outbox.objects.all().delete()
    lobby.expected(visit)
    told = Outbox.objects.filter(topic__startswith="notice.")
    assert {one.data["kind"] for one in told} == {"arrived"}
    assert not visit.links.filter(purpose=LinkPurpose.ADMIT).exists()
    deeds = LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle).values_list(
        "verb", flat=True
    )
    assert {"visit_arrived", "visit_admitted"} <= set(deeds)
    visit.refresh_from_db()
    assert (visit.kiosk, visit.arrived_at) == (lobby.tablet.handle, visit.admitted_at)


def test_letting_in_asks_the_database_no_more_than_it_must(
    desk: Reception, lobby: Lobby, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    document(desk)
    lobby.expected(desk.visit())
    with django_assert_max_num_queries(62):
        lobby.sign()
    assert lobby.view["step"] == "way"


def test_a_forwarded_mail_opens_nothing_before_the_host_has_said_yes(desk: Reception, lobby: Lobby) -> None:
    desk.type.host_confirms = True
    desk.type.save(update_fields=["host_confirms"])
    document(desk)
    visit = desk.visit()
    lobby.expected(visit)
    lobby.sign()
    assert (lobby.view["state"], lobby.view["step"]) == ("waiting", None)
    assert lobby.look()["state"] == "waiting"
    assert at_kiosk(desk, name="Other").expected(visit)["state"] == "waiting"
    visit.refresh_from_db()
    assert (visit.waits, visit.admitted_at) == (True, None)
    assert not visit.holder.grants.exists()
    lobby.expected(visit)
    services.admit(visit=visit, by=f"holder:{desk.host.handle}")
    assert (lobby.look()["state"], lobby.view["step"]) == ("steps", "way")
    assert visit.holder.grants.exists()


def test_what_comes_first_is_done_first(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    visit = desk.visit(email="")
    told = lobby.expected(visit)
    assert (told["steps"], told["step"]) == (["details", "documents", "way"], "details")
    assert told["ways"] == ["phone", "day_pass", "escort"]
    assert lobby.do("way", way="escort")["code"] == "not_admitted"
    assert through(lobby) == ["details", "documents", "way"]
    visit.refresh_from_db()
    assert (visit.state, visit.way, visit.firm) == ("on_site", "escort", "Guest & Sons")


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [("nonsense", 403, "code_wrong"), ("", 400, "malformed"), ("x" * 41, 400, "malformed")],
)
def test_a_code_that_is_none(lobby: Lobby, typed: str, status: int, code: str) -> None:
    told = lobby.begin(flow="expected", code=typed)
    assert (lobby.status, told["code"]) == (status, code)


def test_guessing_codes_ends(desk: Reception, lobby: Lobby) -> None:
    for _ in range(20):
        assert lobby.begin(flow="expected", code="ZZZZZZZZ")["code"] == "code_wrong"
    assert lobby.expected(desk.visit())["code"] == "too_many_tries"
    assert at_kiosk(desk, name="Other").expected(desk.visit(email="o@x.example"))["state"] == "steps"


def test_right_codes_are_no_guesses(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    assert {lobby.expected(visit).get("state") for _ in range(25)} == {"steps"}


def test_a_cancelled_invitation_is_used(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    code = code_of(visit)
    services.cancel(visit=visit, by=BY)
    assert lobby.begin(flow="expected", code=code)["code"] == "code_wrong"


def test_too_early_and_at_another_site(desk: Reception, lobby: Lobby) -> None:
    assert lobby.expected(desk.visit(begins_in=600))["code"] == "too_early"
    other = at_kiosk(desk, name="Away").tablet
    kiosk = other.kiosk
    kiosk.site = add_site(name="Away", time_zone="Europe/Paris", by=BY)
    kiosk.save(update_fields=["site"])
    away = Lobby(desk, other)
    assert away.expected(desk.visit(email="b@x.example"))["code"] == "wrong_site"
    assert not Arrival.objects.exists()


def test_a_name_shows_nothing_until_somebody_lets_them_in(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit(name="Věra  Novák")
    there = lobby.by_name("vera novak", today(desk))
    other = at_kiosk(desk, name="Other")
    nobody = other.by_name("Nobody Here", today(desk))
    assert {key: there[key] for key in there if key != "id"} == {k: nobody[k] for k in nobody if k != "id"}
    assert (there["state"], there["steps"], there["name"], there["ways"]) == ("waiting", [], None, [])
    visit.refresh_from_db()
    assert visit.waits
    assert lobby.do("way", way="escort")["code"] == other.do("way", way="escort")["code"] == "no_step"
    services.admit(visit=visit, by=BY)
    assert (lobby.look()["state"], lobby.view["name"]) == ("steps", "Věra  Novák")
    assert other.look()["state"] == "waiting"


def test_a_name_does_not_tell_of_a_refusal(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    lobby.by_name("Vera Visitor", today(desk))
    services.refuse(visit=visit, by=BY)
    assert lobby.look()["state"] == "waiting"


def test_a_name_leads_to_nobody_who_is_in_or_stands_at_another_kiosk(desk: Reception, lobby: Lobby) -> None:
    visit, other = desk.visit(), at_kiosk(desk, name="Other")
    lobby.by_name("Vera Visitor", today(desk))
    other.by_name("Vera Visitor", today(desk))
    assert other.arrival.visit is None
    services.admit(visit=visit, by=BY)
    assert other.look()["state"] == "waiting"
    lobby.do("end")
    other.by_name("Vera Visitor", today(desk))
    assert other.arrival.visit is None


def test_a_walk_in_does_the_first_steps_and_waits(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    told = lobby.walk_in()
    assert (lobby.status, told["state"], told["step"], told["name"]) == (201, "steps", "documents", None)
    assert lobby.visit.arrived_at is None
    lobby.sign()
    assert (lobby.view["state"], lobby.view["step"]) == ("waiting", None)
    assert lobby.visit.waits
    services.admit(visit=lobby.visit, by=f"holder:{desk.host.handle}")
    assert (lobby.look()["state"], lobby.view["step"], lobby.view["name"]) == ("steps", "way", "Wanda Walker")


def test_a_walk_in_who_sat_down_goes_on_by_code_once_let_in(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.walk_in(firm="", email="")
    lobby.sign()
    visit = lobby.visit
    lobby.do("end")
    other = at_kiosk(desk, name="Other")
    assert other.expected(visit)["state"] == "waiting", "their code lets nobody in"
    assert other.look()["state"] == "waiting"
    other.do("end")
    visit.refresh_from_db()
    assert (visit.state, visit.waits) == (VisitState.EXPECTED, True)
    services.admit(visit=visit, by=f"holder:{desk.host.handle}")
    told = other.expected(visit)
    assert (told["state"], told["step"], told["steps"]) == ("steps", "way", ["documents", "way"])
    other.do("way", way="phone")
    assert (other.status, other.view["step"]) == (200, "phone")
    assert "#" in other.do("phone")["address"]
    visit.refresh_from_db()
    assert (visit.state, visit.way) == (VisitState.ON_SITE, "phone")


def test_a_walk_in_is_declined(desk: Reception, lobby: Lobby) -> None:
    assert lobby.walk_in()["state"] == "waiting"
    services.refuse(visit=lobby.visit, by=BY)
    assert lobby.look()["state"] == "refused"
    assert lobby.view["name"] is None


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "\U0001f600\U0001f600"}, "name_missing"),
        ({"name": "n" * 201}, "name_too_long"),
        ({"email": "no address"}, "email_invalid"),
        ({"type": "00000000-0000-4000-8000-000000000000"}, "type_unknown"),
        ({"host": "00000000-0000-4000-8000-000000000000"}, "host_unknown"),
        ({"host": ""}, "malformed"),
        ({"language": "xx"}, "malformed"),
    ],
)
def test_a_walk_in_that_cannot_be(lobby: Lobby, told: dict[str, str], code: str) -> None:
    assert lobby.walk_in(**told)["code"] == code
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["N" * 200, "فاطمة الزهراء", "王小明", "👩‍🚀 Zoë", "<script>alert(1)</script>", "O'Brien & “Söhne”"],
)
def test_names_of_every_kind(desk: Reception, lobby: Lobby, name: str) -> None:
    document(desk)
    lobby.walk_in(name=name)
    lobby.sign()
    services.admit(visit=lobby.visit, by=BY)
    assert lobby.look()["name"] == name


def test_a_host_who_left(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    offboard_holder(holder=desk.host, by=BY)
    assert lobby.walk_in()["code"] == "host_unknown"
    assert lobby.expected(visit)["state"] == "waiting"
    visit.refresh_from_db()
    assert visit.waits
    services.admit(visit=visit, by=BY)
    assert lobby.look()["state"] == "steps"


def test_a_match_keeps_them_waiting_without_a_word(desk: Reception, lobby: Lobby) -> None:
    visit = desk.visit()
    found = match(visit)
    told = lobby.expected(visit)
    assert (told["state"], told["step"]) == ("waiting", None)
    assert lobby.look()["state"] == "waiting"
    WatchMatch.objects.filter(pk=found.pk).update(verdict="same")
    assert lobby.look()["state"] == "waiting"
    WatchMatch.objects.filter(pk=found.pk).update(verdict="other")
    assert lobby.look()["state"] == "steps"
    visit.refresh_from_db()
    assert visit.state == VisitState.ON_SITE


def test_a_walk_in_touches_nobody_whose_address_they_give(desk: Reception, lobby: Lobby) -> None:
    """Neither an invited visitor's nor a cardholder's; and nothing is said of either."""
    vera = services.admit(visit=desk.visit(), by=BY)
    for email in ("VERA@guest.example", "henri@acme.example"):
        assert lobby.walk_in(email=email, name="Mallory")["state"] == "waiting"
        assert lobby.visit.holder_id not in {vera.holder_id, desk.host.pk}
        assert lobby.visit.holder.email == ""
    vera.holder.refresh_from_db()
    assert vera.holder.name == "Vera Visitor"


def test_the_next_one_ends_the_one_before(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.walk_in()
    first, visit = lobby.arrival, lobby.visit
    lobby.expected(desk.visit())
    first.refresh_from_db()
    visit.refresh_from_db()
    assert (first.outcome, visit.state) == ("next", "cancelled")
    visit.holder.refresh_from_db()
    assert visit.holder.state == HolderState.OFFBOARDED
    gone = lobby.tablet.call(f"kiosk/arrivals/{first.pk}").json()
    assert (gone["state"], gone["name"], gone["steps"]) == ("over", None, [])
    refused = lobby.tablet.call(f"kiosk/arrivals/{first.pk}/way", {"way": "escort"})
    assert (refused.status_code, refused.json()["code"]) == (409, "arrival_over")


def test_a_kiosk_that_was_reloaded(desk: Reception, lobby: Lobby) -> None:
    """The code goes on where it was left; who waits is found again by what they say."""
    document(desk)
    visit = desk.visit()
    lobby.expected(visit)
    lobby.sign()
    assert (lobby.expected(visit)["step"], lobby.view["documents"]) == ("way", [])
    lobby.walk_in()
    lobby.sign()
    waiting = lobby.visit
    assert lobby.walk_in()["state"] == "waiting"
    assert lobby.visit == waiting
    assert lobby.walk_in(name="Somebody Else")["step"] == "documents"
    assert lobby.visit != waiting


def test_one_visitor_at_two_kiosks(desk: Reception, lobby: Lobby) -> None:
    visit, other = desk.visit(), at_kiosk(desk, name="Other")
    lobby.expected(visit)
    assert other.expected(visit)["state"] == "steps"
    assert lobby.look()["state"] == "over"
    assert Arrival.objects.filter(visit=visit, ended_at=None).count() == 1


def test_another_kiosk_knows_nothing_of_it(desk: Reception, lobby: Lobby) -> None:
    lobby.expected(desk.visit())
    other = at_kiosk(desk, name="Other").tablet
    for step in ("", "/details", "/way", "/end", "/face/skip", "/phone/same"):
        told = {"way": "escort"} if step == "/way" else {"same": True} if step == "/phone/same" else {}
        answer = other.call(f"kiosk/arrivals/{lobby.view['id']}{step}", told)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_arrival"), step


def test_what_is_silent_ends_by_itself(desk: Reception, lobby: Lobby) -> None:
    document(desk)
    lobby.walk_in()
    now = timezone.now()
    assert end_silent(now=now + dt.timedelta(minutes=9)) == 0
    assert end_silent(now=now + dt.timedelta(minutes=10, seconds=1)) == 1
    assert (lobby.look()["state"], lobby.arrival.outcome) == ("over", "silent")
    assert lobby.visit.state == VisitState.CANCELLED
    assert end_silent(now=now + dt.timedelta(hours=25)) == 0
    assert not Arrival.objects.exists()


def test_who_waits_keeps_waiting_when_the_kiosk_goes_on(desk: Reception, lobby: Lobby) -> None:
    lobby.walk_in()
    visit = lobby.visit
    lobby.do("end")
    visit.refresh_from_db()
    assert (visit.state, visit.waits) == (VisitState.EXPECTED, True)


def test_hosts_are_found_by_three_letters(desk: Reception, lobby: Lobby) -> None:
    desk.visit(name="Henrietta Guest")
    for number in range(6):
        add_holder(name=f"Henry {number}", kind=HolderKind.CONTRACTOR, by=BY)
    found = lobby.tablet.call("kiosk/hosts", {"term": "hen"}).json()["hosts"]
    assert len(found) == 5
    assert {one["name"] for one in found} <= {"Henri Holder", *(f"Henry {number}" for number in range(6))}
    assert lobby.tablet.call("kiosk/hosts", {"term": "he"}).json()["code"] == "term_too_short"
    assert lobby.tablet.call("kiosk/hosts", {"term": "h.e-1"}).json()["code"] == "term_too_short"
    add_holder(name="王伟", by=BY)
    holder_names.drop()  # nothing is committed here, and the index hears of commits
    assert [one["name"] for one in lobby.tablet.call("kiosk/hosts", {"term": "王伟"}).json()["hosts"]] == [
        "王伟"
    ]
    offboard_holder(holder=desk.host, by=BY)
    assert lobby.tablet.call("kiosk/hosts", {"term": "henri holder"}).json()["hosts"] == []
    assert Holder.objects.get(pk=desk.host.pk).state == HolderState.OFFBOARDED
