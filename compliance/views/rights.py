"""The work of restriction, objection, withdrawal and rectification on a request's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from compliance import persons
from compliance.models import Case, CaseKind
from compliance.purpose_texts import PURPOSES
from compliance.refusals import Refused
from compliance.services import rights
from compliance.views.case_deeds import do, words
from compliance.views.panels import Panel, panel
from operators.permissions import Permission, needs
from vault.holdings import correctors


@panel(CaseKind.RESTRICTION)
def restriction_panel(request: HttpRequest, case: Case) -> Panel:
    """What is restricted, and its two steps to an end."""
    return Panel("compliance/_case_restriction.html", {"restrictions": rights.standing_restrictions(case)})


@panel(CaseKind.OBJECTION)
def objection_panel(request: HttpRequest, case: Case) -> Panel:
    """Follow it or not."""
    decided = case.steps.filter(verb="objection_decided").select_related("case").first()
    return Panel("compliance/_case_objection.html", {"decided": decided})


@panel(CaseKind.WITHDRAWAL)
def withdrawal_panel(request: HttpRequest, case: Case) -> Panel:
    """What stands."""
    shown = case.identity_at is not None
    standing = rights.standing_consents(case) if shown else []
    lines = [(row, PURPOSES.get(row.purpose, row.purpose)) for row in standing]  # type: ignore[call-overload]
    return Panel("compliance/_case_withdrawal.html", {"standing": lines, "shown": shown})


@panel(CaseKind.RECTIFICATION)
def rectification_panel(request: HttpRequest, case: Case) -> Panel:
    """What may be corrected here; the rest is corrected where it is shown."""
    shown, lines = case.identity_at is not None, []
    for row, known in persons.on(case) if shown else []:
        room = correctors.get(row.source)
        lines.append((row, known, room.fields(row.subject_id) if room else []))
    return Panel("compliance/_case_rectification.html", {"correctable": lines, "shown": shown})


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def restrict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From now on the data are kept and left alone."""

    def work(case: Case, by: str) -> None:
        rights.restrict(case, by=by, note=words(request))

    return do(request, pk, work, "The data are restricted. The person is told.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def announce(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tell the person that the restriction is to end."""
    otherwise = "told" in request.POST

    def work(case: Case, by: str) -> None:
        rights.announce_lifting(case, reason=words(request), by=by, told_otherwise=otherwise)

    return do(request, pk, work, "The person is told. Now it can be lifted.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the restriction."""

    def work(case: Case, by: str) -> None:
        rights.lift(case, by=by)

    return do(request, pk, work, "The restriction is lifted.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Follow an objection or not."""

    def work(case: Case, by: str) -> None:
        follows = request.POST.get("follows", "")
        if follows not in {"yes", "no"}:
            raise Refused("say_which", "Say whether you follow the objection.")
        rights.decide_objection(case, follows=follows == "yes", reason=words(request), by=by)

    return do(request, pk, work, "It is decided. The person is told.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the consents that were chosen."""

    def work(case: Case, by: str) -> None:
        rights.withdraw_consents(case, records=_ids(request.POST.getlist("record")), by=by)

    return do(request, pk, work, "What was chosen is withdrawn. A receipt for each is on its way.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct what a room holds of one person of the case."""

    def work(case: Case, by: str) -> None:
        subjects = _ids([request.POST.get("subject", "")])
        if not subjects:
            raise Refused("no_such_person", "There is no such person.")
        values = {
            key.removeprefix("field_"): str(value)[:200]
            for key, value in request.POST.items()
            if key.startswith("field_")
        }
        rights.correct(case, subject=subjects.pop(), values=values, by=by)

    return do(request, pk, work, "It is corrected.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def corrected(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All is correct: tell the person."""

    def work(case: Case, by: str) -> None:
        rights.corrected(case, note=words(request), by=by)

    return do(request, pk, work, "The person is told that the data are corrected.")


def _ids(values: list[str]) -> set[UUID]:
    found = set()
    for value in values:
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return found
