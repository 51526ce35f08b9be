"""Deciding alone: the bundle instead of the database, the same opening and the same rules."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sallyport.codes import NO_CHALLENGES, CodeRefused, OpenedCode, OpeningKeys, open_code
from sallyport.offline.bundle import Bundle
from sallyport.reasons import Reason, precedence
from sallyport.rules import (
    CredentialFacts,
    CredentialState,
    Decision,
    DeviceFacts,
    DeviceState,
    GrantFacts,
    HolderKind,
    HolderState,
    Inside,
    Presentation,
    decide,
    reached,
    refuse,
)

_REPLAYED: Final = precedence(Reason.REPLAYED)
_NOBODY_INSIDE: Final = Inside(None, 0)
Use = tuple[int, int, int]  # device, issued, nonce


class Alone(NamedTuple):
    """A decision made without the server, and the code as it opened."""

    decision: Decision
    opened: OpenedCode | None

    @property
    def use(self) -> Use | None:
        """What is used up by this decision; None where nothing is."""
        return self.opened.use_key if self.opened is not None and self.decision.granted else None


class Judge:
    """A bundle, ready to decide: built once for each bundle, since keys cost as much as a decision."""

    __slots__ = ("_challenged", "_gone", "_grants", "_keys", "_rule", "bundle")

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._keys: dict[int, OpeningKeys] = bundle.opening_keys()
        self._rule = bundle.rule
        self._gone = bundle.gone
        self._challenged = bundle.door.challenge
        self._grants: dict[int, tuple[GrantFacts, ...]] = {
            profile: tuple(GrantFacts(level) for level in levels if level in bundle.door.levels)
            for profile, levels in bundle.profiles.items()
        }

    def decide(
        self,
        code: str,
        *,
        now: int,
        challenges: Sequence[int],
        used: Callable[[Use], bool],
        inside: Callable[[int], Inside] = lambda credential: _NOBODY_INSIDE,
    ) -> Alone:
        """Decide at unix second `now`. `used` tells whether a code has opened a door as far as known here,
        `inside` by credential who was let into the area; asked where a door leads into one that keeps watch.

        A key id that is not in the bundle is `unknown_key`, another company's too: a reader knows its own.
        """
        bundle = self.bundle
        try:
            opened = open_code(
                code,
                keys=self._keys,
                foreign=_nobody,
                now=now,
                life=bundle.life,
                challenges=challenges if self._challenged else NO_CHALLENGES,
            )
        except CodeRefused as refused:
            return Alone(refuse(refused.reason, now=now, access_point=bundle.door.access_point), None)
        contents = opened.contents
        decision = decide(
            now=now,
            door=bundle.door,
            presentation=Presentation(opened, reached(opened)),
            credential=self._credential(contents.credential, contents.profile),
            device=self._device(contents.device, contents.credential),
            offline=self._rule,
            inside=inside(contents.credential) if bundle.door.watch is not None else None,
        )
        use = opened.use_key
        if use is not None and precedence(decision.reason) >= _REPLAYED and used(use):
            decision = refuse(Reason.REPLAYED, now=now, access_point=bundle.door.access_point)
        return Alone(decision, opened)

    def _credential(self, handle: int, profile: int) -> CredentialFacts:
        gone = self._gone
        state, holder = CredentialState.ACTIVE, HolderState.ACTIVE
        if handle in gone.revoked:
            state = CredentialState.REVOKED
        elif handle in gone.suspended:
            state = CredentialState.SUSPENDED
        elif handle in gone.inactive:
            holder = HolderState.SUSPENDED
        grants = self._grants.get(profile, ())
        return CredentialFacts(handle, state, holder, HolderKind.EMPLOYEE, None, None, profile, grants)

    def _device(self, handle: int, credential: int) -> DeviceFacts:
        state = DeviceState.REVOKED if handle in self._gone.devices else DeviceState.ACTIVE
        return DeviceFacts(handle, state, credential)


def _nobody(key_id: int) -> bool:
    return False
