"""The law as data, each with the place where it stands."""

import pytest

from compliance.law import (
    PROFILES,
    PURPOSES,
    Act,
    Basis,
    Change,
    Form,
    Need,
    Profile,
    Purpose,
    asks_again,
    concerns,
)


def cited(profile: str, need: Need, purpose: Purpose = Purpose.FACE) -> str:
    (found,) = [one.cites for one in PROFILES[profile].grounds(purpose) if one.need is need]
    return found


def needed(profile: str) -> set[Need]:
    return {one.need for one in PROFILES[profile].grounds(Purpose.FACE)}


@pytest.mark.parametrize("purpose", [Purpose.FACE, Purpose.PHOTO, Purpose.VISITOR_DOCUMENTS])
def test_these_rest_on_consent(purpose: Purpose) -> None:
    """GDPR Art. 6(1)(a); for a face explicit, Art. 9(2)(a)."""
    assert (PURPOSES[purpose].basis, PURPOSES[purpose].act) == (Basis.CONSENT, Act.CONSENT)
    assert "6(1)(a)" in PURPOSES[purpose].cites
    assert ("9(2)(a)" in PURPOSES[purpose].cites) is (purpose is Purpose.FACE)


def test_the_door_record_is_told_and_never_agreed_to() -> None:
    """GDPR Art. 6(1)(f) and 13; consent would not be free at a door one has to pass (Recital 43)."""
    basics = PURPOSES[Purpose.DOOR_RECORD]
    assert (basics.basis, basics.act) == (Basis.LEGITIMATE_INTEREST, Act.ACKNOWLEDGE)
    assert "6(1)(f)" in basics.cites


def test_every_purpose_has_its_basics() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert set(PROFILES) == {"gdpr", "bipa", "ccpa", "cubi", "none"}


def test_documents_are_the_visitors_alone() -> None:
    for purpose in Purpose:
        assert concerns(purpose, visitor=True)
        assert concerns(purpose, visitor=False) is (purpose is not Purpose.VISITOR_DOCUMENTS)


def test_gdpr() -> None:
    """Art. 13 before collection, 35 for biometric data on a large scale, 7(4) freely given."""
    assert needed("gdpr") == {Need.CONTROLLER, Need.NOTICE, Need.SCHEDULE, Need.DPIA, Need.EQUAL_WAY}
    assert "35(1)" in cited("gdpr", Need.DPIA)
    assert "9(2)(a)" in cited("gdpr", Need.NOTICE)
    assert "13(2)(a)" in cited("gdpr", Need.SCHEDULE)
    assert "7(4)" in cited("gdpr", Need.EQUAL_WAY)
    assert PROFILES["gdpr"].withdrawal_cites == "GDPR Art. 7(3)"
    assert PROFILES["gdpr"].form(Purpose.FACE) is Form.PRESS


def test_bipa() -> None:
    """740 ILCS 14/15(a): schedule and guideline public before the first capture; (b)(3): a written release,
    which an electronic signature is since P.A. 103-0769 (14/10).
    """
    assert {Need.SCHEDULE, Need.DESTRUCTION, Need.NOTICE} <= needed("bipa")
    assert cited("bipa", Need.SCHEDULE) == cited("bipa", Need.DESTRUCTION) == "740 ILCS 14/15(a)"
    assert "14/15(b)" in cited("bipa", Need.NOTICE)
    assert PROFILES["bipa"].form(Purpose.FACE) is Form.SIGNATURE
    assert (
        PROFILES["bipa"].form(Purpose.PHOTO) is Form.PRESS
    )  # a photograph is no biometric identifier: 14/10
    assert "103-0769" in PROFILES["bipa"].signature_cites
    assert "14/15(b)(3)" in PROFILES["bipa"].signature_cites


def test_california_and_texas() -> None:
    """Cal. Civ. Code 1798.100(a): notice at collection with how long it is kept; Tex. 503.001(b), (c)(3)."""
    assert {Need.NOTICE, Need.SCHEDULE} <= needed("ccpa")
    assert "1798.100(a)(3)" in cited("ccpa", Need.SCHEDULE)
    assert {Need.NOTICE, Need.DESTRUCTION} <= needed("cubi")
    assert "503.001(b)(1)" in cited("cubi", Need.NOTICE)
    assert "503.001(c)(3)" in cited("cubi", Need.DESTRUCTION)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_no_face_without_notice_and_equal_way_wherever(profile: Profile) -> None:
    assert {Need.NOTICE, Need.EQUAL_WAY} <= {one.need for one in profile.grounds(Purpose.FACE)}
    for purpose in Purpose:
        assert Need.NOTICE in {one.need for one in profile.grounds(purpose)}
        assert all(one.cites for one in profile.grounds(purpose))


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({Change.WORDING}, False),
        ({Change.PURPOSE}, True),
        ({Change.METHOD}, True),
        ({Change.RECIPIENT}, True),
        ({Change.WORDING, Change.RECIPIENT}, True),
        (set(), False),
    ],
)
def test_what_asks_again(changed: set[Change], again: bool) -> None:
    assert asks_again(frozenset(changed)) is again
