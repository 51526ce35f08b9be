"""Alarms: one phone at two sites sooner than anybody travels; found afterwards, answered with a note."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import AccessEvent, AccessPoint, Alarm, AlarmNote, AlarmState, AlarmWatch, SiteTravel
from access.services import (
    acknowledge_alarm,
    add_area,
    add_door,
    add_site,
    close_alarm,
    find_alarms,
    set_travel,
)
from access.services import alarms as finding
from credentials.models import Device, Holder
from credentials.selectors import live_credential
from credentials.services import reissue_credential
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.credentials.phone import ALICE, enrolled, henri
from tests.fixtures.console import SignIn
from vault.services import destroy_subject_key

NOW = timezone.now().replace(microsecond=0)


def point(site: str) -> AccessPoint:
    area = add_area(
        site=add_site(name=site, time_zone="Europe/Berlin", by=ALICE), name="House", assurance=1, by=ALICE
    )
    return add_door(area=area, name=f"Door of {site}", by=ALICE).access_points.get()


@dataclass
class Company:
    """Two sites, a person with a phone, and what happens at the doors."""

    holder: Holder
    phone: Device
    here: AccessPoint
    there: AccessPoint
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def passes(self, at: AccessPoint, seconds: float, **other: object) -> AccessEvent:
        """An event so many seconds from NOW; negative is past."""
        credential = live_credential(self.holder)
        assert credential is not None
        when = NOW + dt.timedelta(seconds=seconds)
        row: dict[str, object] = {
            "reader": 1, "counter": next(self.numbers), "at": when, "reader_at": when,
            "access_point": at.handle, "credential": credential.handle, "device": self.phone.handle,
            "code_hash": secrets.token_bytes(32), "granted": True, "reason": "granted", "policy_epoch": 1,
            "policy_seq": 1, "batch": uuid.uuid4(), "batch_index": 0, "leaf": secrets.token_bytes(32),
        }  # fmt: skip
        return AccessEvent.objects.create(**(row | other))

    def alarms(self) -> list[tuple[int, int]]:
        find_alarms(now=NOW)
        found = Alarm.objects.values_list("first_event", "second_event")
        return sorted((first or 0, second or 0) for first, second in found)


@pytest.fixture
def company(in_acme: CompanyRef) -> Company:
    holder = henri()
    return Company(holder, enrolled(holder)[1], point("Berlin"), point("Hamburg"))


def test_two_sites_within_less_than_the_way_raise_an_alarm(company: Company) -> None:
    first, second = company.passes(company.here, -400), company.passes(company.there, -400 + 299)
    assert company.alarms() == [(first.pk, second.pk)]
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.at, alarm.device, alarm.holder) == (
        AlarmState.OPEN,
        second.at,
        company.phone.handle,
        company.holder,
    )
    assert alarm.facts == {
        "access_points": [company.here.handle, company.there.handle],
        "seconds": 299,
        "least_seconds": 300,
    }
    entry = LedgerEntry.objects.get(verb="alarm_raised")
    assert (entry.actor, entry.handle) == ("system", company.phone.handle)


def test_the_way_itself_is_long_enough(company: Company) -> None:
    company.passes(company.here, -400)
    company.passes(company.there, -100)
    assert company.alarms() == []


def test_within_a_site_nothing_is_too_fast(company: Company) -> None:
    other = add_door(area=company.here.door.area, name="Back", by=ALICE).access_points.get()
    company.passes(company.here, -10)
    company.passes(other, -10)
    assert company.alarms() == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_company_says_how_long_the_way_is(company: Company, order: int) -> None:
    pair = (company.here.door.area.site_id, company.there.door.area.site_id)[::order]
    set_travel(minutes={(pair[0], pair[1]): 180}, by=ALICE)
    first, second = company.passes(company.there, -9000), company.passes(company.here, -100)
    assert company.alarms() == [(first.pk, second.pk)]
    set_travel(minutes={(pair[0], pair[1]): 0}, by=ALICE)
    company.passes(company.there, -99)
    assert len(company.alarms()) == 1
    assert SiteTravel.objects.count() == 1
    assert LedgerEntry.objects.filter(verb="site_travel_set").count() == 2


@pytest.mark.parametrize(
    "other", [{"granted": False, "reason": "replayed"}, {"device": None}, {"device": 0}], ids=str
)
def test_what_is_no_grant_of_a_phone_is_left_out(company: Company, other: dict[str, object]) -> None:
    company.passes(company.here, -20)
    company.passes(company.there, -10, **other)
    assert company.alarms() == []


def test_another_phone_of_the_person_may_be_elsewhere(company: Company) -> None:
    second = enrolled(company.holder)[1]
    company.passes(company.here, -20)
    company.passes(company.there, -10, device=second.handle)
    assert company.alarms() == []


def test_a_credential_that_was_replaced_between_hides_nothing(company: Company) -> None:
    first = company.passes(company.here, -20)
    for minutes in (0, 3, 6):
        find_alarms(now=NOW + dt.timedelta(minutes=minutes))
    assert AlarmWatch.objects.get().mark == first.pk
    credential = live_credential(company.holder)
    assert credential is not None
    reissue_credential(credential=credential, profile=0, fresh_until=None, by=ALICE)
    second = company.passes(company.there, -10)
    assert first.credential != second.credential
    assert company.alarms() == [(first.pk, second.pk)]


def test_looking_again_raises_nothing_twice(company: Company) -> None:
    first, second = company.passes(company.here, -20), company.passes(company.there, -10)
    for minutes in range(5):
        find_alarms(now=NOW + dt.timedelta(minutes=minutes))
    assert company.alarms() == [(first.pk, second.pk)]
    assert LedgerEntry.objects.filter(verb="alarm_raised").count() == 1


def test_what_arrives_late_is_compared_with_what_was_there(company: Company) -> None:
    """As a reader's journal from a time without a line brings it."""
    second = company.passes(company.there, -10)
    assert company.alarms() == []
    find_alarms(now=NOW + dt.timedelta(minutes=3))
    find_alarms(now=NOW + dt.timedelta(minutes=6))
    assert AlarmWatch.objects.get().mark == second.pk
    first = company.passes(company.here, -20)
    assert company.alarms() == [(first.pk, second.pk)]


