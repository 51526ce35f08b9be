"""The owner's page of keys: what stands, who holds it, and the two buttons."""

import time

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credentials.models import DeviceUse
from ledger.models import LedgerEntry
from readers.models import Reader
from tenants.refs import CompanyRef
from tests.fixtures.console import SignIn
from tests.pages.scene import Scene, furnish
from vault import rotation
from vault.models import KeySet

pytestmark = pytest.mark.django_db
PAGE = "/settings/keys/"


@pytest.fixture
def scene(in_acme: CompanyRef) -> Scene:
    return furnish()


@pytest.fixture
def olga(in_acme: CompanyRef, signed_in: SignIn) -> Client:
    return signed_in("olga")


def said(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_fresh_company_sees_its_one_set_and_what_comes(olga: Client) -> None:
    text = said(olga)
    only = KeySet.objects.get()
    assert f"Key set {only.key_id}</span>, since" in text
    assert "laid in within the hour" in text
    assert "No reader yet" in text
    assert "Before</h2>" not in text


def test_each_state_is_told(olga: Client) -> None:
    rotation.lay_in()
    rotation.refuse_and_rotate(by="operator:olga")
    now = int(time.time())
    KeySet.objects.filter(state="ACTIVE", not_before__gt=now).update(not_before=now - 5)  # all are past
    rotation.lay_in()
    text = said(olga)
    for word in ("In force", "Laid in ahead", "Retired", "Refused"):
        assert word in text, word
    assert "laid in within the hour" not in text


def test_who_holds_the_newest_keys(olga: Client, scene: Scene) -> None:
    newest = rotation.lay_in()[-1].key_id
    first, second, _ = Reader.objects.order_by("name")
    Reader.objects.filter(handle=first.handle).update(keys_held=newest)
    Reader.objects.filter(handle=second.handle).update(keys_held=newest - 1)
    text = said(olga)
    assert "1 of 3" in text
    for word in ("Holds them", "Not yet", "Never took any"):
        assert text.count(word) == 1, word


def test_the_confirmation_names_what_it_cuts_off(olga: Client) -> None:
    assert "This cuts off 0 day passes, 0 phones showing a code and 0 phones that may hold a pass." in said(
        olga
    )
    now = int(time.time() * 1000)
    DeviceUse.objects.create(device=1, seen_at=now, minted_ms=now - 5_000)
    DeviceUse.objects.create(device=2, seen_at=now, minted_ms=now - 60_000)  # ran out
    DeviceUse.objects.create(device=3, seen_at=now - 25 * 3_600_000)  # a pass from then has run out
    assert "This cuts off 0 day passes, 1 phone showing a code and 2 phones that may hold a pass." in said(
        olga
    )


def test_rotate_now(olga: Client) -> None:
    old = KeySet.objects.get()
    assert olga.post(f"{PAGE}rotate/").status_code == 302
    deed = LedgerEntry.objects.get(verb="code_keys_rotated")
    assert deed.actor.startswith("operator:")
    assert KeySet.objects.get(pk=old.pk).state == "ACTIVE"
    assert "takes over in two minutes" in said(olga)


def test_compromised(olga: Client) -> None:
    old = KeySet.objects.get()
    now = int(time.time() * 1000)
    DeviceUse.objects.create(device=1, seen_at=now, minted_ms=now)
    assert olga.post(f"{PAGE}refuse/").status_code == 302
    assert KeySet.objects.get(pk=old.pk).state == "REFUSED"
    deed = LedgerEntry.objects.get(verb="code_keys_refused")
    assert (deed.data["refused"], deed.data["phones_showing_a_code"]) == ([old.key_id], 1)
    assert "Cut off: 0 day passes, 1 phone showing a code and 1 phone that may hold a pass." in said(olga)


def test_a_link_alone_changes_nothing(olga: Client) -> None:
    for deed in ("rotate", "refuse"):
        assert olga.get(f"{PAGE}{deed}/").status_code == 405


def test_only_the_owner_sees_it_in_the_settings(olga: Client, signed_in: SignIn) -> None:
    assert PAGE in olga.get("/settings/").content.decode()
    for name in ("alice", "bob", "carol", "rita"):
        assert signed_in(name).get(PAGE).status_code == 403


def test_a_long_list_of_readers_costs_no_more_queries(
    olga: Client, scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rotation.lay_in()
    with django_assert_max_num_queries(16):
        olga.get(PAGE)


def test_without_keys_it_says_whom_to_ask(olga: Client) -> None:
    KeySet.objects.all().delete()
    text = said(olga)
    assert "No keys yet" in text
    assert "Rotate now" not in text
