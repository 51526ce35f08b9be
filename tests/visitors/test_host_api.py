"""The host's wallet: one's own visits alone, signed by the phone; invited once; deeds and their refusals."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credentials.models import Device, HolderKind
from credentials.services import add_holder, suspend_holder
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from operators.services.throttling import Limit
from sallyport.keys import b64url
from tenants import context
from tenants.context import CompanyRef
from tests.credentials.phone import Phone, enrolled
from tests.visitors.browser_push import Subscriber
from tests.visitors.build import BY, Reception, reception
from visitors import services
from visitors.models import HostChoice, PushSubscription, Visit, VisitState
from visitors.notices.push import vapid_public

pytestmark = pytest.mark.django_db
PATH = "/api/v1/wallet/visits"


@pytest.fixture
def phone(desk: Reception) -> Phone:
    return enrolled(desk.host)[0]


def shown(phone: Phone) -> list[dict[str, Any]]:
    status, told = phone.send("GET", PATH)
    assert status == 200
    return list(told["visits"])


def wish(desk: Reception, **other: Any) -> dict[str, Any]:
    begins = timezone.now().astimezone(ZoneInfo("Europe/Berlin")) + dt.timedelta(days=1)
    told = {
        "name": "Vera Visitor",
        "email": "vera@guest.example",
        "firm": "Guest & Sons",
        "language": "fr",
        "type": str(desk.type.pk),
        "site": desk.place.site.pk,
        "begins": f"{begins:%Y-%m-%d}T09:30",
        "minutes": 45,
        "subject": "The new press",
    }
    return told | other


def test_ones_own_visits_and_nobody_elses(desk: Reception, phone: Phone) -> None:
    other = add_holder(name="Zoe", email="zoe@acme.example", by=BY)
    theirs = services.plan_visit(guest=services.Guest("Otto"), plan=desk.plan(host=other), by=BY)
    coming = desk.visit(name="Ada", email="ada@guest.example", begins_in=60)
    waiting = services.arrive(visit=desk.visit(), by="kiosk:1")
    status, told = phone.send("GET", PATH)
    assert status == 200
    first, second = told["visits"]
    assert (first["id"], first["name"], first["waits"]) == (str(waiting.pk), "Vera Visitor", True)
    assert first["may"] == {"admit": True, "decline": True, "cancel": True}
    assert (second["id"], second["waits"]) == (str(coming.pk), False)
    assert second["may"] == {"admit": False, "decline": False, "cancel": True}
    assert (told["sites"][0]["time_zone"], told["types"][0]["minutes"]) == ("Europe/Berlin", 60)
    assert told["notices"]["vapid_key"] == vapid_public()
    assert str(theirs.pk) not in str(told)
    for deed in ("admit", "decline", "cancel"):
        status, answer = phone.send("POST", f"{PATH}/{theirs.pk}/{deed}", {})
        assert (status, answer["code"]) == (404, "no_such_visit")


def test_the_list_costs_the_same_for_many(desk: Reception, phone: Phone) -> None:
    counts = []
    for number in range(3):
        for guest in range(3):
            name = f"guest{number}{guest}"
            desk.visit(name=name, email=f"{name}@guest.example")
        with CaptureQueriesContext(connection) as queries:
            assert len(shown(phone)) == 3 * (number + 1)
        counts.append(len(queries))
    assert counts[1] == counts[2] < 14  # the first finds keys that are held from then on


def test_invited_by_the_sites_clock_once_and_told_by_mail(
    desk: Reception, phone: Phone, in_acme: CompanyRef
) -> None:
    told = wish(desk)
    status, answer = phone.send("POST", PATH, told)
    assert status == 201
    visit = Visit.objects.get(pk=answer["visit"]["id"])
    local = visit.begins.astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{local:%Y-%m-%dT%H:%M}" == told["begins"]
    assert visit.ends - visit.begins == dt.timedelta(minutes=45)
    assert (visit.host_id, visit.created_by) == (desk.host.pk, f"holder:{desk.host.handle}")
    assert (visit.language, visit.subject, visit.firm) == ("fr", "The new press", "Guest & Sons")
    again = phone.send("POST", PATH, told)
    assert (again[0], again[1]["visit"]["id"]) == (201, str(visit.pk))
    assert Visit.objects.count() == 1
    deliver(in_acme)
    (message,) = [one for one in mail.outbox if one.to == ["vera@guest.example"]]
    assert message.attachments


def test_without_a_mail_address_it_is_one_visit_too(desk: Reception, phone: Phone) -> None:
    for _ in range(2):
        assert phone.send("POST", PATH, wish(desk, email=""))[0] == 201
    assert Visit.objects.get().state == VisitState.EXPECTED


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"email": "henri@acme.example"}, 422, "is_staff"),
        ({"email": "nobody"}, 422, "email_wrong"),
        ({"name": "  "}, 400, "malformed"),
        ({"name": "--"}, 422, "name_missing"),
        ({"name": "x" * 201}, 400, "malformed"),
        ({"begins": "2020-01-01T10:00"}, 422, "window_over"),
        ({"begins": "9999-12-31T23:59"}, 422, "window_too_far"),
        ({"begins": "0001-01-01T00:00"}, 422, "window_over"),
        ({"begins": "2031-02-30T10:00"}, 400, "malformed"),
        ({"begins": "2031-02-28T10:00Z"}, 400, "malformed"),
        ({"minutes": 4}, 400, "malformed"),
        ({"minutes": 31 * 24 * 60 + 1}, 400, "malformed"),
        ({"site": 999999}, 422, "no_such_site"),
        ({"type": str(uuid.uuid4())}, 422, "no_such_type"),
        ({"language": "xx"}, 400, "malformed"),
        ({"repeat": "weekly"}, 400, "malformed"),
        ({"repeat": "hourly", "until": "2031-01-01"}, 400, "malformed"),
        ({"repeat": "weekly", "until": "2020-01-01"}, 422, "series_ends_first"),
        ({"repeat": "weekly", "until": "2099-01-01"}, 422, "series_too_long"),
        ({"more": [{"name": "Otto", "email": "VERA@guest.example"}]}, 422, "guest_twice"),
        ({"more": [{"name": "Otto", "email": "nobody"}]}, 422, "email_wrong"),
        ({"more": [{"name": ""}]}, 400, "malformed"),
        ({"more": [{"name": "Henri", "email": "henri@acme.example"}]}, 422, "is_staff"),
        ({"more": [{"name": f"Guest {number}"} for number in range(100)]}, 400, "malformed"),
    ],
)
def test_wishes_that_are_refused(
    desk: Reception, phone: Phone, other: dict[str, Any], status: int, code: str
) -> None:
    answer = phone.send("POST", PATH, wish(desk, **other))
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("name", ["山田 太郎", "محمد", "🙂 Zoë", "<b>Bo</b>", "x" * 200])
def test_names_in_any_script(desk: Reception, phone: Phone, name: str) -> None:
    status, answer = phone.send("POST", PATH, wish(desk, name=name))
    assert (status, answer["visit"]["name"]) == (201, name)


def test_too_many_in_a_day(desk: Reception, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "visitors.services.host_inviting.INVITED", Limit("host_invites", 1, dt.timedelta(days=1))
    )
    assert phone.send("POST", PATH, wish(desk))[0] == 201
    status, answer = phone.send("POST", PATH, wish(desk, name="Otto", email="otto@guest.example"))
    assert (status, answer["code"]) == (429, "too_many_invitations")


def test_admit_decline_cancel(desk: Reception, phone: Phone) -> None:
    first = services.arrive(visit=desk.visit(), by="kiosk:1")
    second = services.arrive(visit=desk.visit(name="Otto", email="otto@guest.example"), by="kiosk:1")
    third = desk.visit(name="Ada", email="ada@guest.example", begins_in=60)
    for visit, deed, state in (
        (first, "admit", VisitState.ON_SITE),
        (second, "decline", VisitState.REFUSED),
        (third, "cancel", VisitState.CANCELLED),
    ):
        for _ in range(2):
            status, answer = phone.send("POST", f"{PATH}/{visit.pk}/{deed}", {})
            assert (status, answer["visit"]["state"]) == (200, state)
        row = LedgerEntry.objects.get(
            verb=f"visit_{state.replace('on_site', 'admitted')}", handle=visit.handle
        )
        assert row.actor == f"holder:{desk.host.handle}"
    status, answer = phone.send("POST", f"{PATH}/{third.pk}/admit", {})
    assert (status, answer["code"]) == (409, "visit_not_open")
    status, answer = phone.send("POST", f"{PATH}/{first.pk}/cancel", {})
    assert (status, answer["code"]) == (409, "visit_not_open")


def test_not_before_they_have_come(desk: Reception, phone: Phone) -> None:
    visit = desk.visit()
    for deed in ("admit", "decline"):
        status, answer = phone.send("POST", f"{PATH}/{visit.pk}/{deed}", {})
        assert (status, answer["code"]) == (409, "not_waiting")


@pytest.mark.parametrize("kind", [HolderKind.EMPLOYEE, HolderKind.CONTRACTOR, HolderKind.VISITOR])
def test_visitors_never_see_it(in_acme: CompanyRef, kind: HolderKind) -> None:
    somebody = add_holder(name="Some Body", email="some@body.example", kind=kind, by=BY)
    status, told = enrolled(somebody)[0].send("GET", PATH)
    if kind == HolderKind.VISITOR:
        assert (status, told["code"]) == (403, "not_a_host")
    else:
        assert (status, told["visits"]) == (200, [])


def test_who_is_suspended_or_not_confirmed(desk: Reception, phone: Phone) -> None:
    waiting = services.arrive(visit=desk.visit(), by="kiosk:1")
    fresh = enrolled(add_holder(name="Zoe", email="zoe@acme.example", by=BY), vouched=False)[0]
    status, told = fresh.send("GET", PATH)
    assert (status, told["code"]) == (403, "device_awaiting")
    suspend_holder(holder=desk.host, by=BY)
    status, told = phone.send("POST", f"{PATH}/{waiting.pk}/admit", {})
    assert (status, told["code"]) == (403, "host_left")
    assert Visit.objects.get(pk=waiting.pk).state == VisitState.INVITED


def test_another_companys_visit_is_not_there(phone: Phone, globex: CompanyRef) -> None:
    with context.leave(), context.enter(globex):
        theirs = services.arrive(visit=reception().visit(), by="kiosk:1")
    for deed in ("admit", "decline", "cancel"):
        status, answer = phone.send("POST", f"{PATH}/{theirs.pk}/{deed}", {})
        assert (status, answer["code"]) == (404, "no_such_visit")
    with context.leave(), context.enter(globex):
        assert Visit.objects.get(pk=theirs.pk).waits


def test_a_request_that_was_changed_on_the_way(desk: Reception, phone: Phone) -> None:
    waiting = services.arrive(visit=desk.visit(), by="kiosk:1")
    path = f"{PATH}/{waiting.pk}/decline"
    headers = phone.headers("POST", path, b"{}")
    status, _ = phone.repeat("POST", f"{PATH}/{waiting.pk}/admit", b"{}", headers)
    assert status == 401
    assert phone.repeat("POST", path, b"{}", headers)[0] == 200
    assert phone.repeat("POST", path, b"{}", headers)[0] == 401  # heard already


def test_what_ended_long_ago_is_not_shown(desk: Reception, phone: Phone) -> None:
    visit = services.sign_out(visit=services.admit(visit=desk.visit(), by=BY), by=BY)
    assert [one["state"] for one in shown(phone)] == ["signed_out"]
    Visit.objects.filter(pk=visit.pk).update(ended_at=timezone.now() - dt.timedelta(hours=19))
    assert shown(phone) == []


def test_who_waits_is_never_cut_off(desk: Reception, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visitors.host_visits.MOST_SHOWN", 2)
    for number in range(3):
        desk.visit(name=f"guest{number}", email=f"guest{number}@guest.example", begins_in=number)
    late = services.arrive(visit=desk.visit(begins_in=30), by="kiosk:1")
    told = shown(phone)
    assert len(told) == 2
    assert told[0]["id"] == str(late.pk)


def test_choosing_what_one_is_told_by(desk: Reception, phone: Phone) -> None:
    status, told = phone.send("POST", f"{PATH}/notices", {"mail": False, "push": True})
    assert (status, told["notices"]["mail"], told["notices"]["push"]) == (200, False, True)
    assert HostChoice.objects.get(pk=desk.host.pk).mail is False
    assert phone.send("POST", f"{PATH}/notices", {"mail": False})[0] == 400


def test_a_browser_takes_pushes_and_takes_them_no_more(desk: Reception, phone: Phone) -> None:
    mine = Subscriber.drawn()
    told = {
        "endpoint": "https://93.184.215.14/push/1",
        "p256dh": b64url(mine.keys.p256dh),
        "auth": b64url(mine.auth),
    }
    status, answer = phone.send("POST", "/api/v1/wallet/push", told)
    assert (status, answer["notices"]["subscribed"]) == (200, True)
    row = PushSubscription.objects.get()
    assert row.device == Device.objects.get(holder=desk.host)
    bad = {**told, "endpoint": "https://127.0.0.1/push"}
    status, answer = phone.send("POST", "/api/v1/wallet/push", bad)
    assert (status, answer["code"]) == (422, "push_address_wrong")
    status, answer = phone.send("POST", "/api/v1/wallet/push/end", {})
    assert (status, answer["notices"]["subscribed"]) == (200, False)
    assert not PushSubscription.objects.exists()