def test_an_event_that_was_committed_after_a_later_one_is_found(company: Company) -> None:
    """Ids are given before commit: what is not settled is looked through again."""
    hole = AccessEvent.objects.latest("id").pk + 1 if AccessEvent.objects.exists() else 1
    find_alarms(now=NOW)
    second = company.passes(company.there, -10, id=hole + 500)
    find_alarms(now=NOW + dt.timedelta(seconds=61))
    first = company.passes(company.here, -20, id=hole + 400)
    find_alarms(now=NOW + dt.timedelta(seconds=75))
    assert company.alarms() == [(first.pk, second.pk)]


def test_more_than_a_chunk_is_looked_through(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "CHUNK", 2)
    rows = [company.passes(company.here, -2000 + 100 * n) for n in range(5)]
    rows.append(company.passes(company.there, -1590))
    rows += [company.passes(company.there, -1000 + 100 * n) for n in range(3)]
    assert company.alarms() == [(rows[4].pk, rows[5].pk)]


def test_looking_costs_the_same_however_much_happened(company: Company) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            find_alarms(now=NOW)
        return len(captured)

    company.passes(company.here, -3000)
    queries()
    few = queries()
    for number in range(50):
        company.passes(company.here, -2900 + number)
    assert queries() == few


def raised(company: Company) -> Alarm:
    company.passes(company.here, -20)
    company.passes(company.there, -10)
    find_alarms(now=NOW)
    return Alarm.objects.get()


