"""Models of this room, a file per aggregate."""

from compliance.models.cases import Case, CaseKind, CasePerson, CaseState, CaseStep, IdentityHow, Via
from compliance.models.consents import (
    PROFILE_CHOICES,
    PURPOSE_CHOICES,
    CompliancePolicy,
    ConsentRecord,
    Ended,
    Language,
    NoticeDraft,
    NoticeVersion,
)

__all__ = [
    "PROFILE_CHOICES",
    "PURPOSE_CHOICES",
    "Case",
    "CaseKind",
    "CasePerson",
    "CaseState",
    "CaseStep",
    "CompliancePolicy",
    "ConsentRecord",
    "Ended",
    "IdentityHow",
    "Language",
    "NoticeDraft",
    "NoticeVersion",
    "Via",
]
