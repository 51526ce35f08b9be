"""A request whose erasure has begun, or that was answered: what officers may no longer do with it."""

from collections.abc import Callable

import pytest
from django.core import mail

from compliance.models import Case, CaseState
from compliance.refusals import Refused
from compliance.services.cases import hold_case, set_state
from compliance.services.deciding import nothing_held, refuse
from compliance.services.identity import add_person, remove_person
from credentials.finding import known_of
from credentials.services import add_holder
from tenants.context import CompanyRef
from tests.compliance.erasing import OFFICER, asked, begun, carry_out, close, work
from tests.compliance.everything import somebody_with_everything
from tests.compliance.whose import Everything


@pytest.fixture
def person(in_acme: CompanyRef) -> Everything:
    return somebody_with_everything()


@pytest.mark.parametrize("to_its_end", [False, True], ids=["running", "done"])
def test_what_was_begun_is_neither_refused_nor_changed(person: Everything, to_its_end: bool) -> None:
    """It cannot be taken back: no mail says otherwise, and the case stays one that can be closed."""
    case = asked(person)
    if to_its_end:
        carry_out(case)
    else:
        begun(case)
    before, late = case.steps.count(), known_of(add_holder(name="Late Comer", by="operator:x"))
    stands = "persons_stand" if to_its_end else "erasure_begun"
    deeds: list[tuple[str, Callable[[Case], None]]] = [
        ("erasure_begun", lambda held: refuse(held, reason="We changed our mind", by=OFFICER)),
        (stands, lambda held: add_person(held, late, by=OFFICER)),
        (stands, lambda held: remove_person(held, person.holder.subject_id, by=OFFICER)),
    ]
    for code, deed in deeds:
        with pytest.raises(Refused) as no:
            deed(hold_case(case.pk, None))
        assert no.value.code == code
    assert case.steps.count() == before
    work()
    assert not [one for one in mail.outbox if "changed our mind" in str(one.body)]
    close(case)
    assert Case.objects.get(pk=case.pk).state == CaseState.CLOSED


def test_nothing_is_held_is_not_said_of_whom_one_erases(person: Everything) -> None:
    case = asked(person)
    begun(case)
    case.persons.all().delete()
    with pytest.raises(Refused, match="erasure_begun"):
        nothing_held(hold_case(case.pk, None), note="", by=OFFICER)


def test_what_was_answered_is_not_refused(person: Everything) -> None:
    case = asked(person)
    set_state(hold_case(case.pk, None), CaseState.ANSWERED, by=OFFICER)
    with pytest.raises(Refused, match="answered_already"):
        refuse(hold_case(case.pk, None), reason="No", by=OFFICER)
