"""What a reader holds and does when the network is gone. The program runs it, the page has a port of it."""

from sallyport.offline.bundle import (
    CREDENTIAL_LISTS,
    Bundle,
    BundleWrong,
    Changes,
    Gone,
    bundle_bytes,
    changes_bytes,
    open_bundle,
    open_changes,
    with_changes,
)
from sallyport.offline.clock import ReaderClock
from sallyport.offline.deciding import Alone, Judge
from sallyport.offline.handles import pack_handles, unpack_handles
from sallyport.offline.journal import (
    FIRST_PREVIOUS,
    MOST_HANDED_IN,
    JournalEntry,
    entry_bytes,
    entry_hash,
    sign_entry,
    verify_entry,
)
from sallyport.offline.letin import LetIn

__all__ = [
    "CREDENTIAL_LISTS",
    "FIRST_PREVIOUS",
    "MOST_HANDED_IN",
    "Alone",
    "Bundle",
    "BundleWrong",
    "Changes",
    "Gone",
    "JournalEntry",
    "Judge",
    "LetIn",
    "ReaderClock",
    "bundle_bytes",
    "changes_bytes",
    "entry_bytes",
    "entry_hash",
    "open_bundle",
    "open_changes",
    "pack_handles",
    "sign_entry",
    "unpack_handles",
    "verify_entry",
    "with_changes",
]
