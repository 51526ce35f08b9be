"""What each field of this room's models holds, what for, and until when."""

from tenants.data_map import Category, Keep, Use, describe, sealed
from visitors.models import (
    Arrival,
    Document,
    DocumentVersion,
    GroupRow,
    HostChoice,
    Kiosk,
    KioskPairing,
    NoticePolicy,
    PushSubscription,
    SealedSignIn,
    SignedDocument,
    Visit,
    VisitGrant,
    VisitGroup,
    VisitLink,
    VisitPhoto,
    VisitType,
    WatchEntry,
    WatchMatch,
)

describe(
    VisitType,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        **dict.fromkeys(
            (
                *(
                    "id",
                    "name",
                    "position",
                    "walk_in",
                    "host_confirms",
                    "documents",
                    "photo",
                    "face",
                    "ways",
                    "unlock",
                ),
                *("escort", "badge", "badge_photo", "length_minutes", "grace_before", "grace_after", "bring"),
                *("keep_days", "keep_least", "keep_rule", "archived_at"),
            ),
            Category.NONE,
        ),
        "levels": Category.NONE,
    },
)
describe(
    Document,
    Use.SETTINGS,
    Keep.CHOSEN,
    dict.fromkeys(("id", "name", "signed", "archived_at"), Category.NONE),
)
describe(
    DocumentVersion,
    Use.VISITS,
    Keep.TOLD,
    {
        **dict.fromkeys(
            ("id", "document", "number", "language", "title", "body", "sha256", "published_at"), Category.NONE
        ),
        "published_by": Category.DEED,
    },
)
describe(
    SignedDocument,
    Use.VISITS,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "visit": Category.HANDLE,
        "version": Category.STATEMENT,
        "signed_at": Category.STATEMENT,
        "kiosk": Category.MOVEMENT,
        "name": sealed(Category.IDENTITY),
        "strokes": sealed(Category.STATEMENT),
        "pdf": sealed(Category.STATEMENT),
        "pdf_sha256": Category.KEY,
    },
)
describe(
    VisitGroup,
    Use.VISITS,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "kind": Category.NONE,
        "name": Category.WORDS,
        "host": Category.HANDLE,
        "created_at": Category.DEED,
        "created_by": Category.DEED,
        **dict.fromkeys(("rows", "done", "failed", "finished_at", "cancelled_at"), Category.NONE),
    },
)
describe(
    GroupRow,
    Use.VISITS,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "group": Category.NONE,
        "number": Category.NONE,
        "told": sealed(Category.CONTACT),
        "state": Category.NONE,
        "code": Category.NONE,
    },
)
describe(
    Visit,
    Use.VISITS,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "handle": Category.HANDLE,
        "holder": Category.HANDLE,
        "host": Category.HANDLE,
        "type": Category.NONE,
        "site": Category.MOVEMENT,
        "group": Category.NONE,
        "state": Category.MOVEMENT,
        "walk_in": Category.NONE,
        "begins": Category.MOVEMENT,
        "ends": Category.MOVEMENT,
        "opens": Category.RIGHTS,
        "closes": Category.RIGHTS,
        "language": Category.CONTACT,
        "firm": sealed(Category.IDENTITY),
        "subject": sealed(Category.WORDS),
        "way": Category.RIGHTS,
        "day_pass": Category.HANDLE,
        "device": Category.HANDLE,
        "code_locator": Category.KEY,
        "code_hash": Category.KEY,
        "code_attempts": Category.NONE,
        "arrived_at": Category.MOVEMENT,
        "kiosk": Category.MOVEMENT,
        "admitted_at": Category.MOVEMENT,
        "admitted_by": Category.DEED,
        "ended_at": Category.MOVEMENT,
        "ended_by": Category.DEED,
        "created_at": Category.DEED,
        "created_by": Category.DEED,
        "changed_at": Category.NONE,
    },
)
describe(
    VisitLink,
    Use.VISITS,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "visit": Category.HANDLE,
        "purpose": Category.NONE,
        "token_hash": Category.KEY,
        "created_at": Category.NONE,
        "expires_at": Category.NONE,
        "used_at": Category.USE,
    },
)
describe(
    VisitGrant,
    Use.VISITS,
    Keep.VISIT,
    {"id": Category.NONE, "visit": Category.HANDLE, "grant": Category.RIGHTS},
)
describe(
    VisitPhoto,
    Use.VISITS,
    Keep.BADGE_PHOTO,
    {"visit": Category.HANDLE, "sealed": sealed(Category.IDENTITY), "taken_at": Category.MOVEMENT},
)
describe(
    Kiosk,
    Use.VISITS,
    Keep.READER,
    {
        **dict.fromkeys(
            ("handle", "name", "site", "state", "languages", "printer", "waiting", "last_heard"),
            Category.NONE,
        ),
        "public_key": Category.KEY,
        "thumbprint": Category.KEY,
        "exit_hash": Category.KEY,
        "paired_at": Category.NONE,
        "unpaired_at": Category.NONE,
        "unpaired_by": Category.DEED,
    },
)
describe(
    KioskPairing,
    Use.VISITS,
    Keep.READER,
    {
        **dict.fromkeys(
            (
                *("id", "name", "site", "languages", "printer", "created_at", "expires", "attempts"),
                *("used_at", "kiosk"),
            ),
            Category.NONE,
        ),
        **dict.fromkeys(("locator", "code_hash", "exit_hash", "used_key"), Category.KEY),
        "created_by": Category.DEED,
    },
)
describe(
    Arrival,
    Use.VISITS,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "kiosk": Category.MOVEMENT,
        "flow": Category.NONE,
        "visit": Category.HANDLE,
        "language": Category.CONTACT,
        "begun_at": Category.MOVEMENT,
        "seen_at": Category.MOVEMENT,
        "ended_at": Category.MOVEMENT,
        "outcome": Category.NONE,
        "bind_hash": Category.KEY,
        "bind_until": Category.NONE,
        "device": Category.HANDLE,
        "digits": Category.KEY,
        "notes": Category.STATEMENT,
    },
)
describe(
    SealedSignIn,
    Use.VISITS,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "kiosk": Category.MOVEMENT,
        "taken_at": Category.MOVEMENT,
        "handed_in_at": Category.NONE,
        "visit": Category.HANDLE,
        "code": Category.NONE,
        "seen_at": Category.DEED,
        "seen_by": Category.DEED,
    },
)
describe(
    WatchEntry,
    Use.SECURITY,
    Keep.WATCHED,
    {
        "id": Category.NONE,
        "subject": Category.HANDLE,
        "name": sealed(Category.IDENTITY),
        "others": sealed(Category.IDENTITY),
        "email": sealed(Category.CONTACT),
        "why": sealed(Category.SUSPICION),
        "told": Category.DEED,
        "until": Category.NONE,
        "added_at": Category.DEED,
        "added_by": Category.DEED,
        "changed_at": Category.DEED,
        "removed_at": Category.DEED,
        "removed_by": Category.DEED,
    },
)
describe(
    WatchMatch,
    Use.SECURITY,
    Keep.VISIT,
    {
        "id": Category.NONE,
        "entry": Category.HANDLE,
        "visit": Category.HANDLE,
        "how": Category.SUSPICION,
        "found_at": Category.SUSPICION,
        "verdict": Category.SUSPICION,
        "decided_at": Category.DEED,
        "decided_by": Category.DEED,
    },
)
describe(
    NoticePolicy,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "mail": Category.NONE,
        "push": Category.NONE,
        "webhook": sealed(Category.NONE),
        "webhook_secret": sealed(Category.KEY),
        "closing_hour": Category.NONE,
    },
)
describe(
    HostChoice,
    Use.VISITS,
    Keep.PERSON,
    {"holder": Category.HANDLE, "mail": Category.NONE, "push": Category.NONE},
)
describe(
    PushSubscription,
    Use.VISITS,
    Keep.PERSON,
    {
        "id": Category.NONE,
        "device": Category.HANDLE,
        "endpoint": sealed(Category.CONTACT),
        "p256dh": sealed(Category.KEY),
        "auth": sealed(Category.KEY),
        "made_at": Category.USE,
        "failed": Category.NONE,
    },
)
