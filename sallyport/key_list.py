"""The key sets for codes as a reader holds them: public halves, and seal keys that hide but grant nothing."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sallyport.codes import OpeningKeys

_LIST_CONTEXT: Final = b"sallyport/keys/1\0"
_BUNDLE_CONTEXT: Final = b"sallyport/bundle-key/1\0"
_HEAD: Final = struct.Struct(">16sIQH")  # company, reader, made at (unix ms), count
_ENTRY: Final = struct.Struct(">I64s32sQQ")  # key id, seal key, verify key, not before, not after (0: open)
MOST_SETS: Final = 2**16 - 1


class KeyListWrong(ValueError):  # noqa: N818 - named for what happened
    """These bytes are no list of keys for this reader."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyEntry:
    """One key set. Times are unix seconds; `not_after` is None while the set has no end yet."""

    key_id: int
    seal_key: bytes
    verify_key: bytes
    not_before: int
    not_after: int | None

    def opening(self, company: bytes) -> OpeningKeys:
        """The same, ready to open codes of the company."""
        return OpeningKeys(
            self.key_id, company, self.seal_key, self.verify_key, self.not_before, self.not_after
        )


def key_list_bytes(*, company: bytes, reader: int, at_ms: int, entries: Sequence[KeyEntry]) -> bytes:
    """What the company's bundle key signs for one reader, newest set last."""
    if len(company) != 16 or any(len(one.seal_key) != 64 or len(one.verify_key) != 32 for one in entries):
        raise ValueError("company 16 bytes, seal key 64, verify key 32")
    rows = (
        _ENTRY.pack(one.key_id, one.seal_key, one.verify_key, one.not_before, one.not_after or 0)
        for one in entries
    )
    return _LIST_CONTEXT + _HEAD.pack(company, reader, at_ms, len(entries)) + b"".join(rows)


def parse_key_list(data: bytes, *, company: bytes, reader: int) -> tuple[int, tuple[KeyEntry, ...]]:
    """(made at in unix ms, entries) of verified bytes. Raises KeyListWrong, for another reader's too."""
    start = len(_LIST_CONTEXT) + _HEAD.size
    if len(data) < start or not data.startswith(_LIST_CONTEXT):
        raise KeyListWrong("no list of keys")
    for_company, for_reader, at_ms, count = _HEAD.unpack_from(data, len(_LIST_CONTEXT))
    if (for_company, for_reader) != (company, reader) or len(data) != start + count * _ENTRY.size:
        raise KeyListWrong("not for this reader, or cut")
    entries = tuple(
        KeyEntry(key_id, seal, verify, first, last or None)
        for key_id, seal, verify, first, last in _ENTRY.iter_unpack(data[start:])
    )
    return at_ms, entries


def bundle_key_bytes(*, company: bytes, bundle_key: bytes) -> bytes:
    """What the answer key, which a reader knows from its pairing, signs to vouch for the bundle key."""
    if len(company) != 16 or len(bundle_key) != 32:
        raise ValueError("company 16 bytes, key 32")
    return _BUNDLE_CONTEXT + company + bundle_key
