"""Witnessing the ledger: the reader keeps the last checkpoint, and countersigns the next that links it."""

import json

from edge.encoding import b64, unb64
from edge.identity import Identity
from edge.store import Store, put
from sallyport import reader_protocol as wire
from sallyport.keys import BadSignature, SigningKeyLike
from sallyport.ledger import checkpoint_hash, parse_checkpoint


class Witnessing:
    """One reader's memory of the ledger. Calls block for the disk."""

    def __init__(self, store: Store, identity: Identity, key: SigningKeyLike) -> None:
        self._store = store
        self._identity = identity
        self._key = key

    @property
    def forked(self) -> bool:
        """Whether it was ever shown two ledgers; only pairing anew forgets that."""
        return bool(self._store.number("ledger_forked"))

    def shown(self, push: wire.CheckpointPush) -> wire.Witness | wire.Fork | None:
        """What to answer; None for bytes that the company has not signed. Raises StoreFailed."""
        identity = self._identity
        try:
            identity.checkpoints.verify(push.data, push.sig)
            seen = parse_checkpoint(push.data)
        except (BadSignature, ValueError):
            return None
        if seen.company != identity.company or seen.number != push.number:
            return None
        held = self._held()
        if held is not None:
            number, data, _ = held
            if number == seen.number and data != push.data:
                return self._fork(held)
            if seen.number == number + 1 and seen.previous_hash != checkpoint_hash(data):
                return self._fork(held)
            if seen.number not in {number, number + 1}:
                return None  # older, or with others between: nothing can be said about it
        kept = json.dumps([seen.number, b64(push.data), b64(push.sig)]).encode()
        self._store.set_secret("checkpoint", kept)
        signed = wire.witness_bytes(
            company=identity.company,
            reader=identity.reader,
            number=seen.number,
            checkpoint_hash=checkpoint_hash(push.data),
        )
        return wire.Witness(seen.number, self._key.sign(signed))

    def _held(self) -> tuple[int, bytes, bytes] | None:
        kept = self._store.secret("checkpoint")
        if not kept:
            return None
        number, data, sig = json.loads(kept)
        return number, unb64(data), unb64(sig)

    def _fork(self, held: tuple[int, bytes, bytes]) -> wire.Fork:
        with self._store.write() as db:
            put(db, "ledger_forked", 1)
        return wire.Fork(*held)
