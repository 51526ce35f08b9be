"""What tests with a real system share."""

import socket
from typing import Any

import pytest

from tests.edge.field import DEEDS, HOST
from tests.fixtures.live import Live
from tests.readers.deeds import Office


@pytest.fixture
def names_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers find *.localhost by themselves, programs ask the machine, which may not."""
    find = socket.getaddrinfo

    def found(host: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return find("127.0.0.1" if name.endswith(".localhost") else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture(scope="session")
def office(live_stack: Live) -> Office:
    return live_stack.office(DEEDS, HOST)
