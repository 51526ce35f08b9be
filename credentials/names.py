"""Holders' names in this process's memory, for lists and search; refreshed by the policy's number."""

from collections.abc import Iterator

from credentials.models import Holder
from ledger.selectors import current_policy, policy_delta
from vault.fields import ERASED
from vault.names import NameEntry, NameIndex

# (epoch, seq) as one number that only grows.
_EPOCH = 1 << 48


def _version() -> int:
    epoch, seq = current_policy()
    return epoch * _EPOCH + seq


def _entries(handles: set[int] | None = None) -> Iterator[NameEntry]:
    rows = Holder.objects.only("id", "handle", "name", "subject")
    for row in rows if handles is None else rows.filter(handle__in=handles):
        # Who was erased is found by no name; lists say that there was somebody.
        yield NameEntry(row.handle, None if row.name == ERASED else row.name)


def _changed(since: int) -> Iterator[NameEntry]:
    delta = policy_delta(*divmod(since, _EPOCH))
    if delta is None or not delta.complete:
        yield from _entries()
        return
    touched = {handle for _, kind, handle in delta.changes if kind == "holder"}
    if touched:
        yield from _entries(touched)


holder_names = NameIndex(load_all=_entries, load_changed=_changed, version=_version)
