"""Of every model it is said whether it can refer to a person; the builder makes a row in each that can."""

import pytest
from django.db import models

from tenants.context import CompanyRef
from tests.compliance.everything import somebody_with_everything
from tests.compliance.whose import NOT_OF_PERSON, OF_PERSON, TELLTALE
from tests.isolation.house import company_models

MODELS = {model._meta.label: model for model in company_models()}


def test_every_model_is_in_one_of_the_lists() -> None:
    assert not set(OF_PERSON) & set(NOT_OF_PERSON)
    assert set(MODELS) == set(OF_PERSON) | set(NOT_OF_PERSON)


@pytest.mark.parametrize("label", sorted(NOT_OF_PERSON))
def test_a_model_of_nobody_leads_to_nobody(label: str) -> None:
    for field in MODELS[label]._meta.get_fields():
        if not isinstance(field, models.Field):
            continue
        assert field.name not in TELLTALE, f"{label}.{field.name} belongs to a person"
        other = field.related_model
        if isinstance(other, type):
            assert other._meta.label not in OF_PERSON, f"{label}.{field.name} leads to a person"


def test_the_person_has_a_row_in_each(in_acme: CompanyRef) -> None:
    of = somebody_with_everything()
    missing = [label for label, find in OF_PERSON.items() if not find(of).exists()]
    assert not missing
