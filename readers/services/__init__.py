"""What may be done to readers and what readers may report."""

from readers.services.acks import Ack, AckVerdict, record_acks, tell_acks
from readers.services.bundles import signed_bundle
from readers.services.changes import SignedDelta, delta_since
from readers.services.contacts import (
    Contact,
    Report,
    Shown,
    ask_wipe,
    contact,
    is_watched,
    note_skewed,
    note_wiped,
    watch_reader,
)
from readers.services.doors import Told, record_door_events
from readers.services.handin import hand_in, hand_in_apart, journal_head
from readers.services.keyrings import Vouched, key_list, note_keys_held
from readers.services.pairing import PairedReader, PairingTicket, Proof, pair, start_pairing
from readers.services.registry import move_reader, rename_reader, resume_reader, retire_reader, suspend_reader
from readers.services.renewal import (
    Renewed,
    Wish,
    ask_renewal,
    end_key,
    end_keys,
    must_renew,
    renew_key,
    saw_new_key,
    used_ended_key,
)
from readers.services.reports import record_outcome, touch_readers
from readers.services.watching import watch_readers
from readers.services.witnesses import (
    Witness,
    clear_fork_alarm,
    raise_fork_alarm,
    raise_proven_fork,
    record_witnesses,
)

__all__ = [
    "Ack",
    "AckVerdict",
    "Contact",
    "PairedReader",
    "PairingTicket",
    "Proof",
    "Renewed",
    "Report",
    "Shown",
    "SignedDelta",
    "Told",
    "Vouched",
    "Wish",
    "Witness",
    "ask_renewal",
    "ask_wipe",
    "clear_fork_alarm",
    "contact",
    "delta_since",
    "end_key",
    "end_keys",
    "hand_in",
    "hand_in_apart",
    "is_watched",
    "journal_head",
    "key_list",
    "move_reader",
    "must_renew",
    "note_keys_held",
    "note_skewed",
    "note_wiped",
    "pair",
    "raise_fork_alarm",
    "raise_proven_fork",
    "record_acks",
    "record_door_events",
    "record_outcome",
    "record_witnesses",
    "rename_reader",
    "renew_key",
    "resume_reader",
    "retire_reader",
    "saw_new_key",
    "signed_bundle",
    "start_pairing",
    "suspend_reader",
    "tell_acks",
    "touch_readers",
    "used_ended_key",
    "watch_reader",
    "watch_readers",
]
