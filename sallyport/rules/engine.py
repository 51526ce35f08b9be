"""The decision: the first reason in the order of precedence that applies, and the facts to decide again."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sallyport.codes import OpenedCode
from sallyport.reasons import Reason
from sallyport.rules import record
from sallyport.rules.facts import (
    Assurance,
    CredentialFacts,
    CredentialState,
    DeviceFacts,
    DeviceState,
    DoorMode,
    DoorPolicy,
    FaceShown,
    GrantFacts,
    HolderKind,
    HolderState,
    Inside,
    OfflineMode,
    OfflineRule,
    Passback,
    Presentation,
    SecondFactor,
    Watch,
)
from sallyport.rules.schedules import LocalTime, is_open, local_time

_ENDED = frozenset({CredentialState.REVOKED.value, CredentialState.LOST.value})
# Members of enumerations by names of this module: looking one up in its class costs as much as comparing it.
_ACTIVE, _HOLDER_ACTIVE, _PHONE_ACTIVE = CredentialState.ACTIVE, HolderState.ACTIVE, DeviceState.ACTIVE
_VISITOR, _GRANTED, _BY_SCHEDULE = HolderKind.VISITOR, Reason.GRANTED, DoorMode.UNLOCKED_BY_SCHEDULE
_AS_ONLINE, _UNLOCK, _FACE = OfflineMode.AS_ONLINE, Assurance.CODE_UNLOCK, Assurance.CODE_FACE
_ALONE: dict[str, Assurance] = {
    OfflineMode.CODE.value: Assurance.CODE,
    OfflineMode.CODE_UNLOCK.value: Assurance.CODE_UNLOCK,
}
_FACES = {
    FaceShown.BUSY: Reason.FACE_BUSY,
    FaceShown.FAILED: Reason.LIVENESS_FAILED,
    FaceShown.MISMATCH: Reason.FACE_MISMATCH,
}
_MODES = frozenset({DoorMode.NORMAL.value, DoorMode.UNLOCKED_BY_SCHEDULE.value})


class Decision(NamedTuple):
    """Granted or not, why, and the facts from which `decide_again` comes to the same."""

    granted: bool
    reason: Reason
    facts_text: str  # compact JSON, as the event stores it

    @property
    def facts(self) -> dict[str, Any]:
        """The facts as a dictionary."""
        facts: dict[str, Any] = json.loads(self.facts_text)
        return facts


def decide(  # noqa: PLR0913 - everything a decision is made from
    *,
    now: int,
    door: DoorPolicy,
    presentation: Presentation,
    credential: CredentialFacts | None,
    device: DeviceFacts | None,
    offline: OfflineRule | None = None,
    inside: Inside | None = None,
) -> Decision:
    """Decide at unix second `now`; `credential` and `device` are None where the handle is unknown.

    `offline` is given by a reader that decides alone, `inside` at a door into an area that keeps watch: there
    it raises ValueError without, since nobody may be let in by whoever has not looked.
    """
    crowd = _crowd(door.watch, inside) if door.watch is not None else None
    local = local_time(door.site_zone, now)
    grants: tuple[GrantFacts, ...] = ()
    reason = _who(now, presentation.opened, credential, device)
    if reason is None and _locked(door):
        reason = Reason.LOCKDOWN
    if reason is None and credential is not None and not _unlocked(door, local):
        reason, grants = _where(now, door, local, credential.grants)
        reason = reason or _fits(now, door, presentation.opened, crowd)
        reason = reason or _how_sure(now, door, presentation, credential, offline)
    reason = reason or _GRANTED
    facts = record.write_facts(
        now=now,
        door=door,
        local=local,
        shown=presentation,
        credential=credential,
        device=device,
        grants=grants,
        offline=offline,
        inside=crowd,
    )
    return Decision(reason is _GRANTED, reason, facts)


def breaks_passback(watch: Watch, kind: str, now: int, since: int | None) -> bool:
    """Whether somebody who has been inside `since` breaks the area's rule by entering at `now`.

    A day pass (`kind` of the code) opens more than once: where passback is minded at all, it is held to HARD.
    """
    if since is None or not watch.enters or watch.passback == Passback.OFF:
        return False
    return watch.passback != Passback.TIMED or kind == "day_pass" or now - since < watch.seconds


def refuse(reason: Reason, *, now: int, access_point: int | None = None) -> Decision:
    """A refusal before the rules were asked (the code did not open, the reader's clock is off, a replay)."""
    if reason is Reason.GRANTED:
        raise ValueError("a refusal has a reason other than granted")
    return Decision(False, reason, record.write_refusal(reason, now, access_point))


def decide_again(facts: str | Mapping[str, Any]) -> Decision:
    """The decision that the stored facts lead to. Raises ValueError for facts this version cannot read.

    A refusal that came before the rules is repeated as it was told: its code is not stored, only its hash.
    """
    given = json.loads(facts) if isinstance(facts, str) else facts
    try:
        if given["v"] != record.VERSION:
            raise ValueError("facts of another version")
        if "refused" in given:
            return refuse(Reason(given["refused"]), now=given["now"], access_point=given["at"])
        return decide(
            now=given["now"],
            door=record.read_door(given),
            presentation=record.read_presentation(given),
            credential=record.read_credential(given),
            device=record.read_device(given),
            offline=record.read_offline(given),
            inside=record.read_inside(given),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("not the facts of a decision") from error


def _who(
    now: int, shown: OpenedCode, credential: CredentialFacts | None, device: DeviceFacts | None
) -> Reason | None:
    """Whether these are a credential, a phone and a holder that may pass any door at all."""
    if credential is None or credential.handle != shown.contents.credential:
        return Reason.UNKNOWN_CREDENTIAL
    if credential.state in _ENDED:
        return Reason.CREDENTIAL_REVOKED
    if not _device_holds(shown, device):
        return Reason.DEVICE_REVOKED
    begins, ends = credential.valid_from, credential.valid_until
    in_time = (begins is None or begins <= now) and (ends is None or now < ends)
    if credential.state != _ACTIVE or not (in_time or credential.holder_kind == _VISITOR):
        return Reason.CREDENTIAL_SUSPENDED
    if credential.holder_state != _HOLDER_ACTIVE:
        return Reason.HOLDER_INACTIVE
    return None if in_time else Reason.VISIT_NOT_ACTIVE


def _device_holds(shown: OpenedCode, device: DeviceFacts | None) -> bool:
    if shown.kind == "day_pass":
        return True  # paper
    return (
        device is not None
        and device.handle == shown.contents.device
        and device.state == _PHONE_ACTIVE
        and device.credential == shown.contents.credential
    )


def _locked(door: DoorPolicy) -> bool:
    return door.area_lockdown or door.mode not in _MODES


def _unlocked(door: DoorPolicy, local: LocalTime | None) -> bool:
    """A door that stands unlocked lets every good credential pass: refusing at an open door tells nobody."""
    return (
        door.mode == _BY_SCHEDULE
        and door.unlock_schedule is not None
        and is_open(door.unlock_schedule, local, door.special_days)
    )


def _where(
    now: int, door: DoorPolicy, local: LocalTime | None, grants: tuple[GrantFacts, ...]
) -> tuple[Reason | None, tuple[GrantFacts, ...]]:
    """Whether a grant in force opens this access point now, and the grants that decided it."""
    levels, special_days = door.levels, door.special_days
    here: list[GrantFacts] = []
    for grant in grants:
        if grant.level in levels and grant.holds_at(now):
            for schedule in levels[grant.level]:
                if is_open(schedule, local, special_days):
                    return None, (grant,)
            here.append(grant)
    return (Reason.OUTSIDE_SCHEDULE, tuple(here)) if here else (Reason.NOT_ALLOWED_HERE, ())


def _crowd(watch: Watch, inside: Inside | None) -> Inside | None:
    """What is known of the area that this door leads into; None for a way out, where nothing is asked."""
    if not watch.enters:
        return None
    if inside is None:
        raise ValueError("an entry to this area is decided on who is inside")
    return inside


def _may_enter(now: int, watch: Watch, kind: str, inside: Inside) -> Reason | None:
    """Whether the area takes this holder in: not twice, and not one too many."""
    soft = watch.passback == Passback.SOFT and kind != "day_pass"
    if not soft and breaks_passback(watch, kind, now, inside.since):
        return Reason.PASSBACK
    if watch.capacity is not None and inside.since is None and inside.people >= watch.capacity:
        return Reason.AREA_FULL
    return None


def _fits(now: int, door: DoorPolicy, opened: OpenedCode, inside: Inside | None) -> Reason | None:
    """Whether the code was made for this door, and the area behind it takes its holder in."""
    if door.challenge and not opened.challenged:
        return Reason.WRONG_DOOR
    if door.watch is not None and inside is not None:
        return _may_enter(now, door.watch, opened.kind, inside)
    return None


def _how_sure(
    now: int,
    door: DoorPolicy,
    shown: Presentation,
    credential: CredentialFacts,
    offline: OfflineRule | None,
) -> Reason | None:
    """Whether what was shown says enough about who shows it."""
    needed = door.assurance
    if offline is not None:
        alone = needed_alone(door.assurance, offline.mode)
        if alone is None or shown.opened.kind == "day_pass":
            return Reason.OFFLINE_REFUSED  # the PIN of a day pass is known to the server alone
        if now - offline.list_at > offline.trust:
            return Reason.LIST_TOO_OLD
        needed = alone
    # Whoever decides alone asks for no face, so that nobody is asked for a consent there either.
    if needed >= _FACE and credential.face_consent is False:
        return Reason.CONSENT_MISSING
    if shown.opened.kind == "day_pass":
        return _second_factor(needed, shown.second)
    if door.unlock_age is not None and needed >= _UNLOCK:
        unlocked = shown.opened.unlocked_at
        if unlocked is None or now - unlocked > door.unlock_age:
            return Reason.ASSURANCE_TOO_LOW
    if shown.reached < needed:
        return _FACES.get(shown.face, Reason.FACE_REQUIRED) if needed >= _FACE else Reason.ASSURANCE_TOO_LOW
    return None


def needed_alone(assurance: Assurance, mode: str) -> Assurance | None:
    """What a reader that is cut off asks for, in an area that asks for `assurance`; None where it refuses."""
    if mode == _AS_ONLINE:
        return assurance if assurance < _FACE else None
    return _ALONE.get(mode)


def _second_factor(needed: Assurance, second: SecondFactor) -> Reason | None:
    """A day pass never opens alone; with its PIN it counts as a phone that was unlocked."""
    if needed >= _FACE:
        return Reason.FACE_REQUIRED
    if second is SecondFactor.GOOD:
        return None
    return Reason.SECOND_FACTOR_WRONG if second is SecondFactor.WRONG else Reason.SECOND_FACTOR_REQUIRED
