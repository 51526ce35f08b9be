"""What a minted code says, until when, and who gets none."""

import datetime as dt

import pytest

from credentials.minting import HORIZON, MOST_REQUESTS
from credentials.models import Credential, Device, DeviceState
from credentials.refusals import Refused
from credentials.selectors import live_credential
from credentials.services import (
    mint_live_code,
    offboard_holder,
    revoke_device,
    set_code_policy,
    set_profile,
    set_validity,
    suspend_holder,
)
from sallyport.codes import open_code
from tests.credentials.phone import ALICE, enrolled, henri
from vault.selectors import opening_keys

NOW = 1_900_000_000
pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def device(in_acme: object) -> Device:
    return enrolled(henri())[1]


def at(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(NOW + seconds, dt.UTC)


def credential_of(device: Device) -> Credential:
    credential = live_credential(device.holder)
    assert credential is not None
    return credential


def mint(device: Device, seconds: float = 0) -> str:
    return mint_live_code(device=device, now_ms=int((NOW + seconds) * 1000)).code


def refusal(device: Device, seconds: float = 0) -> Refused:
    with pytest.raises(Refused) as refused:
        mint(device, seconds)
    return refused.value


def opened(code: str, seconds: float = 0):  # type: ignore[no-untyped-def]
    keys = opening_keys()
    return open_code(code, keys=keys, foreign=lambda _: False, now=int(NOW + seconds), life=30)


@pytest.fixture(autouse=True)
def _keys_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests is ahead of the keys' rotation, which they are not about."""


def test_a_code_says_who_by_handles(device: Device) -> None:
    credential = credential_of(device)
    set_profile(credential=credential, profile=513, fresh_until=None)
    code = mint(device)
    contents = opened(code).contents
    assert (contents.credential, contents.device, contents.profile) == (
        credential.handle,
        device.handle,
        513,
    )
    assert (contents.flags, contents.issued) == (0, NOW)


def test_a_code_lives_as_long_as_the_company_says(device: Device) -> None:
    set_code_policy(code_life=45, by=ALICE)
    minted = mint_live_code(device=device, now_ms=NOW * 1000)
    assert (minted.issued, minted.life) == (NOW, 45)


def test_no_code_outlives_the_next_change_of_rights(device: Device) -> None:
    set_profile(credential=credential_of(device), profile=1, fresh_until=at(10.9))
    minted = mint_live_code(device=device, now_ms=NOW * 1000)
    assert minted.issued + minted.life == NOW + 10
    assert opened(minted.code, 10).contents.issued == NOW - 20


def test_no_code_outlives_the_credential(device: Device) -> None:
    set_validity(holder=device.holder, valid_from=None, valid_until=at(7), by=ALICE)
    minted = mint_live_code(device=device, now_ms=NOW * 1000)
    assert minted.issued + minted.life == NOW + 7


@pytest.mark.parametrize(
    ("begins", "ends", "fresh", "code"),
    [
        (1, None, None, "not_yet_valid"),
        (None, 0, None, "credential_expired"),
        (None, None, 0, "profile_stale"),
    ],
)
def test_outside_its_time_a_credential_gives_no_code(
    device: Device, begins: int | None, ends: int | None, fresh: int | None, code: str
) -> None:
    Credential.objects.filter(holder=device.holder).update(
        valid_from=None if begins is None else at(begins),
        valid_until=None if ends is None else at(ends),
        fresh_until=None if fresh is None else at(fresh),
    )
    assert refusal(device).code == code


def test_one_new_code_in_five_seconds(device: Device) -> None:
    mint(device)
    refused = refusal(device, 1.2)
    assert (refused.code, refused.status, refused.retry, refused.wait) == ("too_soon", 429, True, 4)
    assert refusal(device, 4.9).wait == 1
    mint(device, 5)


def test_two_phones_do_not_wait_for_each_other(device: Device) -> None:
    _, other = enrolled(device.holder)
    mint(device)
    mint(other)


def test_no_two_codes_are_the_same(device: Device) -> None:
    set_code_policy(mint_interval=0, by=ALICE)
    assert len({mint(device) for _ in range(20)}) == 20


def test_a_revoked_phone_mints_nothing(device: Device) -> None:
    mint(device)
    revoke_device(device=device, reason="lost", by=ALICE)
    refused = refusal(device, 10)
    assert (refused.code, refused.status, refused.retry) == ("device_revoked", 403, False)


def test_a_suspended_person_mints_nothing(device: Device) -> None:
    suspend_holder(holder=device.holder, by=ALICE)
    assert refusal(device).code == "holder_suspended"


def test_an_off_boarded_person_mints_nothing(device: Device) -> None:
    offboard_holder(holder=device.holder, by=ALICE)
    # Even a phone that somehow escaped revocation.
    Device.objects.filter(pk=device.pk).update(state=DeviceState.ACTIVE)
    assert refusal(device).code == "holder_offboarded"


def test_without_a_live_credential_there_is_no_code(device: Device) -> None:
    Credential.objects.update(state="LOST")
    assert refusal(device).code == "no_credential"
    Credential.objects.update(state="SUSPENDED")
    assert refusal(device, 10).code == "credential_suspended"


def test_a_phone_that_asked_too_often_is_heard_again(device: Device) -> None:
    set_code_policy(by=ALICE, mint_interval=0)
    for _ in range(MOST_REQUESTS):
        mint(device)
    assert refusal(device).code == "request_replayed"
    assert mint(device, HORIZON + 1)
