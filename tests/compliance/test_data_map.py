"""Each field of each model says what it holds, what for and until when; a new one says so or fails here."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

from tenants import keeping
from tenants.data_map import Category, Keep, Use, describe, described, fields_of
from tests.isolation import house
from vault.fields import EncryptedText
from vault.models import Subject

CLEAR: dict[Category, set[str]] = {
    Category.IDENTITY: set(),
    Category.CONTACT: {
        "compliance.Case.language",
        "compliance.CompliancePolicy.contact",
        "compliance.CompliancePolicy.controller",
        "compliance.Particulars.officer",
        "compliance.Particulars.representative",
        "credentials.Holder.language",
        "visitors.Arrival.language",
        "visitors.Visit.language",
    },
    Category.BIOMETRIC: set(),
    Category.WORDS: {"ledger.Outbox.error", "visitors.VisitGroup.name"},
}


def kept_models() -> set[type[models.Model]]:
    """A company's own, the platform's registry of companies, the keys' database, and sessions."""
    shared = {model for model in apps.get_models() if model._meta.app_label in {"tenants", "keystore"}}
    return {*house.company_models(), *shared, Session}


def place(model: type[models.Model]) -> str:
    # The platform's registry and the keys are described by the lowest room that knows both.
    room = {"tenants": "vault", "keystore": "vault", "sessions": "operators"}
    label = model._meta.app_label
    return f"{room.get(label, label)}/data_map.py"


def undescribed() -> Iterator[str]:
    for model in kept_models():
        told = described.get(model, {})
        for field in fields_of(model):
            if field.name not in told:
                yield f"{model._meta.label}.{field.name}: say in {place(model)} what it holds"


def test_every_field_is_described() -> None:
    missing = sorted(undescribed())
    assert not missing, "\n".join(missing)


def test_nothing_is_described_that_is_gone() -> None:
    gone = [
        f"{model._meta.label}.{name}"
        for model, told in described.items()
        for name in told.keys() - {field.name for field in fields_of(model)}
    ]
    assert gone == []
    assert set(described) - kept_models() == set()


def test_what_is_sealed_says_so_and_nothing_else_does() -> None:
    """Ciphertext lies in a column of its own type, or in bytes that are sealed by hand."""
    for model, told in described.items():
        for field in fields_of(model):
            kept = told.get(field.name)
            if kept is None:
                continue
            where = f"{model._meta.label}.{field.name}"
            if isinstance(field, EncryptedText):
                assert kept.sealed, f"{where} holds ciphertext"
            if kept.sealed:
                assert isinstance(field, EncryptedText | models.BinaryField), f"{where} cannot be ciphertext"


@pytest.mark.parametrize(
    "category", [Category.IDENTITY, Category.CONTACT, Category.BIOMETRIC, Category.WORDS]
)
def test_what_names_a_person_is_sealed(category: Category) -> None:
    """In the clear lie only the language to write in, the controller's address, errors of the machine, and
    what a host calls a group."""
    clear = {
        f"{model._meta.label}.{name}"
        for model, told in described.items()
        for name, kept in told.items()
        if kept.category is category and not kept.sealed
    }
    assert clear == CLEAR[category]


def test_a_model_is_described_once() -> None:
    with pytest.raises(RuntimeError, match="described twice"):
        describe(Subject, Use.ACCESS, Keep.PERSON, {})


def test_a_period_is_one_of_the_schedule() -> None:
    assert {keep.key for keep in Keep} - {""} <= set(keeping.kinds)
