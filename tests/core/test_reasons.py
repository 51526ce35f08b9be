"""Reasons: names, numbers and order never change once released; every one has its texts."""

import pytest

from sallyport.reasons import Reason, from_number, number, precedence
from sallyport.texts import LANGUAGES, for_operator, for_person

IN_ORDER = """reader_unknown, reader_suspended, clock_skew, rate_limited, malformed, unknown_key,
wrong_company, bad_seal, bad_signature, not_yet_valid, expired, replayed, unknown_credential,
credential_revoked, device_revoked, credential_suspended, holder_inactive, visit_not_active,
lockdown, not_allowed_here, outside_schedule, wrong_door, passback, area_full,
second_person_required, offline_refused, list_too_old, consent_missing, assurance_too_low,
second_factor_required, second_factor_wrong, face_required, face_busy, liveness_failed,
face_mismatch, server_unavailable, granted"""


def test_names_and_precedence_are_the_released_ones() -> None:
    names = IN_ORDER.replace("\n", " ").split(", ")
    assert [reason.value for reason in Reason] == [name.strip() for name in names]
    assert [precedence(reason) for reason in Reason] == list(range(37))


def test_numbers_are_the_released_ones_and_lead_back() -> None:
    assert [number(reason) for reason in Reason] == list(range(1, 38))
    assert all(from_number(number(reason)) is reason for reason in Reason)


@pytest.mark.parametrize("value", [-1, 0, 38, 255])
def test_a_number_never_given_out_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="no reason"):
        from_number(value)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_speaks_to_person_and_operator(reason: Reason) -> None:
    texts = [for_person(reason, language) for language in LANGUAGES]
    assert len(set(texts)) == len(LANGUAGES), "a text was not translated"
    for text in [*texts, for_operator(reason)]:
        assert text.strip() == text
        assert text.endswith(".")
    assert max(len(text) for text in texts) <= 90, "must be read from two metres"


def test_an_unknown_language_falls_back_to_english() -> None:
    assert for_person(Reason.GRANTED, "tlh") == for_person(Reason.GRANTED, "en")


def test_a_forged_code_reads_like_a_damaged_one() -> None:
    for language in LANGUAGES:
        assert for_person(Reason.BAD_SEAL, language) == for_person(Reason.BAD_SIGNATURE, language)
