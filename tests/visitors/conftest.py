"""Fixtures of visits."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tenants.context import CompanyRef
from tests.fixtures.live import Live
from tests.readers.fake_camera import FakeCamera
from tests.readers.tablet import browser_with_camera
from tests.visitors.build import Reception, reception
from tests.visitors.kiosk_api import FakeApi
from tests.visitors.kiosk_screen import Screen
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


@pytest.fixture(scope="module")
def reception_browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera looks at a wall."""
    film = FakeCamera(tmp_path_factory.mktemp("camera") / "camera.y4m").path
    with browser_with_camera(chromium, film) as launched:
        yield launched


@pytest.fixture
def api() -> FakeApi:
    """What answers the kiosk's page instead of the server."""
    return FakeApi()


@pytest.fixture
def kiosk(live_stack: Live, reception_browser: Browser, api: FakeApi) -> Iterator[Screen]:
    """A tablet with the kiosk's page."""
    screen = Screen(live_stack, reception_browser, api)
    yield screen
    screen.close()
