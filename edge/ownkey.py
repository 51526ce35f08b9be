"""The reader's own key, and the one that is to take its place: on the disk before anybody is told of it."""

from pathlib import Path
from typing import Final

from edge.files import destroy, read_private, sync_folder, write_private
from sallyport.keys import Ed25519Public, Ed25519Signer

KEY: Final = "reader.key"
NEXT: Final = "reader.key.next"


class OwnKey:
    """Signs as the key in force; whoever signs twice for one thing takes `present` once.

    `turn` and what must see one key throughout run on the thread that touches the disk.
    """

    algorithm = Ed25519Signer.algorithm

    def __init__(self, present: Ed25519Signer) -> None:
        self.present = present

    @property
    def public(self) -> Ed25519Public:
        """Of the key in force."""
        return self.present.public

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of the key in force."""
        return self.present.sign(message)

    def turn(self, folder: Path) -> None:
        """The next key is the one in force from now on; after a power cut it is either, and whole."""
        fresh = Ed25519Signer(read_private(folder / NEXT, 32))
        (folder / NEXT).replace(folder / KEY)
        sync_folder(folder)
        self.present = fresh


def next_key(folder: Path, *, make: bool) -> Ed25519Signer | None:
    """The key that is to take over: one that is kept already, else with `make` a fresh one, kept.

    Raises OSError. One that is not whole was told to nobody, for it is written whole or not at all.
    """
    path = folder / NEXT
    if not path.exists():
        if not make:
            return None
        write_private(path, Ed25519Signer.generate().seed)
    return Ed25519Signer(read_private(path, 32))


def forget_next(folder: Path) -> None:
    """The reader was paired anew: what was to take over has nothing to take over."""
    destroy(folder / NEXT)
