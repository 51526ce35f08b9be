"""Streams: where the record goes outside, how that stands, and the deeds upon it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.models import Stream, StreamKind
from ledger.streams import delivery, services
from ledger.streams.failure import StreamFailed
from ledger.streams.target import StreamRefused
from operators.permissions import Permission, actor_of, may, needs
from pages.stream_forms import FROM_START, StreamForm
from pages.stream_texts import KINDS, error_text


@dataclass(frozen=True, slots=True)
class Line:
    """A stream and how it stands."""

    stream: Stream
    behind: int

    @property
    def name(self) -> str:
        """What it is."""
        return KINDS[StreamKind(self.stream.kind)]

    @property
    def alarming(self) -> bool:
        """Whether it has failed for a minute or longer."""
        return self.stream.failures >= delivery.ALARMING

    @property
    def pill(self) -> tuple[str, str]:
        """State and word."""
        if self.stream.state == Stream.State.PAUSED:
            return "SUSPENDED", "Paused"
        if self.stream.failures:
            return ("OPEN", "Fails") if self.alarming else ("BEHIND", "Tries again")
        return ("BEHIND", "Catching up") if self.behind else ("ACTIVE", "Delivers")

    @property
    def why(self) -> str:
        """Why it fails."""
        return error_text(self.stream.last_error) if self.stream.last_error else ""

    @property
    def key(self) -> str:
        """Its id as a text, for the names of dialogs."""
        return str(self.stream.pk)


@needs(Permission.LEDGER_VIEW)
@require_safe
def stream_list(request: HttpRequest) -> HttpResponse:
    """Every stream of the company."""
    found = list(Stream.objects.order_by("created", "pk"))
    heads = delivery.heads()
    lines = [Line(one, max(0, heads[one.witness] - one.cursor)) for one in found]
    context = {"lines": lines, "edits": may(request, Permission.SETTINGS_EDIT)}
    return render(request, "pages/streams.html", context)


@needs(Permission.LEDGER_VIEW, Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def stream_add(request: HttpRequest) -> HttpResponse:
    """The form; then the secret, which is shown this once."""
    form = StreamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            stream, secret = services.add_stream(
                kind=StreamKind(said["kind"]),
                address=said["address"],
                authority=said["authority"],
                from_start=said["begin"] == FROM_START,
                by=actor_of(request),
            )
        except StreamRefused as refused:
            form.add_error("authority" if refused.code == "certificate_refused" else "address", refused.text)
        else:
            if secret:
                return render(request, "pages/stream_made.html", {"line": Line(stream, 0), "secret": secret})
            messages.success(request, "Added. The first delivery is on its way.")
            return redirect("streams")
    status = 422 if form.errors else 200
    return render(request, "pages/stream_form.html", {"form": form}, status=status)


@needs(Permission.LEDGER_VIEW, Permission.SETTINGS_EDIT)
@require_POST
def stream_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a message that says nothing, and tell how it went."""
    stream = Stream.objects.filter(pk=pk).first()
    if stream is None:
        raise Http404
    try:
        delivery.send_test(stream)
    except StreamFailed as failed:
        messages.error(request, f"The test did not arrive: {error_text(failed.code)}.")
    else:
        messages.success(request, "The test arrived.")
    return redirect("streams")


@needs(Permission.LEDGER_VIEW, Permission.SETTINGS_EDIT)
@require_POST
def stream_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send nothing for now; nothing is lost by it."""
    by = actor_of(request)
    return _done(
        request,
        lambda: services.set_state(pk=pk, state=Stream.State.PAUSED, by=by),
        "Paused. It goes on where it stands as soon as you resume it.",
    )


@needs(Permission.LEDGER_VIEW, Permission.SETTINGS_EDIT)
@require_POST
def stream_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on at once, after a pause or a failure."""
    by = actor_of(request)

    def resume() -> None:
        services.set_state(pk=pk, state=Stream.State.ACTIVE, by=by)
        services.retry_now(pk=pk)

    return _done(request, resume, "It is tried within seconds.")


@needs(Permission.LEDGER_VIEW, Permission.SETTINGS_EDIT)
@require_POST
def stream_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget it and its secret."""
    by = actor_of(request)
    return _done(request, lambda: services.remove_stream(pk=pk, by=by), "Removed.")


def _done(request: HttpRequest, deed: Callable[[], object], text: str) -> HttpResponse:
    try:
        deed()
    except StreamRefused:
        raise Http404 from None
    messages.success(request, text)
    return redirect("streams")
