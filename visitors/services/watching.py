"""The watch list: entries put on it and taken off, names compared with it, matches judged. Quietly.

An entry is a person under a key of their own, which goes when the entry does. Whoever is told of a match is
told by mail and in the console; a visitor and a kiosk learn nothing, and reception no more than whom to ask.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils import timezone

from ledger import services as ledger
from operators.models import Operator
from operators.permissions import Permission, permissions_of
from vault.fields import empty_columns
from vault.services import create_subject, destroy_subject_key, normalise
from visitors.likeness import alike_any
from visitors.models import How, Verdict, Visit, WatchEntry, WatchMatch
from visitors.refusals import Refused

LONGEST: Final = dt.timedelta(days=366)
REMIND_BEFORE: Final = dt.timedelta(days=14)
SEALED: Final = ("name", "others", "email", "why")
WHOM: Final = ("name", "others", "email")
TELL: Final = "visitors.watch_match"
REMIND: Final = "visitors.watch_ends"


@dataclass(frozen=True, slots=True)
class Watched:
    """What an entry says. `others` are further names, a line each."""

    name: str = field(repr=False)
    why: str = field(repr=False)
    until: dt.date
    others: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    told: Collection[Operator] = ()


@transaction.atomic
def add_entry(*, watched: Watched, by: str) -> WatchEntry:
    """Put a person on the list; open visits are compared at once. Raises Refused."""
    _check(watched)
    entry = WatchEntry(id=uuid.uuid4(), subject=create_subject(), added_at=timezone.now(), added_by=by)
    _write(entry, watched)
    entry.save(force_insert=True)
    entry.told.set(watched.told)
    _record(entry, "watch_entry_added", by)
    _compare_open(entry)
    return entry


@transaction.atomic
def edit_entry(*, entry: WatchEntry, watched: Watched, by: str) -> WatchEntry:
    """Change an entry; open visits are compared anew. Where it is about somebody else by now, what was said
    of its matches counts no more. Raises Refused.
    """
    _check(watched)
    row = WatchEntry.objects.select_for_update().filter(pk=entry.pk, removed_at=None).first()
    if row is None:
        raise Refused("watch_entry_gone", "This entry was removed.", status=404)
    before = _whom(row)
    _write(row, watched)
    if _whom(row) != before:
        row.changed_at = timezone.now()
    row.save()
    row.told.set(watched.told)
    _record(row, "watch_entry_changed", by)
    _compare_open(row)
    return row


@transaction.atomic
def remove_entry(*, entry: WatchEntry, by: str) -> None:
    """Take a person off the list: matches go, and the key under which everything stood. Twice is once."""
    row = WatchEntry.objects.select_for_update().select_related("subject").get(pk=entry.pk)
    if row.removed_at is not None:
        return
    WatchEntry.objects.filter(pk=row.pk).update(removed_at=timezone.now(), removed_by=by)
    row.matches.all().delete()
    row.told.clear()
    empty_columns(WatchEntry.objects.filter(pk=row.pk), *SEALED)
    destroy_subject_key(row.subject)
    _record(row, "watch_entry_removed", by)


def remove_due(*, today: dt.date) -> int:
    """Take off who nobody looked at again in time. Returns how many."""
    due = list(WatchEntry.objects.filter(removed_at=None, until__lt=today))
    for entry in due:
        remove_entry(entry=entry, by="system")
    return len(due)


@transaction.atomic
def remind_due(*, today: dt.date) -> int:
    """Tell those named that an entry ends, two weeks and one day before. Returns how many entries."""
    ends = (today + REMIND_BEFORE, today + dt.timedelta(days=1))
    due = list(WatchEntry.objects.filter(removed_at=None, until__in=ends))
    for entry in due:
        ledger.emit(REMIND, {"entry": str(entry.pk), "until": entry.until.isoformat()})
    return len(due)


@transaction.atomic
def look_up(visit: Visit) -> list[WatchMatch]:
    """Compare a visit with the list: every match it has by now; those named are told of new ones."""
    _compare(visit, _entries())
    return list(WatchMatch.objects.filter(visit=visit).select_related("entry__subject"))


@transaction.atomic
def judge(*, match: WatchMatch, verdict: Verdict, by: str) -> WatchMatch:
    """Say whether it is the same person. The last word counts; the ledger holds all."""
    # The visit first, as whoever compares one while it is under way.
    Visit.objects.select_for_update(of=("self",)).filter(pk=match.visit_id).first()
    row = WatchMatch.objects.select_for_update(of=("self",)).select_related("visit").get(pk=match.pk)
    row.verdict, row.decided_at, row.decided_by = verdict.value, timezone.now(), by
    row.save(update_fields=["verdict", "decided_at", "decided_by"])
    ledger.record(
        actor=by,
        verb="watch_match_judged",
        subject_kind="watch_match",
        data={"match": str(row.pk), "visit": row.visit.handle, "verdict": row.verdict},
    )
    Visit.objects.filter(pk=row.visit_id).update(changed_at=timezone.now())
    return row


def must_wait(visit: Visit) -> bool:
    """Whether a person at reception has to let them in: a match nobody judged, or a right one."""
    return WatchMatch.objects.filter(visit=visit).exclude(verdict=Verdict.OTHER).exists()


def may_see(operator: Operator, entry: WatchEntry) -> bool:
    """Whether an operator may know why: who keeps the list, and who is named in the entry."""
    keeps = Permission.WATCH_LIST in permissions_of(operator)
    return keeps or entry.told.filter(pk=operator.pk).exists()


def may_judge(operator: Operator) -> bool:
    """Whether an operator may say who it is, of what they may see: a reader is told and changes nothing."""
    return not permissions_of(operator).isdisjoint({Permission.VISITS, Permission.WATCH_LIST})


def knows_all(operator: Operator, visit: Visit) -> bool:
    """Whether an operator may know why of every match: one they may not see is somebody else's word."""
    rows = WatchMatch.objects.filter(visit=visit).exclude(verdict=Verdict.OTHER).select_related("entry")
    return all(may_see(operator, match.entry) for match in rows)


