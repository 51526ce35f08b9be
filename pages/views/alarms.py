"""Alarms: what people at a desk must look at, each with both its events."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from access.models import AccessEvent, Alarm, AlarmKind, AlarmNote, AlarmState, Finding
from access.selectors import open_alarms
from access.services import acknowledge_alarm, close_alarm
from operators.permissions import Permission, actor_of, needs
from pages.actors import Doers
from pages.alarm_texts import TEXTS, Told, numbers
from pages.happened import Line, lines
from readers.models import Reader

PAGE = 25
MOST_NOTE = 500


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm of the list; `events` are what is found of its two."""

    alarm: Alarm
    events: list[Line]
    reader: str  # its name, for an alarm about a reader or about a face before one
    notes: list[tuple[str, AlarmNote]]
    answered_by: str

    @property
    def told(self) -> Told:
        """What happened and what to do next."""
        return TEXTS[AlarmKind(self.alarm.kind)]

    @property
    def figure(self) -> str:
        """The number that goes with it."""
        return numbers(self.alarm.kind, self.alarm.facts)

    @property
    def apart(self) -> str:
        """How long lay between them and how long it takes at the least; empty for other alarms."""
        if self.alarm.kind != AlarmKind.TOO_FAR_APART:
            return ""
        seconds, least = int(self.alarm.facts["seconds"]), int(self.alarm.facts["least_seconds"])
        between = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
        return f"{between} apart; the way takes {least // 60} min at the least"

    @property
    def where(self) -> str:
        """Before which camera a face failed; empty for other alarms."""
        if self.alarm.kind != AlarmKind.FACE_LOCKED_OUT:
            return ""
        return f"at {self.reader or 'a reader'}" if "reader" in self.alarm.facts else "on a phone"


@needs(Permission.ALARMS)
@require_safe
def alarm_list(request: HttpRequest) -> HttpResponse:
    """Those not closed, or all of them; of one reader if one is named."""
    everything = request.GET.get("state") == "all"
    reader = _named_reader(request)
    rows = Alarm.objects.select_related("holder__subject").prefetch_related("notes")
    found = rows if everything else rows.exclude(state=AlarmState.CLOSED)
    if reader is not None:
        found = found.filter(reader=reader.handle)
    page = Paginator(found, PAGE).get_page(request.GET.get("page", 1))
    context = {
        "page": page,
        "alarms": _lines(list(page.object_list)),
        "everything": everything,
        "of_reader": reader,
        "findings": Finding.choices,
    }
    return render(request, "pages/alarms.html", context)


@needs(Permission.ALARMS)
@require_safe
def alarm_bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar again, when a hint says that alarms changed."""
    return render(request, "components/bell.html", {"open_alarms": open_alarms})


def _named_reader(request: HttpRequest) -> Reader | None:
    asked = request.GET.get("reader", "")
    if not asked:
        return None
    handle = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    return get_object_or_404(Reader, handle=handle)


def _lines(alarms: list[Alarm]) -> list[AlarmLine]:
    ids = {pk for alarm in alarms for pk in _events_of(alarm)}
    told = {line.event.pk: line for line in lines(AccessEvent.objects.filter(pk__in=ids))}
    names = Reader.objects.filter(handle__in=[_reader_of(alarm) for alarm in alarms])
    readers = dict(names.values_list("handle", "name"))
    answers = {alarm.answered_by for alarm in alarms}
    doers = Doers(answers | {note.by for alarm in alarms for note in alarm.notes.all()})
    return [
        AlarmLine(
            alarm=alarm,
            events=[told[pk] for pk in _events_of(alarm) if pk in told],
            reader=readers.get(_reader_of(alarm), ""),
            notes=[(doers.name(note.by), note) for note in alarm.notes.all()],
            answered_by=doers.name(alarm.answered_by),
        )
        for alarm in alarms
    ]


def _reader_of(alarm: Alarm) -> int:
    """The handle of the reader that an alarm names; 0 for none."""
    named = alarm.facts.get("reader", 0) if alarm.reader is None else alarm.reader
    return int(named)


def _events_of(alarm: Alarm) -> list[int]:
    found = (alarm.first_event, alarm.second_event)
    return list(dict.fromkeys(pk for pk in found if pk is not None))


def _deed(
    service: Callable[..., None], done: str, *, needs_finding: bool
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    @needs(Permission.ALARMS)
    @require_POST
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        alarm = get_object_or_404(Alarm, pk=pk)
        of_person = alarm.holder_id is not None
        said = _note(request) if of_person else _finding(request, needed=needs_finding)
        if said is not None:
            answer = {"note" if of_person else "finding": said}
            service(alarm=alarm, by=actor_of(request), **answer)
            messages.success(request, done)
        return redirect("alarms")

    return view  # type: ignore[return-value]


def _note(request: HttpRequest) -> str | None:
    """What was found about a person, in one's own words; nothing where that will not do."""
    note = request.POST.get("note", "").strip()
    if not note:
        messages.error(request, "Write what you found: the next one who looks should know it.")
        return None
    if len(note) > MOST_NOTE:
        messages.error(request, f"The note is too long: {MOST_NOTE} characters at most.")
        return None
    return note


def _finding(request: HttpRequest, *, needed: bool) -> str | None:
    """What was found at a reader, as a choice: a note about one could not be hidden by anybody's key."""
    finding = request.POST.get("finding", "")
    if finding in Finding.values or (not finding and not needed):
        return finding
    messages.error(request, "Choose what you found: the next one who looks should know it.")
    return None


alarm_acknowledge = _deed(acknowledge_alarm, "The alarm is acknowledged.", needs_finding=False)
alarm_close = _deed(close_alarm, "The alarm is closed.", needs_finding=True)