def test_an_alarm_is_acknowledged_then_closed_with_notes(company: Company) -> None:
    alarm = raised(company)
    acknowledge_alarm(alarm=alarm, note="Calling Henri.", by=ALICE)
    acknowledge_alarm(alarm=alarm, note="Too late.", by="operator:rita")
    row = Alarm.objects.get()
    assert (row.state, row.answered_by) == (AlarmState.ACKNOWLEDGED, ALICE)
    assert [note.text for note in row.notes.all()] == ["Calling Henri."]
    entry = LedgerEntry.objects.get(verb="alarm_acknowledged")
    assert (entry.actor, entry.data) == (ALICE, {"alarm": str(alarm.pk)})
    assert b"Calling" not in bytes(entry.payload or b"")
    close_alarm(alarm=alarm, note="Copied phone, revoked.", by=ALICE)
    close_alarm(alarm=alarm, note="Again.", by=ALICE)
    row = Alarm.objects.get()
    assert row.state == AlarmState.CLOSED
    assert [note.text for note in row.notes.all()] == ["Calling Henri.", "Copied phone, revoked."]
    assert LedgerEntry.objects.filter(verb="alarm_closed").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM access_alarmnote")
        assert not any(b"Henri" in bytes(text) or b"revoked" in bytes(text) for (text,) in cursor.fetchall())


def test_an_erased_persons_alarm_is_found_and_answered_without_the_note(
    company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        destroy_subject_key(company.holder.subject)
    alarm = raised(company)
    close_alarm(alarm=alarm, note="Copied phone.", by=ALICE)
    assert Alarm.objects.get().state == AlarmState.CLOSED
    assert not AlarmNote.objects.exists()


@pytest.mark.parametrize("name", ["olga", "alice", "rita"])
def test_the_bell_counts_and_the_list_shows_both_events(
    company: Company, signed_in: SignIn, name: str
) -> None:
    alarm = raised(company)
    client: Client = signed_in(name)
    assert "1 open alarm" in client.get("/people/").content.decode()
    page = client.get("/alarms/").content.decode()
    for told in ("Henri Holder", "Door of Berlin", "Door of Hamburg", "10 s apart", "5 min at the least"):
        assert told in page
    path = f"/alarms/{alarm.pk}/acknowledge/"
    assert "Write what you found" in client.post(path, {"note": " "}, follow=True).content.decode()
    assert "too long" in client.post(path, {"note": "x" * 501}, follow=True).content.decode()
    page = client.post(path, {"note": "Seen <b>"}, follow=True).content.decode()
    assert "Seen &lt;b&gt;" in page
    assert "open alarm" not in page
    client.post(f"/alarms/{alarm.pk}/close/", {"note": "Done"})
    assert "Henri Holder" not in client.get("/alarms/").content.decode()
    assert "Henri Holder" in client.get("/alarms/?state=all").content.decode()


@pytest.mark.parametrize("name", ["bob", "carol"])
def test_others_see_no_bell(company: Company, signed_in: SignIn, name: str) -> None:
    raised(company)
    assert "open alarm" not in signed_in(name).get("/people/").content.decode()


def test_travel_times_are_typed_in_the_console(company: Company, signed_in: SignIn) -> None:
    client = signed_in("alice")
    assert "Travel times" in client.get("/doors/").content.decode()
    one, other = sorted((company.here.door.area.site_id, company.there.door.area.site_id))
    name = f"pair_{one}_{other}"
    assert 'value="5"' in client.get("/doors/travel/").content.decode()
    assert client.post("/doors/travel/", {name: "-1"}).status_code == 422
    assert client.post("/doors/travel/", {name: "1441"}).status_code == 422
    assert client.post("/doors/travel/", {name: "90"}).status_code == 302
    assert SiteTravel.objects.get().minutes == 90
    assert 'value="90"' in client.get("/doors/travel/").content.decode()
