"""What each field of this room's models holds, what for, and until when."""

from tenants.data_map import Category, Keep, Use, describe, sealed
from tenants.models import Company, Domain, KeyNumber, SchemaState, StepDone
from vault.keystore.models import ErasedSubject, SubjectKey, TakenBack
from vault.models import KeySet, SecretKey, SigningKey, Subject, TenantKey

describe(
    Subject,
    Use.ACCESS,
    Keep.SEALS,
    {
        "id": Category.HANDLE,
        "created_at": Category.NONE,
        "destroyed_at": Category.NONE,
    },
)
describe(
    TenantKey,
    Use.KEYS,
    Keep.KEYS,
    {
        "id": Category.NONE,
        "wrapped": sealed(Category.KEY),
        "root_number": Category.NONE,
        "created_at": Category.NONE,
    },
)
describe(
    KeySet,
    Use.KEYS,
    Keep.KEYS,
    {
        "key_id": Category.NONE,
        "seal_wrapped": sealed(Category.KEY),
        "sign_wrapped": sealed(Category.KEY),
        "verify_key": Category.NONE,
        "not_before": Category.NONE,
        "not_after": Category.NONE,
        "seal_since": Category.NONE,
        "sign_since": Category.NONE,
        "state": Category.NONE,
    },
)
describe(
    SecretKey,
    Use.KEYS,
    Keep.KEYS,
    {
        "id": Category.NONE,
        "purpose": Category.NONE,
        "number": Category.NONE,
        "wrapped": sealed(Category.KEY),
        "created_at": Category.NONE,
    },
)
describe(
    SigningKey,
    Use.KEYS,
    Keep.KEYS,
    {
        "id": Category.NONE,
        "purpose": Category.NONE,
        "seed_wrapped": sealed(Category.KEY),
        "public": Category.NONE,
        "created_at": Category.NONE,
        "retired_at": Category.NONE,
    },
)
describe(
    SubjectKey,
    Use.KEYS,
    Keep.PERSON,
    {
        "subject": Category.HANDLE,
        "company": Category.NONE,
        "wrapped": sealed(Category.KEY),
        "created_at": Category.NONE,
    },
)
describe(
    ErasedSubject,
    Use.REQUESTS,
    Keep.SEALS,
    {
        "subject": Category.HANDLE,
        "company": Category.NONE,
        "at": Category.NONE,
    },
)
describe(
    TakenBack,
    Use.REQUESTS,
    Keep.SEALS,
    {
        "record": Category.HANDLE,
        "company": Category.NONE,
        "at": Category.NONE,
    },
)
describe(
    Company,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "uid": Category.NONE,
        "schema_name": Category.NONE,
        "subdomain": Category.NONE,
        "skeleton": Category.NONE,
        "name": Category.NONE,
        "state": Category.NONE,
        "kind": Category.NONE,
        "created_at": Category.NONE,
    },
)
describe(
    Domain,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "domain": Category.NONE,
        "tenant": Category.NONE,
        "is_primary": Category.NONE,
        "ends_at": Category.NONE,
    },
)
describe(
    KeyNumber,
    Use.KEYS,
    Keep.KEYS,
    {
        "id": Category.NONE,
        "company": Category.NONE,
    },
)
describe(
    SchemaState,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "schema_name": Category.NONE,
        "fingerprint": Category.NONE,
        "migrated_at": Category.NONE,
    },
)
describe(
    StepDone,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "company": Category.NONE,
        "event": Category.NONE,
        "name": Category.NONE,
        "at": Category.NONE,
    },
)
