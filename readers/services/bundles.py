"""The offline bundle of one reader: made from one snapshot, numbered higher than the last, signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from readers.models import Reader
from readers.offline import BundleRead, read_bundle
from readers.scanning.answer import PULSE_MS
from readers.services.keyrings import Vouched, vouched
from sallyport.key_list import KeyEntry
from sallyport.offline import Bundle, bundle_bytes
from tenants import context
from vault.caches import Held
from vault.selectors import key_entries

_NUMBER: Final = "UPDATE readers_reader SET bundle_number = bundle_number + 1 WHERE handle = %s"
# A statement of its own: it sees what was committed while the one before waited for the row.
_POINT: Final = """
SELECT r.bundle_number, r.access_point_id, c.epoch, c.seq
  FROM readers_reader r JOIN ledger_policycounter c ON c.id = 1 WHERE r.handle = %s
"""


@dataclass(frozen=True, slots=True, repr=False)
class _Shared:
    """What all readers at one access point are told under one number of the policy."""

    read: BundleRead
    keys: tuple[KeyEntry, ...]


# A thousand readers that come back at once are told the same, but for their own number. Held under the
# policy's number, which each of them reads anew: what is found here is what stands.
_shared: Held[_Shared] = Held(1_000, hold=1.0)


def signed_bundle(*, reader: Reader, now: datetime) -> Vouched:
    """What this reader decides with when it is cut off; its list is as old as `now`, from before the call."""
    number, shared = _numbered(reader)
    read = shared.read
    bundle = Bundle(
        company=context.current().uid,
        reader=reader.handle,
        number=number,
        at_ms=int(now.timestamp() * 1000),
        epoch=read.epoch,
        seq=read.seq,
        door=read.door,
        profiles=read.profiles,
        gone=read.gone,
        mode=read.mode,
        trust=read.trust,
        life=read.life,
        pulse_ms=PULSE_MS,
        keys=shared.keys,
    )
    return vouched(bundle_bytes(bundle))


def _numbered(reader: Reader) -> tuple[int, _Shared]:
    """The next number, and what stands under it. The row stays locked while that is read, so that of two
    bundles the one with the higher number is never the older one.
    """
    drops = _shared.drops
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER, [reader.handle])
            cursor.execute(_POINT, [reader.handle])
            number, place, *point = cursor.fetchone()
        company = context.current().id
        held = _shared.peek((company, place, *point))
        read = held.read if held is not None else read_bundle(reader.handle)
    if held is None:
        # Keys after the snapshot: newer than the number says is told again, older would never be.
        held = _Shared(read, key_entries())
        _shared.put((company, place, read.epoch, read.seq), held, read_at=drops)
    return number, held
