"""A company's keys: made once, opened only there, rotated without cutting anybody off."""

import time
from pathlib import Path

import pytest
from django.conf import settings

from sallyport.codes import CodeRefused, LiveContents, mint_live, open_code
from sallyport.reasons import Reason
from tenants import context, live
from tenants.models import KeyNumber
from tenants.refs import CompanyRef, NoCompany
from vault import caches, envelope, keys, rootkey, rotation, selectors, services
from vault.models import KeySet, SigningKey, TenantKey

pytestmark = pytest.mark.django_db


def code(issued: int) -> str:
    return mint_live(LiveContents(1, 2, 3, 0, issued, 7), selectors.minting_keys())


def opened(text: str, now: int) -> int:
    return open_code(
        text, keys=selectors.opening_keys(), foreign=selectors.is_foreign_key, now=now, life=30
    ).contents.credential


def test_without_a_company_there_are_no_keys() -> None:
    for ask in (keys.company_keys, selectors.minting_keys, selectors.opening_keys, selectors.answer_signer):
        with pytest.raises(NoCompany):
            ask()


def test_making_them_again_changes_nothing(in_acme: CompanyRef) -> None:
    before = (
        list(KeySet.objects.values()),
        list(SigningKey.objects.values()),
        list(TenantKey.objects.values()),
    )
    services.create_company_keys()
    after = (
        list(KeySet.objects.values()),
        list(SigningKey.objects.values()),
        list(TenantKey.objects.values()),
    )
    assert before == after


def test_a_code_opens_in_its_company_and_names_it_elsewhere(acme: CompanyRef, globex: CompanyRef) -> None:
    now = int(time.time())
    with context.enter(acme):
        text = code(now)
        assert opened(text, now) == 1
    with context.enter(globex), pytest.raises(CodeRefused) as refused:
        opened(text, now)
    assert refused.value.reason is Reason.WRONG_COMPANY


