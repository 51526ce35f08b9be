"""Fixtures of visits."""

import pytest

from tenants.context import CompanyRef
from tests.visitors.build import Reception, reception


@pytest.fixture
def desk(in_acme: CompanyRef) -> Reception:
    """A reception at Acme, inside Acme."""
    return reception()
