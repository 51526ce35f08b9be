"""Fixtures of the whole suite: servers, the two companies, a live system, a browser."""

import pytest

from tests import servers

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.live",
    "tests.fixtures.browser",
    "tests.fixtures.held",
    "tests.fixtures.console",
]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Under xdist the controller starts the servers for its workers."""
    if servers.WORKER == "main" and session.config.getoption("numprocesses", None):
        servers.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever may touch a database may touch both, inside one transaction each."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "db" in names or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(databases="__all__"), append=False)
