"""A long outage: what has queued up is handed in while people go on passing at another door."""

import os
import time
from pathlib import Path

import pytest

from edge.journal import Presented
from tests.edge.doors import AtTheDoor, at_the_door
from tests.edge.field import do
from tests.edge.proxy import Cut
from tests.fixtures.live import Live
from tests.readers.deeds import Office

QUEUED = int(os.environ.get("SALLYPORT_QUEUED", "3000"))  # `make chaos` sets 100,000
pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.usefixtures("names_of_this_machine")]


async def test_handed_in_while_others_are_asked_about(
    live_stack: Live, office: Office, tmp_path: Path
) -> None:
    for name in ("long", "live"):
        (tmp_path / name).mkdir()
    async with (
        at_the_door(live_stack, office, tmp_path / "long") as long,
        at_the_door(live_stack, office, tmp_path / "live") as live,
    ):
        codes = [await long.code() for _ in range(3)]
        long.line.cut(Cut.SILENT)
        long.line.drop()
        for code in codes:
            assert (await long.reader.decider.present(code)).granted
        await long.reader.desk.disk.run(_queue, long)
        assert long.reader.desk.journal.queue == QUEUED
        long.line.mend()
        shown = 0
        while long.reader.desk.journal.queue:
            outcome = await live.reader.decider.present("no code at all")
            shown += outcome.counter is not None
        assert shown > 3
        for one, count in ((long, QUEUED), (live, shown)):
            await one.all_told()
            counted = await do(office, "counted", one.name)
            assert counted == {"events": count, "last": count, "quarantined": 0, "alarms": []}
        assert (await do(office, "counted", long.name))["events"] == long.reader.desk.journal.head[0]


def _queue(at: AtTheDoor) -> None:
    """Presentations of a long outage, all but a few of them nonsense; synced once, at the end."""
    desk = at.reader.desk
    judge = desk.holding.judge
    assert judge is not None
    desk.store._db.execute("pragma synchronous = off")
    for number in range(desk.journal.queue, QUEUED):
        text, now = f"nonsense {number}", int(time.time())
        alone = judge.decide(text, now=now, challenges=(), used=lambda use: False)
        desk.journal.append(Presented(text, now * 1000), alone, desk.holding.point)
    desk.store._db.execute("pragma synchronous = full")
