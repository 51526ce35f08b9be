"""The desk that stores what readers hand in: one bad report costs nobody else's."""

import asyncio

from readers.push.desk import Desk


async def test_a_bad_report_is_dropped_alone() -> None:
    stored: list[int] = []
    done = asyncio.Event()

    async def store(batch: list[int]) -> None:
        if 13 in batch:
            raise ValueError("cannot be packed")
        stored.extend(batch)
        if 99 in batch:
            done.set()

    desk: Desk[int] = Desk(store)
    running = asyncio.create_task(desk.run())
    for item in (1, 13, 2):
        desk.put(item)
    await asyncio.sleep(0)
    desk.put(99)
    await asyncio.wait_for(done.wait(), 10)
    running.cancel()
    assert stored == [1, 2, 99]
