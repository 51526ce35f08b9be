"""The offline bundle of one reader: made from one snapshot, numbered higher than the last, signed."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from readers.models import Reader
from readers.offline import BundleRead, read_bundle
from readers.scanning.answer import PULSE_MS
from readers.services.keyrings import Vouched, vouched
from sallyport.offline import Bundle, bundle_bytes
from tenants import context
from vault.selectors import key_entries


def signed_bundle(*, reader: Reader, now: datetime) -> Vouched:
    """What this reader decides with when it is cut off; its list is as old as `now`, from before the call."""
    read = _read(reader)
    bundle = Bundle(
        company=context.current().uid,
        reader=reader.handle,
        number=read.number,
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
        # After the snapshot: newer than the number says is told again, older would never be.
        keys=key_entries(),
    )
    return vouched(bundle_bytes(bundle))


@transaction.atomic
def _read(reader: Reader) -> BundleRead:
    """The snapshot under the next number. The row stays locked meanwhile, so that of two bundles the one with
    the higher number is never the older one.
    """
    Reader.objects.filter(handle=reader.handle).update(bundle_number=F("bundle_number") + 1)
    return read_bundle(reader.handle)
