"""Phones: bound by a short code and a proof, confirmed, told of, revoked."""

import datetime as dt

import pytest

from credentials import short_codes
from credentials.models import (
    Device,
    DeviceState,
    Holder,
    Invitation,
    InvitationState,
    Vouching,
    WrongCodes,
)
from credentials.refusals import Refused
from credentials.services import (
    enrol_device,
    invite_holder,
    mint_live_code,
    offboard_holder,
    revoke_device,
    set_code_policy,
    standing,
    suspend_holder,
    vouch_device,
    withdraw_invitation,
)
from credentials.services.phones import WRONG_A_WINDOW, vouch_at_first_use
from ledger.models import LedgerEntry, Outbox
from tests.credentials.phone import ALICE, Phone, code_for, enrolled, henri

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def holder(in_acme: object) -> Holder:
    return henri()


def bind(code: str, phone: Phone | None = None, source: str = "192.0.2.7") -> Device:
    phone = phone or Phone()
    return enrol_device(
        code=code, public_key=phone.key.public, proof=phone.proof(), label="Pixel", source=source
    )


def wrong(code: str) -> str:
    """Another secret of the same invitation."""
    plain = short_codes.normalise(code)
    assert plain is not None
    last = short_codes.ALPHABET[(short_codes.ALPHABET.index(plain[-1]) + 1) % 32]
    return plain[:-1] + last


def refusal(code: str, **other: object) -> str:
    with pytest.raises(Refused) as refused:
        bind(code, **other)  # type: ignore[arg-type]
    return refused.value.code


def test_a_typed_code_binds_a_phone_that_awaits_confirmation(holder: Holder) -> None:
    device = bind(code_for(holder))
    assert (device.holder, device.state, device.label) == (holder, DeviceState.AWAITING, "Pixel")
    invitation = Invitation.objects.get(holder=holder)
    assert (invitation.state, invitation.device) == (InvitationState.USED, device)
    entry = LedgerEntry.objects.get(verb="device_enrolled")
    assert (entry.actor, entry.handle) == (f"holder:{holder.handle}", device.handle)


def test_the_code_is_nowhere_in_the_clear(holder: Holder) -> None:
    code = code_for(holder)
    plain = code.replace("-", "")
    invitation = Invitation.objects.get(holder=holder)
    assert plain.encode() not in bytes(invitation.code_hash)
    told = [str(row.data) for row in Outbox.objects.all()] + [str(e.data) for e in LedgerEntry.objects.all()]
    assert not any(code in text or plain in text for text in told)
    assert Outbox.objects.get(topic="mail.invitation").data == {"invitation": str(invitation.pk)}


def test_typing_is_forgiven(holder: Holder) -> None:
    code = code_for(holder).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert bind(code).holder == holder


@pytest.mark.parametrize("typed", ["", "K7Q2", "K7Q2-M9XD-1", "K7Q2-M9X!", "KKKK-KKKU", "ＫＫＫＫＫＫＫＫ"])
def test_what_is_no_code_is_wrong(holder: Holder, typed: str) -> None:
    code_for(holder)
    assert refusal(typed) == "code_wrong"


def test_a_code_is_used_once(holder: Holder) -> None:
    code = code_for(holder)
    bind(code)
    assert refusal(code) == "code_wrong"


def test_the_fifth_wrong_code_ends_the_invitation_and_the_sixth_right_one_is_too_late(holder: Holder) -> None:
    code = code_for(holder)
    assert [refusal(wrong(code)) for _ in range(5)] == ["code_wrong"] * 4 + ["code_exhausted"]
    assert refusal(code) == "code_wrong"
    assert Invitation.objects.get(holder=holder).state == InvitationState.EXHAUSTED
    assert LedgerEntry.objects.filter(verb="invitation_exhausted", handle=holder.handle).exists()


def test_four_wrong_codes_are_forgiven(holder: Holder) -> None:
    code = code_for(holder)
    for _ in range(4):
        refusal(wrong(code))
    assert bind(code).holder == holder


