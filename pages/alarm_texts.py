"""What each kind of alarm means and what to do next, in the words of people at a desk."""

from typing import Any, Final, NamedTuple

from access.models import AlarmKind


class Told(NamedTuple):
    """What happened, then what to do."""

    what: str
    do: str


TEXTS: Final = {
    AlarmKind.TOO_FAR_APART: Told(
        "One phone was let in at two sites sooner than anybody travels.",
        "Call the person. If they were at one site only, revoke the phone: it was copied.",
    ),
    AlarmKind.CODE_USED_TWICE: Told(
        "The same code opened two doors, at least one of them without network.",
        "Call the person and look at both doors. If they did not pass both, revoke the phone.",
    ),
    AlarmKind.PASSED_AFTER_REVOCATION: Told(
        "The reader had no network and had not learned of the revocation yet.",
        "Find out who came in, and whether they are still inside.",
    ),
    AlarmKind.ENTERED_TWICE: Told(
        "Somebody was let into an area, though by the record they had not left it.",
        "Call the person. If they left without a code, count them out on the area's page; if they did "
        "not pass twice, revoke the phone.",
    ),
    AlarmKind.JOURNAL_BROKEN: Told(
        "What the reader wrote while it was cut off has a gap, or was changed.",
        "Look at the reader. If nobody restored or replaced its disk, treat it as an attack: "
        "suspend it, pair it again.",
    ),
    AlarmKind.JOURNAL_QUARANTINED: Told(
        "The reader handed in entries that do not hold; they are kept apart and are no events. If this "
        "alarm names an event, it opened by itself where its area lets no reader open so.",
        "Look at the reasons on the reader's page, and at the reader itself.",
    ),
    AlarmKind.IDENTITY_FORKED: Told(
        "Two devices used this reader's identity: its card was copied, or an old copy of it was put "
        "back. It was switched off, unless one of them came with a key that had been renewed more than "
        "a week before: that one is refused everywhere.",
        "Go to the door and look which device hangs there. Then pair that one again: its new key "
        "shuts the other one out.",
    ),
    AlarmKind.READER_SILENT: Told(
        "Nothing was heard of it for three minutes. It may still open its door with the list it has.",
        "Check its power and its network. The alarm closes by itself when the reader is heard again.",
    ),
    AlarmKind.READER_DRIFTING: Told(
        "Its clock is more than 30 seconds off: codes are judged by the time.",
        "Check that it reaches its time server, or set its clock. The alarm closes by itself "
        "when the clock is right.",
    ),
    AlarmKind.READER_BEHIND: Told(
        "It is heard, but has not applied a change for more than a minute: whoever was revoked "
        "since may still pass.",
        "Restart it. If that does not help, suspend it until it is mended.",
    ),
    AlarmKind.READER_TAMPERED: Told(
        "Its case was opened, or it was taken off the wall.",
        "Go there. If nobody of yours did it, suspend the reader and pair it again after you "
        "have looked inside.",
    ),
    AlarmKind.CAMERA_AWAY: Told(
        "It gets no picture: nobody can show a code there.",
        "Check the camera and its cable. The alarm closes by itself when there is a picture again.",
    ),
    AlarmKind.NO_SECURE_CHANNEL: Told(
        "The device at the door says that it cannot speak encrypted. Nothing was sent to it.",
        "Somebody may have put another device in between: look at the wiring. Commission the device anew.",
    ),
    AlarmKind.DOOR_FORCED: Told(
        "The door was opened without a grant and without the exit button.",
        "Send somebody, or look at the cameras. Check the lock and the door's contact.",
    ),
    AlarmKind.DOOR_HELD_OPEN: Told(
        "The door has been open for longer than it should.",
        "Have it closed. The alarm closes by itself when the door does.",
    ),
    AlarmKind.OFFLINE_AT_FACE_AREA: Told(
        "It had no network, where a face is asked for: nobody is let in there meanwhile. If this alarm "
        "names an event, the reader opened all the same.",
        "Find out why the network failed. If the cable was pulled, somebody may have tried to "
        "get around the face. If it opened, suspend the reader: it decides by other rules than yours.",
    ),
    AlarmKind.FACE_LOCKED_OUT: Told(
        "Five looks at this person's face failed, or were walked away from, within three minutes. No face is "
        "looked at for them for a while; the way in without a face stays open to them.",
        "Call the person. If it was not they who stood before the camera, somebody has their phone or a code "
        "of theirs: revoke the phone. If it was, let them enrol again in good light.",
    ),
    AlarmKind.TEMPLATE_UNREADABLE: Told(
        "What was kept of this person's enrolled face was changed or put there for somebody else: it does "
        "not open with their key, and no face passes for them.",
        "Ask who had access to the database, and treat it as an attack until you know. Delete the face on "
        "the person's page and let them enrol again.",
    ),
}


def numbers(kind: str, facts: dict[str, Any]) -> str:
    """The figure that goes with an alarm about a reader; empty where there is none."""
    if kind == AlarmKind.READER_DRIFTING:
        seconds = int(facts.get("seconds", 0))
        return f"{abs(seconds)} s {'slow' if seconds > 0 else 'fast'}"
    if kind == AlarmKind.READER_BEHIND:
        behind = max(0, int(facts.get("newest", 0)) - int(facts.get("applied", 0)))
        return f"{behind} change{'' if behind == 1 else 's'} behind"
    return f"event {facts['event']}" if "event" in facts and "access_point" in facts else ""
