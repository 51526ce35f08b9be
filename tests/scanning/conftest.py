"""A company of its own for each test, committed, and the real callable on it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from readers.scanning import faces
from readers.scanning.asgi import ScanApplication
from readers.scanning.desk import Setup
from readers.scanning.setup import conninfo
from tenants.refs import CompanyRef
from tests.biometrics.mirror import Mirror
from tests.scanning.world import World, lay_world


@pytest.fixture
def world(own_company: CompanyRef, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        yield lay_world(own_company)


def setup() -> Setup:
    return Setup(conninfo(settings.DATABASES["default"]), "http", rate=1000.0, burst=1000.0)


@pytest_asyncio.fixture
async def app() -> AsyncIterator[ScanApplication]:
    """The callable, with connections of its own."""
    application = ScanApplication(setup)
    await application.startup()
    yield application
    await application.shutdown()


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Who looks at faces here."""
    made = Mirror()
    monkeypatch.setattr(faces, "house_looker", lambda: made)
    # Another test of this process may have started real engines.
    monkeypatch.setattr("biometrics.selectors.model_now", lambda: None)
    return made
