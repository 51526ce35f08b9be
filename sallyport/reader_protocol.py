"""What goes over a reader's socket: frozen dataclasses and their JSON, and the bytes that readers sign."""

import binascii
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

CLOSE_BAD_SIGNATURE: Final = 4401
CLOSE_SUSPENDED: Final = 4403
CLOSE_UNKNOWN_HOST: Final = 4404
LARGEST: Final = 2**53 - 1  # a browser's numbers are exact up to here
LARGEST_EPOCH: Final = 2**31 - 1
MAX_FRAME: Final = 1 << 20  # characters


class ProtocolError(ValueError):
    """A frame that is no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Server: prove who you are, over this nonce."""

    nonce: bytes


@dataclass(frozen=True, slots=True)
class Hello:
    """Reader: who I am and what policy I have applied; `sig` over `hello_bytes`."""

    keyid: str
    epoch: int
    seq: int
    sig: bytes


@dataclass(frozen=True, slots=True)
class Delta:
    """Server: what changed, as (seq, kind, handle); after it the policy stands at (epoch, seq).

    `data` are the same changes as readers take them over (`sallyport.offline.Changes`), with the bundle key's
    signature; empty where only a new bundle helps.
    """

    epoch: int
    seq: int
    changes: tuple[tuple[int, str, int], ...]
    data: bytes = b""
    sig: bytes = b""


@dataclass(frozen=True, slots=True)
class Ack:
    """Reader: I have applied up to (epoch, seq); `sig` over `ack_bytes`."""

    epoch: int
    seq: int
    at_ms: int
    sig: bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """Server: you are up to date at (epoch, seq)."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class CheckpointPush:
    """Server: a sealed checkpoint of the ledger, with the company's signature over its bytes."""

    number: int
    data: bytes
    sig: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """Reader: I have stored this checkpoint and it links the one before; `sig` over `witness_bytes`."""

    number: int
    sig: bytes


@dataclass(frozen=True, slots=True)
class Fork:
    """Reader: I hold this checkpoint under the company's signature, and the one you showed excludes it."""

    number: int
    data: bytes
    sig: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """Either side: are you there?"""


@dataclass(frozen=True, slots=True)
class Pong:
    """Either side: yes."""


Message = Challenge | Hello | Delta | Ack | Ready | CheckpointPush | Witness | Fork | Ping | Pong


def _b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def encode(message: Message) -> str:
    """The JSON text of a message; bytes are base64 with padding."""
    return json.dumps(_fields(message), separators=(",", ":"))


def _fields(message: Message) -> dict[str, Any]:
    match message:
        case Challenge(nonce):
            return {"t": "challenge", "nonce": _b64(nonce)}
        case Hello(keyid, epoch, seq, sig):
            return {"t": "hello", "keyid": keyid, "epoch": epoch, "seq": seq, "sig": _b64(sig)}
        case Delta(epoch, seq, changes, data, sig):
            told = {"t": "delta", "epoch": epoch, "seq": seq, "changes": [list(one) for one in changes]}
            return told | ({"bytes": _b64(data), "sig": _b64(sig)} if data else {})
        case Ack(epoch, seq, at_ms, sig):
            return {"t": "ack", "epoch": epoch, "seq": seq, "at_ms": at_ms, "sig": _b64(sig)}
        case Ready(epoch, seq):
            return {"t": "ready", "epoch": epoch, "seq": seq}
        case CheckpointPush(number, data, sig):
            return {"t": "checkpoint", "number": number, "bytes": _b64(data), "sig": _b64(sig)}
        case Witness(number, sig):
            return {"t": "witness", "number": number, "sig": _b64(sig)}
        case Fork(number, data, sig):
            return {"t": "fork", "number": number, "bytes": _b64(data), "sig": _b64(sig)}
        case Ping() | Pong():
            return {"t": "ping" if isinstance(message, Ping) else "pong"}


def _int(fields: dict[str, Any], name: str) -> int:
    return _whole(fields.get(name))


def _epoch(fields: dict[str, Any]) -> int:
    epoch = _int(fields, "epoch")
    if epoch > LARGEST_EPOCH:  # it is signed in four bytes
        raise ProtocolError("an epoch is out of range")
    return epoch


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:  # bool is an int, and is none here
        raise ProtocolError("a whole number is missing or out of range")
    return value


