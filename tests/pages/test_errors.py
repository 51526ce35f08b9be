"""What is said where no room answers: a page with a way back, a stable code for programs, nothing of ours."""

import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.test import Client

from config import urls
from operators.models import Operator
from pages import errors
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.pages.test_console import text_of

HOSTS = ("acme.localhost", "localhost")


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_an_address_that_leads_nowhere(acme: CompanyRef, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/no/such/page/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "There is nothing here" in text_of(html)
    assert 'href="/"' in html
    assert "no/such" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_programs_hear_a_code(acme: CompanyRef, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/api/v1/no/such/thing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_form_from_elsewhere_changes_nothing_and_says_so(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client = signed_in("olga")
    client.handler.enforce_csrf_checks = True
    before = Operator.objects.count()
    answer = client.post("/settings/operators/add/", {"name": "Mallory", "email": "mallory@acme.example"})
    assert answer.status_code == 403
    assert "Nothing was changed" in text_of(answer.content.decode())
    assert "CSRF" not in answer.content.decode()
    assert Operator.objects.count() == before


@pytest.mark.django_db
def test_what_cannot_be_read(acme: CompanyRef) -> None:
    fields = {f"field{number}": "" for number in range(2000)}
    answer = Client(HTTP_HOST="acme.localhost").post("/sign-in/", fields)
    assert answer.status_code == 400
    assert "could not be read" in text_of(answer.content.decode())


@pytest.mark.parametrize("path", ["/people/", "/api/v1/wallet/pass"])
def test_a_fault_of_ours_tells_nothing_of_it_and_needs_no_database(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    assert urls.handler500 == f"{errors.__name__}.{errors.fault.__name__}"
    request = HttpRequest()
    request.path = path
    answer = errors.fault(request)
    assert answer.status_code == 500
    said = answer.content.decode()
    assert "failed on our side" in said
    assert not re.search(r"\{%|\{\{", said)


def test_a_refused_request_tells_a_program_its_code() -> None:
    request = HttpRequest()
    request.path = "/api/v1/readers/next"
    answer = errors.bad_request(request, SuspiciousOperation("x"))
    assert (answer.status_code, b"bad_request" in answer.content) == (400, True)
