"""The facts of a decision as JSON text: written on the hot path from ready-made pieces, read by the re-run.

Every text in it comes through the JSON encoder; the rest are numbers.
"""

from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as quote
from typing import Any

from sallyport.codes import LiveContents, OpenedCode
from sallyport.reasons import Reason
from sallyport.rules.facts import (
    Assurance,
    CredentialFacts,
    DeviceFacts,
    DoorPolicy,
    FaceShown,
    GrantFacts,
    Inside,
    OfflineRule,
    Presentation,
    SecondFactor,
    Watch,
)
from sallyport.rules.schedules import LocalTime, Schedule

VERSION = 1
_FACE = Assurance.CODE_FACE


_CONSENT: dict[bool | None, str] = {True: '"consent":true,', False: '"consent":false,', None: ""}


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def write_facts(  # noqa: PLR0913 - everything a decision was made from
    *,
    now: int,
    door: DoorPolicy,
    local: LocalTime | None,
    shown: Presentation,
    credential: CredentialFacts | None,
    device: DeviceFacts | None,
    grants: tuple[GrantFacts, ...],
    offline: OfflineRule | None = None,
    inside: Inside | None = None,
) -> str:
    """The facts; of all grants only `grants`, those that decided, with the schedules of their levels here."""
    code = shown.opened
    contents = code.contents
    more = ""  # what only one kind of code has
    if code.kind == "day_pass":
        more = f'"second":"{shown.second.value}",'
    elif code.challenged:
        more = '"challenged":true,'
    if shown.face is not FaceShown.NONE:
        more += f'"face":"{shown.face.value}",'
    if offline is not None:
        life = "" if offline.life is None else f",{offline.life}"
        more += f'"offline":[{quote(offline.mode)},{offline.trust},{offline.list_at}{life}],'
    if inside is not None:
        more += f'"inside":[{_number(inside.since)},{inside.people}],'
    if door.assurance >= _FACE and offline is None and credential is not None:
        more += _CONSENT[credential.face_consent]
    special = ""
    if door.special_days and local:
        special = ",".join([str(day) for day in (local.day - 1, local.day) if day in door.special_days])
    return (
        f'{{"v":{VERSION},"now":{now},{door.text},"special":[{special}],"reached":{int(shown.reached)},'
        f'"code":[{quote(code.kind)},{code.key_id},{contents.credential},{contents.device},'
        f"{contents.profile},{contents.flags},{contents.issued},{contents.nonce}],{more}"
        f"{_holder_text(credential)},{_device_text(device)},{_grants_text(door, grants)}}}"
    )


def write_refusal(reason: Reason, now: int, access_point: int | None) -> str:
    """The facts of a refusal that came before the rules."""
    return f'{{"v":{VERSION},"now":{now},"at":{_number(access_point)},"refused":"{reason.value}"}}'


def _holder_text(credential: CredentialFacts | None) -> str:
    if credential is None:
        return '"credential":null,"holder":null'
    return (
        f'"credential":[{credential.handle},{quote(credential.state)},{_number(credential.valid_from)},'
        f"{_number(credential.valid_until)},{credential.profile}],"
        f'"holder":[{quote(credential.holder_state)},{quote(credential.holder_kind)}]'
    )


def _device_text(device: DeviceFacts | None) -> str:
    if device is None:
        return '"device":null'
    return f'"device":[{device.handle},{quote(device.state)},{_number(device.credential)}]'


def _grants_text(door: DoorPolicy, grants: tuple[GrantFacts, ...]) -> str:
    if not grants:
        return '"grants":[],"levels":[]'
    if len(grants) == 1:  # what opens nearly every door
        level, begins, ends = grants[0]
        held = f'"grants":[[{level},{_number(begins)},{_number(ends)}]]'
        return f'{held},"levels":[{door.level_text(level)}]'
    held = ",".join(
        f"[{grant.level},{_number(grant.valid_from)},{_number(grant.valid_until)}]" for grant in grants
    )
    levels = ",".join(door.level_text(level) for level in {grant.level: None for grant in grants})
    return f'"grants":[{held}],"levels":[{levels}]'


def read_door(given: Mapping[str, Any]) -> DoorPolicy:
    """The door of stored facts."""
    return DoorPolicy(
        access_point=given["at"],
        door=given["door"],
        area=given["area"],
        site_zone=given["zone"],
        special_days=frozenset(given["special"]),
        mode=given["mode"],
        unlock_schedule=Schedule.from_compact(given["unlock"]) if given["unlock"] else None,
        area_lockdown=given["locked"],
        assurance=Assurance(given["needs"]),
        levels={
            level: tuple(Schedule.from_compact(one) for one in schedules)
            for level, schedules in given["levels"]
        },
        unlock_age=given.get("age"),  # decisions from before doors could ask for these have neither
        challenge=given.get("challenge", False),
        watch=_read_watch(given.get("watch")),  # only where the area keeps watch
    )


def _read_watch(told: list[Any] | None) -> Watch | None:
    if told is None:
        return None
    watch = Watch(*told)
    numbers = [watch.seconds] if watch.capacity is None else [watch.seconds, watch.capacity]
    whole = all(type(one) is int for one in numbers)
    if type(watch.enters) is not bool or type(watch.passback) is not str or not whole:
        raise ValueError("not what an area keeps watch over")
    return watch


def read_inside(given: Mapping[str, Any]) -> Inside | None:
    """What was known of the area; None where nothing was asked."""
    told = given.get("inside")
    return None if told is None else Inside(*told)


def read_presentation(given: Mapping[str, Any]) -> Presentation:
    """The presentation of stored facts."""
    kind, key_id, *contents = given["code"]
    live = LiveContents(*contents)
    opened = OpenedCode(kind, live, live.issued, key_id, given.get("challenged", False))
    second, face = SecondFactor(given.get("second", "none")), FaceShown(given.get("face", "none"))
    return Presentation(opened, Assurance(given["reached"]), second, face)


def read_credential(given: Mapping[str, Any]) -> CredentialFacts | None:
    """The credential of stored facts."""
    if not given["credential"]:
        return None
    handle, state, valid_from, valid_until, profile = given["credential"]
    holder_state, holder_kind = given["holder"]
    grants = tuple(GrantFacts(*grant) for grant in given["grants"])
    consent = given.get("consent")  # only where a face is asked for, and not before that was asked
    if consent is not None and type(consent) is not bool:
        raise ValueError("not whether somebody has agreed")
    return CredentialFacts(
        handle, state, holder_state, holder_kind, valid_from, valid_until, profile, grants, consent
    )


def read_offline(given: Mapping[str, Any]) -> OfflineRule | None:
    """How the reader decided alone; None for a decision of the server's."""
    told = given.get("offline")
    return OfflineRule(*told) if told else None


def read_device(given: Mapping[str, Any]) -> DeviceFacts | None:
    """The device of stored facts."""
    return DeviceFacts(*given["device"]) if given["device"] else None
