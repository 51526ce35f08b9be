"""What visits hold of people: told, found, corrected and erased; a visitor, a host, somebody on the list."""

import datetime as dt
import os
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.erasure_plan import plan_of
from compliance.models import CaseKind, Erasure, ErasureState
from compliance.papers.activities import ACTIVITIES
from compliance.persons import suggested, with_mail, with_name
from compliance.refusals import Refused as Refusal
from compliance.services.erasures import begin_erasure
from compliance.services.replay import replay
from compliance.services.retention import set_card_data
from credentials.models import Holder, HolderState
from credentials.services import add_holder
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from tenants import context
from tenants.data_map import Use
from tests.compliance.everything import case_of
from tests.visitors.build import BY, Reception
from vault.affected import Exposure, sources
from vault.facts import Topic, tellings
from vault.fields import ERASED
from vault.holdings import Asking, Table, correctors, erasers, exporters
from vault.models import Subject
from vault.services import create_subject
from visitors import services
from visitors.models import (
    HostChoice,
    SignedDocument,
    Visit,
    VisitGroup,
    VisitPhoto,
    VisitState,
    VisitType,
    WatchEntry,
    WatchMatch,
)
from visitors.services import documents

pytestmark = pytest.mark.django_db
OFFICER = "operator:00000000-0000-4000-8000-00000000ca01"


def told(subject: Any, language: str = "en") -> dict[str, Table]:
    asking = Asking(subject, "gdpr", language)
    return {
        one.name: Table(one.name, one.title, one.columns, list(one.rows), one.said, one.given)
        for one in exporters["visitors"].tables(asking)
    }


def words(tables: dict[str, Table]) -> str:
    return "\n".join(" | ".join(str(cell) for cell in row) for one in tables.values() for row in one.rows)


def over(desk: Reception) -> Visit:
    """A visit that is over, with a document signed."""
    visit = services.admit(visit=desk.visit(), by=BY)
    rules = documents.add_document(name="House rules", by=BY)
    (version,) = documents.publish_version(document=rules, texts={"en": ("House rules", "Walk.")}, by=BY)
    SignedDocument.objects.create(
        visit=visit,
        version=version,
        signed_at=timezone.now(),
        name="V. Visitor-Signed",
        strokes="[[[1, 2, 3]]]",
        pdf=os.urandom(32),
    )
    return services.sign_out(visit=visit, by=BY)


def watched(name: str = "Vera Visitor", email: str = "vera@guest.example") -> WatchEntry:
    return WatchEntry.objects.create(
        subject=create_subject(),
        name=name,
        others="Wera Wisitor",
        email=email,
        why="Shouted at Henri",
        until=timezone.now().date() + dt.timedelta(days=90),
        added_at=timezone.now(),
        added_by=OFFICER,
    )


def erase(*holders: Holder, others: tuple[tuple[str, Any], ...] = ()) -> Erasure:
    first, *more = holders
    roles = [("holder", one.subject_id) for one in more] + list(others)
    case = case_of(first, *roles, kind=CaseKind.ERASURE)
    row = begin_erasure(pk=case.pk, version=None, typed=str(case.number), by=OFFICER)
    deliver(context.current())
    row.refresh_from_db()
    return row


# Telling


def test_a_visitor_is_told_of_visits_and_what_they_signed(desk: Reception) -> None:
    visit = over(desk)
    found = told(visit.holder.subject_id)
    (row,) = found["visits"].rows
    assert row[:4] == (visit.handle, "Meeting", desk.place.site.name, "signed out")
    assert "Guest & Sons" in row
    (signed,) = found["signed_documents"].rows
    assert signed[2:] == ("House rules", 1, "English", "V. Visitor-Signed", "yes", "yes")
    deeds = {row[1] for row in found["visit_deeds"].rows}
    assert {"visit planned", "visit admitted", "visit signed out"} <= deeds
    assert desk.host.name not in words(found)
    assert told(visit.holder.subject_id, "de")["visits"].title == "Ihre Besuche"


