"""A person is erased for good: older backups of either database, or of both, bring nobody back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from biometrics.models import FaceTemplate
from compliance.models import Case, ConsentRecord, Erasure, ErasureState
from compliance.services import confirming, erasures, withdraw
from compliance.services.cases import MAIL, close_case, hold_case
from compliance.tasks import sweep_requests
from credentials.models import Device, Holder
from credentials.services.consents import person_of
from deploy.local.postgres import Postgres
from ledger.models import Outbox
from ledger.services import current_policy
from readers.models import Reader
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.backups import Backups
from tests.compliance.erasing import asked, begun, work
from tests.compliance.everything import EMAIL, NAME, somebody_with_everything
from tests.compliance.whose import Everything
from vault import erased_list, keys, taken_back
from vault.fields import ERASED
from vault.keystore.models import ErasedSubject, SubjectKey, TakenBack
from vault.models import Subject

pytestmark = pytest.mark.faults


@pytest.fixture
def erased_file(tmp_path: Path, settings: Any) -> Path:
    """The list apart, of this test alone."""
    settings.ERASED_LIST = str(tmp_path / "apart" / "erased-persons")
    (tmp_path / "apart").mkdir()
    return Path(settings.ERASED_LIST)


@pytest.fixture
def person(own_company: CompanyRef, erased_file: Path) -> Iterator[Everything]:
    with context.enter(own_company):
        yield somebody_with_everything()


@pytest.fixture
def backups(postgres: Postgres, own_company: CompanyRef, tmp_path: Path) -> Backups:
    return Backups(postgres, own_company, tmp_path)


def erase(case: Case) -> Erasure:
    """To the certificate in the person's mail: the readers confirm."""
    row = begun(case)
    work()
    row.refresh_from_db()
    assert row.state == ErasureState.WAITING, row.stopped
    Reader.objects.update(applied_epoch=row.epoch, applied_seq=row.seq)
    assert confirming.look_again() == 1
    with transaction.atomic():
        close_case(hold_case(case.pk, None), by="operator:x")
    Outbox.objects.filter(topic=MAIL).delete()
    erasures.send_due()
    work()
    row.refresh_from_db()
    assert row.sent_at
    return row


def is_gone(person: Everything) -> bool:
    """Nothing of the person can be read, whichever database one looks into."""
    holder = Holder.objects.get(pk=person.holder.pk)
    device = Device.objects.get(pk=person.device.pk)
    return (
        holder.name == holder.email == device.label == ERASED
        and holder.email_index is None
        and not Subject.objects.filter(pk__in=person.subjects, destroyed_at=None).exists()
        and not SubjectKey.objects.filter(subject__in=person.subjects).exists()
    )


def replay() -> None:
    with context.leave():
        call_command("replay_erasures", verbosity=0)


def test_an_older_main_database(person: Everything, backups: Backups) -> None:
    backup = backups.take_main()
    erase(asked(person))
    assert is_gone(person)
    backups.restore_main(backup)
    before = current_policy()
    assert not is_gone(person), "the control: the restore has brought the rows back"
    assert Holder.objects.get(pk=person.holder.pk).email_index
    replay()
    assert is_gone(person)
    assert current_policy()[0] == before[0] + 1


def test_an_older_main_database_from_the_middle(person: Everything, backups: Backups) -> None:
    """The backup was taken while the erasure ran: it goes on to its certificate."""
    row = begun(asked(person))
    backup = backups.take_main()
    work()
    assert is_gone(person)
    backups.restore_main(backup)
    replay()
    assert is_gone(person)
    Outbox.objects.filter(done=None).update(due=timezone.now())
    work()
    row = Erasure.objects.get(pk=row.pk)
    assert row.state == ErasureState.WAITING
    assert not row.steps.filter(done_at=None).exists()


def test_older_keys(person: Everything, backups: Backups) -> None:
    backup = backups.take_keys()
    erase(asked(person))
    backups.restore_keys(backup)
    assert SubjectKey.objects.filter(subject__in=person.subjects).count() == 2
    assert not ErasedSubject.objects.filter(subject__in=person.subjects).exists()
    replay()
    assert is_gone(person)
    assert ErasedSubject.objects.filter(subject__in=person.subjects).count() == 2


