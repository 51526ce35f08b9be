"""A visitor's face is for one visit: it goes at sign-out, also within a series, and when the time is over."""

import datetime as dt

import pytest

from biometrics.models import FaceTemplate
from compliance.law import Purpose
from compliance.selectors import consent_in_force
from credentials.models import HolderState
from tests.visitors.build import BY, Reception
from tests.visitors.lobby import Lobby
from tests.visitors.test_arrival_faces import Stander, looker, stander
from visitors import services
from visitors.models import Visit, VisitState

__all__ = ["looker", "stander"]

pytestmark = pytest.mark.django_db


def enrolled(stander: Stander, lobby: Lobby) -> FaceTemplate:
    """Whoever stands there agrees, and their face is taken."""
    lobby.agree()
    assert stander.takes("enrol")["enrolled"]
    return FaceTemplate.objects.get(subject=lobby.visit.holder.subject_id, destroyed_at=None)


def is_gone(template: FaceTemplate) -> bool:
    template.refresh_from_db()
    return template.destroyed_at is not None


def in_force(visit: Visit) -> bool:
    return consent_in_force(visit.holder.subject_id, Purpose.FACE) is not None


def test_the_next_visit_of_a_series_asks_anew(desk: Reception, stander: Stander, lobby: Lobby) -> None:
    template = enrolled(stander, lobby)
    here = lobby.visit
    coming = desk.visit(begins_in=7 * 24 * 60)
    assert coming.holder_id == here.holder_id
    assert in_force(here)
    services.sign_out(visit=here, by=BY)
    assert is_gone(template)
    assert not in_force(here)
    coming.holder.refresh_from_db()
    assert coming.holder.state == HolderState.ACTIVE, "they are expected again"


def test_it_goes_when_the_time_is_over(stander: Stander, lobby: Lobby) -> None:
    template, visit = enrolled(stander, lobby), lobby.visit
    assert services.expire_due(now=visit.closes - dt.timedelta(seconds=1)) == 0
    assert not is_gone(template)
    assert services.expire_due(now=visit.closes) == 1
    visit.refresh_from_db()
    assert visit.state == VisitState.EXPIRED
    assert is_gone(template)
    assert not in_force(visit)


def test_it_goes_when_the_time_of_one_of_a_series_is_over(
    desk: Reception, stander: Stander, lobby: Lobby
) -> None:
    template, visit = enrolled(stander, lobby), lobby.visit
    desk.visit(begins_in=7 * 24 * 60)
    assert services.expire_due(now=visit.closes) == 1
    assert is_gone(template)
    assert not in_force(visit)
