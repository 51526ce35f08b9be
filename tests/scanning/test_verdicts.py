"""What a scan is answered, and what it leaves."""

from asgiref.sync import sync_to_async

from access.models import AccessEvent
from readers.scanning.asgi import ScanApplication
from tenants import context
from tests.scanning.world import World, check_signature, scan


def events(world: World) -> list[AccessEvent]:
    with context.enter(world.company):
        return list(AccessEvent.objects.order_by("id"))


async def test_grant(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    answered = await scan(app, world.station, code)
    assert answered.status == 200
    assert (answered.told["granted"], answered.told["reason"]) == (True, "granted")
    await sync_to_async(check_signature)(world.company, world.station, code, answered.told)
    (event,) = await sync_to_async(events)(world)
    assert (event.reader, event.counter, event.granted) == (world.station.handle, 1, True)


async def test_a_copy_is_replayed(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    first = await scan(app, world.station, code)
    second = await scan(app, world.station, code)
    assert (first.reason, second.reason) == ("granted", "replayed")
