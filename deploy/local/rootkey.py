"""The root key of this var/: made once, and known again by a digest that lies beside it.

A start with another key would look well and open nothing, so the launcher reads the file before anything
runs. The format is the vault's (`number:key in base64`, one per line), which the launcher does not import.
"""

import base64
import hashlib
import secrets
from pathlib import Path

from deploy.local.failure import LaunchError
from deploy.local.files import write_private

KEY_BYTES = 32
CONTEXT = b"sallyport launcher: root key\0"
DIGEST_DIGITS = 32


def ensure(var: Path) -> Path:
    """The file of the root key; made for a fresh var/ only, refused when it is not the one of this var/."""
    path, marks = var / "root.key", var / "root.key.digest"
    if not path.exists():
        if marks.exists() or (var / "migrated").exists():
            raise LaunchError(f"{path} is gone, and nothing opens without it: restore it, or remove var/.")
        write_private(path, f"1:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n")
    found = {number: _digest(number, key) for number, key in _keys(path).items()}
    known = _known(marks) if marks.exists() else {}
    if any(found.get(number) != digest for number, digest in known.items()):
        raise LaunchError(
            f"{path} is not the key that this var/ was made with: restore it, or remove var/ to begin anew."
        )
    if found != known:
        # A first start, or a further key: a key that was here has to stay, what it wrapped needs it.
        write_private(marks, "".join(f"{number}:{digest}\n" for number, digest in sorted(found.items())))
    return path


def _keys(path: Path) -> dict[int, bytes]:
    """The keys by their numbers; a line without a number is number 1."""
    keys: dict[int, bytes] = {}
    try:
        for line in path.read_bytes().decode("ascii").split():
            number, colon, encoded = line.rpartition(":")
            keys[int(number) if colon else 1] = base64.b64decode(encoded, validate=True)
    except ValueError:
        keys = {}
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise LaunchError(f"{path} is damaged, and nothing opens without it: restore it, or remove var/.")
    return keys


def _digest(number: int, key: bytes) -> str:
    """Tells two keys apart and nothing about either: a key is 256 random bits."""
    return hashlib.sha256(CONTEXT + f"{number}\0".encode() + key).hexdigest()[:DIGEST_DIGITS]


def _known(marks: Path) -> dict[int, str]:
    """The digests of an earlier start."""
    try:
        pairs = [line.split(":") for line in marks.read_bytes().decode("ascii").split()]
        known = {int(number): digest for number, digest in pairs}
    except ValueError:
        known = {}
    if not known:
        raise LaunchError(f"{marks} is damaged: remove it if root.key beside it is the right one.")
    return known
