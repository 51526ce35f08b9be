"""The policy a reader holds: signed bytes on its disk, and from them a judge in memory.

Only bytes under the company's bundle key get in, and only newer ones than it has. They are kept as they were
signed: what starts after a crash is checked again.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from edge.clock import Clock
from edge.encoding import b64, unb64
from edge.identity import Identity
from edge.store import Store, put
from sallyport.key_list import bundle_key_bytes
from sallyport.keys import BadKey, BadSignature, Ed25519Public
from sallyport.offline import (
    Bundle,
    BundleWrong,
    Changes,
    Judge,
    open_bundle,
    open_changes,
    with_changes,
)

_ALL: Final = 2**63 - 1
FRESH: Final = "fresh"  # the newest word that nothing has changed since: it leads nowhere, and dates the list
FRESH_KEPT_MS: Final = 60_000  # the disk is not written for less
log = logging.getLogger(__name__)
PARTS: Final = ("bundle", "sig", "bundle_key", "bundle_sig")


@dataclass(frozen=True, slots=True)
class Policy:
    """A bundle with changes applied. `whole` is the seq up to which it is all of the policy: below
    `bundle.seq` where changes that only a new bundle tells (`reload`) wait for that one.
    """

    bundle: Bundle
    whole: int

    @property
    def behind(self) -> bool:
        """Whether only a new bundle tells the rest."""
        return self.whole < self.bundle.seq

    def after(self, changes: Changes) -> "Policy":
        """With these applied; the same one where it knows them already. Raises BundleWrong."""
        bundle = with_changes(self.bundle, changes)
        if bundle is self.bundle:
            return self
        if not self.behind and not (changes.reload and changes.seq > self.bundle.seq):
            return Policy(bundle, bundle.seq)
        # What can be told one by one counts at once; the list as a whole grows no younger by it.
        return Policy(replace(bundle, at_ms=self.bundle.at_ms), self.whole)


class Holding:
    """What is held now. `judge` is None until a first bundle came. Calls that write block for the disk."""

    def __init__(self, store: Store, identity: Identity, clock: Clock) -> None:
        self._store = store
        self._identity = identity
        self._clock = clock
        self._key: Ed25519Public | None = None
        self._policy: Policy | None = None
        self._fresh_ms = 0  # of the word on the disk
        self.judge: Judge | None = None
        self._restore()

    @property
    def bundle(self) -> Bundle | None:
        """The bundle after all changes."""
        return self.judge.bundle if self.judge else None

    @property
    def point(self) -> tuple[int, int]:
        """Epoch and seq up to which all of the policy is held; (0, 0) where it holds none."""
        policy = self._policy
        return (policy.bundle.epoch, policy.whole) if policy else (0, 0)

    @property
    def behind(self) -> bool:
        """Whether changes were told of which a new bundle is the only word: it must be fetched, and until
        then nothing beyond `point` may be acknowledged. A restart does not end that.
        """
        return self._policy is not None and self._policy.behind

    def vouched_ms(self, at_ms: int) -> int:
        """A time at which a door was opened, as far as the list vouches for it: while it is trusted."""
        bundle = self.bundle
        return min(at_ms, bundle.at_ms + 1000 * bundle.trust) if bundle else 0

    def take_bundle(self, answer: Any) -> Bundle:
        """Keep the answer of `GET /bundle`, base64 as it came. Raises BundleWrong, StoreFailed."""
        parts = _parts(answer)
        bundle, key = self._opened(parts)
        if (bundle.epoch, bundle.number) <= self._newest():
            raise BundleWrong("older than the one that is held")
        policy = self._caught_up(bundle, key)
        kept = json.dumps({name: b64(parts[name]) for name in PARTS}).encode()
        with self._store.write() as db:
            put(db, "bundle", self._store.seal(kept, "bundle"))
            put(db, "bundle_number", bundle.number)
            put(db, "bundle_epoch", bundle.epoch)
            # Changes of another epoch have no meaning any more; those after the bundle still do.
            keep_after = bundle.seq if policy.bundle is not bundle else _ALL
            db.execute("delete from changes where seq <= ?", (keep_after,))
            if policy.bundle is bundle:
                db.execute("delete from meta where name = ?", (FRESH,))
        self._key = key
        self._hold(policy)
        self._clock.signed(policy.bundle.at_ms)
        return policy.bundle

    def take_changes(self, data: bytes, sig: bytes) -> bool:
        """Apply signed changes and keep them; True where only a new bundle tells the rest.

        Raises BundleWrong for a gap, another epoch, a wrong signature; StoreFailed.
        """
        policy = self._policy
        if policy is None or self._key is None:
            raise BundleWrong("changes before any bundle")
        changes = open_changes(data, sig, key=self._key, company=self._identity.company)
        after = policy.after(changes)
        if after is policy:
            return policy.behind
        kept = json.dumps([b64(data), b64(sig)]).encode()
        if changes.seq > policy.bundle.seq:
            with self._store.write() as db:
                sealed = self._store.seal(kept, f"changes:{changes.seq}")
                db.execute("insert or replace into changes values (?, ?)", (changes.seq, sealed))
        elif not after.behind and changes.at_ms - self._fresh_ms >= FRESH_KEPT_MS:
            # The row of this seq says what has changed on the way to it: it stays, whatever comes after.
            self._store.set_secret(FRESH, kept)
            self._fresh_ms = changes.at_ms
        self._hold(after)
        self._clock.signed(after.bundle.at_ms)
        return after.behind

    def _hold(self, policy: Policy) -> None:
        self._policy, self.judge = policy, Judge(policy.bundle)

    def _newest(self) -> tuple[int, int]:
        """Epoch and number of the newest bundle it ever took.

        A server that is back with an older database numbers from below, in a higher epoch: that one counts.
        """
        return self._store.number("bundle_epoch"), self._store.number("bundle_number")

    def _caught_up(self, bundle: Bundle, key: Ed25519Public) -> Policy:
        """A bundle that was made before changes which are held already, with these applied.

        It was on its way while they came by the socket: taking it as it is would forget who was revoked.
        """
        held, policy = self.bundle, Policy(bundle, bundle.seq)
        if held is None or bundle.epoch != held.epoch or bundle.seq >= held.seq:
            return policy
        policy = self._applied(policy, self._changes_after(bundle.seq), key)
        if policy.bundle.seq < held.seq:
            raise BundleWrong("behind the policy that is held")
        return policy

    def _applied(self, policy: Policy, kept: Iterable[tuple[bytes, bytes]], key: Ed25519Public) -> Policy:
        for data, sig in kept:
            policy = policy.after(open_changes(data, sig, key=key, company=self._identity.company))
        return policy

    def _changes_after(self, seq: int) -> list[tuple[bytes, bytes]]:
        """Those that lead on from there, ascending, and the newest word that they are all."""
        query = "select seq, sealed from changes where seq > ? order by seq"
        found = [
            self._store.unseal(sealed, f"changes:{number}") for number, sealed in self._store.rows(query, seq)
        ]
        fresh = self._store.secret(FRESH)
        pairs = [json.loads(kept) for kept in (*found, *([fresh] if fresh else ()))]
        return [(unb64(data), unb64(sig)) for data, sig in pairs]

    def _restore(self) -> None:
        kept = self._store.secret("bundle")
        if not kept:
            return
        try:
            bundle, key = self._opened(_parts(json.loads(kept)))
            policy = self._applied(Policy(bundle, bundle.seq), self._changes_after(-1), key)
        except BundleWrong as error:
            # As without any: it refuses when it is alone, until it has fetched one.
            log.error("what is held is not good: %s", error)
            return
        self._key = key
        self._hold(policy)
        self._clock.seen(policy.bundle.at_ms)

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
