"""The offline bundle: what one reader must know to decide alone. Numbers and keys; no name of anybody.

It is signed by the company's bundle key, for one reader. Between two bundles, signed changes tell who may no
longer pass (or may again), the same bytes for all readers of a company.
"""

import binascii
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from sallyport.codes import OpeningKeys
from sallyport.key_list import KeyEntry, KeyListWrong, key_list_bytes, parse_key_list
from sallyport.keys import BadKey, BadSignature, VerifyKeyLike
from sallyport.offline.handles import pack_handles, unpack_handles
from sallyport.rules import DoorPolicy, OfflineRule
from sallyport.rules.record import read_door

_BUNDLE_CONTEXT: Final = b"sallyport/bundle/1\0"
_CHANGES_CONTEXT: Final = b"sallyport/changes/1\0"
# company, reader, number, made at (unix ms), policy epoch and seq, length of the body
_BUNDLE: Final = struct.Struct(">16sIQQIQI")
# company, policy epoch, seq before, seq after, made at (unix ms), length of the body
_CHANGES: Final = struct.Struct(">16sIQQQI")


class BundleWrong(ValueError):  # noqa: N818 - named for what happened
    """These bytes are no bundle, or no changes, for this reader; it keeps what it has."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Handles that open nothing, each credential in the list of the first reason that applies."""

    revoked: frozenset[int] = frozenset()
    suspended: frozenset[int] = frozenset()
    inactive: frozenset[int] = frozenset()  # the holder's state, not the credential's
    devices: frozenset[int] = frozenset()


CREDENTIAL_LISTS: Final = ("revoked", "suspended", "inactive")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a reader decides with. Times in unix ms; `trust` in seconds, `life` of live codes too."""

    company: bytes
    reader: int
    number: int
    at_ms: int  # when the newest of it was made: how old the list is
    epoch: int
    seq: int
    door: DoorPolicy
    profiles: Mapping[int, tuple[int, ...]]  # profile -> levels
    gone: Gone
    mode: str  # sallyport.rules.OfflineMode
    trust: int
    life: int
    pulse_ms: int
    keys: tuple[KeyEntry, ...] = field(repr=False)

    @property
    def rule(self) -> OfflineRule:
        """What the rules ask of a decision made alone."""
        return OfflineRule(self.mode, self.trust, self.at_ms // 1000, self.life)

    def opening_keys(self) -> dict[int, OpeningKeys]:
        """The key sets by key id, ready to open codes."""
        return {entry.key_id: entry.opening(self.company) for entry in self.keys}


@dataclass(frozen=True, slots=True)
class Changes:
    """From policy `seq_before` to `seq`: the list in which each credential stands now ("" for none), which
    devices are gone, the levels of profiles; `reload` where only a new bundle tells the rest.
    """

    company: bytes
    epoch: int
    seq_before: int
    seq: int
    at_ms: int
    credentials: Mapping[int, str] = field(default_factory=dict)
    devices: Mapping[int, bool] = field(default_factory=dict)
    profiles: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    reload: bool = False


def bundle_bytes(bundle: Bundle) -> bytes:
    """What the company's bundle key signs."""
    body = {
        "door": door_fields(bundle.door),
        "profiles": sorted([number, list(levels)] for number, levels in bundle.profiles.items()),
        "gone": {name: _packed(getattr(bundle.gone, name)) for name in Gone.__slots__},
        "mode": str(bundle.mode),
        "trust": bundle.trust,
        "life": bundle.life,
        "pulse_ms": bundle.pulse_ms,
        "keys": _b64(
            key_list_bytes(
                company=bundle.company, reader=bundle.reader, at_ms=bundle.at_ms, entries=bundle.keys
            )
        ),
    }
    text = _json(body)
    head = (bundle.company, bundle.reader, bundle.number, bundle.at_ms, bundle.epoch, bundle.seq, len(text))
    if len(bundle.company) != 16:
        raise ValueError("a company has 16 bytes")
    return _BUNDLE_CONTEXT + _BUNDLE.pack(*head) + text


def open_bundle(
    data: bytes, signature: bytes, *, key: VerifyKeyLike, company: bytes, reader: int, above: int
) -> Bundle:
    """The bundle of signed bytes, numbered above `above`: an older one is refused. Raises BundleWrong."""
    head, text = _opened(data, signature, key, (_BUNDLE_CONTEXT, _BUNDLE))
    for_company, for_reader, number, at_ms, epoch, seq = head
    if (for_company, for_reader) != (company, reader):
        raise BundleWrong("made for another reader")
    if number <= above:
        raise BundleWrong("older than the one that is held")
    try:
        body = json.loads(text)
        if not {"age", "challenge"} <= body["door"].keys():  # old facts may lack them, a bundle may not
            raise KeyError("a door that is not told whole")
        gone = {name: unpack_handles(_bytes(body["gone"][name])) for name in Gone.__slots__}
        _, keys = parse_key_list(_bytes(body["keys"]), company=company, reader=reader)
        return Bundle(
            company=company,
            reader=reader,
            number=number,
            at_ms=at_ms,
            epoch=epoch,
            seq=seq,
            door=read_door(body["door"]),
            profiles={profile: tuple(levels) for profile, levels in body["profiles"]},
            gone=Gone(**gone),
            mode=body["mode"],
            trust=body["trust"],
            life=body["life"],
            pulse_ms=body["pulse_ms"],
            keys=keys,
        )
    except (ValueError, KeyError, TypeError, AttributeError, KeyListWrong, BadKey) as error:
        raise BundleWrong("signed, but not understood") from error


