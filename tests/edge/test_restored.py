"""The server comes back with an older database: what the reader has is handed in again, nothing is twice."""

import asyncio
from pathlib import Path

import pytest

from tests.edge.doors import LONG, AtTheDoor, at_the_door, up
from tests.edge.field import do, office_of
from tests.edge.fitted import until
from tests.edge.proxy import Cut
from tests.fixtures.live import Live

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.usefixtures("names_of_this_machine")]


async def test_back_with_an_older_database(own_stack: Live, tmp_path: Path) -> None:
    live = own_stack
    await asyncio.to_thread(live.start_web)
    office = office_of(live)
    try:
        async with at_the_door(live, office, tmp_path) as at:
            codes = [await at.code() for _ in range(5)]
            assert not (await at.reader.decider.present(codes[0])).alone
            await _alone(at, codes[1:2])
            office.close()
            await asyncio.to_thread(_back_up, live)
            at.office = office = office_of(live)
            await up(at.reader)
            await _alone(at, codes[2:4])
            held, token = at.reader.desk.holding.bundle, at.reader.desk.store.secret("token")
            assert held is not None
            office.close()
            await asyncio.to_thread(_restore, live)
            at.office = office = office_of(live)
            await until(lambda: at.reader.desk.holding.point[0] > held.epoch, LONG)
            await until(lambda: at.reader.desk.store.secret("token") != token, LONG)
            assert (await at.reader.decider.present(codes[4])).granted
            for _ in range(600):
                record = await at.all_told()
                if len(record["events"]) == 5:
                    break
        assert [event["counter"] for event in record["events"]] == [1, 2, 3, 4, 5]
        assert [event["offline"] for event in record["events"]][:4] == [False, True, True, True]
        position, head = at.reader.desk.journal.head
        assert record["head"] == [position, head.hex()]
        assert (record["state"], record["quarantined"], record["alarms"]) == ("active", [], [])
        assert await do(office, "policy") == list(at.reader.desk.holding.point)
        live.manage("ledger", "seal", "--company", "acme")
        live.manage("ledger", "verify", "--company", "acme")
    finally:
        office.close()


async def _alone(at: AtTheDoor, codes: list[str]) -> None:
    """Decided without the server, and handed in."""
    at.line.cut(Cut.REQUEST)
    for code in codes:
        outcome = await at.reader.decider.present(code)
        assert (outcome.granted, outcome.alone) == (True, True)
    at.line.mend()
    await at.all_told()
    await up(at.reader)


def _name(live: Live) -> str:
    return live.database_url.rpartition("/")[2]


def _back_up(live: Live) -> None:
    live.web.stop()
    live.postgres.create_database(f"{_name(live)}_before", template=_name(live))
    live.start_web()


def _restore(live: Live) -> None:
    """As the guide for operators says: the older database in place, then a new epoch."""
    live.web.stop()
    live.postgres.drop_database(_name(live))
    live.postgres.create_database(_name(live), template=f"{_name(live)}_before")
    live.manage("ledger", "raise-epoch", "--company", "acme")
    live.start_web()