def test_a_photo_is_told_while_there_is_one(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    columns = [one.key for one in told(visit.holder.subject_id)["visits"].columns]
    place = columns.index("photo")
    assert next(iter(told(visit.holder.subject_id)["visits"].rows))[place] == "no"
    VisitPhoto.objects.create(visit=visit, sealed=os.urandom(32), taken_at=timezone.now())
    assert next(iter(told(visit.holder.subject_id)["visits"].rows))[place] == "yes"


def test_a_host_is_told_of_visits_and_not_of_visitors(desk: Reception) -> None:
    visit = over(desk)
    HostChoice.objects.create(holder=desk.host, push=False)
    found = told(desk.host.subject_id)
    assert set(found) == {"visits_received", "visit_notices"}
    (row,) = found["visits_received"].rows
    assert row[0] == visit.handle
    for what in ("Vera", "Guest & Sons", "vera@guest.example"):
        assert what not in words(found)
    assert found["visit_notices"].rows == [("yes", "no", 0)]


def test_the_watch_list_is_told_and_every_cell_goes_before_the_officer(desk: Reception) -> None:
    entry, visit = watched(), over(desk)
    WatchMatch.objects.get_or_create(
        entry=entry, visit=visit, defaults={"how": "exact", "found_at": timezone.now()}
    )
    table = told(entry.subject_id)["watch_list"]
    assert "Shouted at Henri" in words({"watch_list": table})
    assert all(column.free for column in table.columns)
    compared = told(visit.holder.subject_id)["compared"]
    assert len(list(compared.rows)) == 1
    assert all(column.free for column in compared.columns)


# Finding


@pytest.mark.parametrize("term", ["vera", "Visit", "WERA", "wisi"])
def test_the_watch_list_is_found_by_name(desk: Reception, term: str) -> None:
    entry = watched()
    assert [one.subject for one in with_name(term) if one.source == "watch"] == [entry.subject_id]


def test_the_watch_list_is_found_by_address_and_nobody_by_none(desk: Reception) -> None:
    entry = watched()
    watched(name="Nora Nomail", email="")
    assert [one.subject for one in with_mail("Vera@Guest.example") if one.source == "watch"] == [
        entry.subject_id
    ]
    assert with_mail("") == []
    assert [one for one in with_name("ora") if one.source == "watch"] == []


# Correcting


def test_the_firm_is_corrected_beside_the_name(desk: Reception) -> None:
    visit = desk.visit()
    room = correctors["holder"]
    subject = visit.holder.subject_id
    assert [one.key for one in room.fields(subject)] == ["name", "email", "language", "firm"]
    assert room.correct(subject, {"name": "Vera Visit", "firm": "Guest Ltd"}, by=BY) == ["name", "firm"]
    visit = Visit.objects.select_related("holder__subject").get()
    assert (visit.firm, visit.holder.name) == ("Guest Ltd", "Vera Visit")
    assert LedgerEntry.objects.get(verb="visit_corrected").data == {"fields": ["firm"]}
    assert room.correct(subject, {"firm": "Guest Ltd"}, by=BY) == []
    with pytest.raises(ValueError, match="200"):
        room.correct(subject, {"firm": "x" * 201}, by=BY)
    services.cancel(visit=visit, by=BY)
    assert room.fields(subject) == []
    with pytest.raises(ValueError, match="has left"):
        room.correct(subject, {"firm": "Other"}, by=BY)


# Erasing


@pytest.mark.parametrize(("pci", "days", "rule"), [(False, 20, "The rule: Ours."), (True, 90, "PCI DSS")])
def test_what_a_rule_keeps_stands_in_the_way_until_it_is_over(
    desk: Reception, *, pci: bool, days: int, rule: str
) -> None:
    VisitType.objects.filter(pk=desk.type.pk).update(keep_days=20, keep_least=20, keep_rule="Ours")
    set_card_data(under=pci, by=OFFICER)
    visit = over(desk)
    ended = timezone.now() - dt.timedelta(days=days - 1)
    Visit.objects.filter(pk=visit.pk).update(ended_at=ended)
    with pytest.raises(Refusal) as refused:
        erase(visit.holder)
    until = (ended + dt.timedelta(days=days)).astimezone(ZoneInfo(desk.place.site.time_zone))
    assert refused.value.code == "erasure_obstacle"
    assert f"Visit {visit.handle} has to be kept until {until.day} " in refused.value.text
    assert rule in refused.value.text
    assert Visit.objects.filter(pk=visit.pk).exists()
    Visit.objects.filter(pk=visit.pk).update(ended_at=ended - dt.timedelta(days=1, minutes=1))
    erase(visit.holder)
    assert not Visit.objects.exists()


def test_no_rule_keeps_a_visit_that_was_over_today(desk: Reception) -> None:
    visit = over(desk)
    assert erasers["visitors"].eraser.obstacles(visit.holder.subject_id) == []


def test_an_open_visit_stands_in_the_way_and_says_so(desk: Reception) -> None:
    visit = desk.visit()
    with pytest.raises(Refusal) as refused:
        erase(visit.holder)
    assert (refused.value.code, "Cancel it first" in refused.value.text) == ("erasure_obstacle", True)
    services.admit(visit=visit, by=BY)
    with pytest.raises(Refusal) as refused:
        erase(visit.holder)
    assert "Sign the visitor out first" in refused.value.text


def test_a_host_is_erased_and_visits_of_others_keep_a_number(desk: Reception) -> None:
    visit = over(desk)
    group = VisitGroup.objects.create(
        kind="group", name="Henri's friends", host=desk.host, created_at=timezone.now(), created_by=BY
    )
    case = case_of(desk.host, kind=CaseKind.ERASURE)
    (room,) = [one for one in plan_of(case).persons[0].rooms if one.name == "visitors"]
    assert [(item.what, item.count) for item in room.going] == [("Names of groups invited", 1)]
    assert [(item.what, item.count) for item in room.staying] == [("Visits received, by number", 1)]
    case.delete()
    assert erase(desk.host).state == ErasureState.DONE
    visit = Visit.objects.select_related("host", "holder").get()
    assert visit.host is not None
    assert (visit.host.name, visit.holder.name) == (ERASED, "Vera Visitor")
    group.refresh_from_db()
    assert group.name == ""


def test_a_group_of_this_visitor_alone_goes_and_one_with_others_stays(desk: Reception) -> None:
    shared = VisitGroup.objects.create(kind="group", name="All", created_at=timezone.now(), created_by=BY)
    alone = VisitGroup.objects.create(kind="series", name="Vera", created_at=timezone.now(), created_by=BY)
    visit, other = over(desk), desk.visit(name="Otto", email="otto@guest.example")
    again = desk.visit()
    services.cancel(visit=again, by=BY)
    Visit.objects.filter(pk__in=(visit.pk, other.pk)).update(group=shared)
    Visit.objects.filter(pk=again.pk).update(group=alone, holder=visit.holder)
    erase(visit.holder)
    assert list(VisitGroup.objects.all()) == [shared]
    assert list(Visit.objects.all()) == [other]


def test_one_person_as_cardholder_visitor_and_on_the_list_is_three_subjects_of_one_request(
    desk: Reception,
) -> None:
    """Vera came as a visitor, was hired under the same address, and somebody wanted to be told of her."""
    entry, visit = watched(), over(desk)
    hired = add_holder(name="Vera Visitor", email="vera@guest.example", by=BY)
    case = case_of(hired, email="vera@guest.example")
    roles = {(one.source, one.subject) for one in suggested(case)}
    assert roles == {("holder", visit.holder.subject_id), ("watch", entry.subject_id)}
    case.delete()
    row = erase(hired, visit.holder, others=(("watch", entry.subject_id),))
    assert row.state == ErasureState.DONE, row.stopped or row.places
    subjects = {hired.subject_id, visit.holder.subject_id, entry.subject_id}
    assert not Subject.objects.filter(pk__in=subjects, destroyed_at=None).exists()
    assert not Visit.objects.exists()
    assert not WatchEntry.objects.exists()
    assert not [one for one in with_mail("vera@guest.example") if one.name != ERASED]
    assert row.certificate is not None
    for what in ("Vera", "Visitor", "guest.example"):
        assert what not in row.certificate.body


def test_who_came_back_with_a_backup_is_erased_though_a_visit_is_open(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    replay([visit.holder.subject_id])
    assert not Visit.objects.exists()
    holder = Holder.objects.get(pk=visit.holder_id)
    assert (holder.state, holder.name) == (HolderState.OFFBOARDED, ERASED)
    deed = LedgerEntry.objects.filter(verb="visit_signed_out", handle=visit.handle)
    assert deed.get().data == {"from": VisitState.ON_SITE.value}


# Papers and breaches


def test_who_is_affected_by_a_breach(desk: Reception) -> None:
    entry, visit = watched(), over(desk)
    now = timezone.now()
    exposure = Exposure(now - dt.timedelta(days=1), now)
    assert sources["visits"].persons(exposure) == {visit.holder.subject_id: 1, desk.host.subject_id: 1}
    assert sources["signatures"].persons(exposure) == {visit.holder.subject_id: 1}
    assert sources["watch_list"].persons(exposure) == {entry.subject_id: 1}
    before = Exposure(now - dt.timedelta(days=9), now - dt.timedelta(days=8))
    assert not sources["visits"].persons(before)


def test_papers_tell_of_visits(desk: Reception) -> None:
    services.admit(visit=desk.visit(), by=BY)
    watched()
    found = {(fact.topic, fact.title): fact.value for fact in tellings["visitors"]()}
    assert found[Topic.PEOPLE, "Visitors on site"] == "1"
    assert found[Topic.PEOPLE, "Entries of the watch list"] == "1"
    assert found[Topic.MEASURES, "Visitors are erased by themselves"] == "7 days after their visit"
    assert "Art. 6(1)(f)" in ACTIVITIES[Use.VISITS].basis
