"""Requests that an erasure does not find by its persons keep no words of the person either."""

import pytest

from compliance.models import Case, CaseKind, Via
from compliance.services import deciding
from compliance.services.cases import Told, hold_case, open_case
from compliance.tasks import look_after_erasures
from tenants.context import CompanyRef
from tests.compliance.erasing import OFFICER, asked, carry_out, close, work
from tests.compliance.everything import EMAIL, NAME, somebody_with_everything
from tests.compliance.whose import Everything
from vault.fields import ERASED

__all__ = ["person"]


@pytest.fixture
def person(in_acme: CompanyRef) -> Everything:
    return somebody_with_everything()


def refused(case: Case) -> None:
    deciding.refuse(hold_case(case.pk, None), reason="Nobody of that name.", by=OFFICER)
    work()


def words_of(case: Case) -> set[str]:
    row = Case.objects.get(pk=case.pk)
    return {row.name, row.email}


def test_a_request_that_ended_with_nobody_on_it(person: Everything) -> None:
    earlier = open_case(
        kind=CaseKind.ACCESS, via=Via.OFFICER, persons=[], told=Told(NAME, EMAIL.upper(), ""), by=OFFICER
    )
    refused(earlier)
    assert NAME in words_of(earlier)
    carry_out(asked(person))
    assert words_of(earlier) == {ERASED}


def test_a_second_request_that_is_refused_after_the_erasure(person: Everything) -> None:
    case, second = asked(person), asked(person)
    carry_out(case)
    refused(second)
    assert words_of(second) != {ERASED}
    look_after_erasures()
    assert words_of(second) == {ERASED}
    assert words_of(case) != {ERASED}, "its certificate has to be sent first"
    close(case)
    assert words_of(case) == {ERASED}