def test_attempts_are_counted_before_the_answer(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_for(holder)

    def crash(code: str) -> bytes:
        raise RuntimeError("killed while comparing")

    monkeypatch.setattr("credentials.short_codes.hash_of", crash)
    with pytest.raises(RuntimeError):
        bind(code)
    assert Invitation.objects.get(holder=holder).attempts == 1


def test_guessing_invitations_from_one_address_ends(holder: Holder) -> None:
    code = code_for(holder)
    unknown = next(
        candidate
        for candidate in ("ZZZZZZZZ", "YYYYYYYY")
        if not Invitation.objects.filter(locator=candidate[:3]).exists()
    )
    for _ in range(WRONG_A_WINDOW):
        assert refusal(unknown, source="192.0.2.66") == "code_wrong"
    assert refusal(code, source="192.0.2.66") == "too_many_tries"
    assert bind(code, source="192.0.2.7").holder == holder
    assert all(b"192" not in bytes(row.source) for row in WrongCodes.objects.all())


def test_an_invitation_ends_after_72_hours(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_for(holder)
    invitation = Invitation.objects.get(holder=holder)
    assert invitation.expires_at - invitation.created_at == dt.timedelta(hours=72)
    Invitation.objects.update(expires_at=invitation.created_at)
    assert refusal(code) == "code_wrong"


def test_a_new_invitation_ends_the_old_and_withdrawing_ends_it(holder: Holder) -> None:
    first, second = code_for(holder), code_for(holder)
    assert refusal(first) == "code_wrong"
    withdraw_invitation(invitation=Invitation.objects.get(state=InvitationState.OPEN), by=ALICE)
    assert refusal(second) == "code_wrong"


def test_a_key_is_enrolled_once(holder: Holder) -> None:
    phone = Phone()
    bind(code_for(holder), phone)
    other = henri(email="other@acme.example")
    assert refusal(code_for(other), phone=phone) == "key_already_enrolled"
    assert Invitation.objects.get(holder=other).state == InvitationState.OPEN


def test_no_more_phones_than_the_company_allows(holder: Holder) -> None:
    bind(code_for(holder))
    second = bind(code_for(holder))
    code = code_for(holder)
    assert refusal(code) == "too_many_phones"
    revoke_device(device=second, reason="lost", by=ALICE)
    assert bind(code).holder == holder
    set_code_policy(max_phones=3, by=ALICE)
    bind(code_for(holder))
    assert refusal(code_for(holder)) == "too_many_phones"


def test_only_an_active_person_binds_a_phone(holder: Holder) -> None:
    code = code_for(holder)
    suspend_holder(holder=holder, by=ALICE)
    assert refusal(code) == "holder_inactive"
    offboard_holder(holder=holder, by=ALICE)
    assert refusal(code) == "code_wrong"


def test_the_holder_is_told_of_each_new_phone(holder: Holder) -> None:
    device = bind(code_for(holder))
    assert Outbox.objects.get(topic="mail.new_phone").data == {"device": str(device.pk)}


def test_without_an_address_the_code_is_read_out_at_the_desk() -> None:
    holder = henri(email="")
    invited = invite_holder(holder=holder, by=ALICE)
    assert invited.code is not None
    assert not Outbox.objects.filter(topic="mail.invitation").exists()
    assert LedgerEntry.objects.get(verb="holder_invited").data["way"] == "desk"
    assert bind(invited.code).holder == holder


def test_an_operator_confirms_a_phone(holder: Holder) -> None:
    device = bind(code_for(holder))
    with pytest.raises(Refused, match="device_awaiting"):
        mint_live_code(device=device)
    vouch_device(device=device, by=ALICE)
    device.refresh_from_db()
    assert (device.state, device.vouched_by) == (DeviceState.ACTIVE, ALICE)
    assert len(mint_live_code(device=device, now_ms=4_000_000_000_000).code) == 252


def test_first_use_confirms_a_phone_where_the_company_chose_it(holder: Holder) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    device = bind(code_for(holder))
    mint_live_code(device=device)
    device.refresh_from_db()
    assert (device.state, device.vouched_by) == (DeviceState.ACTIVE, f"holder:{holder.handle}")


@pytest.mark.parametrize("end", [None, "stolen"])
def test_first_use_confirms_no_further_phone(holder: Holder, end: str | None) -> None:
    """Whoever has got hold of a second invitation would confirm his own phone."""
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    first = bind(code_for(holder))
    mint_live_code(device=first)
    if end:
        revoke_device(device=first, reason=end, by=ALICE)
    second = bind(code_for(holder))
    assert not standing(second, 4_000_000_000_000).confirms_itself
    with pytest.raises(Refused, match="device_awaiting"):
        mint_live_code(device=second)
    second.refresh_from_db()
    assert second.state == DeviceState.AWAITING
    vouch_device(device=second, by=ALICE)
    assert mint_live_code(device=second, now_ms=4_000_000_000_000).code


def test_a_phone_that_was_never_confirmed_is_no_phone(holder: Holder) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    revoke_device(device=bind(code_for(holder)), reason="replaced", by=ALICE)
    other = bind(code_for(henri(name="Other", email="other@acme.example")))
    mint_live_code(device=other)
    assert mint_live_code(device=bind(code_for(holder))).code


def test_a_phone_revoked_while_it_asks_is_not_confirmed(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_code_policy(vouching=Vouching.FIRST_USE, by=ALICE)
    device = bind(code_for(holder))
    judge = vouch_at_first_use

    def late(*, device: Device) -> bool:
        revoke_device(device=device, reason="stolen", by=ALICE)
        return judge(device=device)

    monkeypatch.setattr("credentials.services.minting.vouch_at_first_use", late)
    with pytest.raises(Refused, match="device_awaiting"):
        mint_live_code(device=device)
    device.refresh_from_db()
    assert device.state == DeviceState.REVOKED


def test_a_revoked_phone_stays_revoked(holder: Holder) -> None:
    _, device = enrolled(holder)
    revoke_device(device=device, reason="stolen", by=ALICE)
    vouch_device(device=device, by=ALICE)
    revoke_device(device=device, reason="operator", by=ALICE)
    device.refresh_from_db()
    assert (device.state, device.revoked_reason) == (DeviceState.REVOKED, "stolen")
    assert LedgerEntry.objects.filter(verb="device_revoked").count() == 1
    with pytest.raises(ValueError, match="whim"):
        revoke_device(device=device, reason="whim", by=ALICE)
