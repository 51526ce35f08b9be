"""A new root key: every company moves to it, a run that was cut goes on, the old one opens until the end."""

import os
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenants import context
from tenants.refs import CompanyRef
from vault import caches, envelope, keys, rootkey, services
from vault.models import TenantKey
from vault.transit import RootKeyAway

pytestmark = pytest.mark.django_db


class Falling(rootkey.LocalRootKey):
    """A key service that goes away after so many answers."""

    def __init__(self, held: dict[int, bytes], most: int, error: Exception) -> None:
        super().__init__(held)
        self.left, self.error = most, error

    def wrap(self, plain: bytes, place: bytes) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return super().wrap(plain, place)


@pytest.fixture
def held(acme: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, bytes]]:
    """The root key of the tests and a newer one, which is in use."""
    found = rootkey.parse(rootkey._local_text())
    found[max(found) + 1] = os.urandom(32)
    use(monkeypatch, rootkey.LocalRootKey(found))
    yield found
    caches.drop()


def use(monkeypatch: pytest.MonkeyPatch, root: rootkey.RootKey) -> None:
    caches.drop()
    monkeypatch.setattr(keys, "root_key", lambda: root)
    monkeypatch.setattr("vault.management.commands.vault.root_key", lambda: root)


def run(verb: str) -> str:
    out = StringIO()
    call_command("vault", verb, stdout=out)
    return out.getvalue()


def numbers(*companies: CompanyRef) -> list[int]:
    found = []
    for company in companies:
        with context.enter(company):
            found.append(TenantKey.objects.get().root_number)
    return found


def test_every_company_moves_and_data_stays(
    acme: CompanyRef, globex: CompanyRef, held: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(held)
    with context.enter(acme):
        sealed = services.seal_company(b"kept", context="x")
    assert f"root key {newest - 1}" in run("status")
    said = run("rewrap")
    assert "3 of 3 companies seen, 3 moved" in said  # the platform is one
    assert f"Every company is under root key {newest}; older ones can go." in said
    assert numbers(acme, globex) == [newest, newest]
    use(monkeypatch, rootkey.LocalRootKey({newest: held[newest]}))
    with context.enter(acme):
        assert services.open_company(sealed, context="x") == b"kept"
    assert "0 moved" in run("rewrap")


def test_a_run_that_was_cut_goes_on(
    acme: CompanyRef, globex: CompanyRef, held: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Falling(held, 1, RootKeyAway("the key service gives no key: it is sealed")))
    with pytest.raises(CommandError, match=r"Stopped: .*sealed.* Run it again"):
        run("rewrap")
    moved = sorted(numbers(acme, globex))
    assert moved.count(max(held)) <= 1
    use(monkeypatch, rootkey.LocalRootKey(held))
    for company in (acme, globex):  # half-way both open
        with context.enter(company):
            keys.company_keys()
    assert "3 of 3 companies seen, 2 moved" in run("rewrap")
    assert numbers(acme, globex) == [max(held)] * 2


def test_one_company_that_does_not_open_holds_up_no_other(
    acme: CompanyRef, globex: CompanyRef, held: dict[int, bytes]
) -> None:
    with context.enter(acme):
        TenantKey.objects.update(wrapped=b"\x01" + bytes(60))
    with pytest.raises(CommandError, match=r"Not moved: acme .* Keep the old root key"):
        run("rewrap")
    assert numbers(acme, globex) == [max(held) - 1, max(held)]


def test_what_does_not_come_back_is_not_kept(
    in_acme: CompanyRef, held: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lying(rootkey.LocalRootKey):
        def wrap(self, plain: bytes, place: bytes) -> bytes:
            return super().wrap(bytes(32), place)

    use(monkeypatch, Lying(held))
    before = TenantKey.objects.values().get()
    with pytest.raises(envelope.CannotOpen):
        keys.rewrap_company_key()
    assert TenantKey.objects.values().get() == before
