"""One person: who, what they carry, where they may go, what happened, what we hold and why."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.selectors import EventFilter, events, grants_of
from compliance.selectors import records_of
from compliance.sparing import restricted
from credentials.day_pass_lists import day_passes_of
from credentials.models import Device, DeviceState, Holder
from credentials.selectors import live_credential, phones_of
from operators.permissions import Permission, may, needs
from pages.faces import face_card
from pages.happened import lines
from pages.revocations import Spread, spread, watched
from pages.views.consents import lines as consent_lines
from readers.models import Reader, ReaderState

RECENT = 10


def _holder(pk: UUID) -> Holder:
    holder = Holder.objects.select_related("subject").filter(pk=pk).first()
    if holder is None:
        raise Http404
    return holder


@needs(Permission.PEOPLE_VIEW)
@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of a person."""
    holder = _holder(pk)
    phones = phones_of(holder)
    spreads = watched(phones)
    sees = may(request, Permission.EVENTS_VIEW)
    sees_consents = may(request, Permission.COMPLIANCE_VIEW)
    context = {
        "holder": holder,
        "credential": live_credential(holder),
        "phones": [(phone, spreads.get(str(phone.pk))) for phone in phones],
        "live_phones": [phone for phone in phones if phone.state != DeviceState.REVOKED],
        "day_passes": day_passes_of(holder),
        "face": face_card(holder),
        "grants": list(grants_of(holder)),
        "happened": lines(events(EventFilter(holders=[holder]))[:RECENT]) if sees else [],
        "active_readers": Reader.objects.filter(state=ReaderState.ACTIVE).count(),
        "sees": sees,
        "consents": consent_lines(records_of(holder.subject_id)) if sees_consents else [],
        "sees_consents": sees_consents,
        "restricted": holder.subject_id in restricted({holder.subject_id}),
        "edits": may(request, Permission.PEOPLE_EDIT),
        "issues": may(request, Permission.DAY_PASSES),
        "edits_doors": may(request, Permission.DOORS_EDIT),
        "revokes": may(request, Permission.DEVICES_REVOKE),
    }
    return render(request, "pages/person.html", context)


@needs(Permission.PEOPLE_VIEW)
@require_safe
def phone_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the revocation of a phone has come; asked again as acknowledgements arrive."""
    device = Device.objects.select_related("holder__subject").filter(pk=pk, state=DeviceState.REVOKED).first()
    if device is None:
        raise Http404
    found: Spread = spread(device)
    return render(request, "pages/_progress.html", {"spread": found})
