"""What changed, as readers take it over without asking: signed once for all readers of a company."""

import logging
import time
from dataclasses import dataclass
from typing import Final

from ledger.selectors import PolicyDelta
from readers import selectors
from readers.offline import Touched, read_touched
from sallyport.offline import Changes, changes_bytes
from tenants import context
from vault.caches import Held
from vault.keys import VaultEmpty
from vault.selectors import bundle_signer
from vault.transit import RootKeyAway

# Who stands on which list is told with the change. Grants move the holder's credential to another profile.
TOLD_KINDS: Final = frozenset({"credential", "device", "holder", "grant", "profile"})
# A day pass is refused without network, whatever its state, and so is what takes a face: nothing to be told.
IDLE_KINDS: Final = frozenset({"day_pass", "consent"})
MOST_BYTES: Final = 400_000  # a frame of the socket holds a mebibyte, in base64
logger = logging.getLogger(__name__)

# A thousand readers that come back at once stand at the same few points.
_made: Held[tuple[bytes, bytes]] = Held(1_000, hold=1.0)


@dataclass(frozen=True, slots=True)
class SignedDelta:
    """A delta, and the signed changes behind it; without bytes only a new bundle helps."""

    delta: PolicyDelta
    data: bytes = b""
    signature: bytes = b""


def delta_since(epoch: int, seq: int) -> SignedDelta:
    """What changed after `(epoch, seq)`, signed where it can be told one by one."""
    at_ms = time.time_ns() // 1_000_000  # before it is read: what comes later is not in it
    delta = selectors.policy_delta(epoch, seq)
    if delta.epoch != epoch or delta.seq < seq or (delta.seq > seq and not delta.changes):
        return SignedDelta(delta)  # it jumps
    key = (context.current().id, epoch, seq, delta.seq)
    try:
        # What is not all must not make a list look as new as this moment.
        data, signature = _made.get(key, lambda: _signed(delta, seq, at_ms if delta.complete else 0))
    except (VaultEmpty, RootKeyAway):
        # Online readers must learn of it all the same; the others see that they need a new bundle.
        logger.warning("changes of the policy go out unsigned: the company's keys are away")
        return SignedDelta(delta)
    return SignedDelta(delta, data, signature)


def _signed(delta: PolicyDelta, seq_before: int, at_ms: int) -> tuple[bytes, bytes]:
    by_kind: dict[str, set[int]] = {}
    for _, kind, handle in delta.changes:
        by_kind.setdefault(kind, set()).add(handle)
    reload = not by_kind.keys() <= TOLD_KINDS | IDLE_KINDS
    data = _bytes(delta, seq_before, at_ms, _touched(by_kind), reload=reload)
    if len(data) > MOST_BYTES:
        data = _bytes(delta, seq_before, at_ms, Touched({}, {}, {}), reload=True)
    return data, bundle_signer().sign(data)


def _touched(by_kind: dict[str, set[int]]) -> Touched:
    return read_touched(
        credentials=by_kind.get("credential", ()),
        holders=by_kind.get("holder", set()) | by_kind.get("grant", set()),
        devices=by_kind.get("device", ()),
        profiles=by_kind.get("profile", ()),
    )


def _bytes(delta: PolicyDelta, seq_before: int, at_ms: int, touched: Touched, *, reload: bool) -> bytes:
    return changes_bytes(
        Changes(
            company=context.current().uid,
            epoch=delta.epoch,
            seq_before=seq_before,
            seq=delta.seq,
            at_ms=at_ms,
            credentials=touched.credentials,
            devices=touched.devices,
            profiles=touched.profiles,
            reload=reload,
        )
    )
