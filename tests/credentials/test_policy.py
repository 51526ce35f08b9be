"""What moves the company's policy number, and what must not."""

from collections.abc import Callable

import pytest

from credentials.models import Credential, Device, Holder
from credentials.services import (
    edit_holder,
    mint_live_code,
    offboard_holder,
    reissue_credential,
    revoke_device,
    set_code_policy,
    suspend_holder,
)
from ledger.selectors import policy_delta
from tenants.context import CompanyRef, enter
from tests.credentials.phone import ALICE, code_for, enrolled, henri


def reissue(holder: Holder, device: Device) -> object:
    credential = Credential.objects.get(holder=holder)
    return reissue_credential(credential=credential, profile=9, fresh_until=None, by=ALICE)


Deed = Callable[[Holder, Device], object]
MOVES: list[tuple[Deed, set[str]]] = [
    (lambda holder, device: revoke_device(device=device, reason="lost", by=ALICE), {"device"}),
    (lambda holder, device: suspend_holder(holder=holder, by=ALICE), {"holder"}),
    (lambda holder, device: offboard_holder(holder=holder, by=ALICE), {"holder", "credential", "device"}),
    (reissue, {"credential"}),
    (lambda holder, device: set_code_policy(code_life=20, by=ALICE), {"code_policy"}),
    (lambda holder, device: edit_holder(holder=holder, name="Other", by=ALICE), {"holder"}),
]
STAYS: list[Deed] = [
    lambda holder, device: mint_live_code(device=device),
    lambda holder, device: code_for(holder),
    lambda holder, device: edit_holder(holder=holder, language="de", by=ALICE),
]


def kinds_after(company: CompanyRef, deed: Deed) -> tuple[int, set[str]]:
    """By how much the number moved, and the kinds of what changed."""
    with enter(company):
        holder = henri()
        _, device = enrolled(holder)
        before = policy_delta(1, 0)
        assert before is not None
        deed(holder, device)
        after = policy_delta(1, before.seq)
        assert after is not None
        return after.seq - before.seq, {kind for _, kind, _ in after.changes}


@pytest.mark.parametrize(("deed", "kinds"), MOVES)
def test_what_a_door_depends_on_moves_policy_once(
    own_company: CompanyRef, deed: Deed, kinds: set[str]
) -> None:
    assert kinds_after(own_company, deed) == (1, kinds)


@pytest.mark.parametrize("deed", STAYS)
def test_asking_for_a_code_and_the_like_move_nothing(own_company: CompanyRef, deed: Deed) -> None:
    assert kinds_after(own_company, deed) == (0, set())
