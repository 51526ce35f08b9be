"""What each field of this room's models holds, what for, and until when."""

from django.contrib.sessions.models import Session

from operators.models import Attempts, Operator, PasswordLink, RecoveryCode, RecoveryDevice, TotpDevice
from tenants.data_map import Category, Keep, Use, describe, sealed

describe(
    Attempts,
    Use.SECURITY,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "kind": Category.NONE,
        "key": Category.KEY,
        "count": Category.SUSPICION,
        "until": Category.SUSPICION,
    },
)
describe(
    Operator,
    Use.OPERATORS,
    Keep.OPERATOR,
    {
        "password": Category.KEY,
        "last_login": Category.USE,
        "id": Category.HANDLE,
        "subject": Category.HANDLE,
        "email_index": Category.KEY,
        "email": sealed(Category.CONTACT),
        "name": sealed(Category.IDENTITY),
        "role": Category.RIGHTS,
        "is_active": Category.RIGHTS,
        "session_epoch": Category.NONE,
        "created_at": Category.NONE,
    },
)
describe(
    PasswordLink,
    Use.OPERATORS,
    Keep.SHORT,
    {
        "id": Category.KEY,
        "operator": Category.HANDLE,
        "purpose": Category.NONE,
        "expires_at": Category.NONE,
        "used_at": Category.USE,
    },
)
describe(
    RecoveryCode,
    Use.OPERATORS,
    Keep.OPERATOR,
    {
        "id": Category.NONE,
        "device": Category.NONE,
        "code_hash": Category.KEY,
    },
)
describe(
    RecoveryDevice,
    Use.OPERATORS,
    Keep.OPERATOR,
    {
        "id": Category.NONE,
        "user": Category.HANDLE,
        "name": Category.NONE,
        "confirmed": Category.NONE,
        "throttling_failure_timestamp": Category.SUSPICION,
        "throttling_failure_count": Category.SUSPICION,
        "created_at": Category.USE,
        "last_used_at": Category.USE,
    },
)
describe(
    TotpDevice,
    Use.OPERATORS,
    Keep.OPERATOR,
    {
        "id": Category.NONE,
        "user": Category.HANDLE,
        "name": Category.NONE,
        "confirmed": Category.NONE,
        "throttling_failure_timestamp": Category.SUSPICION,
        "throttling_failure_count": Category.SUSPICION,
        "created_at": Category.USE,
        "last_used_at": Category.USE,
        "secret_sealed": sealed(Category.KEY),
        "drift": Category.NONE,
        "last_t": Category.USE,
    },
)
describe(
    Session,
    Use.OPERATORS,
    Keep.SHORT,
    {
        "session_key": Category.KEY,
        "session_data": Category.HANDLE,
        "expire_date": Category.NONE,
    },
)
