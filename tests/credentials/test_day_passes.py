"""Day passes: issued for the window alone, their PIN counted before it is looked at, dead once revoked."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from credentials.models import Credential, CredentialState, Holder
from credentials.paper import MOST_TRIES, DayPass, DayPassState
from credentials.refusals import Refused
from credentials.services import (
    Checked,
    IssuedDayPass,
    Window,
    add_holder,
    check_pin,
    digits_of,
    issue_day_pass,
    offboard_holder,
    revoke_day_pass,
    set_validity,
    suspend_holder,
)
from ledger.models import LedgerEntry, PolicyChange
from sallyport.codes import CodeRefused, open_code
from sallyport.reasons import Reason
from tenants import context
from tenants.refs import CompanyRef
from vault.selectors import opening_keys

BY = "operator:1"
HOUR = dt.timedelta(hours=1)


def window(start: int = -1, length: int = 9) -> Window:
    """Hours from now."""
    begins = timezone.now().replace(microsecond=0) + start * HOUR
    return Window(begins, begins + length * HOUR, "Europe/Berlin")


def vera() -> Holder:
    return add_holder(name="Vera Visitor", email="vera@example.com", by=BY)


def issued(holder: Holder | None = None) -> IssuedDayPass:
    return issue_day_pass(holder=holder or vera(), window=window(), by=BY)


def tried(made: IssuedDayPass, pin: str) -> Checked:
    return check_pin(handle=made.day_pass.handle, credential=made.day_pass.credential_id, pin=pin)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def verbs() -> list[str]:
    return list(
        LedgerEntry.objects.filter(subject_kind="day_pass").order_by("at").values_list("verb", flat=True)
    )


def test_a_pass_opens_within_its_window_and_says_which(in_acme: CompanyRef) -> None:
    # A window that begins after the company's keys do: a set that is not in use yet opens nothing.
    row = issue_day_pass(holder=vera(), window=window(1, 8), by=BY).day_pass
    digits = digits_of(row)
    assert len(digits) == 252
    begins, ends = int(row.begins.timestamp()), int(row.ends.timestamp())
    keys = opening_keys()
    opened = open_code(digits, keys=keys, foreign=lambda _: False, now=begins, life=30)
    assert (opened.kind, opened.contents.nonce, opened.contents.credential) == (
        "day_pass", row.handle, row.credential_id,
    )  # fmt: skip
    for now, reason in ((begins - 1, Reason.NOT_YET_VALID), (ends + 1, Reason.EXPIRED)):
        with pytest.raises(CodeRefused) as refused:
            open_code(digits, keys=keys, foreign=lambda _: False, now=now, life=30)
        assert refused.value.reason == reason


def test_handles_are_dense_and_the_pin_is_nowhere(in_acme: CompanyRef) -> None:
    first, second = issued(), issued(add_holder(name="Other", by=BY))
    assert second.day_pass.handle == first.day_pass.handle + 1
    row = DayPass.objects.get(pk=first.day_pass.pk)
    plain = {name: value for name, value in vars(row).items() if name not in {"salt", "pin_hash"}}
    assert first.pin not in str(plain | {"begins": 0, "ends": 0, "created_at": 0})
    assert first.pin.encode() not in bytes(row.salt) + bytes(row.pin_hash)
    assert first.pin not in repr(first)
    assert first.pin.isdigit()
    assert len(first.pin) == 6
    entry = LedgerEntry.objects.filter(verb="day_pass_issued").first()
    assert entry is not None
    assert first.pin not in str(entry.data)


def test_the_same_pin_is_hashed_otherwise_elsewhere(
    acme: CompanyRef, globex: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Salt and company's key: equal PINs look unlike, and a PIN is good in its company alone."""
    monkeypatch.setattr("credentials.services.day_passes.secrets.randbelow", lambda _: 123456)
    monkeypatch.setattr("credentials.services.day_passes.secrets.token_bytes", bytes)
    hashes = []
    for company in (acme, globex):
        with context.enter(company):
            made = issued()
            hashes.append(bytes(made.day_pass.pin_hash))
            assert tried(made, "123456") is Checked.GOOD
    assert hashes[0] != hashes[1]


def test_five_wrong_pins_suspend_even_for_the_right_one(in_acme: CompanyRef) -> None:
    made = issued()
    assert [tried(made, wrong(made.pin)) for _ in range(MOST_TRIES)] == [Checked.WRONG] * MOST_TRIES
    assert tried(made, made.pin) is Checked.SUSPENDED
    assert DayPass.objects.get(pk=made.day_pass.pk).state == DayPassState.SUSPENDED
    assert verbs() == ["day_pass_issued", "day_pass_suspended"]


