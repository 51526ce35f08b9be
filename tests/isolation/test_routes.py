"""Every route of both URL configurations: no unknown host, no company on the public one, no crossing."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from tenants import context
from tenants.models import Company
from tenants.refs import CompanyRef, CompanyState
from tenants.services import set_state
from tests.fixtures.console import sign_in_as
from tests.isolation import house

COMPANY = [path for path, _ in house.routes(settings.ROOT_URLCONF)]
PUBLIC = [path for path, _ in house.routes(settings.PUBLIC_SCHEMA_URLCONF)]
METHODS = ("get", "post")

pytestmark = pytest.mark.django_db


def ask(path: str, host: str, method: str = "get", session: str = "") -> tuple[int, str]:
    """Status and target of an answer; the client is as fresh as a stranger's."""
    client = Client(raise_request_exception=False)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    response = getattr(client, method)(path, HTTP_HOST=host)
    return response.status_code, response.headers.get("Location", "")


@pytest.mark.parametrize("path", sorted({*COMPANY, *PUBLIC}))
@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_host_is_nothing(acme: CompanyRef, path: str, method: str) -> None:
    for _ in range(3):  # that it is nobody's is known for a second: on a slow machine it may just have passed
        ask(path, "nobody.localhost")
        with CaptureQueriesContext(connection) as seen:
            assert ask(path, "nobody.localhost", method) == (404, "")
        if len(seen) == 0:
            return
    raise AssertionError(seen.captured_queries)


@pytest.mark.parametrize("path", COMPANY)
@pytest.mark.parametrize("method", METHODS)
def test_a_companys_route_is_not_on_the_public_host(acme: CompanyRef, path: str, method: str) -> None:
    try:
        resolve(path, settings.PUBLIC_SCHEMA_URLCONF)
    except Resolver404:
        assert ask(path, settings.BASE_DOMAIN, method)[0] in {403, 404}
        return
    assert ask(path, settings.BASE_DOMAIN, method)[0] < 500


@pytest.mark.parametrize("path", COMPANY)
def test_a_suspended_company_answers_on_no_route(acme: CompanyRef, path: str) -> None:
    set_state(company=Company.objects.get(pk=acme.id), state=CompanyState.SUSPENDED)
    try:
        assert ask(path, acme.host) == (403, "")
    finally:
        set_state(company=Company.objects.get(pk=acme.id), state=CompanyState.ACTIVE)


def test_the_cookie_opens_acme(acme: CompanyRef) -> None:
    """The control of the next test: Olga is signed in, with both factors, where she belongs."""
    cookie = olgas_cookie()
    assert ask("/settings/", acme.host, session=cookie) == (200, "")
    assert ask("/settings/", acme.host)[0] == 302


@pytest.mark.parametrize("path", COMPANY)
@pytest.mark.parametrize("method", METHODS)
def test_a_session_of_acme_is_a_stranger_at_globex(
    acme: CompanyRef, globex: CompanyRef, path: str, method: str
) -> None:
    cookie = olgas_cookie()
    assert ask(path, globex.host, method, session=cookie) == ask(path, globex.host, method)


def olgas_cookie() -> str:
    return sign_in_as("olga").cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("path", COMPANY)
def test_after_each_route_no_company_is_left_behind(acme: CompanyRef, path: str) -> None:
    ask(path, acme.host)
    assert context.current_or_none() is None
