"""Legal holds: which stand, finding somebody to place one on, and what two officers do with each."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.models import LegalHold
from compliance.refusals import Refused
from compliance.services import holds as deeds
from compliance.views.erasure import NOBODY, name_of
from operators.models import Operator
from operators.permissions import Permission, actor_of, may, needs
from vault.holdings import Known, finders

MOST: Final = 20
ENDED_SHOWN: Final = 50
DEEDS: Final[dict[str, tuple[Callable[..., LegalHold], str]]] = {
    "confirm": (deeds.confirm_hold, "The hold is confirmed."),
    "decline": (deeds.decline_hold, "The hold has ended."),
    "ask-to-lift": (deeds.ask_to_lift, "Another officer has to agree; until then the hold stands."),
    "keep": (deeds.keep_hold, "The hold stands."),
    "lift": (deeds.lift_hold, "The hold is lifted."),
}


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    """Those that stand, then those that ended last; with a search to place one."""
    edits = may(request, Permission.COMPLIANCE_EDIT)
    term = request.GET.get("q", "").strip()[:100] if edits else ""
    standing = LegalHold.objects.filter(ended_at=None)
    ended = LegalHold.objects.exclude(ended_at=None).order_by("-ended_at")[:ENDED_SHOWN]
    rows = [*standing, *ended]
    names = _doers(rows)
    context = {
        "standing": [_line(row, names, actor_of(request)) for row in standing],
        "ended": [_line(row, names, actor_of(request)) for row in ended],
        "term": term,
        "found": _found(term) if term else [],
        "edits": edits,
    }
    return render(request, "compliance/holds.html", context)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """The first of two officers says that somebody's data must stay."""
    try:
        subject = UUID(request.POST.get("subject", ""))
    except ValueError:
        raise Http404 from None
    try:
        deeds.place_hold(subject=subject, reason=request.POST.get("reason", "")[:2000], by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "The hold stands from now on. Another officer has to confirm it.")
    return redirect("holds")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def deed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm, decline, ask to lift, keep or lift: as the button pressed says."""
    if not LegalHold.objects.filter(pk=pk).exists():
        raise Http404
    if request.POST.get("deed") not in DEEDS:
        return redirect("holds")
    carry_out, said = DEEDS[request.POST["deed"]]
    try:
        carry_out(pk=pk, by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, said)
    return redirect("holds")


def _found(term: str) -> list[Known]:
    """Whom the rooms know by this name or mail address."""
    asked = [one.by_mail(term) if "@" in term else one.by_name(term) for one in finders.values()]
    return [known for found in asked for known in found][:MOST]


def _line(row: LegalHold, names: dict[str, str], me: str) -> dict[str, Any]:
    known = next((one for finder in finders.values() if (one := finder.of(row.subject_id))), None)
    return {
        "hold": row,
        "person": known,
        "name": name_of(known.name) if known else NOBODY,
        "asked_by": names.get(row.asked_by, row.asked_by),
        "confirmed_by": names.get(row.confirmed_by, row.confirmed_by),
        "lift_asked_by": names.get(row.lift_asked_by, row.lift_asked_by),
        "ended_by": names.get(row.ended_by, row.ended_by),
        "may_confirm": row.confirmed_at is None and row.asked_by != me,
        "may_lift": row.lift_asked_at is not None and row.lift_asked_by != me,
    }


def _doers(rows: list[LegalHold]) -> dict[str, str]:
    """Who acted, by name: read once for all lines."""
    actors = {
        one for row in rows for one in (row.asked_by, row.confirmed_by, row.lift_asked_by, row.ended_by)
    }
    ids = [one.removeprefix("operator:") for one in actors if one.startswith("operator:")]
    return {
        one.actor: name_of(one.name) for one in Operator.objects.filter(pk__in=[i for i in ids if _is_id(i)])
    }


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