def test_both_databases_older(person: Everything, backups: Backups) -> None:
    """Only the list apart knows of it."""
    main, apart = backups.take_main(), backups.take_keys()
    case = asked(person)
    erase(case)
    backups.restore_main(main)
    backups.restore_keys(apart)
    holder = Holder.objects.get(pk=person.holder.pk)
    assert (holder.name, holder.email) == (NAME, EMAIL)
    replay()
    assert is_gone(person)
    assert keys.subject_box(person.holder.subject_id) is None


def test_a_consent_taken_back_does_not_come_back(person: Everything, backups: Backups) -> None:
    """A restore of the main database brings consent and template back; the replay ends and destroys them."""
    subject = person.holder.subject_id
    record = ConsentRecord.objects.get(subject=subject, purpose="face", ended_at=None)
    backup = backups.take_main()
    withdraw(person=person_of(person.holder), record=record.pk, by="holder:1")
    backups.restore_main(backup)
    templates = FaceTemplate.objects.filter(subject=subject, destroyed_at=None)
    assert ConsentRecord.objects.get(pk=record.pk).in_force, "the control: the restore has brought it back"
    assert templates.exists()
    before = current_policy()
    replay()
    assert not ConsentRecord.objects.get(pk=record.pk).in_force
    assert not templates.exists()
    assert not FaceTemplate.objects.filter(subject=subject).exclude(sealed=None).exists()
    assert current_policy()[0] == before[0] + 1


def test_what_a_crash_left_out_is_noted_later(person: Everything) -> None:
    record = ConsentRecord.objects.get(subject=person.holder.subject_id, purpose="face", ended_at=None)
    withdraw(person=person_of(person.holder), record=record.pk, by="holder:1")
    assert record.pk in taken_back.noted()
    TakenBack.objects.filter(record=record.pk).delete()
    sweep_requests()
    assert record.pk in taken_back.noted()


def test_the_words_of_a_closed_request_do_not_come_back(person: Everything, backups: Backups) -> None:
    case = asked(person)
    main, apart = backups.take_main(), backups.take_keys()
    erase(case)
    backups.restore_main(main)
    backups.restore_keys(apart)
    assert Case.objects.get(pk=case.pk).email == EMAIL
    replay()
    restored = Case.objects.get(pk=case.pk)
    assert restored.name == restored.email == restored.message == ERASED
    assert restored.number == case.number


def test_the_list_apart_lost_is_written_again(
    person: Everything, backups: Backups, erased_file: Path
) -> None:
    erase(asked(person))
    lines = erased_file.read_text()
    assert lines.count("\n") == 5, "two roles, two requests of before, and the one who asked"
    erased_file.unlink()
    replay()
    assert {one.subject for one in erased_list.listed()} >= set(person.subjects)


def test_where_nothing_came_back_nothing_changes(
    person: Everything, own_company: CompanyRef, erased_file: Path
) -> None:
    erase(asked(person))
    before = current_policy(), erased_file.read_bytes()
    replay()
    assert (current_policy(), erased_file.read_bytes()) == before


def test_a_damaged_list_stops_the_start(person: Everything, erased_file: Path) -> None:
    erase(asked(person))
    erased_file.write_text(erased_file.read_text() + "something else entirely\n")
    with pytest.raises(CommandError, match="line 6"):
        replay()


def test_a_line_cut_short_stands_for_nobody(person: Everything, erased_file: Path) -> None:
    """The disk was full, and so the key was not destroyed."""
    whole = f"{context.current().uid.hex()} {person.holder.subject_id.hex} 2026-01-02T03:04:05+00:00"
    erased_file.write_text(whole[:50])
    assert list(erased_list.listed()) == []
    erased_list.append(context.current().uid, person.operator.subject_id)
    assert [one.subject for one in erased_list.listed()] == [person.operator.subject_id]
    assert erased_list.holds(context.current().uid, person.operator.subject_id)
    assert not erased_list.holds(context.current().uid, person.holder.subject_id)
