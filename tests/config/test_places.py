"""Behind a proxy one stranger uses up the limit of one place, and nobody else's."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from operators.models import PasswordLink
from readers import limits
from tenants.refs import CompanyRef
from tests import cast
from tests.credentials.phone import Phone
from tests.readers.pretend import Pretend

STRANGER, ELSEWHERE = "198.51.100.7", "192.0.2.8"
Try = Callable[[Client, CompanyRef, int], bool]


def sign_in(client: Client, company: CompanyRef, number: int) -> bool:
    """Many accounts from one place; whether it was judged at all."""
    form = {"email": f"u{number}@acme.example", "password": "x"}
    return client.post("/sign-in/", form).status_code != 429


def forgotten(client: Client, company: CompanyRef, number: int) -> bool:
    before = PasswordLink.objects.count()
    client.post("/password/forgotten/", {"email": f"u{number}@acme.example"})
    return PasswordLink.objects.count() > before


def sign_up(client: Client, company: CompanyRef, number: int) -> bool:
    form = {
        "name": "Initech",
        "subdomain": "acme",
        "owner_name": "Ivy Initech",
        "owner_email": "ivy@initech.example",
        "password": cast.PASSWORD,
    }
    return client.post("/sign-up/", form, headers={"Host": "localhost"}).status_code != 429


def pair(client: Client, company: CompanyRef, number: int) -> bool:
    body = Pretend(company).pair_body("00000000")
    answer = client.post("/api/v1/readers/pair", body, content_type="application/json")
    return answer.status_code != 429


def enrol(client: Client, company: CompanyRef, number: int) -> bool:
    phone, path = Phone(), "/api/v1/wallet/enrol"
    body = f'{{"code": "ZZZZZZZZ", "public_key": "{phone.public_key}", "label": ""}}'.encode()
    headers = phone.headers("POST", path, body)
    answer = client.generic("POST", path, body, content_type="application/json", headers=headers)
    return answer.status_code != 429


TRIES: dict[Try, int] = {sign_in: 60, forgotten: 20, sign_up: 30, pair: 10, enrol: 30}


@pytest.fixture(autouse=True)
def counted_anew(in_acme: CompanyRef) -> Iterator[None]:
    cache.clear()
    limits.forget()
    yield
    limits.forget()


def through_proxy(forwarded: str) -> Client:
    """A client whose connection is the proxy's."""
    return Client(HTTP_HOST="acme.localhost", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)


@pytest.mark.parametrize(("attempt", "most"), TRIES.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_a_strangers_limit_is_his_own(
    in_acme: CompanyRef, settings: Settings, attempt: Try, most: int
) -> None:
    settings.PROXY_HOPS = 1
    for number in range(most):
        # What he writes into the header himself stands left of what the proxy saw, and moves nothing.
        client = through_proxy(f"203.0.113.{number}, {STRANGER}")
        assert attempt(client, in_acme, number), f"stopped after {number}"
    assert not attempt(through_proxy(f"{ELSEWHERE}, {STRANGER}"), in_acme, most)
    assert attempt(through_proxy(ELSEWHERE), in_acme, most + 1)


@pytest.mark.parametrize(("attempt", "most"), TRIES.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_without_a_proxy_the_header_is_not_heard(in_acme: CompanyRef, attempt: Try, most: int) -> None:
    for number in range(most):
        assert attempt(through_proxy(f"203.0.113.{number}"), in_acme, number), f"stopped after {number}"
    assert not attempt(through_proxy(ELSEWHERE), in_acme, most)
