"""What erasing leaves of consents, requests and holds: that they were, when and how they ended. No words."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.models import (
    Case,
    CaseDelivery,
    CaseKind,
    CaseSection,
    CaseStep,
    ConsentRecord,
    Ended,
    LegalHold,
    Restriction,
)
from compliance.models.cases import OVER, CaseState
from compliance.selectors import Person
from compliance.services.answers import drop_answers
from compliance.services.consents import end_all
from vault.fields import empty_columns, filled
from vault.holdings import Item, eraser
from vault.models import Subject
from vault.services import destroy_subject_key

PROOF = "Art. 7(1), 17(3)(e) GDPR: that a consent was given, to which text and until when must be shown"
REQUESTS = "Art. 5(2), 17(3)(e) GDPR: that a request was answered in time must be shown; number, kind, dates"
HOLDS = "Art. 17(3)(e) GDPR: why data were kept must be shown; dates and who decided"
WORDS_OF_CASE = ("name", "email", "message")
UNDER_WAY = (CaseState.IDENTITY, CaseState.OPEN, CaseState.REVIEW, CaseState.ANSWERED)


@eraser("compliance", title="Consents, requests and holds", order=40)
class ComplianceEraser:
    """The request that asks for the erasure itself keeps its words until its certificate has been sent."""

    def plan(self, subject: UUID) -> list[Item]:
        return _kept(_going(subject)) + _staying(subject)

    def obstacles(self, subject: UUID) -> list[str]:
        others = Case.objects.filter(persons__subject=subject, state__in=UNDER_WAY)
        others = others.exclude(kind=CaseKind.ERASURE).order_by("number")
        found = [
            f"Request {one.number} ({CaseKind(one.kind).label.lower()}) is open. Close it first."
            for one in others
        ]
        restricted = (
            Restriction.objects.filter(subject=subject, lifted_at=None).select_related("case").first()
        )
        if restricted is not None:
            # Art. 18(1)(b), (c): who asks for a restriction asks that nothing is erased.
            found.append(
                f"The person's data are restricted by request {restricted.case.number}. Lift that first, "
                "after the person was told (GDPR Art. 18(3))."
            )
        return found

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        found = _kept(_going(subject))
        _end_consents(subject, by)
        now = timezone.now()
        Restriction.objects.filter(subject=subject, lifted_at=None).update(lifted_at=now, lifted_by=by)
        empty_columns(LegalHold.objects.filter(subject=subject), "reason")
        drop_answers(subject)
        for case in _cases(subject).select_related("applicant"):
            forget_case(case)
        return found + _staying(subject)


def forget_case(case: Case) -> None:
    """Take the words out of a case, and destroy the key under which they lie in backups."""
    empty_columns(Case.objects.filter(pk=case.pk), *WORDS_OF_CASE)
    empty_columns(CaseStep.objects.filter(case=case), "note")
    destroy_subject_key(case.applicant)


def _cases(subject: UUID) -> QuerySet[Case]:
    """Cases about the person that are over; and, when lists are replayed, one whose applicant this is."""
    unsent = Q(erasure__isnull=False, erasure__sent_at=None)
    about = Q(persons__subject=subject, state__in=OVER) & ~unsent
    return Case.objects.filter(about | Q(applicant=subject)).distinct()


def _end_consents(subject: UUID, by: str) -> None:
    standing = ConsentRecord.objects.filter(subject=subject, ended_at=None).order_by("pk").first()
    if standing is not None:
        person = Person(Subject.objects.get(pk=subject), standing.person)
        end_all(person=person, how=Ended.OFFBOARDED, by=by)


def _going(subject: UUID) -> list[Item]:
    readable = Subject.objects.filter(pk=subject, destroyed_at=None).exists()
    records = ConsentRecord.objects.filter(subject=subject)
    rows: list[tuple[str, QuerySet[Any] | None]] = [
        ("Consents in force: ended", records.filter(ended_at=None)),
        ("Words said with consents: unreadable once the personal key is gone", records if readable else None),
        ("Restrictions in force: ended", Restriction.objects.filter(subject=subject, lifted_at=None)),
        ("Reasons of legal holds", filled(LegalHold.objects.filter(subject=subject), "reason")),
        (
            "Answers collected for earlier requests",
            CaseSection.objects.filter(case__persons__subject=subject),
        ),
        ("Answers that wait for download", CaseDelivery.objects.filter(case__persons__subject=subject)),
        ("Words of earlier requests", filled(_cases(subject), *WORDS_OF_CASE)),
    ]
    return [Item(what, found.count()) for what, found in rows if found is not None]


def _staying(subject: UUID) -> list[Item]:
    about = Case.objects.filter(persons__subject=subject)
    counts = [
        ("Consents", ConsentRecord.objects.filter(subject=subject).count(), PROOF),
        ("Requests", about.count(), REQUESTS),
        ("Legal holds", LegalHold.objects.filter(subject=subject).count(), HOLDS),
    ]
    return [Item(what, count, goes=False, ground=ground) for what, count, ground in counts if count]


def _kept(items: list[Item]) -> list[Item]:
    return [item for item in items if item.count]
