"""Deeds on a person's face: each is one POST and one service."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from biometrics import services
from credentials.refusals import Refused
from credentials.selectors import get_holder
from credentials.services.consents import person_of
from credentials.views.ways import back
from operators.permissions import Permission, actor_of, needs


def _on_face(request: HttpRequest, pk: UUID, deed: Callable[..., object], said: str) -> HttpResponse:
    holder = get_holder(pk)
    try:
        deed(person=person_of(holder), by=actor_of(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, said.format(name=holder.name))
    return back(request, holder)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that the person is here, and that the enrolled face is theirs."""
    try:
        shown = UUID(request.POST.get("template", ""))
    except ValueError:
        shown = UUID(int=0)  # no page of ours: it is none that was shown
    said = "The face of {name} is confirmed. Doors take it now."
    return _on_face(request, pk, partial(services.confirm_face, template=shown), said)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def take_back_confirmation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It was confirmed too soon."""
    said = "The face of {name} is unconfirmed again. No door takes it."
    return _on_face(request, pk, services.take_back_confirmation, said)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def reenrol(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a new enrolment; the present face serves until then."""
    said = "{name} is asked in the wallet to enrol anew. Until then the present face goes on serving."
    return _on_face(request, pk, services.ask_again, said)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def take_back_asking(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No new enrolment after all."""
    return _on_face(request, pk, services.take_back_asking, "{name} need not enrol anew.")


@needs(Permission.PEOPLE_EDIT)
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Destroy the template; what the person agreed to stands."""
    said = "The face of {name} is deleted. The way in without a face stays open to them."
    return _on_face(request, pk, services.delete_face, said)
