"""An excerpt of the record for an auditor, as a download."""

from collections.abc import AsyncIterator, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from access.models import AccessEvent
from ledger.export import NothingSealed, find_excerpt
from ledger.exports import export_file, proof_file
from operators.permissions import Permission, actor_of, needs
from pages.figures import company_zone
from pages.forms import ExcerptForm

MOST_ENTRIES = 200_000  # some ten seconds of work; the command on the server has no such end
PIECE = 1 << 16


@needs(Permission.LEDGER_VIEW, Permission.LEDGER_VERIFY)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The ZIP of a period, streamed from a file without a name; this is on record."""
    by = actor_of(request)
    form = ExcerptForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("record")
    begin, end = form.period(company_zone())
    try:
        if find_excerpt(begin, end).entries > MOST_ENTRIES:
            text = "That is too much for a download: choose fewer days, or have it made on the server"
            messages.error(request, f"{text} (manage.py ledger export).")
            return redirect("record")
        file, _ = export_file(begin, end, by=by)
    except NothingSealed:
        messages.error(request, "Nothing is sealed in this period.")
        return redirect("record")
    said = form.cleaned_data
    return download(request, file, f"record-{said['first']}-{said['last']}.zip")


@needs(Permission.LEDGER_VIEW, Permission.LEDGER_VERIFY)
@require_POST
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The checkpoint over one event with all that it covers: `verify.py --event` shows the way to it."""
    event = AccessEvent.objects.filter(pk=pk).first()
    if event is None:
        raise Http404
    try:
        file, _ = proof_file(event.batch, by=actor_of(request))
    except NothingSealed:
        messages.error(request, "This event is not sealed yet. Try again in a few seconds.")
        return redirect("event", pk)
    return download(request, file, f"event-{event.reader}-{event.counter}.zip")


def download(request: HttpRequest, file: IO[bytes], name: str) -> StreamingHttpResponse:
    """The file, piece by piece, in the manner of the server that asks; it is closed at the end."""
    pieces = _told(file) if isinstance(request, ASGIRequest) else _read(file)
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


async def _told(file: IO[bytes]) -> AsyncIterator[bytes]:
    # An ordinary iterator would be read into memory as a whole by Django's handler for ASGI.
    with file:
        while piece := await sync_to_async(file.read)(PIECE):
            yield piece
