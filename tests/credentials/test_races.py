"""Two at once: one phone per code, five guesses per invitation; a control shows the race without locks."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connections
from django.db.models import QuerySet

from credentials import short_codes
from credentials.lives import CodeLife
from credentials.models import CodePolicy, Device, Holder, Invitation, InvitationState, Vouching
from credentials.refusals import Refused
from credentials.services import enrol_device, invite_holder, mint_live_code, phones, set_code_policy
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, Phone, code_for, enrolled, henri

AT_ONCE = 8


def at_once(company: CompanyRef, deed: Callable[[], str]) -> list[str]:
    """What the same deed answers when several threads do it together."""
    barrier = threading.Barrier(AT_ONCE)

    def one(_: int) -> str:
        try:
            with enter(company):
                barrier.wait()
                return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(one, range(AT_ONCE)))


def binding(code: str) -> Callable[[], str]:
    def bind() -> str:
        phone = Phone()
        try:
            enrol_device(code=code, public_key=phone.key.public, proof=phone.proof())
        except Refused as refused:
            return refused.code
        return "bound"

    return bind


def invited(company: CompanyRef) -> tuple[Holder, str]:
    with enter(company):
        set_code_policy(max_phones=10, by=ALICE)
        holder = henri()
        return holder, code_for(holder)


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_, **__: self.all())


def test_one_code_binds_one_phone(own_company: CompanyRef) -> None:
    _, code = invited(own_company)
    answers = at_once(own_company, binding(code))
    assert answers.count("bound") == 1
    assert set(answers) <= {"bound", "code_wrong", "code_exhausted"}
    with enter(own_company):
        assert Device.objects.count() == 1


def test_control_without_locks_one_code_binds_several(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = invited(own_company)
    without_locks(monkeypatch)
    gate = threading.Barrier(4)
    check = phones._check_room

    def slow(holder: Holder) -> None:
        check(holder)
        gate.wait(timeout=20)

    monkeypatch.setattr(phones, "_check_room", slow)
    monkeypatch.setattr("tests.credentials.test_races.AT_ONCE", 4)
    # The counter of handles locks by itself; the invitation no longer does.
    assert at_once(own_company, binding(code)).count("bound") > 1


def test_guesses_at_once_are_five_and_no_more(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, code = invited(own_company)
    compared: list[str] = []
    hash_of = short_codes.hash_of

    def counting(guess: str) -> bytes:
        compared.append(guess)
        return hash_of(guess)

    monkeypatch.setattr(short_codes, "hash_of", counting)
    wrong = code.replace("-", "")[:3] + "ZZZZZ"
    answers = at_once(own_company, binding(wrong))
    assert len(compared) == 5
    assert "bound" not in answers
    with enter(own_company):
        assert Invitation.objects.get(holder=holder).state == InvitationState.EXHAUSTED


def two_phones(company: CompanyRef) -> Callable[[], str]:
    """A deed: the next of a person's new phones asks for its first code, which would confirm it."""
    with enter(company):
        set_code_policy(max_phones=10, vouching=Vouching.FIRST_USE, by=ALICE)
        holder = henri()
        waiting = [enrolled(holder, vouched=False)[1] for _ in range(2)]

    def ask() -> str:
        try:
            mint_live_code(device=waiting.pop())
        except Refused as refused:
            return refused.code
        return "given"

    return ask


def test_of_two_new_phones_one_confirms_itself(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = two_phones(own_company)
    monkeypatch.setattr("tests.credentials.test_races.AT_ONCE", 2)
    assert at_once(own_company, ask) == ["device_awaiting", "given"]


def test_control_without_locks_both_confirm_themselves(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = two_phones(own_company)
    without_locks(monkeypatch)
    gate = threading.Barrier(2)
    confirm = phones.vouch_device

    def slow(*, device: Device, by: str) -> None:
        gate.wait(timeout=20)
        confirm(device=device, by=by)

    monkeypatch.setattr(phones, "vouch_device", slow)
    monkeypatch.setattr("tests.credentials.test_races.AT_ONCE", 2)
    assert at_once(own_company, ask) == ["given", "given"]


def test_inviting_at_once_leaves_one_open_invitation(own_company: CompanyRef) -> None:
    holder, _ = invited(own_company)

    def invite() -> str:
        invite_holder(holder=holder, by=ALICE)
        return "invited"

    assert at_once(own_company, invite) == ["invited"] * AT_ONCE
    with enter(own_company):
        assert Invitation.objects.filter(holder=holder, state=InvitationState.OPEN).count() == 1


def full_house(company: CompanyRef) -> Callable[[], str]:
    """A deed: a person who may have one phone is invited anew and binds one more."""
    with enter(company):
        set_code_policy(max_phones=1, by=ALICE)
        holder = henri()

    def bind() -> str:
        code = invite_holder(holder=holder, by=ALICE, at_desk=True).code
        assert code is not None
        return binding(code)()

    return bind


def test_no_more_phones_than_allowed_however_many_are_bound_at_once(own_company: CompanyRef) -> None:
    answers = at_once(own_company, full_house(own_company))
    assert answers.count("bound") == 1
    assert set(answers) <= {"bound", "code_wrong", "too_many_phones"}
    with enter(own_company):
        assert Device.objects.count() == 1


def test_control_without_locks_there_are_more_phones_than_allowed(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind = full_house(own_company)
    without_locks(monkeypatch)
    first_looked, second_bound = threading.Event(), threading.Event()
    check = phones._check_room

    def slow(holder: Holder) -> None:
        check(holder)
        if not first_looked.is_set():
            first_looked.set()
            second_bound.wait(timeout=20)

    monkeypatch.setattr(phones, "_check_room", slow)

    def one(number: int) -> str:
        try:
            with enter(own_company):
                if number:
                    first_looked.wait(timeout=20)
                return bind()
        finally:
            if number:
                second_bound.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, range(2))) == ["bound", "bound"]


def test_two_first_choices_at_once_are_both_kept(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first there is no row for the second to wait for."""
    gate, clean = threading.Barrier(2), CodePolicy.full_clean
    lives = [40, 50]

    def slow(policy: CodePolicy) -> None:
        with suppress(threading.BrokenBarrierError):
            gate.wait(2)
        clean(policy)

    def choose() -> str:
        return str(set_code_policy(code_life=lives.pop(), by=ALICE).code_life)

    monkeypatch.setattr(CodePolicy, "full_clean", slow)
    monkeypatch.setattr("tests.credentials.test_races.AT_ONCE", 2)
    assert at_once(own_company, choose) == ["40", "50"]
    with enter(own_company):
        assert CodeLife.objects.count() == 3
        assert CodeLife.objects.order_by("since")[0].life == 30
