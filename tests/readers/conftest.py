"""A building with two doors, and Dora, the reader at Acme's front door."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser

from access import services as building
from access.models import AccessPoint
from readers import limits, services
from readers.models import Reader, ReaderKind
from readers.push import work
from sallyport.keys import Ed25519Signer, P256Signer
from tenants.refs import CompanyRef
from tests.fixtures.live import Live
from tests.readers import deeds
from tests.readers.fake_camera import FakeCamera
from tests.readers.pretend import Pretend
from tests.readers.tablet import Tablet, at_a_door, browser_with_camera

BY = "operator:alice"
HOST = "acme.localhost"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


@pytest.fixture(autouse=True)
def _closed_threads() -> Iterator[None]:
    """The sockets' threads keep their connections; a test gives them back."""
    yield
    if not work._turns._pool._threads:
        return
    together = threading.Barrier(work.THREADS)

    def close() -> None:
        connections.close_all()
        together.wait(10)

    for done in [work._turns._pool.submit(close) for _ in range(work.THREADS)]:
        done.result()


def lay_door(name: str, *, site: str = "House") -> AccessPoint:
    """The entry side of a new door."""
    place = building.add_site(name=f"{site} {name}", time_zone="Europe/Berlin", by=BY)
    area = building.add_area(site=place, name="Hall", assurance=1, by=BY)
    return building.add_door(area=area, name=name, by=BY).access_points.get()


def lay_reader(
    company: CompanyRef,
    name: str,
    point: AccessPoint,
    key: Ed25519Signer | P256Signer | None = None,
) -> Pretend:
    """A reader paired the ordinary way."""
    ticket = services.start_pairing(name=name, access_point=point, kind=ReaderKind.PROGRAM, by=BY)
    pretend = Pretend(company, key or Ed25519Signer.generate())
    paired = services.pair(company=company.uid, proof=pretend.proof(ticket.shown), now=timezone.now())
    pretend.handle = paired.reader.handle
    return pretend


@pytest.fixture
def front_door(in_acme: CompanyRef) -> AccessPoint:
    return lay_door("Front")


@pytest.fixture
def dora(in_acme: CompanyRef, front_door: AccessPoint) -> Pretend:
    return lay_reader(in_acme, "Dora", front_door)


@pytest.fixture
def row() -> Callable[[Pretend], Reader]:
    """The record of a reader."""
    return lambda pretend: Reader.objects.get(handle=pretend.handle)


@pytest.fixture(scope="session")
def office(live_stack: Live) -> deeds.Office:
    return live_stack.office("tests.readers.deeds", HOST)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's camera sees."""
    return FakeCamera(tmp_path_factory.mktemp("camera") / "camera.y4m").path


@pytest.fixture(scope="module")
def browser(chromium: str, film: Path) -> Iterator[Browser]:
    with browser_with_camera(chromium, film) as launched:
        yield launched


@pytest.fixture
def tablet(
    live_stack: Live, office: deeds.Office, browser: Browser, film: Path, request: pytest.FixtureRequest
) -> Iterator[Tablet]:
    size = getattr(request, "param", "tablet")
    yield from at_a_door(live_stack, office, browser, film, size)
