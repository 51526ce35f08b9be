"""Visits whose time is over end by themselves, each for itself and as it stands under its lock."""

import datetime as dt
from typing import Any

import pytest

from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Visit, VisitState
from visitors.services import moving
from visitors.signals import visit_ended

pytestmark = pytest.mark.django_db


def state(visit: Visit) -> str:
    return Visit.objects.values_list("state", flat=True).get(pk=visit.pk)


def test_a_visit_that_was_extended_meanwhile_goes_on(
    desk: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    closed, locked = visit.closes, moving.locked

    def extended_first(found: Visit) -> Visit:
        """Somebody had the lock before, and let the visit last longer."""
        monkeypatch.setattr(moving, "locked", locked)
        services.extend(visit=found, ends=found.ends + dt.timedelta(hours=2), by=BY)
        return locked(found)

    monkeypatch.setattr(moving, "locked", extended_first)
    assert services.expire_due(now=closed) == 0
    assert state(visit) == VisitState.ON_SITE


def test_one_that_fails_holds_up_no_other(desk: Reception, caplog: pytest.LogCaptureFixture) -> None:
    first = services.admit(visit=desk.visit(), by=BY)
    second = services.admit(visit=desk.visit(name="Walter Weg", email="walter@guest.example"), by=BY)

    def trip(visit: Visit, **_: Any) -> None:
        if visit.pk == first.pk:
            raise RuntimeError("tripped")

    visit_ended.connect(trip)
    try:
        assert services.expire_due(now=second.closes) == 1
    finally:
        visit_ended.disconnect(trip)
    assert (state(first), state(second)) == (VisitState.ON_SITE, VisitState.EXPIRED)
    assert f"visit {first.handle} did not expire" in caplog.text
    assert services.expire_due(now=second.closes) == 1
