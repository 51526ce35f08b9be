"""What a hand-in shows that people must look at: codes used twice, passes of the revoked, a broken chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from access.models import AlarmKind
from access.services import PhoneAlarm, raise_phone_alarms, raise_reader_alarm
from credentials.models import Credential, CredentialState, Device, DeviceState, HolderState
from ledger.models import LedgerEntry, PolicyChange
from readers.handin.checking import Checked, moment
from readers.handin.told import OF_THE_CHAIN, Fault
from readers.handin.writing import Use, users_of

_ENDED = (CredentialState.REVOKED, CredentialState.LOST, CredentialState.SUSPENDED)
_OUT, _BACK = ("holder_suspended", "holder_offboarded"), "holder_resumed"


@dataclass(frozen=True, slots=True)
class Passed:
    """A grant of a reader's that stands for an event: its entry and the event's id."""

    entry: Checked
    event: int

    @property
    def at(self) -> datetime:
        """When the door was opened."""
        return moment(self.entry.told.at_ms)


def tell_phones(passed: Sequence[Passed], won: set[Use]) -> None:
    """Raise what grants show; `won` are the codes that were not used before this hand-in."""
    twice = _twice(passed, won)
    late = _after_revocation(passed)
    if twice or late:
        raise_phone_alarms(found=[*twice, *late])


def tell_reader(reader: int, quarantined: Sequence[tuple[Checked, Fault]]) -> None:
    """Raise one alarm for what is wrong with the chain and one for all else that was kept apart."""
    for kind, broken in ((AlarmKind.JOURNAL_BROKEN, True), (AlarmKind.JOURNAL_QUARANTINED, False)):
        found = [(one, fault) for one, fault in quarantined if (fault in OF_THE_CHAIN) is broken]
        if found:
            positions = [one.told.position for one, _ in found]
            times = [moment(one.told.at_ms) for one, _ in found]
            facts = {"position": min(positions), "entries": len(found)}
            raise_reader_alarm(kind=kind, reader=reader, at=min(times), facts=facts)


def _twice(passed: Sequence[Passed], won: set[Use]) -> list[PhoneAlarm]:
    left = set(won)
    losers: list[tuple[Passed, Use]] = []
    for one in passed:
        use = one.entry.use
        if use in left:
            left.discard(use)  # the first one; whoever comes with it after is a second
        elif use is not None:
            losers.append((one, use))
    users = users_of(one.entry for one, _ in losers)
    return [_pair(one, use, users.get(use, [])) for one, use in losers]


def _pair(later: Passed, use: Use, users: Sequence[tuple[int, datetime]]) -> PhoneAlarm:
    mine = (later.at, later.event)
    others = [(at, event) for event, at in users if event != later.event]
    first, second = sorted([others[0] if others else mine, mine])
    facts = {"access_point": later.entry.access_point, "issued": use[1]}
    return PhoneAlarm(AlarmKind.CODE_USED_TWICE, use[0], first[1], second[1], second[0], facts)


def _after_revocation(passed: Sequence[Passed]) -> list[PhoneAlarm]:
    contents = {one.event: one.entry.opened.contents for one in passed if one.entry.opened is not None}
    phones = _phones_ended({told.device for told in contents.values()})
    cards = _credentials_ended({told.credential for told in contents.values()})
    found = []
    for one in passed:
        told = contents.get(one.event)
        if told is None:
            continue
        ends = cards.get(told.credential, [])
        if told.device in phones:
            ends = [*ends, phones[told.device]]
        if any(end is None or end <= one.at for end in ends):
            facts = {"access_point": one.entry.access_point, "credential": told.credential}
            event = one.event
            kind = AlarmKind.PASSED_AFTER_REVOCATION
            found.append(PhoneAlarm(kind, told.device, event, event, one.at, facts))
    return found


def _phones_ended(handles: Iterable[int]) -> dict[int, datetime | None]:
    gone = Device.objects.filter(handle__in=list(handles), state=DeviceState.REVOKED)
    return dict(gone.values_list("handle", "revoked_at"))


def _credentials_ended(handles: Iterable[int]) -> dict[int, list[datetime | None]]:
    """Since when each may pass no door, for its own state and for its holder's. None where nothing kept says
    it.
    """
    rows = Credential.objects.filter(handle__in=list(handles))
    rows = rows.exclude(Q(holder__state=HolderState.ACTIVE) & ~Q(state__in=_ENDED))
    found: dict[int, list[datetime | None]] = {}
    told = list(rows.values_list("handle", "state", "holder__handle", "holder__state"))
    changes = _last_changes([handle for handle, state, _, _ in told if state in _ENDED])
    people = _holders_out([holder for _, _, holder, state in told if state != HolderState.ACTIVE])
    for handle, state, holder, holder_state in told:
        found[handle] = [changes.get(handle)] if state in _ENDED else []
        found[handle] += [people.get(holder)] if holder_state != HolderState.ACTIVE else []
    return found


def _last_changes(credentials: Sequence[int]) -> dict[int, datetime]:
    """When the policy last changed with them, as far as that is still kept."""
    if not credentials:
        return {}
    changes = PolicyChange.objects.filter(kind="credential", handle__in=credentials).order_by()
    return dict(changes.values("handle").annotate(last=Max("at")).values_list("handle", "last"))


def _holders_out(handles: Sequence[int]) -> dict[int, datetime]:
    """When they were suspended or left, not having come back since."""
    if not handles:
        return {}
    deeds = LedgerEntry.objects.filter(subject_kind="holder", handle__in=handles, verb__in=[*_OUT, _BACK])
    since: dict[int, datetime] = {}
    for handle, verb, at in deeds.order_by("at", "id").values_list("handle", "verb", "at"):
        if handle is None:
            continue
        if verb == _BACK:
            since.pop(handle, None)
        else:
            since.setdefault(handle, at)
    return since
