"""Signing in: password, then second factor; neither alone opens anything."""

import time
from typing import Any

import pytest
from django.test import Client

from ledger.models import LedgerEntry
from operators.models import Operator, TotpDevice
from operators.services import make_recovery_codes
from tenants.context import CompanyRef
from tests import cast
from tests.fixtures.console import SignIn, member


def give_password(client: Client, name: str = "alice", password: str = cast.PASSWORD) -> Any:
    return client.post("/sign-in/", {"email": cast.address_of(name), "password": password, "next": "/doors/"})


def code_of(operator: Operator, *, later: float = 0) -> str:
    device: TotpDevice = TotpDevice.objects.get(user=operator)
    return device.code(now=time.time() + later)


def test_password_and_code_open_the_console(in_acme: CompanyRef, nobody: Client) -> None:
    answer = give_password(nobody)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code/?next=%2Fdoors%2F")
    assert nobody.get("/two-factor/")["Location"].startswith("/sign-in/code/")
    answer = nobody.post("/sign-in/code/", {"code": code_of(member("alice")), "next": "/doors/"})
    assert (answer.status_code, answer["Location"]) == (302, "/doors/")
    assert nobody.get("/two-factor/").status_code == 200
    entry = LedgerEntry.objects.filter(verb="operator_signed_in").get()
    assert entry.actor == member("alice").actor


def test_wrong_password_and_unknown_address_say_the_same(in_acme: CompanyRef, nobody: Client) -> None:
    wrong = give_password(nobody, password="wrong horse battery staple")
    unknown = nobody.post("/sign-in/", {"email": "zed@acme.example", "password": "x" * 12})
    assert wrong.status_code == unknown.status_code == 422
    assert b"do not match" in wrong.content
    assert b"do not match" in unknown.content


def test_password_of_one_company_opens_nothing_at_another(in_acme: CompanyRef, nobody: Client) -> None:
    assert give_password(nobody, "charlie").status_code == 422


def test_session_of_one_company_is_nothing_at_another(signed_in: SignIn) -> None:
    foreign = signed_in("charlie", host="acme.localhost")
    assert foreign.get("/two-factor/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "code", ["000000", "12345", "1234567", "abcdef", "", "１２３４５６", "-12345", "+12345"]
)
def test_a_wrong_code_opens_nothing(in_acme: CompanyRef, nobody: Client, code: str) -> None:
    give_password(nobody)
    assert nobody.post("/sign-in/code/", {"code": code}).status_code in {200, 422}
    assert nobody.get("/two-factor/").status_code == 302


def test_a_code_passes_once(in_acme: CompanyRef, nobody: Client) -> None:
    give_password(nobody)
    code = code_of(member("alice"))
    assert nobody.post("/sign-in/code/", {"code": code}).status_code == 302
    other = Client(HTTP_HOST="acme.localhost")
    give_password(other)
    assert other.post("/sign-in/code/", {"code": code}).status_code == 422


def test_guessing_codes_gets_slow(in_acme: CompanyRef, nobody: Client) -> None:
    give_password(nobody)
    assert nobody.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    assert nobody.post("/sign-in/code/", {"code": code_of(member("alice"))}).status_code == 429


def test_guessing_passwords_is_stopped_and_a_right_one_too(in_acme: CompanyRef, nobody: Client) -> None:
    for _ in range(10):
        assert give_password(nobody, password="wrong horse battery staple").status_code == 422
    assert give_password(nobody).status_code == 429


def test_unknown_addresses_are_counted_alike(in_acme: CompanyRef, nobody: Client) -> None:
    form = {"email": "zed@acme.example", "password": "wrong horse"}
    assert [nobody.post("/sign-in/", form).status_code for _ in range(11)][-2:] == [422, 429]


def test_one_place_cannot_try_many_accounts(in_acme: CompanyRef, nobody: Client) -> None:
    tries = [nobody.post("/sign-in/", {"email": f"u{n}@acme.example", "password": "x"}) for n in range(61)]
    assert [answer.status_code for answer in tries[-2:]] == [422, 429]


def test_who_signs_in_rightly_does_not_use_up_the_place(in_acme: CompanyRef, nobody: Client) -> None:
    """A company behind one address: its own operators come and go, and guesses stay counted all the same."""
    for n in range(59):
        nobody.post("/sign-in/", {"email": f"u{n}@acme.example", "password": "x"})
    for _ in range(3):
        assert give_password(Client(HTTP_HOST="acme.localhost")).status_code == 302
    tries = [nobody.post("/sign-in/", {"email": f"v{n}@acme.example", "password": "x"}) for n in range(2)]
    assert [answer.status_code for answer in tries] == [422, 429]


def test_a_recovery_code_signs_in_once(in_acme: CompanyRef, nobody: Client) -> None:
    alice = member("alice")
    code = make_recovery_codes(operator=alice, by=alice.actor)[3]
    give_password(nobody)
    assert nobody.post("/sign-in/code/?recovery=1", {"code": code.lower()}).status_code == 302
    assert nobody.get("/two-factor/").status_code == 200
    other = Client(HTTP_HOST="acme.localhost")
    give_password(other)
    assert other.post("/sign-in/code/?recovery=1", {"code": code}).status_code == 422


def test_a_recovery_code_of_another_operator_is_nothing(in_acme: CompanyRef, nobody: Client) -> None:
    bob = member("bob")
    code = make_recovery_codes(operator=bob, by=bob.actor)[0]
    give_password(nobody)
    assert nobody.post("/sign-in/code/?recovery=1", {"code": code}).status_code == 422


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_the_way_on_stays_on_this_host(in_acme: CompanyRef, nobody: Client, way: str) -> None:
    form = {"email": cast.address_of("alice"), "password": cast.PASSWORD, "next": way}
    assert nobody.post("/sign-in/", form)["Location"] == "/sign-in/code/?next=%2F"


def test_htmx_is_led_to_the_sign_in_page(in_acme: CompanyRef, nobody: Client) -> None:
    answer = nobody.get("/two-factor/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/")


def test_signing_out_ends_the_session(signed_in: SignIn) -> None:
    client = signed_in("alice")
    assert client.get("/two-factor/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/two-factor/").status_code == 302


def test_no_store_on_pages_that_show_secrets(in_acme: CompanyRef, nobody: Client) -> None:
    assert "no-store" in nobody.get("/sign-in/")["Cache-Control"]
