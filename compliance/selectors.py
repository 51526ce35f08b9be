"""Reads of this room."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from compliance.law import (
    PROFILES,
    PURPOSES,
    Act,
    Change,
    Form,
    Ground,
    Need,
    Profile,
    Purpose,
    asks_again,
    concerns,
)
from compliance.models import CompliancePolicy, ConsentRecord, Ended, Language, NoticeVersion
from vault.fields import ERASED
from vault.models import Subject

# An answer that ended so was not the person's wish: it is asked for again.
LAPSED = (Ended.ASKED_AGAIN, Ended.PROFILE_CHANGED)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as rooms above name them: `number` stands in deeds and in the policy's changes."""

    subject: Subject
    number: int
    visitor: bool = False

    @property
    def actor(self) -> str:
        """The person as the ledger names one who acts."""
        return f"holder:{self.number}"


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need of the company's jurisdiction, and whether it is met."""

    ground: Ground
    met: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """A purpose as it stands for one person: its notice in force, what was said, whether it is asked."""

    purpose: Purpose
    act: Act
    form: Form
    notices: Mapping[str, NoticeVersion]  # by language
    record: ConsentRecord | None  # the newest, whether in force or ended
    open: bool  # whether its needs are met
    asked: bool  # whether an answer is due

    def notice(self, language: str) -> NoticeVersion:
        """The notice in a language, or in the first one in which it is published."""
        found = self.notices.get(language)
        return found or next(self.notices[one] for one in Language.values if one in self.notices)


def compliance_policy() -> CompliancePolicy:
    """The company's choices, or none made yet."""
    return CompliancePolicy.objects.filter(pk=1).first() or CompliancePolicy()


def profile_of(policy: CompliancePolicy) -> Profile | None:
    """The jurisdiction that was chosen; None before, and for one that this version does not know."""
    return PROFILES.get(policy.profile)


def versions(purpose: Purpose, profile: str) -> QuerySet[NoticeVersion]:
    """All published texts of a notice, the newest first."""
    return NoticeVersion.objects.filter(purpose=purpose, profile=profile).order_by("-number", "language")


def notices_in_force(profile: str) -> dict[Purpose, dict[str, NoticeVersion]]:
    """The newest published texts: purpose → language → text."""
    newest = NoticeVersion.objects.filter(profile=profile).order_by().values("purpose")
    numbers = newest.annotate(newest=Max("number")).values_list("purpose", "newest")
    wanted = Q(pk__in=())
    for purpose, number in numbers:
        wanted |= Q(purpose=purpose, number=number)
    found: dict[Purpose, dict[str, NoticeVersion]] = {}
    for row in NoticeVersion.objects.filter(wanted, profile=profile):
        found.setdefault(Purpose(row.purpose), {})[row.language] = row
    return found


def needs_of(policy: CompliancePolicy, purpose: Purpose, *, has_notice: bool) -> list[NeedLine]:
    """What the jurisdiction asks before the purpose opens; empty before one was chosen."""
    profile = profile_of(policy)
    met = {
        Need.CONTROLLER: bool(policy.controller and policy.contact),
        Need.NOTICE: has_notice,
        Need.SCHEDULE: bool(policy.schedule),
        Need.DESTRUCTION: bool(policy.destruction),
        Need.DPIA: bool(policy.dpia_by and policy.dpia_on),
        Need.EQUAL_WAY: policy.equal_way,
    }
    return [NeedLine(ground, met[ground.need]) for ground in profile.grounds(purpose)] if profile else []


def is_open(policy: CompliancePolicy, purpose: Purpose, *, has_notice: bool) -> bool:
    """Whether people may be asked for this purpose: a jurisdiction was chosen and all its needs are met."""
    lines = needs_of(policy, purpose, has_notice=has_notice)
    return bool(lines) and all(line.met for line in lines)


def purpose_open(purpose: Purpose) -> bool:
    """As `is_open`, read now: what captures a face asks this first."""
    policy = compliance_policy()
    has_notice = versions(purpose, policy.profile).exists()
    return is_open(policy, purpose, has_notice=has_notice)


def consent_in_force(subject: UUID, purpose: Purpose) -> ConsentRecord | None:
    """The person's consent, if there is one now."""
    return ConsentRecord.objects.filter(
        subject=subject, purpose=purpose, act=Act.CONSENT, ended_at=None
    ).first()


def records_of(subject: UUID) -> list[ConsentRecord]:
    """All that a person ever said, the newest first."""
    return list(ConsentRecord.objects.filter(subject=subject).select_related("notice", "subject"))


def concerns_of(person: Person) -> list[Concern]:
    """Each purpose that concerns the person and has a notice in force, in the order of `Purpose`."""
    policy = compliance_policy()
    profile = profile_of(policy)
    if profile is None:
        return []
    published = notices_in_force(profile.key)
    newest: dict[str, ConsentRecord] = {}
    for row in records_of(person.subject.pk):
        newest.setdefault(row.purpose, row)
    found = []
    for purpose in Purpose:
        if purpose not in published or not concerns(purpose, visitor=person.visitor):
            continue
        act, record = PURPOSES[purpose].act, newest.get(purpose)
        is_now_open = is_open(policy, purpose, has_notice=True)
        found.append(
            Concern(
                purpose=purpose,
                act=act,
                form=profile.form(purpose),
                notices=published[purpose],
                record=record,
                open=is_now_open,
                asked=is_now_open and _asked(act, record),
            )
        )
    return found


def _asked(act: Act, record: ConsentRecord | None) -> bool:
    """An acknowledgement is due until it stands; a consent only where a new notice ended one.

    Whoever never agreed, or withdrew, is asked nothing: being asked until one agrees is not free.
    """
    if act is Act.ACKNOWLEDGE:
        return record is None or not record.in_force
    return record is not None and record.ended_how in LAPSED


def needs_asking(person: Person) -> list[Purpose]:
    """The purposes that the person has to be asked about now."""
    return [concern.purpose for concern in concerns_of(person) if concern.asked]


def asked_again(purpose: Purpose, profile: str, changed: Iterable[Change]) -> int:
    """How many people a version that changes this would ask again."""
    if not asks_again(frozenset(changed)):
        return 0
    return answers_to(purpose, profile).count()


def answers_to(purpose: Purpose, profile: str) -> QuerySet[ConsentRecord]:
    """What stands in force under any version of a notice."""
    return ConsentRecord.objects.filter(purpose=purpose, notice__profile=profile, ended_at=None)


def told_of(record: ConsentRecord) -> dict[str, Any]:
    """What was pressed, the name signed and the signed request; empty once the person was erased."""
    if record.told == ERASED:
        return {}
    found: dict[str, Any] = json.loads(record.told)
    return found
