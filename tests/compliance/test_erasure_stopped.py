"""An erasure that is cut off after any step, held in its middle, or kept waiting by a reader."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from compliance.erasing import forget_case
from compliance.models import Case, Erasure, ErasureState, LegalHold, Restriction
from compliance.refusals import Refused
from compliance.services import confirming, erasure_run, holds
from compliance.services.erasures import why_open
from ledger.models import Outbox
from ledger.services import current_policy
from readers.models import Reader, ReaderState
from tenants.context import CompanyRef
from tests.compliance.erasing import OFFICER, OTHER, asked, begun, carry_out, work
from tests.compliance.everything import somebody_with_everything
from tests.compliance.whose import Everything
from vault import holdings
from vault.holdings import Erasing, Item
from vault.keystore.models import SubjectKey
from vault.services import is_destroyed

ROOMS = ["holder", "operator", "access", "visitors", "face", "compliance", "record", "key"]


class Killed(BaseException):
    """The process is gone: nothing catches it."""


class Dies:
    """An eraser whose process dies after it has erased, before its commit; or before it has begun."""

    def __init__(self, real: holdings.Eraser, *, after: bool) -> None:
        self.real, self.after = real, after

    def plan(self, subject: UUID) -> list[Item]:
        return self.real.plan(subject)

    def obstacles(self, subject: UUID) -> list[str]:
        return self.real.obstacles(subject)

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        if self.after:
            self.real.erase(subject, by=by)
        raise Killed


@pytest.fixture
def person(in_acme: CompanyRef) -> Everything:
    return somebody_with_everything()


def again() -> None:
    """What was claimed comes due again, as it does some seconds after a worker died."""
    Outbox.objects.filter(done=None).update(due=timezone.now())
    work()


@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("room", ROOMS)
def test_cut_off_in_each_step(
    person: Everything, monkeypatch: pytest.MonkeyPatch, room: str, after: bool
) -> None:
    case = asked(person)
    row = begun(case)
    real = holdings.erasers[room]
    broken = Erasing(real.name, real.title, real.order, Dies(real.eraser, after=after))
    with monkeypatch.context() as patched:
        patched.setitem(holdings.erasers, room, broken)
        with pytest.raises(Killed):
            work()
    row.refresh_from_db()
    assert row.state == ErasureState.RUNNING
    done = row.steps.exclude(done_at=None)
    assert done.count() == 2 * ROOMS.index(room)
    assert all(SubjectKey.objects.filter(subject=one).exists() for one in person.subjects)
    again()
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert all(is_destroyed(one) for one in person.subjects)
    gone = {one.room for one in row.steps.all() if any(item["goes"] for item in one.items)}
    assert gone == set(ROOMS), "each step has kept what it erased, whichever run it was"


def test_cut_off_between_the_two_databases(person: Everything, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row says that the person is gone, and the process dies before the key goes."""
    row = begun(asked(person))
    with monkeypatch.context() as patched:
        patched.setattr(erasure_run, "finish_destruction", _dies)
        with pytest.raises(Killed):
            work()
    assert not row.steps.filter(done_at=None).exists()
    assert SubjectKey.objects.filter(subject__in=person.subjects).count() == 2
    row.refresh_from_db()
    assert row.state == ErasureState.RUNNING
    again()
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert not SubjectKey.objects.filter(subject__in=person.subjects).exists()


def _dies(subject: UUID) -> None:
    raise Killed


def test_the_list_apart_cannot_be_written(person: Everything, settings: Any) -> None:
    """Without its line on the list a key must not go: a restore would bring the person back."""
    settings.ERASED_LIST = "/proc/nowhere/erased"
    row = carry_out(asked(person))
    assert row.state == ErasureState.RUNNING
    assert SubjectKey.objects.filter(subject__in=person.subjects).count() == 2


def test_a_message_that_failed_to_the_end_is_made_anew(person: Everything, settings: Any) -> None:
    """Nobody has to find it among parked messages: once the cause is gone the erasure goes on by itself."""
    working = settings.ERASED_LIST
    settings.ERASED_LIST = "/proc/nowhere/erased"
    row = carry_out(asked(person))
    Outbox.objects.filter(topic=erasure_run.ERASE, done=None).update(parked=timezone.now())
    settings.ERASED_LIST = working
    assert erasure_run.take_up_stopped() >= 1  # also one of the scene, which no message carries on
    assert erasure_run.take_up_stopped() == 0  # it is on its way
    work()
    row.refresh_from_db()
    assert row.done_here_at is not None


def test_a_restriction_has_to_be_lifted_first(person: Everything) -> None:
    """Who asks for a restriction asks that nothing is erased (GDPR Art. 18(1)(b), (c))."""
    case = asked(person)
    made = Restriction.objects.create(
        subject=person.holder.subject, case=case, since=timezone.now(), by=OFFICER
    )
    with pytest.raises(Refused):
        begun(case)
    Restriction.objects.filter(pk=made.pk).update(lifted_at=timezone.now(), lifted_by=OFFICER)
    assert begun(case)