def test_key_ids_are_one_companys(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        mine = selectors.minting_keys().key_id
        assert not selectors.is_foreign_key(mine)
        assert not selectors.is_foreign_key(2**31 - 1)
        assert not selectors.is_foreign_key(2**32 - 1)
        assert not selectors.is_foreign_key(0)
    assert KeyNumber.objects.get(pk=mine).company_id == acme.id
    with context.enter(globex):
        assert selectors.is_foreign_key(mine)


def test_wrapped_keys_of_one_company_open_in_no_other(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        row = KeySet.objects.get()
        tenant = TenantKey.objects.get()
    with context.enter(globex):
        KeySet.objects.filter().update(seal_wrapped=bytes(row.seal_wrapped))
        with pytest.raises(envelope.CannotOpen):
            selectors.opening_keys()
        TenantKey.objects.update(wrapped=bytes(tenant.wrapped))
        caches.drop(globex.id)
        with pytest.raises(envelope.CannotOpen):
            keys.company_keys()
    caches.drop()


def test_rotation_is_ahead_and_cuts_nobody_off(in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.time())
    old = selectors.minting_keys().key_id
    early = code(now)
    fresh = rotation.rotate_now(by="operator:olga", ahead=120)
    caches.drop(in_acme.id)
    assert selectors.minting_keys().key_id == old
    # Delivered ahead: whoever asks for keys now has the next set already.
    assert {old, fresh.key_id} < set(selectors.opening_keys())
    assert opened(early, now) == 1

    clock = float(now + 120)
    monkeypatch.setattr("vault.selectors.time.time", lambda: clock)
    assert selectors.minting_keys().key_id == fresh.key_id
    later = code(now + 120)
    assert opened(later, now + 121) == 1
    # A phone or a process that had the old set in hand goes on a little while, then its codes are nothing.
    stale = selectors._load_minting(in_acme, now)[1]
    soon = mint_live(LiveContents(1, 2, 3, 0, now + 200, 7), stale)
    much_later = mint_live(LiveContents(1, 2, 3, 0, now + 1000, 7), stale)
    assert opened(soon, now + 201) == 1
    with pytest.raises(CodeRefused) as refused:
        opened(much_later, now + 1001)
    assert refused.value.reason is Reason.UNKNOWN_KEY


def test_there_is_a_set_in_force_after_many_rotations(in_acme: CompanyRef) -> None:
    for _ in range(4):
        rotation.rotate_now(by="operator:olga", ahead=0)
    caches.drop(in_acme.id)
    newest = KeySet.objects.filter(not_before__lte=time.time()).latest("key_id")
    assert selectors.minting_keys().key_id == newest.key_id
    assert KeySet.objects.filter(not_after=None).count() == 1


def test_signers_and_what_is_published(in_acme: CompanyRef) -> None:
    published = selectors.public_keys()
    for purpose, signer in (
        ("answer", selectors.answer_signer()),
        ("checkpoint", selectors.checkpoint_signer()),
        ("bundle", selectors.bundle_signer()),
        ("anchor", selectors.anchor_signer()),
    ):
        assert published[purpose] == [signer.public.raw]
        signer.public.verify(b"words", signer.sign(b"words"))
    assert published["codes"] == {row.key_id: bytes(row.verify_key) for row in KeySet.objects.all()}
    assert len({key for p in SigningKey.Purpose for key in published[p]}) == 4


def test_only_wrapped_keys_are_stored(in_acme: CompanyRef) -> None:
    for row in KeySet.objects.all():
        assert len(bytes(row.seal_wrapped)) == 64 + 29
        assert len(bytes(row.sign_wrapped)) == 32 + 29
    for key in SigningKey.objects.all():
        assert selectors._load_signer(key.purpose).seed not in bytes(key.seed_wrapped)


def test_an_opened_key_does_not_print_itself(in_acme: CompanyRef) -> None:
    opened_keys = keys.company_keys()
    assert opened_keys.blind.hex() not in repr(opened_keys)
    assert repr(opened_keys.blind) not in repr(opened_keys)


def test_held_keys_age_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    held: caches.Held[int] = caches.Held(3)
    now = [100.0]
    monkeypatch.setattr("vault.caches.time.monotonic", lambda: now[0])
    for number in range(5):
        held.put((1, number), number)
    assert [held.peek((1, n)) for n in range(5)] == [None, None, 2, 3, 4]
    now[0] += caches.HOLD_SECONDS
    assert held.peek((1, 4)) is None
    held.put((1, 9), 9)
    held.put((2, 9), 9)
    caches.drop(1)
    assert (held.peek((1, 9)), held.peek((2, 9))) == (None, 9)


def test_blind_index(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        one = services.blind_index("holder.email", "Henri@Acme.example")
        assert len(one) == 16
        assert one == services.blind_index("holder.email", "  henri@ACME.example ")
        assert one != services.blind_index("operator.email", "henri@acme.example")
        assert one != services.blind_index("holder.email", "henry@acme.example")
        assert services.blind_index("n", "Straße") == services.blind_index("n", "STRASSE")
        assert services.blind_index("n", "e\u0301") == services.blind_index("n", "é")
    with context.enter(globex):
        assert one != services.blind_index("holder.email", "henri@acme.example")


def test_tokens_and_company_seals(acme: CompanyRef, globex: CompanyRef) -> None:
    with context.enter(acme):
        token = services.hash_token("pairing", "123456")
        assert len(token) == 32
        assert token == services.hash_token("pairing", "123456")
        assert token != services.hash_token("invitation", "123456")
        sealed = services.seal_company(b"totp", context="totp:7")
        assert services.open_company(sealed, context="totp:7") == b"totp"
        with pytest.raises(envelope.CannotOpen):
            services.open_company(sealed, context="totp:8")
    with context.enter(globex):
        assert token != services.hash_token("pairing", "123456")
        with pytest.raises(envelope.CannotOpen):
            services.open_company(sealed, context="totp:7")


def test_other_processes_are_told_to_drop(acme: CompanyRef, globex: CompanyRef) -> None:
    def held() -> list[bool]:
        return [keys._companies.peek((company.id,)) is not None for company in (acme, globex)]

    def hold() -> None:
        for company in (acme, globex):
            with context.enter(company):
                keys.company_keys()

    hold()
    caches.told({"company": acme.id})
    assert held() == [False, True]
    hold()
    caches.told(live.GAP)  # what was missed may have been anything
    assert held() == [False, False]


def test_a_new_root_key_takes_over_and_the_old_one_can_go(
    in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rootkey.root_key()
    sealed = services.seal_company(b"kept", context="x")
    number = TenantKey.objects.get().root_number
    fresh = rootkey.parse(rootkey.generate())[1]
    held = rootkey.parse(Path(settings.ROOT_KEY_FILE).read_text())
    both = rootkey.LocalRootKey({**held, number + 1: fresh})
    monkeypatch.setattr(keys, "root_key", lambda: both)
    assert keys.rewrap_company_key()
    assert not keys.rewrap_company_key()
    caches.drop()
    monkeypatch.setattr(keys, "root_key", lambda: rootkey.LocalRootKey({number + 1: fresh}))
    assert services.open_company(sealed, context="x") == b"kept"
    caches.drop()
    monkeypatch.setattr(keys, "root_key", lambda: first)
    with pytest.raises(envelope.CannotOpen):
        keys.company_keys()
    caches.drop()