def try_name(name: str, email: str = "") -> list[tuple[WatchEntry, How]]:
    """Which entries a name would match; nothing is kept of it."""
    found = ((entry, _how(entry, name, email)) for entry in _entries())
    return [(entry, how) for entry, how in found if how is not None]


def tell_again(visit: Visit) -> None:
    """The visitor stands at reception now: those named are told once more, unless they said it is another."""
    for match in WatchMatch.objects.filter(visit=visit).exclude(verdict=Verdict.OTHER):
        ledger.emit(TELL, {"match": str(match.pk), "here": True})


def _entries() -> Iterable[WatchEntry]:
    today = timezone.now().date()
    return WatchEntry.objects.select_related("subject").filter(removed_at=None, until__gte=today)


def _compare(visit: Visit, entries: Iterable[WatchEntry]) -> None:
    holder = visit.holder
    for entry in entries:
        how = _how(entry, holder.name, holder.email)
        if how is not None:
            _found(entry, visit, how)


def _compare_open(entry: WatchEntry) -> None:
    from_now = Visit.objects.filter(closes__gt=timezone.now()).select_related("holder__subject")
    for visit in from_now.filter(ended_at=None):
        _compare(visit, [entry])


def _how(entry: WatchEntry, name: str, email: str) -> How | None:
    if email and entry.email and normalise(email) == normalise(entry.email):
        return How.EMAIL
    return alike_any(name, [entry.name, *entry.others.splitlines()])


def _found(entry: WatchEntry, visit: Visit, how: How) -> None:
    match, new = WatchMatch.objects.get_or_create(
        entry=entry, visit=visit, defaults={"how": how.value, "found_at": timezone.now()}
    )
    if not new:
        if match.outdated(entry, how):
            _look_anew(match, entry, how)
        return
    before = WatchMatch.objects.filter(entry=entry, visit__holder=visit.holder_id).exclude(verdict="")
    judged = before.exclude(pk=match.pk).order_by("-decided_at").first()
    if judged is not None and judged.verdict == Verdict.OTHER and not judged.outdated(entry, how):
        # Of the same visitor it was said before that they are somebody else: not asked at each visit.
        match.verdict, match.decided_at, match.decided_by = (
            judged.verdict,
            judged.decided_at,
            judged.decided_by,
        )
        match.save(update_fields=["verdict", "decided_at", "decided_by"])
        return
    _tell_found(match, visit)


def _look_anew(match: WatchMatch, entry: WatchEntry, how: How) -> None:
    """A verdict that is outdated goes, and those named are told again."""
    row = WatchMatch.objects.select_for_update(of=("self",)).select_related("visit").get(pk=match.pk)
    if not row.outdated(entry, how):
        return
    judged = bool(row.verdict)
    row.how, row.verdict, row.decided_at, row.decided_by = how.value, "", None, ""
    row.save(update_fields=["how", "verdict", "decided_at", "decided_by"])
    if judged:
        _tell_found(row, row.visit, again=int(timezone.now().timestamp()))


def _tell_found(match: WatchMatch, visit: Visit, *, again: int = 0) -> None:
    """`again` sets the mail apart from the one before, which a mailbox would take for the same."""
    ledger.record(
        actor="system",
        verb="watch_match_found",
        subject_kind="watch_match",
        data={"match": str(match.pk), "visit": visit.handle, "how": match.how},
    )
    ledger.emit(TELL, {"match": str(match.pk), "here": False, "again": again})


def _check(watched: Watched) -> None:
    today = timezone.now().date()
    if not any(sign.isalnum() for sign in watched.name):
        raise Refused("name_missing", "Give a name.", status=422)
    if not watched.why.strip():
        raise Refused("ground_missing", "Say why, and what is to be done.", status=422)
    if watched.until < today:
        raise Refused("window_over", "This day is over.", status=422)
    if watched.until > today + LONGEST:
        raise Refused("until_too_far", "A year at most: then it is looked at again.", status=422)
    if not watched.told:
        raise Refused("nobody_told", "Name at least one operator who is told.", status=422)


def _whom(entry: WatchEntry) -> tuple[str, ...]:
    return tuple(getattr(entry, name) for name in WHOM)


def _write(entry: WatchEntry, watched: Watched) -> None:
    entry.name, entry.why, entry.until = watched.name.strip(), watched.why.strip(), watched.until
    entry.others, entry.email = watched.others.strip(), watched.email.strip()


def _record(entry: WatchEntry, verb: str, by: str) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="watch_entry", data={"entry": str(entry.pk)})