def _str(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ProtocolError("a text is missing or too long")
    return value


def _bytes(fields: dict[str, Any], name: str, size: int | None = None) -> bytes:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ProtocolError("base64 is missing")
    try:
        data = binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise ProtocolError("not base64") from None
    if size is not None and len(data) != size:
        raise ProtocolError("bytes of the wrong size")
    return data


def _changes(value: object) -> tuple[tuple[int, str, int], ...]:
    if not isinstance(value, list):
        raise ProtocolError("changes are missing")
    changes = []
    for one in value:
        if not isinstance(one, list) or len(one) != 3:
            raise ProtocolError("a change has three parts")
        changes.append((_whole(one[0]), _str(one[1]), _whole(one[2])))
    return tuple(changes)


def _signed(fields: dict[str, Any]) -> tuple[bytes, bytes]:
    """The signed bytes of a delta, or nothing; never the one without the other."""
    if "bytes" not in fields and "sig" not in fields:
        return b"", b""
    return _bytes(fields, "bytes"), _bytes(fields, "sig", 64)


def decode(text: str) -> Message:
    """The message of a JSON text; unknown extra fields are ignored. Raises ProtocolError for all else."""
    if len(text) > MAX_FRAME:
        raise ProtocolError("the frame is too long")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("not JSON") from None
    if not isinstance(fields, dict):
        raise ProtocolError("not an object")
    kind = fields.get("t")
    reader = _DECODERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise ProtocolError("unknown kind of message")
    return reader(fields)


_DECODERS: Final[dict[str, Callable[[dict[str, Any]], Message]]] = {
    "challenge": lambda f: Challenge(_bytes(f, "nonce")),
    "hello": lambda f: Hello(_str(f.get("keyid")), _epoch(f), _int(f, "seq"), _bytes(f, "sig", 64)),
    "delta": lambda f: Delta(_epoch(f), _int(f, "seq"), _changes(f.get("changes")), *_signed(f)),
    "ack": lambda f: Ack(_epoch(f), _int(f, "seq"), _int(f, "at_ms"), _bytes(f, "sig", 64)),
    "ready": lambda f: Ready(_epoch(f), _int(f, "seq")),
    "checkpoint": lambda f: CheckpointPush(_int(f, "number"), _bytes(f, "bytes"), _bytes(f, "sig", 64)),
    "witness": lambda f: Witness(_int(f, "number"), _bytes(f, "sig", 64)),
    "fork": lambda f: Fork(_int(f, "number"), _bytes(f, "bytes"), _bytes(f, "sig", 64)),
    "ping": lambda f: Ping(),
    "pong": lambda f: Pong(),
}


def hello_bytes(*, company: bytes, reader: int, server_nonce: bytes, epoch: int, seq: int) -> bytes:
    """What a reader signs to open its socket."""
    return (
        b"sallyport/hello/1\0"
        + struct.pack(">16sIIQ", _sized16(company), reader, epoch, seq)
        + _prefixed(server_nonce)
    )


def ack_bytes(*, company: bytes, reader: int, epoch: int, seq: int, at_ms: int) -> bytes:
    """What a reader signs when it has applied policy up to (epoch, seq); `at_ms` by its own clock."""
    return b"sallyport/ack/1\0" + struct.pack(">16sIIQQ", _sized16(company), reader, epoch, seq, at_ms)


def witness_bytes(*, company: bytes, reader: int, number: int, checkpoint_hash: bytes) -> bytes:
    """What a reader signs when it has stored checkpoint `number` (`sallyport.ledger.checkpoint_hash`)."""
    if len(checkpoint_hash) != 32:
        raise ValueError("a checkpoint's hash has 32 bytes")
    return b"sallyport/witness/1\0" + struct.pack(
        ">16sIQ32s", _sized16(company), reader, number, checkpoint_hash
    )


def pair_bytes(*, company: bytes, code_hash: bytes, public_key: bytes, nonce: bytes) -> bytes:
    """What a reader signs with its new key to be paired; `code_hash` is SHA-256 of the typed code's ASCII."""
    if len(code_hash) != 32:
        raise ValueError("a code's hash has 32 bytes")
    head = struct.pack(">16s32s", _sized16(company), code_hash)
    return b"sallyport/pair/1\0" + head + _prefixed(public_key) + _prefixed(nonce)


def key_print(public_key: bytes) -> str:
    """By what `keyid` names a reader's key: the first 16 hexadecimal digits of SHA-256 of its raw bytes."""
    return sha256(public_key).hexdigest()[:16]


def renew_bytes(*, company: bytes, reader: int, new_key: bytes, old_key: bytes) -> bytes:
    """What a reader's new key signs to take the place of `old_key`; both public, raw."""
    head = struct.pack(">16sI", _sized16(company), reader)
    return b"sallyport/renew/1\0" + head + bytes.fromhex(key_print(old_key)) + _prefixed(new_key)


def renewed_bytes(*, company: bytes, reader: int, new_key: bytes, until_ms: int) -> bytes:
    """What the answer key signs: `new_key` is taken, the one before ends at unix `until_ms` at the latest."""
    head = struct.pack(">16sIQ", _sized16(company), reader, until_ms)
    return b"sallyport/renewed/1\0" + head + _prefixed(new_key)


def _sized16(company: bytes) -> bytes:
    if len(company) != 16:  # struct would pad a short value without a word
        raise ValueError("a company has 16 bytes")
    return company


def _prefixed(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data
