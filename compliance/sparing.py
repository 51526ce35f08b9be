"""Whose data neither a night's retention nor an erasure may touch now."""

from uuid import UUID

from django.db import connection

from compliance.models import LegalHold, Restriction


def held(subjects: set[UUID] | None = None) -> frozenset[UUID]:
    """Those under a legal hold, also one that waits for its second person; of `subjects`, or of all."""
    found = LegalHold.objects.filter(ended_at=None)
    if subjects is not None:
        found = found.filter(subject__in=subjects)
    return frozenset(found.values_list("subject_id", flat=True))


def restricted(subjects: set[UUID] | None = None) -> frozenset[UUID]:
    """Those whose data are stored and nothing else, of `subjects`, or of all."""
    found = Restriction.objects.filter(lifted_at=None)
    if subjects is not None:
        found = found.filter(subject__in=subjects)
    return frozenset(found.values_list("subject_id", flat=True))


def wait_for_holds() -> None:
    """Until this transaction ends nobody places or lifts a hold: what `spared` says then stands.

    Who placed one a moment ago is waited for; who wants to waits for one short step.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE compliance_legalhold, compliance_restriction IN SHARE MODE")


def spared() -> frozenset[UUID]:
    """Those, and those whose data are restricted: they are stored, and nothing else (GDPR Art. 18(2))."""
    return held() | restricted()
