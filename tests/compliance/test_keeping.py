"""Every kind of data that rooms keep: counted as it is deleted, and whoever is spared keeps theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import models
from django.utils import timezone

from access.models import AccessEvent, Alarm, AlarmState, Site
from access.services import close_alarm
from biometrics.models import FaceTemplate
from compliance.models import Case, CaseKind, ConsentRecord, Via
from compliance.services import deciding
from compliance.services.cases import Told, hold_case, open_case
from credentials.models import CredentialState, DeviceUse, Holder, HolderKind
from credentials.services import offboard_holder
from ledger.models import LedgerEntry, Outbox
from ledger.sealing import seal
from ledger.verify import verify
from readers.models import JournalQuarantine, UsedCode
from tenants import context, keeping
from tenants.context import CompanyRef
from tenants.keeping import Category, Cutoffs, Kind, Proposer, Spared
from tests.compliance.everything import BY, somebody_with_everything
from tests.compliance.whose import Everything
from vault.models import Subject

KINDS = sorted(keeping.kinds)
# What follows from nobody's withdrawal or leaving, and so has nothing to count in a person who is there.
LATE = Cutoffs(timezone.now() + timedelta(days=4000))


@pytest.fixture
def whole(in_acme: CompanyRef) -> Everything:
    """A person with a row in every model, gone, and all that can end has ended; all is sealed."""
    made = somebody_with_everything()
    case = made.case
    Case.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=timezone.now())
    alarm = Alarm.objects.get(holder=made.holder)
    close_alarm(alarm=alarm, note="", finding="", by=BY) if alarm.state != AlarmState.CLOSED else None
    Outbox.objects.update(done=timezone.now())
    assert seal(in_acme)
    return made


def left(whole: Everything) -> Spared:
    return keeping.spared(frozenset({whole.holder.subject_id, whole.operator.subject_id}))


def test_all_rooms_have_told() -> None:
    names = {"access_events", "ledger_entries", "face_templates", "consents", "cases", "kept_apart"}
    assert names <= set(KINDS)
    for kind in keeping.kinds.values():
        assert set(kind.titles) == {"en", "de", "fr", "es"}
        assert all(kind.titles.values())
        assert not kind.fixed or kind.days


@pytest.mark.parametrize("name", KINDS)
def test_it_counts_what_it_deletes(whole: Everything, name: str) -> None:
    kind = keeping.kinds[name]
    if isinstance(kind.keeper, Proposer):
        pytest.skip("people are named, not deleted")
    if name == "consents":
        ended(whole)
    if name == "faces_destroyed":
        FaceTemplate.objects.filter(subject=whole.holder.subject).delete()
        pytest.skip("see test_faces")
    spared = Spared()
    count = kind.keeper.count(LATE, spared)
    assert count > 0 or name in {
        "faces_purpose_over",
        "acknowledgements",
        "door_events",
        "consents",
        "visits",
    }
    went = 0
    while step := kind.keeper.delete(LATE, spared, 2):
        assert step <= 2
        went += step
    # Of deeds each that says what went is one more, and stays.
    assert went == count
    assert kind.keeper.count(LATE, spared) == 0


def ended(whole: Everything) -> None:
    now = timezone.now()
    ConsentRecord.objects.filter(ended_at=None).update(ended_at=now, ended_how="withdrawn")


@pytest.mark.parametrize("name", KINDS)
def test_nothing_goes_before_its_time(whole: Everything, name: str) -> None:
    keeper = keeping.kinds[name].keeper
    for cutoffs in (Cutoffs(None), Cutoffs(timezone.now() - timedelta(days=1))):
        assert keeper.count(cutoffs, Spared()) == 0
        if not isinstance(keeper, Proposer):
            assert keeper.delete(cutoffs, Spared(), 10) == 0


def rows_of(whole: Everything) -> dict[str, int]:
    """How many rows of the person stand in each table that has them."""
    subject, events = whole.holder.subject, AccessEvent.objects.filter(credential=whole.credential.handle)
    sets: dict[str, models.QuerySet[models.Model]] = {
        "events": events,
        "alarms": Alarm.objects.filter(holder=whole.holder),
        "deeds": LedgerEntry.objects.filter(subject_kind="holder", handle=whole.holder.handle),
        "of the phone": LedgerEntry.objects.filter(subject_kind="device", handle=whole.device.handle),
        "payloads": LedgerEntry.objects.filter(subject=subject.pk),
        "faces": FaceTemplate.objects.filter(subject=subject, destroyed_at=None),
        "consents": ConsentRecord.objects.filter(subject=subject),
        "cases": Case.objects.filter(persons__subject=subject),
        "apart": JournalQuarantine.objects.all(),
        "used": UsedCode.objects.filter(device=whole.device.handle),
    }
    return {name: found.count() for name, found in sets.items()}


def test_who_is_spared_keeps_everything(whole: Everything) -> None:
    ended(whole)
    before, spared = rows_of(whole), left(whole)
    assert all(count > 0 for name, count in before.items() if name != "payloads"), before
    for kind in keeping.kinds_in_order():
        keeper = kind.keeper
        if isinstance(keeper, Proposer):
            assert keeper.people(LATE, spared, 100) == [] or whole.holder.subject_id not in keeper.people(
                LATE, spared, 100
            )
            continue
        while keeper.delete(LATE, spared, 500):
            pass
    assert rows_of(whole) == before


def test_the_record_holds_when_everything_went(whole: Everything) -> None:
    for kind in keeping.kinds_in_order():
        while not isinstance(kind.keeper, Proposer) and kind.keeper.delete(LATE, Spared(), 500):
            pass
    assert not AccessEvent.objects.filter(credential=whole.credential.handle).exists()
    assert not JournalQuarantine.objects.exists()
    report = verify(context.current())
    assert report.findings == ()
    assert report.pruned > 10


def test_an_event_of_an_open_alarm_stays(whole: Everything) -> None:
    Alarm.objects.filter(holder=whole.holder).update(state=AlarmState.OPEN)
    keeper = keeping.kinds["access_events"].keeper
    assert not isinstance(keeper, Proposer)
    while keeper.delete(LATE, Spared(), 100):
        pass
    assert AccessEvent.objects.filter(pk=whole.event.pk).exists()


def test_a_site_may_keep_longer_and_shorter(whole: Everything) -> None:
    mine = Site.objects.get(areas__doors__access_points__handle=whole.event.access_point).pk
    keeper, early, none = keeping.kinds["access_events"].keeper, datetime(2000, 1, 1, tzinfo=UTC), Spared()
    mine_events = AccessEvent.objects.filter(access_point=whole.event.access_point).count()
    everywhere = keeper.count(LATE, none)
    assert keeper.count(Cutoffs(LATE.other, {mine: early}), none) == everywhere - mine_events
    assert keeper.count(Cutoffs(early, {mine: LATE.other}), none) == mine_events
    assert keeper.count(Cutoffs(None, {mine: LATE.other}), none) == mine_events
    assert keeper.count(Cutoffs(LATE.other, {mine: None}), none) == everywhere - mine_events


# People


def people(kind: str, cutoffs: Cutoffs = LATE) -> list[object]:
    keeper = keeping.kinds[kind].keeper
    assert isinstance(keeper, Proposer)
    assert keeper.count(cutoffs, Spared()) >= len(keeper.people(cutoffs, Spared(), 1000))
    return [*keeper.people(cutoffs, Spared(), 1000)]


def test_whoever_has_left_is_named(in_acme: CompanyRef) -> None:
    made = somebody_with_everything()
    assert made.holder.subject_id not in people("former_holders")
    offboard_holder(holder=made.holder, by=BY)
    assert made.holder.subject_id in people("former_holders")
    assert made.holder.subject_id not in people("former_holders", Cutoffs(timezone.now() - timedelta(days=1)))


def test_a_visitor_is_named_when_the_last_visit_is_over(in_acme: CompanyRef) -> None:
    made = somebody_with_everything(kind=HolderKind.VISITOR)
    soon = Cutoffs(timezone.now() + timedelta(hours=1))
    made.holder.visits.all().delete()  # whoever has visits is kept by these: tests/visitors/test_keeping.py
    assert made.holder.subject_id not in people("former_visitors", soon)  # a credential without an end
    made.holder.credentials.update(valid_until=timezone.now())
    assert made.holder.subject_id not in people("former_visitors", soon)  # a day pass of eight hours
    made.holder.day_passes.update(ends=timezone.now() + timedelta(minutes=1))
    assert made.holder.subject_id in people("former_visitors", soon)


# Faces


def faces(name: str, cutoffs: Cutoffs, spared: Spared | None = None) -> int:
    keeper = keeping.kinds[name].keeper
    assert not isinstance(keeper, Proposer)
    return keeper.delete(cutoffs, spared or Spared(), 100)


def test_a_face_that_is_not_used_goes(whole: Everything) -> None:
    now = timezone.now()
    FaceTemplate.objects.update(enrolled_at=now - timedelta(days=200), last_used_at=now - timedelta(days=89))
    assert faces("face_templates", Cutoffs(now - timedelta(days=90))) == 0
    FaceTemplate.objects.update(last_used_at=now - timedelta(days=91))
    assert faces("face_templates", Cutoffs(now - timedelta(days=90)), left(whole)) == 0
    assert faces("face_templates", Cutoffs(now - timedelta(days=90))) == 1
    row = FaceTemplate.objects.get(subject=whole.holder.subject)
    assert (row.sealed, row.salt, row.destroyed_how) == (None, None, "unused")
    deed = LedgerEntry.objects.filter(verb="face_deleted").latest("at")
    assert (deed.actor, deed.data["how"]) == ("system", "unused")


def test_a_face_whose_purpose_is_over_goes_though_it_is_new(whole: Everything) -> None:
    now = timezone.now()
    year = Cutoffs(now - timedelta(days=365))
    FaceTemplate.objects.update(enrolled_at=now - timedelta(days=500), last_used_at=now)
    assert faces("faces_purpose_over", year) == 0
    whole.holder.credentials.update(state=CredentialState.REVOKED, ended_at=now - timedelta(days=364))
    assert faces("faces_purpose_over", year) == 0
    whole.holder.credentials.update(ended_at=now - timedelta(days=366))
    assert faces("faces_purpose_over", year) == 1


def test_a_face_of_somebody_who_is_long_silent_goes(whole: Everything) -> None:
    now = timezone.now()
    long = Cutoffs(now - timedelta(days=1095))
    FaceTemplate.objects.update(enrolled_at=now - timedelta(days=1200))
    assert faces("faces_long_silent", long) == 0  # the phone was seen just now
    assert Holder.objects.filter(pk=whole.holder.pk).exists()

    DeviceUse.objects.update(seen_at=0)
    assert faces("faces_long_silent", long) == 1
    assert keeping.kinds["faces_long_silent"].fixed
    assert isinstance(keeping.kinds["faces_long_silent"], Kind)
    assert keeping.kinds["faces_long_silent"].category is Category.FACE


def test_the_key_of_a_deleted_request_goes_with_it(in_acme: CompanyRef) -> None:
    case = open_case(
        kind=CaseKind.ACCESS,
        via=Via.OFFICER,
        persons=[],
        told=Told("Anna", "anna@x.example", "Hi"),
        by="system",
    )
    deciding.refuse(hold_case(case.pk, None), reason="No.", by="system")
    long_ago = timezone.now() - timedelta(days=4000)
    Case.objects.filter(pk=case.pk).update(closed_at=long_ago)
    keeper = keeping.kinds["cases"].keeper
    assert not isinstance(keeper, Proposer)
    assert keeper.delete(Cutoffs(long_ago + timedelta(days=1)), Spared(), 100) == 1
    assert Subject.objects.get(pk=case.applicant_id).destroyed_at is not None
