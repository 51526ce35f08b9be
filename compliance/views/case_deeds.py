"""Deeds on a request. Each is a POST that carries the version its page showed, and leads back to the page."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from compliance.case_forms import version_in
from compliance.models import Case, IdentityHow
from compliance.refusals import Refused
from compliance.services import deciding, identity
from compliance.services.cases import close_case, hold_case
from compliance.views.cases import known_as
from operators.permissions import Permission, actor_of, needs

Work = Callable[[Case, str], None]
MOST_WORDS = 4_000


def do(request: HttpRequest, pk: UUID, work: Work, said: str) -> HttpResponse:
    """Hold the case as the page showed it, do the work, say so. What is refused is said instead."""
    try:
        with transaction.atomic():
            work(hold_case(pk, version_in(request.POST)), actor_of(request))
    except Refused as refused:
        if refused.status == 404:
            raise Http404 from None
        messages.error(request, refused.text)
    else:
        messages.success(request, said)
    return redirect("case", pk)


def words(request: HttpRequest, name: str = "note") -> str:
    """What was written, as far as there is room for it."""
    return request.POST.get(name, "")[:MOST_WORDS].strip()


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Work on it from now on."""
    return do(request, pk, lambda case, by: deciding.take(case, by=by), "You work on it now.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def identify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say by what it is known who asks."""
    how = request.POST.get("how", "")

    def work(case: Case, by: str) -> None:
        if how not in IdentityHow.values:
            raise Refused("unknown_way", "Say by what you know who asks.")
        identity.identify(case, how=IdentityHow(how), note=words(request), by=by)

    return do(request, pk, work, "It is known who asks.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def person_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The request is about this person, too."""

    def work(case: Case, by: str) -> None:
        one = known_as(request.POST.get("person", ""))
        if one is None:
            raise Refused("no_such_person", "There is no such person.")
        identity.add_person(case, one, by=by)

    return do(request, pk, work, "The person is on the request.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def person_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The request is not about this person."""

    def work(case: Case, by: str) -> None:
        try:
            subject = UUID(request.POST.get("subject", ""))
        except ValueError:
            raise Refused("no_such_person", "There is no such person.") from None
        identity.remove_person(case, subject, by=by)

    return do(request, pk, work, "The person is off the request.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write something down."""
    return do(request, pk, lambda case, by: deciding.note(case, words=words(request), by=by), "Noted.")


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take more time and tell why."""
    said = "It is extended. The person is told why."
    return do(request, pk, lambda case, by: deciding.extend(case, reason=words(request), by=by), said)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Receipt was confirmed by other means."""
    return do(
        request,
        pk,
        lambda case, by: deciding.acknowledge_receipt(case, note=words(request), by=by),
        "Receipt is confirmed.",
    )


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Do not do it, and tell why."""
    said = "It is refused. The person is told why, and where to complain."
    return do(request, pk, lambda case, by: deciding.refuse(case, reason=words(request), by=by), said)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def nothing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nobody is known by what the request says."""
    said = "Answered: nothing is held."
    return do(request, pk, lambda case, by: deciding.nothing_held(case, note=words(request), by=by), said)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All is done."""
    return do(
        request, pk, lambda case, by: close_case(case, by=by, note=words(request)), "The request is closed."
    )
