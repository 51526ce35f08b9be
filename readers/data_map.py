"""What each field of this room's models holds, what for, and until when."""

from readers.contacts import DoorEvent, ReaderHealth
from readers.former_keys import FormerKey
from readers.models import (
    CheckpointWitness,
    DoorReport,
    JournalQuarantine,
    Pairing,
    Reader,
    ReaderAck,
    UsedCode,
)
from tenants.data_map import Category, Keep, Use, describe

describe(
    Reader,
    Use.READERS,
    Keep.READER,
    {
        "handle": Category.NONE,
        "name": Category.NONE,
        "access_point": Category.NONE,
        "kind": Category.NONE,
        "state": Category.NONE,
        "algorithm": Category.NONE,
        "public_key": Category.NONE,
        "paired_at": Category.NONE,
        "key_since": Category.NONE,
        "next_key": Category.NONE,
        "key_ends": Category.NONE,
        "key_unseen_since": Category.NONE,
        "last_heard": Category.NONE,
        "applied_epoch": Category.NONE,
        "applied_seq": Category.NONE,
        "keys_held": Category.NONE,
        "keys_held_at": Category.NONE,
        "bundle_number": Category.NONE,
        "fork_alarm_at": Category.NONE,
        "journal_position": Category.NONE,
        "journal_hash": Category.NONE,
        "gap_position": Category.NONE,
        "gap_since": Category.NONE,
    },
)
describe(
    ReaderAck,
    Use.READERS,
    Keep.READER,
    {
        "reader": Category.NONE,
        "epoch": Category.NONE,
        "seq": Category.NONE,
        "at_ms": Category.NONE,
        "received_at": Category.NONE,
        "signature": Category.NONE,
    },
)
describe(
    ReaderHealth,
    Use.READERS,
    Keep.READER,
    {
        "reader": Category.NONE,
        "token": Category.KEY,
        "asked_token": Category.KEY,
        "asked_nonce": Category.KEY,
        "asked_created": Category.NONE,
        "recent": Category.NONE,
        "forked_at": Category.NONE,
        "wipe_asked_at": Category.NONE,
        "wiped_at": Category.NONE,
        "renewal_asked_at": Category.NONE,
        "watched": Category.NONE,
        "contacted_at": Category.NONE,
        "version": Category.NONE,
        "program": Category.NONE,
        "queue": Category.NONE,
        "list_at": Category.NONE,
        "offline_since": Category.NONE,
        "last_cut_off": Category.NONE,
        "camera": Category.NONE,
        "camera_since": Category.NONE,
        "door": Category.NONE,
        "decoder": Category.NONE,
        "drift_ms": Category.NONE,
        "drifting_since": Category.NONE,
    },
)
describe(
    CheckpointWitness,
    Use.RECORD,
    Keep.SEALS,
    {
        "reader": Category.NONE,
        "number": Category.NONE,
        "checkpoint_hash": Category.NONE,
        "signature": Category.NONE,
        "at": Category.NONE,
    },
)
describe(
    DoorEvent,
    Use.DOOR_RECORD,
    Keep.DOOR_REPORT,
    {
        "reader": Category.NONE,
        "number": Category.NONE,
        "kind": Category.NONE,
        "at": Category.NONE,
        "counter": Category.MOVEMENT,
        "received_at": Category.NONE,
    },
)
describe(
    DoorReport,
    Use.DOOR_RECORD,
    Keep.DOOR_REPORT,
    {
        "reader": Category.NONE,
        "counter": Category.MOVEMENT,
        "opened": Category.MOVEMENT,
        "at": Category.MOVEMENT,
    },
)
describe(
    FormerKey,
    Use.READERS,
    Keep.READER,
    {
        "id": Category.NONE,
        "reader": Category.NONE,
        "algorithm": Category.NONE,
        "public_key": Category.NONE,
        "since": Category.NONE,
        "until": Category.NONE,
        "ended_at": Category.NONE,
        "overtaken_at": Category.NONE,
        "overtaken_by": Category.NONE,
    },
)
describe(
    JournalQuarantine,
    Use.SECURITY,
    Keep.ALARM,
    {
        "id": Category.NONE,
        "reader": Category.NONE,
        "position": Category.NONE,
        "counter": Category.NONE,
        "reason": Category.NONE,
        "entry": Category.MOVEMENT,
        "identity": Category.NONE,
        "received_at": Category.NONE,
    },
)
describe(
    Pairing,
    Use.READERS,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "locator": Category.KEY,
        "code_hash": Category.KEY,
        "reader": Category.NONE,
        "name": Category.NONE,
        "access_point": Category.NONE,
        "kind": Category.NONE,
        "created_by": Category.DEED,
        "created_at": Category.NONE,
        "expires": Category.NONE,
        "attempts": Category.NONE,
        "used_at": Category.NONE,
        "used_key": Category.NONE,
    },
)
describe(
    UsedCode,
    Use.SECURITY,
    Keep.SHORT,
    {
        "device": Category.HANDLE,
        "issued": Category.USE,
        "nonce": Category.NONE,
    },
)
