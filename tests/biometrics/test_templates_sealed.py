"""Templates and sessions under the company's own keys, as rows and in the store."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import numpy as np
import pytest

from biometrics import sealing
from biometrics.templates import Embedding, Model, TemplateRefused, Why, distance, unit
from tenants.refs import CompanyRef
from tests.biometrics.puppet import started
from vault.services import create_subject, destroy_subject_key

pytestmark = pytest.mark.django_db(databases="__all__")

MODEL = Model("dlib-resnet", "1")


def face(seed: int) -> Embedding:
    raw = np.random.default_rng(seed).normal(size=128)
    return Embedding(MODEL, unit(raw / np.linalg.norm(raw)))


@pytest.fixture
def subject(in_acme: CompanyRef) -> UUID:
    return create_subject().id


def test_a_template_opens_for_its_person(subject: UUID) -> None:
    opened = sealing.unprotect(sealing.protect(face(1), subject=subject, key=1), subject=subject, key=1)
    assert abs(distance(opened, face(1))) < 1e-8
    assert distance(opened, face(2)) > 0.5


def test_each_enrolment_has_a_salt_of_its_own(subject: UUID) -> None:
    one, other = (sealing.protect(face(1), subject=subject, key=1) for _ in range(2))
    assert one.salt != other.salt
    first, second = (sealing.unprotect(row, subject=subject, key=1).vector for row in (one, other))
    apart = 1 - float(first @ second)
    assert apart > 0.5


def test_another_person_opens_nothing(subject: UUID) -> None:
    row = sealing.protect(face(1), subject=subject, key=1)
    with pytest.raises(TemplateRefused) as refused:
        sealing.unprotect(row, subject=create_subject().id, key=1)
    assert refused.value.why is Why.UNREADABLE


def test_a_tampered_row_is_refused(subject: UUID) -> None:
    row = sealing.protect(face(1), subject=subject, key=1)
    for place in (0, 1, 20, len(row.sealed) - 1):
        bad = bytearray(row.sealed)
        bad[place] ^= 0x40
        with pytest.raises(TemplateRefused) as refused:
            sealing.unprotect(replace(row, sealed=bytes(bad)), subject=subject, key=1)
        assert (refused.value.code, refused.value.why) == ("template_refused", Why.UNREADABLE)


def test_an_erased_person_has_no_template(
    subject: UUID, django_capture_on_commit_callbacks: "pytest.FixtureRequest"
) -> None:
    from vault.models import Subject

    row = sealing.protect(face(1), subject=subject, key=1)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        destroy_subject_key(Subject.objects.get(pk=subject))
    for call in (
        lambda: sealing.unprotect(row, subject=subject, key=1),
        lambda: sealing.protect(face(1), subject=subject, key=1),
    ):
        with pytest.raises(TemplateRefused) as refused:
            call()
        assert refused.value.why is Why.ERASED


def test_a_session_is_sealed_under_its_person_and_id(subject: UUID) -> None:
    puppet = started(1)
    puppet.follow()
    sealed = sealing.seal_session(puppet.session, subject=subject)
    opens = partial(sealing.open_session, session_id=puppet.session.id, subject=subject)
    again = opens(sealed)
    assert again is not None
    assert again.step == puppet.session.step
    assert puppet.session.nonce not in sealed
    assert b"holder:5" not in sealed
    assert sealing.open_session(sealed, session_id="another", subject=subject) is None
    assert sealing.open_session(sealed, session_id=puppet.session.id, subject=create_subject().id) is None
    assert opens(sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert opens(b"") is None
