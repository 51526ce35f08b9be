"""A case from receipt on: its clock, who holds it, what is on record, when it may be closed."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from compliance.models import Case, CaseKind, CaseState, CaseStep, Via
from compliance.refusals import Refused
from compliance.services import cases
from compliance.services.cases import Told, close_case, hold_case, open_case, set_state, step, verified
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, ready

RECEIVED = datetime(2026, 1, 31, 12, tzinfo=UTC)


def opened(via: Via = Via.OFFICER, kind: CaseKind = CaseKind.OBJECTION) -> Case:
    told = Told("Henri Holder", "henri@acme.example", "Please.", "de")
    return open_case(kind=kind, via=via, persons=[], told=told, by=CAROL, received_at=RECEIVED)


def test_a_case_begins_with_its_clock(in_acme: CompanyRef) -> None:
    ready("gdpr", country="DE", subdivision="BE", time_zone="Europe/Berlin")
    case = Case.objects.get(pk=opened().pk)
    assert (case.state, case.profile, case.name, case.message) == (
        CaseState.IDENTITY,
        "gdpr",
        "Henri Holder",
        "Please.",
    )
    assert case.answer_by == datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)  # 28 February is a Saturday
    assert case.acknowledge_by is None
    deed = LedgerEntry.objects.get(verb="case_opened")
    assert (deed.subject_kind, deed.handle) == ("case", case.number)
    assert "Henri" not in str(deed.data)


def test_california_has_two_clocks(in_acme: CompanyRef) -> None:
    ready("ccpa", country="US", subdivision="CA", time_zone="America/Los_Angeles")
    case = opened()
    assert case.acknowledge_by == datetime(2026, 2, 14, 7, 59, 59, tzinfo=UTC)
    assert case.answer_by == datetime(2026, 3, 18, 6, 59, 59, tzinfo=UTC)


def test_no_clock_runs_before_an_address_is_confirmed(in_acme: CompanyRef) -> None:
    ready()
    case = opened(Via.FORM)
    assert (case.state, case.answer_by) == (CaseState.UNCONFIRMED, None)


def test_a_wallet_speaks_for_its_person_and_says_it_once(in_acme: CompanyRef) -> None:
    case = opened(Via.WALLET)
    assert verified(case).state == CaseState.OPEN
    told = Told("Henri Holder", "", id=case.pk)
    with pytest.raises(Refused, match="case_taken"):
        open_case(kind=CaseKind.ACCESS, via=Via.WALLET, persons=[], told=told, by=CAROL)


def test_of_two_officers_the_second_is_told(in_acme: CompanyRef) -> None:
    case = opened()
    seen = case.version
    with transaction.atomic():
        set_state(hold_case(case.pk, seen), CaseState.OPEN, by=CAROL)
    with pytest.raises(Refused, match="case_changed") as refused, transaction.atomic():
        hold_case(case.pk, seen)
    assert refused.value.retry
    with pytest.raises(Refused, match="no_such_case"), transaction.atomic():
        hold_case(uuid4(), None)


def test_nothing_happens_before_it_is_known_who_asks(in_acme: CompanyRef) -> None:
    case = opened()
    with pytest.raises(Refused, match="identity_unverified"):
        verified(case)
    with pytest.raises(Refused, match="identity_unverified"):
        close_case(case, by=CAROL)


def test_closed_when_nothing_is_left_to_do(in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(Via.WALLET)
    with pytest.raises(Refused, match="case_open"):
        close_case(case, by=CAROL)
    set_state(case, CaseState.ANSWERED, by=CAROL)
    monkeypatch.setitem(cases.closers, CaseKind.OBJECTION, lambda _: "Two readers are missing.")
    with pytest.raises(Refused) as refused:
        close_case(case, by=CAROL)
    assert refused.value.text == "Two readers are missing."
    monkeypatch.delitem(cases.closers, CaseKind.OBJECTION)
    close_case(case, by=CAROL, note="Told by telephone, too.")
    case.refresh_from_db()
    assert (case.state, case.closed_at is not None) == (CaseState.CLOSED, True)
    assert CaseStep.objects.get(verb="closed").note == "Told by telephone, too."
    with pytest.raises(Refused, match="case_over"):
        set_state(case, CaseState.OPEN, by=CAROL)


def test_a_step_keeps_words_sealed_and_numbers_on_record(in_acme: CompanyRef) -> None:
    with transaction.atomic():
        step(opened(), "noted", by=CAROL, note="He called twice.", letters=2)
    deed = LedgerEntry.objects.get(verb="case_noted")
    assert deed.data == {"kind": "objection", "letters": 2}
    assert CaseStep.objects.get(verb="noted").note == "He called twice."
