"""Sets of handles in few bytes: sorted, the distance from each to the next as a varint (LEB128).

Exact, where a Bloom filter would now and then refuse somebody who may pass. 10,000 of a million handles lie
100 apart: 13 bits each, some 12.5 KiB.
"""

from collections.abc import Iterable
from typing import Final

LARGEST: Final = 2**32 - 1
_MOST_BYTES: Final = 5  # of one distance


def pack_handles(handles: Iterable[int]) -> bytes:
    """The set as bytes. Raises ValueError for a handle outside 1..2^32-1."""
    packed = bytearray()
    before = 0
    for handle in sorted(set(handles)):
        if not 1 <= handle <= LARGEST:
            raise ValueError("a handle is 1 to 2^32-1")
        distance = handle - before
        before = handle
        while distance > 0x7F:
            packed.append(distance & 0x7F | 0x80)
            distance >>= 7
        packed.append(distance)
    return bytes(packed)


def unpack_handles(data: bytes) -> frozenset[int]:
    """The set of `pack_handles`. Raises ValueError for bytes that it does not write."""
    handles = []
    handle = distance = shift = 0
    for byte in data:
        distance |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            if shift >= 7 * _MOST_BYTES:
                raise ValueError("a distance is too long")
            continue
        if byte == 0:  # no distance at all, or a longer spelling of a short one
            raise ValueError("handles ascend, each in its shortest spelling")
        handle += distance
        if handle > LARGEST:
            raise ValueError("a handle is out of range")
        handles.append(handle)
        distance = shift = 0
    if shift:
        raise ValueError("cut")
    return frozenset(handles)
