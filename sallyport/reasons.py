"""The reasons of a decision: stable strings, stable numbers, and one order of precedence."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a presentation ended as it did, in the order of precedence: the first that applies is told."""

    READER_UNKNOWN = "reader_unknown"
    READER_SUSPENDED = "reader_suspended"
    CLOCK_SKEW = "clock_skew"
    RATE_LIMITED = "rate_limited"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    WRONG_COMPANY = "wrong_company"
    BAD_SEAL = "bad_seal"
    BAD_SIGNATURE = "bad_signature"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    UNKNOWN_CREDENTIAL = "unknown_credential"
    CREDENTIAL_REVOKED = "credential_revoked"
    DEVICE_REVOKED = "device_revoked"
    CREDENTIAL_SUSPENDED = "credential_suspended"
    HOLDER_INACTIVE = "holder_inactive"
    VISIT_NOT_ACTIVE = "visit_not_active"
    LOCKDOWN = "lockdown"
    NOT_ALLOWED_HERE = "not_allowed_here"
    OUTSIDE_SCHEDULE = "outside_schedule"
    WRONG_DOOR = "wrong_door"
    PASSBACK = "passback"
    AREA_FULL = "area_full"
    SECOND_PERSON_REQUIRED = "second_person_required"
    OFFLINE_REFUSED = "offline_refused"
    LIST_TOO_OLD = "list_too_old"
    CONSENT_MISSING = "consent_missing"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    SECOND_FACTOR_REQUIRED = "second_factor_required"
    SECOND_FACTOR_WRONG = "second_factor_wrong"
    FACE_REQUIRED = "face_required"
    FACE_BUSY = "face_busy"
    LIVENESS_FAILED = "liveness_failed"
    FACE_MISMATCH = "face_mismatch"
    SERVER_UNAVAILABLE = "server_unavailable"
    GRANTED = "granted"


# Written out, never derived: numbers stand in signed answers and in the ledger and outlive any reordering.
_NUMBERS: dict[Reason, int] = {
    Reason.READER_UNKNOWN: 1,
    Reason.READER_SUSPENDED: 2,
    Reason.CLOCK_SKEW: 3,
    Reason.RATE_LIMITED: 4,
    Reason.MALFORMED: 5,
    Reason.UNKNOWN_KEY: 6,
    Reason.WRONG_COMPANY: 7,
    Reason.BAD_SEAL: 8,
    Reason.BAD_SIGNATURE: 9,
    Reason.NOT_YET_VALID: 10,
    Reason.EXPIRED: 11,
    Reason.REPLAYED: 12,
    Reason.UNKNOWN_CREDENTIAL: 13,
    Reason.CREDENTIAL_REVOKED: 14,
    Reason.DEVICE_REVOKED: 15,
    Reason.CREDENTIAL_SUSPENDED: 16,
    Reason.HOLDER_INACTIVE: 17,
    Reason.VISIT_NOT_ACTIVE: 18,
    Reason.LOCKDOWN: 19,
    Reason.NOT_ALLOWED_HERE: 20,
    Reason.OUTSIDE_SCHEDULE: 21,
    Reason.WRONG_DOOR: 22,
    Reason.PASSBACK: 23,
    Reason.AREA_FULL: 24,
    Reason.SECOND_PERSON_REQUIRED: 25,
    Reason.OFFLINE_REFUSED: 26,
    Reason.LIST_TOO_OLD: 27,
    Reason.CONSENT_MISSING: 28,
    Reason.ASSURANCE_TOO_LOW: 29,
    Reason.SECOND_FACTOR_REQUIRED: 30,
    Reason.SECOND_FACTOR_WRONG: 31,
    Reason.FACE_REQUIRED: 32,
    Reason.FACE_BUSY: 33,
    Reason.LIVENESS_FAILED: 34,
    Reason.FACE_MISMATCH: 35,
    Reason.SERVER_UNAVAILABLE: 36,
    Reason.GRANTED: 37,
}
_BY_NUMBER = {number: reason for reason, number in _NUMBERS.items()}
_PRECEDENCE = {reason: place for place, reason in enumerate(Reason)}


def precedence(reason: Reason) -> int:
    """Place of `reason` in the order of precedence; 0 is told before all others."""
    return _PRECEDENCE[reason]


def number(reason: Reason) -> int:
    """The stable number (1..255) that stands for `reason` in signed and hashed bytes."""
    return _NUMBERS[reason]


def from_number(value: int) -> Reason:
    """The reason of a stable number. Raises ValueError for a number that was never given out."""
    try:
        return _BY_NUMBER[value]
    except KeyError:
        raise ValueError(f"no reason has the number {value}") from None
