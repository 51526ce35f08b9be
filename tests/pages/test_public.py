"""The public host: landing page, sign-up, the check of an address as it is typed."""

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from operators.models import Operator
from tenants import context
from tenants.models import Company
from tests import cast

FORM = {
    "name": "Initech",
    "subdomain": "initech",
    "owner_name": "Ivy Initech",
    "owner_email": "ivy@initech.example",
    "password": cast.PASSWORD,
}


@pytest.fixture
def visitor(acme: object) -> Client:
    cache.clear()
    return Client(HTTP_HOST="localhost")


def test_the_landing_page_leads_to_sign_up(visitor: Client) -> None:
    answer = visitor.get("/")
    assert answer.status_code == 200
    assert b'href="/sign-up/"' in answer.content


def test_a_company_signs_up_and_its_owner_signs_in(visitor: Client) -> None:
    answer = visitor.post("/sign-up/", FORM)
    assert answer.status_code == 201
    assert b"initech.localhost" in answer.content
    with context.enter(Company.objects.get(subdomain="initech")):
        assert Operator.objects.get().role == "OWNER"
    own = Client(HTTP_HOST="initech.localhost")
    form = {"email": FORM["owner_email"], "password": FORM["password"]}
    assert own.post("/sign-in/", form)["Location"].startswith("/two-factor/set-up/")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subdomain": "acme"}, "Another company has this address"),
        ({"subdomain": "acrne"}, "looks too much like"),
        ({"subdomain": "admin"}, ""),
        ({"subdomain": "-x-"}, ""),
        ({"subdomain": "пример"}, ""),
        ({"subdomain": ""}, "This field is required"),
        ({"owner_email": "nonsense"}, "valid email"),
        ({"password": "short"}, "too short"),
        ({"name": "x" * 101}, "at most 100"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(visitor: Client, change: dict[str, str], said: str) -> None:
    before = Company.objects.count()
    answer = visitor.post("/sign-up/", {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert b"form-error" in answer.content
    assert Company.objects.count() == before


def test_one_place_cannot_make_companies_without_end(visitor: Client) -> None:
    tries = [visitor.post("/sign-up/", {**FORM, "subdomain": "acme"}).status_code for _ in range(31)]
    assert tries == [422] * 30 + [429]


def test_without_the_cache_sign_up_goes_on(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise RedisError("away")

    monkeypatch.setattr("pages.limits.cache.incr", away)
    assert visitor.post("/sign-up/", FORM).status_code == 201


def test_the_password_is_never_sent_back(visitor: Client) -> None:
    answer = visitor.post("/sign-up/", {**FORM, "subdomain": "acme"})
    assert cast.PASSWORD.encode() not in answer.content
    assert b"Ivy Initech" in answer.content


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("initech", "is free"),
        ("INITECH", ""),
        ("acme", "Another company has this address"),
        ("acrne", "looks too much like"),
        ("www", "form-error"),
        ("x" * 64, "form-error"),
        ("<b>", "form-error"),
    ],
)
def test_an_address_is_checked_as_it_is_typed(visitor: Client, asked: str, said: str) -> None:
    answer = visitor.get("/sign-up/check/", {"subdomain": asked})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert b"<b>" not in answer.content


def test_the_public_host_has_no_console(visitor: Client) -> None:
    for path in ("/events/", "/sign-in/", "/people/", "/settings/", "/wallet/"):
        assert visitor.get(path).status_code == 404, path
