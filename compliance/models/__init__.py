"""Models of this room, a file per aggregate."""

from compliance.models.answers import CaseDelivery, CaseSection
from compliance.models.breaches import Breach, BreachState, BreachStep, PersonsGround, Risk
from compliance.models.cases import Case, CaseKind, CasePerson, CaseState, CaseStep, IdentityHow, Via
from compliance.models.certificates import Certificate, CertificateKind
from compliance.models.consents import (
    PROFILE_CHOICES,
    PURPOSE_CHOICES,
    CompliancePolicy,
    ConsentRecord,
    Ended,
    Language,
    NoticeDraft,
    NoticeVersion,
    is_kiosk,
)
from compliance.models.erasures import Erasure, ErasureState, ErasureStep
from compliance.models.holds import LegalHold, Restriction
from compliance.models.papers import Particulars, SubProcessor, SubProcessorList
from compliance.models.retention import RetentionRule, RetentionRun

__all__ = [
    "PROFILE_CHOICES",
    "PURPOSE_CHOICES",
    "Breach",
    "BreachState",
    "BreachStep",
    "Case",
    "CaseDelivery",
    "CaseKind",
    "CasePerson",
    "CaseSection",
    "CaseState",
    "CaseStep",
    "Certificate",
    "CertificateKind",
    "CompliancePolicy",
    "ConsentRecord",
    "Ended",
    "Erasure",
    "ErasureState",
    "ErasureStep",
    "IdentityHow",
    "Language",
    "LegalHold",
    "NoticeDraft",
    "NoticeVersion",
    "Particulars",
    "PersonsGround",
    "Restriction",
    "RetentionRule",
    "RetentionRun",
    "Risk",
    "SubProcessor",
    "SubProcessorList",
    "Via",
    "is_kiosk",
]
