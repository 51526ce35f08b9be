"""What each field of this room's models holds, what for, and until when."""

from credentials.lives import CodeLife
from credentials.lost_links import LostLink
from credentials.models import (
    CodePolicy,
    Credential,
    Device,
    DeviceUse,
    Holder,
    Invitation,
    Passkey,
    UnlockTicket,
    WrongCodes,
)
from credentials.paper import Branding, DayPass
from tenants.data_map import Category, Keep, Use, describe, sealed

describe(
    Branding,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "foreground": Category.NONE,
        "background": Category.NONE,
        "accent": Category.NONE,
        "logo_text": Category.NONE,
    },
)
describe(
    CodeLife,
    Use.ACCESS,
    Keep.CHOSEN,
    {
        "since": Category.NONE,
        "life": Category.NONE,
    },
)
describe(
    CodePolicy,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "vouching": Category.NONE,
        "code_life": Category.NONE,
        "mint_interval": Category.NONE,
        "max_phones": Category.NONE,
        "unlock_required": Category.NONE,
        "unlock_minutes": Category.NONE,
        "pass_hours": Category.NONE,
        "passkeys_until": Category.NONE,
    },
)
describe(
    Credential,
    Use.ACCESS,
    Keep.PERSON,
    {
        "handle": Category.HANDLE,
        "holder": Category.HANDLE,
        "state": Category.RIGHTS,
        "profile": Category.RIGHTS,
        "valid_from": Category.RIGHTS,
        "valid_until": Category.RIGHTS,
        "fresh_until": Category.RIGHTS,
        "created_at": Category.NONE,
        "ended_at": Category.NONE,
    },
)
describe(
    DayPass,
    Use.ACCESS,
    Keep.PERSON,
    {
        "handle": Category.HANDLE,
        "holder": Category.HANDLE,
        "credential": Category.HANDLE,
        "begins": Category.RIGHTS,
        "ends": Category.RIGHTS,
        "time_zone": Category.NONE,
        "salt": Category.KEY,
        "pin_hash": Category.KEY,
        "tries": Category.SUSPICION,
        "good_at": Category.USE,
        "state": Category.RIGHTS,
        "created_at": Category.NONE,
        "created_by": Category.DEED,
        "revoked_at": Category.NONE,
        "revoked_by": Category.DEED,
    },
)
describe(
    Device,
    Use.ACCESS,
    Keep.PHONE,
    {
        "id": Category.NONE,
        "handle": Category.HANDLE,
        "holder": Category.HANDLE,
        "public_key": Category.HANDLE,
        "thumbprint": Category.HANDLE,
        "label": sealed(Category.IDENTITY),
        "state": Category.RIGHTS,
        "enrolled_at": Category.USE,
        "vouched_at": Category.USE,
        "vouched_by": Category.DEED,
        "revoked_at": Category.USE,
        "revoked_by": Category.DEED,
        "revoked_reason": Category.DEED,
    },
)
describe(
    DeviceUse,
    Use.SECURITY,
    Keep.PHONE,
    {
        "device": Category.HANDLE,
        "seen_at": Category.USE,
        "requests": Category.USE,
        "minted_ms": Category.USE,
        "minted_nonce": Category.NONE,
        "passed_ms": Category.USE,
        "passed_nonce": Category.NONE,
        "unlocked_ms": Category.USE,
        "unlocked_by": Category.USE,
        "passkey_until_ms": Category.USE,
    },
)
describe(
    Holder,
    Use.ACCESS,
    Keep.PERSON,
    {
        "id": Category.HANDLE,
        "handle": Category.HANDLE,
        "subject": Category.HANDLE,
        "kind": Category.RIGHTS,
        "state": Category.RIGHTS,
        "name": sealed(Category.IDENTITY),
        "email": sealed(Category.CONTACT),
        "email_index": Category.KEY,
        "language": Category.CONTACT,
        "created_at": Category.NONE,
        "changed_at": Category.NONE,
        "unlock_required": Category.RIGHTS,
    },
)
describe(
    Invitation,
    Use.ACCESS,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "holder": Category.HANDLE,
        "locator": Category.KEY,
        "code_hash": Category.KEY,
        "state": Category.NONE,
        "attempts": Category.SUSPICION,
        "created_at": Category.NONE,
        "created_by": Category.DEED,
        "expires_at": Category.NONE,
        "closed_at": Category.NONE,
        "device": Category.HANDLE,
    },
)
describe(
    LostLink,
    Use.SECURITY,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "holder": Category.HANDLE,
        "token_hash": Category.KEY,
        "expires_at": Category.NONE,
        "used_at": Category.USE,
        "browser_hash": Category.KEY,
        "browser_until": Category.NONE,
    },
)
describe(
    Passkey,
    Use.ACCESS,
    Keep.PHONE,
    {
        "id": Category.NONE,
        "device": Category.HANDLE,
        "credential_id": Category.HANDLE,
        "public_key": Category.HANDLE,
        "sign_count": Category.USE,
        "rp_id": Category.NONE,
        "created_at": Category.USE,
        "last_used_at": Category.USE,
    },
)
describe(
    UnlockTicket,
    Use.ACCESS,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "device": Category.HANDLE,
        "purpose": Category.NONE,
        "challenge": Category.KEY,
        "expires_at": Category.NONE,
        "used_at": Category.USE,
    },
)
describe(
    WrongCodes,
    Use.SECURITY,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "source": Category.KEY,
        "window": Category.NONE,
        "count": Category.SUSPICION,
    },
)
