"""The record: deeds, checkpoints, and a verification at the press of a button."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from access.selectors import last_replay
from ledger.gaps import GapRefused, acknowledge_gap
from ledger.models import Checkpoint, LedgerEntry, PendingBatch, Verification
from ledger.selectors import deeds
from ledger.streams.delivery import failing
from ledger.verifications import PATIENCE, ask_verification, progress_of
from ledger.verify import Gap
from operators.permissions import Permission, actor_of, may, needs
from pages.actors import Doers
from pages.figures import company_zone
from pages.forms import DeedsForm, ExcerptForm, GapForm
from readers.models import CheckpointWitness
from vault.selectors import public_keys

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A deed in words."""

    entry: LedgerEntry
    doer: str

    @property
    def what(self) -> str:
        """The verb."""
        return words(self.entry.verb).capitalize()

    @property
    def to(self) -> str:
        """What it was done to."""
        kind = {"holder": "cardholder"}.get(self.entry.subject_kind, words(self.entry.subject_kind))
        return kind if self.entry.handle is None else f"{kind} {self.entry.handle}"

    @property
    def particulars(self) -> str:
        """What is known beside: handles, times, reasons; that there is a personal part, not which."""
        parts = [f"{words(name)}: {value}" for name, value in self.entry.data.items() if value is not None]
        return ", ".join([*parts, *(["personal part sealed"] if self.entry.payload else [])])


def words(name: str) -> str:
    """A stable name as people read it."""
    return name.replace("_", " ")


def _wanted(form: DeedsForm, before: str) -> QuerySet[LedgerEntry]:
    said = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    found = deeds()
    if said.get("by"):
        found = found.filter(actor__startswith=said["by"])
    if said.get("what"):
        found = found.filter(verb__icontains=said["what"].strip().replace(" ", "_"))
    if said.get("since"):
        found = found.filter(at__gte=said["since"])
    if said.get("until"):
        found = found.filter(at__lt=said["until"])
    last = _entry(before)
    if last is not None:
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    return found


def _entry(text: str) -> LedgerEntry | None:
    try:
        return LedgerEntry.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


@needs(Permission.LEDGER_VIEW)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What operators, readers and the system itself did, newest first, fifty at a time."""
    zone = company_zone()
    form = DeedsForm(request.GET or None, zone=zone)
    found = list(_wanted(form, request.GET.get("before", ""))[: PAGE + 1])
    doers = Doers(entry.actor for entry in found[:PAGE])
    lines = [Line(entry, doers.name(entry.actor)) for entry in found[:PAGE]]
    context = {
        "form": form if form.is_bound else DeedsForm(zone=zone),
        "lines": lines,
        "next_before": found[PAGE - 1].pk if len(found) > PAGE else None,
        "first_page": "before" not in request.GET,
        "zone": str(zone),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "checkpoint": Checkpoint.objects.order_by("-number").first(),
        "pending": PendingBatch.objects.count(),
        "replay": last_replay(),
        "failing": failing(),
        "excerpt": ExcerptForm() if may(request, Permission.LEDGER_VERIFY) else None,
        "anchor": next((key.hex() for key in public_keys()["anchor"]), ""),
        **_standing(request, Verification.objects.order_by("-asked").first()),
    }
    return render(request, "pages/record.html", context)


def _standing(request: HttpRequest, verification: Verification | None) -> dict[str, object]:
    running = verification is not None and verification.ended is None
    lost = verification is not None and running and datetime.now(UTC) - verification.asked > PATIENCE
    return {
        "verification": verification,
        "running": running and not lost,
        "lost": lost,
        "verifies": may(request, Permission.LEDGER_VERIFY),
        "acknowledges": may(request, Permission.LEDGER_ACKNOWLEDGE),
        "acknowledged": _acknowledged(verification),
        "percent": progress_of(verification.pk) if verification is not None and running else None,
    }


def _acknowledged(verification: Verification | None) -> list[dict[str, str]]:
    """The gaps of a verdict that somebody has put on record, with who that was in words."""
    found = (verification.report if verification else {}).get("acknowledged", [])
    doers = Doers(one["actor"] for one in found)
    return [{**one, "doer": doers.name(one["actor"])} for one in found]


@needs(Permission.LEDGER_VIEW)
@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Every checkpoint, newest first: what it covers and how many readers have countersigned it."""
    text = request.GET.get("before", "")
    found = Checkpoint.objects.order_by("-number")
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = found.filter(number__lt=int(text))
    rows = list(found[: PAGE + 1])
    seen = dict(
        CheckpointWitness.objects.filter(number__in=[row.number for row in rows])
        .values_list("number")
        .annotate(Count("reader_id"))
    )
    context = {
        "lines": [(row, bytes(row.hash).hex(), seen.get(row.number, 0)) for row in rows[:PAGE]],
        "next_before": rows[PAGE - 1].number if len(rows) > PAGE else None,
        "first_page": "before" not in request.GET,
    }
    return render(request, "pages/checkpoints.html", context)


@needs(Permission.LEDGER_VIEW, Permission.LEDGER_VERIFY)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Begin a verification, or show the one that runs. It is a deed on record and takes a worker's time."""
    found = ask_verification(by=actor_of(request))
    if request.headers.get("HX-Request") != "true":
        return redirect("record")
    return render(request, "pages/_verification.html", _standing(request, found))


@needs(Permission.LEDGER_VIEW, Permission.LEDGER_ACKNOWLEDGE)
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Put on record that a gap is known, and why. The next verification goes on showing it."""
    by = actor_of(request)
    form = GapForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("record")
    said = form.cleaned_data
    gap = Gap(said["kind"], said["handle"], said["first"], said["last"])
    try:
        acknowledge_gap(gap=gap, reason=said["reason"], by=by)
    except GapRefused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "It is on record. Verify again: the gap stays in sight, as acknowledged.")
    return redirect("record")


@needs(Permission.LEDGER_VIEW)
@require_safe
def verification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a verification is, and its verdict."""
    found = Verification.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "pages/_verification.html", _standing(request, found))
