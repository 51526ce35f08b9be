"""What tests with a real system share."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.edge.field import office_of
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


@pytest.fixture
def office(live_stack: Live) -> Iterator[Office]:
    made = office_of(live_stack)
    yield made
    made.close()
