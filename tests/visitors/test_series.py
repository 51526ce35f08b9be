"""Visits of one person that follow each other: what ends with one of them, and what does not."""

from collections.abc import Callable

import pytest

from compliance.law import Purpose
from compliance.selectors import consent_in_force
from compliance.services import give_consent
from credentials.services.consents import person_of
from tests.compliance.build import publish, ready, said
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Visit

pytestmark = pytest.mark.django_db
Deed = Callable[..., Visit]


def with_face(desk: Reception) -> Visit:
    """A visitor who is in and agreed to a face being kept."""
    ready()
    notice = publish(Purpose.FACE)[0]
    visit = services.admit(visit=desk.visit(), by=BY)
    give_consent(person=person_of(visit.holder), said=said(notice))
    return visit


@pytest.mark.parametrize("end", [services.cancel, services.refuse])
def test_a_visit_that_is_off_keeps_the_face_of_the_one_under_way(desk: Reception, end: Deed) -> None:
    visit = with_face(desk)
    end(visit=desk.visit(begins_in=24 * 60), by=BY)
    assert consent_in_force(visit.holder.subject_id, Purpose.FACE) is not None


def test_the_face_goes_with_the_visit_under_way(desk: Reception) -> None:
    visit = with_face(desk)
    desk.visit(begins_in=24 * 60)
    services.sign_out(visit=visit, by=BY)
    assert consent_in_force(visit.holder.subject_id, Purpose.FACE) is None
