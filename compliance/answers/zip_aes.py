"""A ZIP whose files are encrypted as WinZip AE-2 with AES-256: common programs ask for the passphrase.

    salt (16) | 2 bytes to see a wrong passphrase | AES-256-CTR, little-endian from 1 | HMAC-SHA-1 (10)

Sources: APPNOTE.TXT 6.3.10 (the ZIP), winzip.com/en/support/aes-encryption (extra field 0x9901, AE-2 leaves
the CRC empty). Keys by PBKDF2-HMAC-SHA-1 with 1,000 rounds, as the format has it: a passphrase must be
hard to guess by itself (`phrase.make`). Names and sizes of the files lie in the clear.
"""

import hashlib
import hmac
import os
import struct
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

SALT: Final = 16
KEY: Final = 32
CHECK: Final = 2
MAC: Final = 10
ROUNDS: Final = 1_000
BLOCK: Final = 16
BLOCKS_AT_ONCE: Final = 4_096
ENCRYPTED, UTF8 = 1, 1 << 11
AES_METHOD: Final = 99
DEFLATED: Final = 8
VERSION: Final = 51
# Header 0x9901 of 7 bytes: AE-2, vendor "AE", strength 3 (AES-256), the method under it.
EXTRA: Final = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, DEFLATED)
MOST: Final = (1 << 32) - 1


def pack(files: Iterable[tuple[str, bytes]], passphrase: str, *, at: datetime) -> bytes:
    """The ZIP of these files (name, content), each under a salt of its own.

    Raises ValueError for more than 4 GB or 65,535 files: no ZIP64 is written.
    """
    body, index, count = bytearray(), bytearray(), 0
    for name, content in files:
        sealed = encrypt(_deflated(content), passphrase, os.urandom(SALT))
        head = _head(name, len(sealed), len(content), at)
        index += b"PK\x01\x02" + struct.pack("<H", VERSION) + head
        index += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode() + EXTRA
        body += b"PK\x03\x04" + head + name.encode() + EXTRA + sealed
        count += 1
    if len(body) + len(index) > MOST or count > 0xFFFF:
        raise ValueError("too much for a ZIP")
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(index), len(body), 0)
    return bytes(body + index + end)


def encrypt(plain: bytes, passphrase: str, salt: bytes) -> bytes:
    """Salt, check bytes, ciphertext and authentication code of one file."""
    keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, ROUNDS, 2 * KEY + CHECK)
    sealed = _ctr(plain, keys[:KEY])
    code = hmac.digest(keys[KEY : 2 * KEY], sealed, "sha1")[:MAC]
    return salt + keys[2 * KEY :] + sealed + code


def _ctr(plain: bytes, key: bytes) -> bytes:
    """AES in counter mode. The format counts from the lowest byte on, libraries from the highest."""
    engine = Cipher(AES(key), ECB()).encryptor()  # noqa: S305  (it makes the counter's stream, no data)
    found, size = bytearray(), BLOCK * BLOCKS_AT_ONCE
    for start in range(0, len(plain), size):
        piece = plain[start : start + size]
        first = start // BLOCK + 1
        blocks = range(first, first + -(-len(piece) // BLOCK))
        stream = engine.update(b"".join(number.to_bytes(BLOCK, "little") for number in blocks))
        mixed = int.from_bytes(piece, "big") ^ int.from_bytes(stream[: len(piece)], "big")
        found += mixed.to_bytes(len(piece), "big")
    return bytes(found)


def _deflated(content: bytes) -> bytes:
    raw = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return raw.compress(content) + raw.flush()


def _head(name: str, sealed: int, plain: int, at: datetime) -> bytes:
    """What the local and the central header share: from the version needed to the extra field's length."""
    day = (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
    clock = at.hour << 11 | at.minute << 5 | at.second // 2
    return struct.pack(
        "<HHHHHIIIHH",
        *(VERSION, ENCRYPTED | UTF8, AES_METHOD, clock, day),
        *(0, sealed, plain, len(name.encode()), len(EXTRA)),
    )
