"""The reader's own key, the one that is to take its place, on the disk before anybody is told of it, and for
a while the one before: a server that is put back to a time before a renewal knows that one alone.
"""

from pathlib import Path
from typing import Final

from edge.files import destroy, read_private, sync_folder, write_private
from sallyport.keys import Ed25519Public, Ed25519Signer

KEY: Final = "reader.key"
NEXT: Final = "reader.key.next"
BEFORE: Final = "reader.key.before"


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
        """The next key is the one in force from now on; after a power cut it is either, and whole.

        The one that was in force is kept as the one before, and the one before that destroyed.
        """
        fresh = Ed25519Signer(read_private(folder / NEXT, 32))
        forget_former(folder)
        write_private(folder / BEFORE, self.present.seed)
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


def former_key(folder: Path) -> Ed25519Signer | None:
    """The key that was in force before this one, while it is kept."""
    try:
        return Ed25519Signer(read_private(folder / BEFORE, 32))
    except FileNotFoundError:
        return None


def forget_former(folder: Path) -> None:
    """No server will be put back so far any more."""
    destroy(folder / BEFORE)


def forget_others(folder: Path) -> None:
    """The reader was paired anew: there is nothing to take over, and nobody who knows the one before."""
    destroy(folder / NEXT)
    forget_former(folder)
