"""The policy a reader holds: signed bytes on its disk, and from them a judge in memory.

Only bytes under the company's bundle key get in, and only newer ones than it has. They are kept as they were
signed: what starts after a crash is checked again.
"""

import json
import logging
from typing import Any, Final

from edge.clock import Clock
from edge.encoding import b64, unb64
from edge.identity import Identity
from edge.store import Store, put
from sallyport.key_list import bundle_key_bytes
from sallyport.keys import BadKey, BadSignature, Ed25519Public
from sallyport.offline import Bundle, BundleWrong, Judge, open_bundle, open_changes, with_changes

_ALL: Final = 2**63 - 1
log = logging.getLogger(__name__)
PARTS: Final = ("bundle", "sig", "bundle_key", "bundle_sig")


class Holding:
    """What is held now. `judge` is None until a first bundle came. Calls that write block for the disk."""

    def __init__(self, store: Store, identity: Identity, clock: Clock) -> None:
        self._store = store
        self._identity = identity
        self._clock = clock
        self._key: Ed25519Public | None = None
        self.judge: Judge | None = None
        self._restore()

    @property
    def bundle(self) -> Bundle | None:
        """The bundle after all changes."""
        return self.judge.bundle if self.judge else None

    @property
    def point(self) -> tuple[int, int]:
        """Epoch and seq of the policy it stands at; (0, 0) where it holds none."""
        bundle = self.bundle
        return (bundle.epoch, bundle.seq) if bundle else (0, 0)

    def take_bundle(self, answer: Any) -> Bundle:
        """Keep the answer of `GET /bundle`, base64 as it came. Raises BundleWrong, StoreFailed."""
        parts = _parts(answer)
        bundle, key = self._opened(parts)
        if (bundle.epoch, bundle.number) <= self._newest():
            raise BundleWrong("older than the one that is held")
        after = self._caught_up(bundle, key)
        kept = json.dumps({name: b64(parts[name]) for name in PARTS}).encode()
        with self._store.write() as db:
            put(db, "bundle", self._store.seal(kept, "bundle"))
            put(db, "bundle_number", bundle.number)
            put(db, "bundle_epoch", bundle.epoch)
            # Changes of another epoch have no meaning any more; those after the bundle still do.
            keep_after = bundle.seq if after is not bundle else _ALL
            db.execute("delete from changes where seq <= ?", (keep_after,))
        self._key, self.judge = key, Judge(after)
        self._clock.signed(after.at_ms)
        return after

    def take_changes(self, data: bytes, sig: bytes) -> bool:
        """Apply signed changes and keep them; True where only a new bundle tells the rest.

        Raises BundleWrong for a gap, another epoch, a wrong signature; StoreFailed.
        """
        bundle = self.bundle
        if bundle is None or self._key is None:
            raise BundleWrong("changes before any bundle")
        changes = open_changes(data, sig, key=self._key, company=self._identity.company)
        after = with_changes(bundle, changes)
        if after is bundle:
            return False
        kept = json.dumps([b64(data), b64(sig)]).encode()
        with self._store.write() as db:
            sealed = self._store.seal(kept, f"changes:{changes.seq}")
            db.execute("insert or replace into changes values (?, ?)", (changes.seq, sealed))
        self.judge = Judge(after)
        self._clock.signed(after.at_ms)
        return changes.reload

    def _newest(self) -> tuple[int, int]:
        """Epoch and number of the newest bundle it ever took.

        A server that is back with an older database numbers from below, in a higher epoch: that one counts.
        """
        return self._store.number("bundle_epoch"), self._store.number("bundle_number")

    def _caught_up(self, bundle: Bundle, key: Ed25519Public) -> Bundle:
        """A bundle that was made before changes which are held already, with these applied.

        It was on its way while they came by the socket: taking it as it is would forget who was revoked.
        """
        epoch, seq = self.point
        if bundle.epoch != epoch or bundle.seq >= seq:
            return bundle
        after = bundle
        for data, sig in self._changes_after(bundle.seq):
            after = with_changes(after, open_changes(data, sig, key=key, company=bundle.company))
        if after.seq < seq:
            raise BundleWrong("behind the policy that is held")
        return after

    def _changes_after(self, seq: int) -> list[tuple[bytes, bytes]]:
        query = "select seq, sealed from changes where seq > ? order by seq"
        found = [
            json.loads(self._store.unseal(sealed, f"changes:{number}"))
            for number, sealed in self._store.rows(query, seq)
        ]
        return [(unb64(data), unb64(sig)) for data, sig in found]

    def _restore(self) -> None:
        kept = self._store.secret("bundle")
        if not kept:
            return
        try:
            bundle, key = self._opened(_parts(json.loads(kept)))
            for data, sig in self._changes_after(-1):
                changes = open_changes(data, sig, key=key, company=self._identity.company)
                bundle = with_changes(bundle, changes)
        except BundleWrong as error:
            # As without any: it refuses when it is alone, until it has fetched one.
            log.error("what is held is not good: %s", error)
            return
        self._key, self.judge = key, Judge(bundle)

    def _opened(self, parts: dict[str, bytes]) -> tuple[Bundle, Ed25519Public]:
        company = self._identity.company
        try:
            vouched = bundle_key_bytes(company=company, bundle_key=parts["bundle_key"])
            self._identity.answers.verify(vouched, parts["bundle_sig"])
            key = Ed25519Public(parts["bundle_key"])
        except (BadSignature, BadKey, ValueError):
            raise BundleWrong("the bundle key is not vouched for") from None
        bundle = open_bundle(
            parts["bundle"], parts["sig"], key=key, company=company, reader=self._identity.reader, above=0
        )
        return bundle, key


def _parts(answer: Any) -> dict[str, bytes]:
    try:
        return {name: unb64(answer[name]) for name in PARTS}
    except (KeyError, TypeError, ValueError):
        raise BundleWrong("not the four parts of a bundle") from None
