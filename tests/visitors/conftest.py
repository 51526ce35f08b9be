"""Fixtures of visits."""

import pytest

from tenants.context import CompanyRef
from tests.visitors.build import Reception, reception
from tests.visitors.lobby import Lobby
from tests.visitors.lobby import lobby as at_kiosk


@pytest.fixture
def desk(in_acme: CompanyRef) -> Reception:
    """A reception at Acme, inside Acme."""
    return reception()


@pytest.fixture
def lobby(desk: Reception) -> Lobby:
    """A kiosk at that reception."""
    return at_kiosk(desk)
