"""The reader program against the real server: pairing, a scan, a refusal, a revocation by the socket."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from edge.chores import Pace
from edge.identity import pair
from sallyport.reasons import Reason
from tests.edge.fitted import RecordedDoor, started, until
from tests.fixtures.live import Live
from tests.readers.deeds import Office

pytestmark = pytest.mark.faults
HOST = "acme.localhost"
# The suite's machine is slower than a door may be.
PATIENT = Pace(probe=5.0, budget=1.9)


@pytest.fixture(autouse=True)
def _names_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers find *.localhost by themselves, programs ask the machine, which may not."""
    find = socket.getaddrinfo

    def found(host: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return find("127.0.0.1" if name.endswith(".localhost") else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)


async def test_at_a_real_door(live_stack: Live, tmp_path: Path) -> None:
    office = Office({**live_stack.web.env, **live_stack.env}, HOST)
    try:
        laid = await asyncio.to_thread(office.do, "invite", "Edge")
        device = await asyncio.to_thread(office.do, "phone", laid["level"])
        identity = await asyncio.to_thread(pair, tmp_path / "state", live_stack.address("acme"), laid["code"])
        assert identity.name == "Edge"
        door = RecordedDoor()
        async with started(tmp_path / "state", door, PATIENT) as reader:
            await until(lambda: reader.reach.asking, 30)
            code = await asyncio.to_thread(office.do, "mint", device)
            granted = await reader.decider.present(code)
            again = await reader.decider.present(code)
            nonsense = await reader.decider.present("no code at all")
            assert [(one.reason, one.alone) for one in (granted, again, nonsense)] == [
                (Reason.GRANTED, False),
                (Reason.REPLAYED, False),
                (Reason.MALFORMED, False),
            ]
            assert len(door.pulses) == 1
            await asyncio.to_thread(office.do, "suspend", "Edge")
            refused = await reader.decider.present(code)
            assert refused.reason is Reason.READER_SUSPENDED
            assert len(door.pulses) == 1
        told = await asyncio.to_thread(office.do, "told", "Edge")
        assert [reason for _, reason in told["events"]][:3] == ["granted", "replayed", "malformed"]
    finally:
        office.close()
