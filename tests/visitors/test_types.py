"""Types of visit: what cannot be saved, and what an edit does to visits planned and under way."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credentials.models import CredentialState
from ledger.models import LedgerEntry, Outbox
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Photo, Visit, VisitType, Way
from visitors.refusals import Refused
from visitors.services import documents, types
from visitors.type_receivers import follow

pytestmark = pytest.mark.django_db


def deeds(verb: str) -> list[dict[str, Any]]:
    return list(LedgerEntry.objects.filter(verb=verb).values_list("data", flat=True))


def follow_all() -> None:
    """Deliver what edits announced, and what the receiver announces."""
    while (due := Outbox.objects.filter(topic=types.TIMES, done=None).first()) is not None:
        follow(due.data)
        due.delete()


def test_a_type_is_added_last_and_told_whole(desk: Reception) -> None:
    rules = documents.add_document(name="House rules", by=BY)
    documents.publish_version(document=rules, texts={"en": ("House rules", "Walk.")}, by=BY)
    made = types.add_type(name=" Interview ", levels=[desk.place.staff], documents=[rules], by=BY)
    assert made.name == "Interview"
    assert list(VisitType.objects.values_list("name", flat=True)) == ["Meeting", "Interview"]
    (told,) = deeds("visit_type_added")
    assert told["levels"] == [desk.place.staff.pk]
    assert told["documents"] == [str(rules.pk)]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"name": "meeting"}, "name", "name_taken"),
        ({"ways": []}, "ways", "no_way"),
        ({"ways": ["window"]}, "ways", "item_invalid"),
        ({"keep_least": 30, "keep_rule": "PCI DSS 9.3.4", "keep_days": 29}, "keep_days", "kept_too_short"),
        ({"keep_least": 5}, "keep_rule", "no_rule"),
        ({"keep_days": 0}, "keep_days", "min_value"),
        ({"keep_days": 3651}, "keep_days", "max_value"),
        ({"length_minutes": 4}, "length_minutes", "min_value"),
        ({"grace_after": 721}, "grace_after", "max_value"),
        ({"badge_photo": True}, "badge_photo", "no_photo"),
    ],
)
def test_a_type_that_cannot_be(desk: Reception, values: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        types.add_type(**({"name": "Interview"} | values), by=BY)
    assert [one.code for one in refused.value.error_dict[field]] == [code]
    assert not VisitType.objects.filter(name="Interview").exists()
    assert not deeds("visit_type_added")


def test_a_document_without_text_or_archived_is_not_asked_for(desk: Reception) -> None:
    empty = documents.add_document(name="Empty", by=BY)
    with pytest.raises(ValidationError) as refused:
        types.add_type(name="Interview", documents=[empty], by=BY)
    assert refused.value.error_dict["documents"][0].code == "document_unpublished"
    documents.publish_version(document=empty, texts={"de": ("Haus", "Gehen.")}, by=BY)
    gone = documents.archive_document(document=empty, by=BY)
    with pytest.raises(ValidationError) as refused:
        types.edit_type(visit_type=desk.type, documents=[gone], by=BY)
    assert refused.value.error_dict["documents"][0].code == "document_archived"


def test_an_edit_tells_what_changed_alone_and_nothing_twice(desk: Reception) -> None:
    types.edit_type(visit_type=desk.type, photo=Photo.OPTIONAL, ways=[Way.PHONE.value], by=BY)
    types.edit_type(visit_type=desk.type, photo=Photo.OPTIONAL, by=BY)
    assert deeds("visit_type_edited") == [{"type": str(desk.type.pk), "photo": "optional", "ways": ["phone"]}]


def test_an_edit_moves_visits_to_come_and_leaves_the_one_under_way(desk: Reception) -> None:
    here, later = desk.visit(), desk.visit(name="Lara Later", email="lara@guest.example", begins_in=600)
    services.admit(visit=here, by=BY)
    before = Visit.objects.get(pk=here.pk)
    types.edit_type(visit_type=desk.type, grace_before=15, grace_after=10, by=BY)
    follow_all()
    here.refresh_from_db()
    later.refresh_from_db()
    assert (here.opens, here.closes) == (before.opens, before.closes)
    assert later.opens == later.begins - dt.timedelta(minutes=15)
    assert later.closes == later.ends + dt.timedelta(minutes=10)
    credential = later.holder.credentials.get(state=CredentialState.ACTIVE)
    assert (credential.valid_from, credential.valid_until) == (later.opens, later.closes)
    assert [told["closes"] for told in deeds("visit_times_followed")] == [int(later.closes.timestamp())]


def test_many_visits_follow_in_steps(desk: Reception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "MOST_VISITS", 2)
    for number in range(5):
        desk.visit(name=f"Guest {number}", email=f"g{number}@guest.example", begins_in=600)
    types.edit_type(visit_type=desk.type, grace_before=0, by=BY)
    follow_all()
    assert all(visit.opens == visit.begins for visit in Visit.objects.all())


def test_an_archived_type_is_in_no_invitation_and_comes_back(desk: Reception) -> None:
    planned = desk.visit()
    types.archive_type(visit_type=desk.type, by=BY)
    types.archive_type(visit_type=desk.type, by=BY)
    desk.type.refresh_from_db()
    with pytest.raises(Refused) as refused:
        desk.visit(name="Lara Later", email="lara@guest.example")
    assert refused.value.code == "type_archived"
    services.admit(visit=planned, by=BY)  # what was planned takes place
    with pytest.raises(Refused) as refused:
        types.edit_type(visit_type=desk.type, face=True, by=BY)
    assert refused.value.code == "type_archived"
    types.restore_type(visit_type=desk.type, by=BY)
    desk.type.refresh_from_db()
    assert desk.visit(name="Lara Later", email="lara@guest.example").type_id == desk.type.pk
    assert len(deeds("visit_type_archived")) == len(deeds("visit_type_restored")) == 1


def test_an_archived_types_name_may_be_taken_meanwhile(desk: Reception) -> None:
    types.archive_type(visit_type=desk.type, by=BY)
    types.add_type(name="Meeting", by=BY)
    with pytest.raises(Refused) as refused:
        types.restore_type(visit_type=desk.type, by=BY)
    assert refused.value.code == "name_taken"


def test_types_are_put_in_order(desk: Reception) -> None:
    second, third = types.add_type(name="Interview", by=BY), types.add_type(name="Contractor", by=BY)
    types.order_types(order=[third.pk, uuid.uuid4(), desk.type.pk], by=BY)
    types.order_types(order=[third.pk, desk.type.pk, second.pk], by=BY)
    names = list(VisitType.objects.values_list("name", flat=True))
    assert names == ["Contractor", "Meeting", "Interview"]
    assert len(deeds("visit_types_ordered")) == 1
