"""Canonical bytes and hashes of the ledger: leaves, batches, the Merkle tree of RFC 6962, checkpoints.

Chain of proof: an event's or deed's canonical bytes -> leaf -> batch hash (over all leaves of the
transaction) -> Merkle root over batch hashes -> checkpoint, which links the one before and is signed.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sallyport.reasons import Reason, number

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()  # RFC 6962: the hash of an empty tree
FIRST_PREVIOUS: Final = bytes(HASH_BYTES)  # the "previous" of a company's first checkpoint
_EVENT: Final = struct.Struct(">16sIQqqIIIIII32s?BBIQ?")
_CHECKPOINT: Final = struct.Struct(">16sQ32s32sQQq")
_CHECKPOINT_CONTEXT: Final = b"sallyport/checkpoint/1\0"
BATCH_CONTEXT: Final = b"\0sallyport/batch/1\0"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An access event as it is hashed. Times in unix milliseconds; None where the code did not open."""

    company: bytes
    reader: int
    counter: int
    at_ms: int
    reader_at_ms: int
    access_point: int
    credential: int | None
    device: int | None
    profile: int | None
    issued: int | None
    nonce: int | None
    code_hash: bytes
    granted: bool
    reason: Reason
    assurance: int
    policy_epoch: int
    policy_seq: int
    offline: bool
    facts: str  # the JSON text exactly as stored


@dataclass(frozen=True, slots=True)
class DeedRecord:
    """A deed (what somebody did in the console or the system by itself) as it is hashed."""

    company: bytes
    entry: bytes  # 16 bytes, the entry's uuid
    at_ms: int
    actor: str
    verb: str
    subject_kind: str
    handle: int | None
    data: str  # the JSON text exactly as stored
    subject: bytes | None  # 16 bytes, the subject's uuid
    payload: bytes  # ciphertext under the subject key, or empty: erasing the key leaves the hash standing


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says. Positions of sealed batches, first and last included; `at` in unix seconds."""

    company: bytes
    number: int
    previous_hash: bytes
    root: bytes
    first_position: int
    last_position: int
    at: int


def _sized(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _text(value: str) -> bytes:
    return _sized(value.encode())


def _optional(value: int | None) -> bytes:
    return b"\0" if value is None else b"\1" + struct.pack(">Q", value)


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:  # struct would pad or cut without a word
        raise ValueError(f"{size} bytes are needed")
    return data


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256 of 0x00 and the data."""
    return hashlib.sha256(b"\0" + data).digest()


def event_bytes(event: EventRecord) -> bytes:
    """Canonical bytes of an access event: fixed fields, one byte telling which of five are there, facts."""
    credential, device, profile = event.credential, event.device, event.profile
    issued, nonce = event.issued, event.nonce
    there = (
        (credential is not None)
        | (device is not None) << 1
        | (profile is not None) << 2
        | (issued is not None) << 3
        | (nonce is not None) << 4
        # A proof over a pass has 2^32 for its nonce, one more than four bytes hold: told by a bit of its own.
        | (nonce or 0) >> 32 << 5
    )
    fixed = _EVENT.pack(
        _exactly(event.company, 16),
        event.reader,
        event.counter,
        event.at_ms,
        event.reader_at_ms,
        event.access_point,
        credential or 0,
        device or 0,
        profile or 0,
        issued or 0,
        (nonce or 0) & 0xFFFFFFFF,
        _exactly(event.code_hash, 32),
        event.granted,
        number(event.reason),
        event.assurance,
        event.policy_epoch,
        event.policy_seq,
        event.offline,
    )
    return b"sallyport/event/1\0" + bytes((there,)) + fixed + _text(event.facts)


def event_leaf(event: EventRecord) -> bytes:
    """Leaf (32 bytes) of an access event."""
    return leaf_hash(event_bytes(event))


def deed_bytes(deed: DeedRecord) -> bytes:
    """Canonical bytes of a deed."""
    return b"".join(
        (
            b"sallyport/deed/1\0",
            _exactly(deed.company, 16),
            _exactly(deed.entry, 16),
            struct.pack(">q", deed.at_ms),
            _text(deed.actor),
            _text(deed.verb),
            _text(deed.subject_kind),
            _optional(deed.handle),
            _text(deed.data),
            b"\0" if deed.subject is None else b"\1" + _exactly(deed.subject, 16),
            _sized(deed.payload),
        )
    )


def deed_leaf(deed: DeedRecord) -> bytes:
    """Leaf (32 bytes) of a deed."""
    return leaf_hash(deed_bytes(deed))


def batch_hash(leaves: Sequence[bytes]) -> bytes:
    """Hash of one transaction's leaves in their order; itself a leaf of the Merkle tree.

    A flat hash, so that the database can make it from the rows it really wrote:
    `sha256('\\x00'::bytea || 'sallyport/batch/1' || '\\x00'::bytea || int4send(n) || leaves)`.
    """
    if not leaves:
        raise ValueError("a batch has at least one leaf")
    body = b"".join(_exactly(leaf, HASH_BYTES) for leaf in leaves)
    return hashlib.sha256(BATCH_CONTEXT + struct.pack(">I", len(leaves)) + body).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1 over hashes that are leaf hashes already."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    # Pairing neighbours and carrying an odd last one up gives the same tree as the recursive definition.
    while len(level) > 1:
        paired = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 6962 section 2.1.1: the audit path of `hashes[index]`, lowest sibling first. Raises IndexError."""
    if not 0 <= index < len(hashes):
        raise IndexError("no such leaf")
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*inclusion_path(hashes[:split], index), merkle_root(hashes[split:])]
    return [*inclusion_path(hashes[split:], index - split), merkle_root(hashes[:split])]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that `leaf` at `index` of `size` leads to along `path` (RFC 9162 section 2.1.3.2).

    Raises ValueError when the path has the wrong length. Equal to the checkpoint's root: the leaf is in it.
    """
    if not 0 <= index < size:
        raise ValueError("index outside the tree")
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            result = _node(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = _node(result, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return result


def checkpoint_bytes(  # noqa: PLR0913 - one record, field by field
    *,
    company: bytes,
    number: int,
    previous_hash: bytes,
    root: bytes,
    first_position: int,
    last_position: int,
    at: int,
) -> bytes:
    """The bytes that a checkpoint's signature covers. The first links FIRST_PREVIOUS; `at` unix seconds."""
    return _CHECKPOINT_CONTEXT + _CHECKPOINT.pack(
        _exactly(company, 16),
        number,
        _exactly(previous_hash, HASH_BYTES),
        _exactly(root, HASH_BYTES),
        first_position,
        last_position,
        at,
    )


def parse_checkpoint(data: bytes) -> Checkpoint:
    """What a checkpoint's bytes say. Raises ValueError for other bytes."""
    if len(data) != len(_CHECKPOINT_CONTEXT) + _CHECKPOINT.size or not data.startswith(_CHECKPOINT_CONTEXT):
        raise ValueError("not a checkpoint")
    return Checkpoint(*_CHECKPOINT.unpack_from(data, len(_CHECKPOINT_CONTEXT)))


def checkpoint_hash(data: bytes) -> bytes:
    """What the next checkpoint links and readers countersign: SHA-256 of the checkpoint's bytes."""
    return hashlib.sha256(data).digest()
