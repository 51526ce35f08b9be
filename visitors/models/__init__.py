"""Models of visits."""

from visitors.models.documents import Document, DocumentVersion, SignedDocument
from visitors.models.kiosks import Arrival, Flow, Kiosk, KioskPairing, KioskState, SealedSignIn
from visitors.models.notices import HostChoice, NoticePolicy, PushSubscription
from visitors.models.types import BadgeSize, Photo, VisitType, Way
from visitors.models.visits import (
    OPEN_STATES,
    GroupKind,
    GroupRow,
    RowState,
    Visit,
    VisitGrant,
    VisitGroup,
    VisitLink,
    VisitPhoto,
    VisitState,
)
from visitors.models.watch import How, Verdict, WatchEntry, WatchMatch

__all__ = [
    "OPEN_STATES",
    "Arrival",
    "BadgeSize",
    "Document",
    "DocumentVersion",
    "Flow",
    "GroupKind",
    "GroupRow",
    "HostChoice",
    "How",
    "Kiosk",
    "KioskPairing",
    "KioskState",
    "NoticePolicy",
    "Photo",
    "PushSubscription",
    "RowState",
    "SealedSignIn",
    "SignedDocument",
    "Verdict",
    "Visit",
    "VisitGrant",
    "VisitGroup",
    "VisitLink",
    "VisitPhoto",
    "VisitState",
    "VisitType",
    "WatchEntry",
    "WatchMatch",
    "Way",
]
