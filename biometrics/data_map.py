"""What each field of this room's models holds, what for, and until when."""

from biometrics.models import FaceSession, FaceTemplate, FaceTries
from tenants.data_map import Category, Keep, Use, describe, sealed

describe(
    FaceTemplate,
    Use.FACE,
    Keep.TEMPLATE,
    {
        "id": Category.NONE,
        "subject": Category.HANDLE,
        "person": Category.HANDLE,
        "consent": Category.STATEMENT,
        "supervision": Category.NONE,
        "model_id": Category.NONE,
        "model_version": Category.NONE,
        "key_number": Category.NONE,
        "salt": Category.KEY,
        "sealed": sealed(Category.BIOMETRIC),
        "enrolled_at": Category.USE,
        "enrolled_by": Category.DEED,
        "verified_at": Category.USE,
        "verified_by": Category.DEED,
        "last_used_at": Category.USE,
        "reenrol_asked_at": Category.USE,
        "destroyed_at": Category.USE,
        "destroyed_how": Category.USE,
    },
)
describe(
    FaceSession,
    Use.FACE,
    Keep.CAPTURE,
    {
        "id": Category.NONE,
        "subject": Category.HANDLE,
        "person": Category.HANDLE,
        "use": Category.NONE,
        "place": Category.MOVEMENT,
        "consent": Category.STATEMENT,
        "begun_at": Category.MOVEMENT,
        "sealed": sealed(Category.BIOMETRIC),
        "version": Category.NONE,
        "counter": Category.NONE,
        "code_hash": Category.KEY,
        "match": Category.NONE,
        "ended_at": Category.MOVEMENT,
        "outcome": Category.SUSPICION,
    },
)
describe(
    FaceTries,
    Use.SECURITY,
    Keep.SHORT,
    {
        "who": Category.HANDLE,
        "tries": Category.SUSPICION,
        "changed_at": Category.SUSPICION,
    },
)