def changes_bytes(changes: Changes) -> bytes:
    """What the company's bundle key signs, once for all readers."""
    body = {
        "credentials": sorted([handle, where] for handle, where in changes.credentials.items()),
        "devices": sorted([handle, gone] for handle, gone in changes.devices.items()),
        "profiles": sorted([number, list(levels)] for number, levels in changes.profiles.items()),
        "reload": changes.reload,
    }
    text = _json(body)
    head = (changes.company, changes.epoch, changes.seq_before, changes.seq, changes.at_ms, len(text))
    if len(changes.company) != 16:
        raise ValueError("a company has 16 bytes")
    return _CHANGES_CONTEXT + _CHANGES.pack(*head) + text


def open_changes(data: bytes, signature: bytes, *, key: VerifyKeyLike, company: bytes) -> Changes:
    """The changes of signed bytes. Raises BundleWrong."""
    head, text = _opened(data, signature, key, (_CHANGES_CONTEXT, _CHANGES))
    for_company, epoch, seq_before, seq, at_ms = head
    if for_company != company:
        raise BundleWrong("made for another company")
    try:
        body = json.loads(text)
        credentials = {int(handle): str(where) for handle, where in body["credentials"]}
        if not set(credentials.values()) <= {"", *CREDENTIAL_LISTS}:
            raise ValueError("an unknown list")
        return Changes(
            company=company,
            epoch=epoch,
            seq_before=seq_before,
            seq=seq,
            at_ms=at_ms,
            credentials=credentials,
            devices={int(handle): bool(gone) for handle, gone in body["devices"]},
            profiles={profile: tuple(levels) for profile, levels in body["profiles"]},
            reload=bool(body["reload"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BundleWrong("signed, but not understood") from error


def with_changes(bundle: Bundle, changes: Changes) -> Bundle:
    """The bundle after the changes; the same one where it knows them already.

    Raises BundleWrong for a gap and for another epoch: only a new bundle helps then.
    """
    if changes.epoch != bundle.epoch or changes.seq_before > bundle.seq:
        raise BundleWrong("changes are missing between the bundle and these")
    if changes.seq < bundle.seq:
        return bundle
    lists = {name: set(getattr(bundle.gone, name)) for name in Gone.__slots__}
    for handle, where in changes.credentials.items():
        for name in CREDENTIAL_LISTS:
            (lists[name].add if name == where else lists[name].discard)(handle)
    for handle, gone in changes.devices.items():
        (lists["devices"].add if gone else lists["devices"].discard)(handle)
    return replace(
        bundle,
        # What asks for a new bundle has not been applied by this: the list is as old as it was.
        at_ms=bundle.at_ms if changes.reload else max(bundle.at_ms, changes.at_ms),
        seq=changes.seq,
        profiles={**bundle.profiles, **changes.profiles},
        gone=Gone(**{name: frozenset(handles) for name, handles in lists.items()}),
    )


def door_fields(door: DoorPolicy) -> dict[str, Any]:
    """A door's whole policy as JSON values."""
    watch = {} if door.watch is None else {"watch": list(door.watch)}
    return {
        "at": door.access_point,
        "door": door.door,
        "area": door.area,
        "zone": door.site_zone,
        "special": sorted(door.special_days),
        "mode": str(door.mode),
        "unlock": door.unlock_schedule.compact() if door.unlock_schedule else None,
        "locked": door.area_lockdown,
        "needs": int(door.assurance),
        "age": door.unlock_age,
        "challenge": door.challenge,
        "levels": sorted([level, [one.compact() for one in many]] for level, many in door.levels.items()),
        **watch,
    }


def _opened(
    data: bytes, signature: bytes, key: VerifyKeyLike, form: tuple[bytes, struct.Struct]
) -> tuple[tuple[Any, ...], bytes]:
    """The head (without the length) and the body, after the signature was found good."""
    context, shape = form
    start = len(context) + shape.size
    if len(data) < start or not data.startswith(context):
        raise BundleWrong("something else")
    try:
        key.verify(data, signature)
    except BadSignature:
        raise BundleWrong("not signed by the company's key") from None
    *head, length = shape.unpack_from(data, len(context))
    if len(data) != start + length:
        raise BundleWrong("cut")
    return tuple(head), data[start:]


@lru_cache(maxsize=64)
def _packed(handles: frozenset[int]) -> str:
    """The same lists go to all readers of a company: ten thousand handles take as long as all else here."""
    return _b64(pack_handles(handles))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _bytes(text: str) -> bytes:
    return binascii.a2b_base64(text, strict_mode=True)
