"""Readers in the console, and the page that makes a tablet a reader."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.selectors import alarms_of_readers
from credentials.shell import version_of, worker_of
from operators.permissions import Permission, actor_of, may, needs, public
from readers import health, selectors, services
from readers.forms import EditForm, PairForm, form_of
from readers.models import PAIRING_ATTEMPTS, Pairing, Reader, ReaderKind, ReaderState
from readers.refusals import ReaderRefused
from sallyport.reader_protocol import key_print
from tenants import context

DECODER = "vendor/zxing-wasm/reader/zxing_reader.wasm"  # a script asks for it, by its name alone


@require_GET
@needs(Permission.READERS_VIEW)
def readers(request: HttpRequest) -> HttpResponse:
    """Every reader with its health; asked again by the page itself every few seconds."""
    now = timezone.now()
    shown = selectors.health(now)
    here = [one for one in shown if one.reader.state != ReaderState.RETIRED]
    alarms = alarms_of_readers() if may(request, Permission.ALARMS) else {}
    lines = [health.line(one, now, alarms.get(one.reader.handle, 0)) for one in here]
    told = {
        "lines": lines,
        "retired": [one for one in shown if one.reader.state == ReaderState.RETIRED],
        "ready": sum(line.is_ready for line in lines),
        "pairings": selectors.open_pairings(now),
        "edits": may(request, Permission.READERS_EDIT),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "readers/_list.html" if partial else "readers/list.html", told)


@require_http_methods(["GET", "POST"])
@needs(Permission.READERS_EDIT)
def pair(request: HttpRequest) -> HttpResponse:
    """Name a reader and its place; then show the code that is typed at the door."""
    replaces = _replaced(request)
    initial = form_of(replaces) if replaces else {"name": "", "kind": ReaderKind.BROWSER}
    form = PairForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ticket = services.start_pairing(
                name=form.cleaned_data["name"],
                access_point=form.cleaned_data["access_point"],
                kind=ReaderKind(form.cleaned_data["kind"]),
                by=actor_of(request),
                replaces=replaces,
            )
        except ReaderRefused as refusal:
            form.add_error("name", refusal.text)
        else:
            told = {"ticket": ticket, "pairing": ticket.pairing, "address": _reader_page(request)}
            return render(request, "readers/ticket.html", told | _standing(ticket.pairing))
    status = 422 if request.method == "POST" else 200
    told = {"form": form, "replaces": replaces, "has_place": bool(form.points)}
    return render(request, "readers/pair.html", told, status=status)


def _replaced(request: HttpRequest) -> Reader | None:
    asked = request.GET.get("replaces", "")
    if not asked:
        return None
    handle = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    return get_object_or_404(Reader.objects.exclude(state=ReaderState.RETIRED), handle=handle)


def _reader_page(request: HttpRequest) -> str:
    return f"{request.get_host()}/reader/"


@require_GET
@needs(Permission.READERS_EDIT)
def pairing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How a pairing stands; its page asks every second."""
    row = get_object_or_404(Pairing.objects.select_related("reader"), pk=pk)
    return render(request, "readers/_standing.html", {"pairing": row} | _standing(row))


def _standing(row: Pairing) -> dict[str, Any]:
    if row.used_at is not None:
        return {"standing": "paired"}
    if row.attempts >= PAIRING_ATTEMPTS:
        return {"standing": "locked"}
    return {"standing": "waiting" if timezone.now() < row.expires else "expired"}


def _reader(handle: int) -> Reader:
    return get_object_or_404(selectors.readers(), handle=handle)


@require_GET
@needs(Permission.READERS_VIEW)
def reader(request: HttpRequest, handle: int) -> HttpResponse:
    """One reader: how it is, where it hangs, what may be done."""
    return _show(request, _reader(handle), EditForm(initial=form_of(_reader(handle))))


def _show(request: HttpRequest, row: Reader, form: EditForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    signs = health.signs(row, now)
    told = {
        "one": selectors.health_of(row, now),
        "signs": signs,
        "ill": health.is_ill(signs),
        "standing": health.standing(row),
        "events": selectors.door_events(row),
        "alarms": alarms_of_readers().get(row.handle) if may(request, Permission.ALARMS) else None,
        "wipe_text": _wipe_text(row),
        "reader": row,
        "form": form,
        "edits": may(request, Permission.READERS_EDIT) and row.state != ReaderState.RETIRED,
        "fingerprint": key_print(bytes(row.public_key)),
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "readers/_health.html" if partial else "readers/reader.html", told, status=status)


def _wipe_text(row: Reader) -> str:
    said = selectors.health_row(row)
    waiting = said.queue if said else 0
    events = f"{waiting} event{'' if waiting == 1 else 's'}"
    lost = f" {events} that it has not handed in will be lost." if waiting else ""
    return (
        f"{row.name} is switched off now. When it is next heard it destroys its key and all it holds.{lost}"
        " It must be paired again to work. One that was stolen and is never plugged in again cannot be wiped:"
        " what it holds names nobody and makes no codes, and its list ages out."
    )


@require_POST
@needs(Permission.READERS_EDIT)
def edit(request: HttpRequest, handle: int) -> HttpResponse:
    """Give the reader another name or another door."""
    row = _reader(handle)
    form = EditForm(request.POST)
    if form.is_valid():
        by = actor_of(request)
        try:
            services.rename_reader(reader=row, name=form.cleaned_data["name"], by=by)
            services.move_reader(reader=row, access_point=form.cleaned_data["access_point"], by=by)
            services.watch_reader(reader=row, watched=form.cleaned_data["watched"], by=by)
        except ReaderRefused as refusal:
            form.add_error("name", refusal.text)
        else:
            messages.success(request, "Saved.")
            return redirect("reader", handle=handle)
    return _show(request, row, form, status=422)


def _deed(service: Callable[..., Any], told: str) -> Callable[..., HttpResponseBase]:
    """A button's view: one service on one reader, then back to its page."""

    @require_POST
    @needs(Permission.READERS_EDIT)
    def view(request: HttpRequest, handle: int) -> HttpResponse:
        row = _reader(handle)
        try:
            service(reader=row, by=actor_of(request))
        except ReaderRefused as refusal:
            messages.error(request, refusal.text)
        else:
            messages.success(request, told.format(name=row.name))
        return redirect("reader", handle=handle)

    return view


suspend = _deed(services.suspend_reader, "{name} is switched off. Its codes are refused.")
resume = _deed(services.resume_reader, "{name} works again.")
renew = _deed(services.ask_renewal, "{name} renews its key when it is next heard.")
wipe = _deed(services.ask_wipe, "{name} is switched off and is wiped when it is next heard.")
retire = _deed(services.retire_reader, "{name} is retired for good.")
clear_alarm = _deed(services.clear_fork_alarm, "The alarm of {name} is cleared.")


@public("a tablet becomes a reader here; until it is paired the page can do nothing")
@require_GET
def reader_page(request: HttpRequest) -> HttpResponse:
    """The page at the door."""
    return _door_page(request)


@public("it names the files of the reader page, which are the same for everybody")
@require_GET
def reader_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, below the page's address so that it may serve this page and nothing else."""
    return worker_of("reader", reverse("reader-page"), _door_page(request).content, DECODER)


def _door_page(request: HttpRequest) -> HttpResponse:
    company = context.current()
    told = {"company": company, "company_uid": company.uid.hex()}
    version = version_of(render(request, "reader/page.html", told).content, DECODER)
    return render(request, "reader/page.html", told | {"version": version})