def test_a_good_pin_resets_nothing_and_is_recorded(in_acme: CompanyRef) -> None:
    made = issued()
    for _ in range(MOST_TRIES - 1):
        tried(made, wrong(made.pin))
    for _ in range(3):
        assert tried(made, made.pin) is Checked.GOOD
    row = DayPass.objects.get(pk=made.day_pass.pk)
    assert row.tries == MOST_TRIES - 1
    assert row.good_at is not None
    assert tried(made, wrong(made.pin)) is Checked.WRONG
    assert tried(made, made.pin) is Checked.SUSPENDED


def test_a_try_whose_process_died_stays_counted(in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    made = issued()

    def die(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("credentials.services.day_passes._hash", die)
        for _ in range(MOST_TRIES):
            with pytest.raises(KeyboardInterrupt):
                tried(made, made.pin)
    assert tried(made, made.pin) is Checked.SUSPENDED


def test_revoked_is_dead_and_revoked_once(in_acme: CompanyRef) -> None:
    made = issued()
    for _ in range(2):
        row = revoke_day_pass(day_pass=made.day_pass, by=BY)
        assert (row.state, row.revoked_by) == (DayPassState.REVOKED, BY)
    assert tried(made, made.pin) is Checked.REVOKED
    assert verbs() == ["day_pass_issued", "day_pass_revoked"]


def test_no_pass_and_another_credential(in_acme: CompanyRef) -> None:
    made = issued()
    assert check_pin(handle=made.day_pass.handle + 1, credential=1, pin=made.pin) is Checked.REVOKED
    other = made.day_pass.credential_id + 1
    assert check_pin(handle=made.day_pass.handle, credential=other, pin=made.pin) is Checked.REVOKED
    assert DayPass.objects.get().tries == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (window(2, 0), "window_empty"),
        (window(2, -1), "window_empty"),
        (window(-5, 4), "window_over"),
        (window(0, 24 * 31 + 1), "window_too_long"),
        (window(24 * 60, 24 * 2), "too_far_ahead"),
    ],
)
def test_windows_that_make_no_sense(in_acme: CompanyRef, given: Window, code: str) -> None:
    with pytest.raises(Refused) as refused:
        issue_day_pass(holder=vera(), window=given, by=BY)
    assert refused.value.code == code
    assert not DayPass.objects.exists()


def test_who_has_no_access_gets_no_pass(in_acme: CompanyRef) -> None:
    gone, paused, plain = vera(), add_holder(name="P", by=BY), add_holder(name="Q", by=BY)
    offboard_holder(holder=gone, by=BY)
    suspend_holder(holder=paused, by=BY)
    for holder in (gone, paused):
        with pytest.raises(Refused, match="no_credential"):
            issue_day_pass(holder=holder, window=window(), by=BY)
    with pytest.raises(Refused, match="no_email"):
        issue_day_pass(holder=plain, window=window(), by=BY, mail=True)
    set_validity(holder=plain, valid_from=None, valid_until=timezone.now() + HOUR, by=BY)
    with pytest.raises(Refused, match="outside_validity"):
        issue_day_pass(holder=plain, window=window(), by=BY)
    Credential.objects.filter(holder=plain, state=CredentialState.ACTIVE).update(
        state=CredentialState.SUSPENDED
    )
    with pytest.raises(Refused, match="no_credential"):
        issue_day_pass(holder=plain, window=window(0, 1), by=BY)


def test_from_twenty_connections_at_once_five_are_tried(own_company: CompanyRef) -> None:
    with context.enter(own_company):
        made = issued()

    def one(_: int) -> Checked:
        try:
            with context.enter(own_company):
                return tried(made, wrong(made.pin))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as crowd:
        found = list(crowd.map(one, range(20)))
    assert found.count(Checked.WRONG) == MOST_TRIES
    assert found.count(Checked.SUSPENDED) == 20 - MOST_TRIES
    with context.enter(own_company):
        assert tried(made, made.pin) is Checked.SUSPENDED
        assert verbs().count("day_pass_suspended") == 1


def test_state_moves_the_policy_and_tries_do_not(own_company: CompanyRef) -> None:
    with context.enter(own_company):
        made = issued()

        def moved() -> int:
            return PolicyChange.objects.filter(kind="day_pass", handle=made.day_pass.handle).count()

        assert moved() == 1
        tried(made, made.pin)
        tried(made, wrong(made.pin))
        assert moved() == 1
        revoke_day_pass(day_pass=made.day_pass, by=BY)
        assert moved() == 2