def test_a_reader_that_was_never_heard_has_confirmed_nothing(person: Everything) -> None:
    Reader.objects.update(last_heard=None, bundle_number=0, applied_epoch=0, applied_seq=0)
    row = carry_out(asked(person))
    assert {one["how"] for one in row.places} == {"nothing_given"}
    assert all(one["at"] >= row.begun_at.isoformat(timespec="seconds") for one in row.places)


def test_a_legal_hold_refuses_it(person: Everything) -> None:
    hold = holds.place_hold(subject=person.holder.subject_id, reason="A claim", by=OFFICER)
    case = asked(person)
    with pytest.raises(Refused) as caught:
        begun(case)
    assert caught.value.code == "legal_hold"
    assert not Erasure.objects.filter(case=case).exists()
    holds.confirm_hold(pk=hold.pk, by=OTHER)
    with pytest.raises(Refused):
        begun(case)
    holds.ask_to_lift(pk=hold.pk, by=OFFICER)
    with pytest.raises(Refused):
        begun(case)
    holds.lift_hold(pk=hold.pk, by=OTHER)
    assert carry_out(case).state == ErasureState.DONE


def test_a_hold_in_the_middle_stops_it_until_it_is_lifted(person: Everything) -> None:
    row = begun(asked(person))
    Outbox.objects.exclude(topic=erasure_run.ERASE).delete()
    erasure_run.go_on(row.pk)
    hold = holds.place_hold(subject=person.holder.subject_id, reason="A claim", by=OFFICER)
    work()
    row.refresh_from_db()
    assert (row.state, row.stopped) == (ErasureState.RUNNING, "A legal hold stands.")
    before = row.steps.exclude(done_at=None).count()
    assert before < len(ROOMS)
    assert erasure_run.take_up_stopped() >= 1  # also one of the scene, which no message carries on
    work()
    assert row.steps.exclude(done_at=None).count() == before
    assert why_open(row.case) == "A legal hold stands."
    holds.decline_hold(pk=hold.pk, by=OTHER)
    work()
    row.refresh_from_db()
    assert (row.state, row.stopped) == (ErasureState.DONE, "")


# Readers


def behind(reader: Reader, **other: Any) -> None:
    Reader.objects.filter(pk=reader.pk).update(
        applied_epoch=1,
        applied_seq=0,
        bundle_number=3,
        last_heard=timezone.now() - timedelta(days=7),
        **other,
    )


@pytest.fixture
def moved(person: Everything) -> None:
    """The policy stands at a number that no reader has: in a test nothing is committed and so moves it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_policycounter SET seq = seq + 100")


def test_a_reader_offline_for_a_week_keeps_it_open_and_says_why(person: Everything, moved: None) -> None:
    behind(person.reader)
    case = asked(person)
    row = carry_out(case)
    assert row.state == ErasureState.WAITING
    assert row.certificate is None
    assert why_open(case) == "Not everybody has confirmed. Front: last heard 7 days ago"
    assert confirming.look_again() == 0
    Reader.objects.filter(pk=person.reader.pk).update(applied_seq=(row.seq or 0) - 1)
    assert confirming.look_again() == 0
    Reader.objects.filter(pk=person.reader.pk).update(applied_seq=row.seq)
    assert confirming.look_again() == 1
    row.refresh_from_db()
    assert (row.state, why_open(case)) == (ErasureState.DONE, "")
    assert [one["how"] for one in row.places] == ["applied"]


@pytest.mark.parametrize("state", [ReaderState.SUSPENDED, ReaderState.RETIRED])
def test_only_retiring_stands_for_its_word(person: Everything, moved: None, state: str) -> None:
    behind(person.reader)
    row = carry_out(asked(person))
    Reader.objects.filter(pk=person.reader.pk).update(state=state)
    confirming.look_again()
    row.refresh_from_db()
    retired = state == ReaderState.RETIRED
    assert row.state == (ErasureState.DONE if retired else ErasureState.WAITING)
    assert [one["how"] for one in row.places] == (["retired"] if retired else [""])


def test_a_reader_of_another_epoch_has_not_confirmed(person: Everything, moved: None) -> None:
    behind(person.reader)
    row = carry_out(asked(person))
    Reader.objects.filter(pk=person.reader.pk).update(applied_epoch=0, applied_seq=10**6)
    assert confirming.look_again() == 0
    assert (row.epoch, row.seq) == current_policy()


def test_words_of_a_running_request_stay_until_its_certificate_is_sent(person: Everything) -> None:
    case = asked(person)
    carry_out(case)
    assert Case.objects.get(pk=case.pk).email
    assert Case.objects.get(pk=case.pk).name != "(erased)"
    forget_case(case)
    assert Case.objects.get(pk=case.pk).name == "(erased)"
    assert not LegalHold.objects.filter(ended_at=None).exists()
