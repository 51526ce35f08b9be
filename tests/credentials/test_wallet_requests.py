"""Requests about one's data from the wallet: signed by the phone, asked once, seen by whom they are about."""

import uuid
from typing import Any

import pytest

from compliance.models import Case, CaseKind, CaseState, IdentityHow, Via
from compliance.services.cases import Told, hold_case, open_case
from compliance.services.identity import add_person
from credentials.finding import known_of
from credentials.models import Holder
from credentials.services import suspend_holder
from tenants.context import CompanyRef
from tests.compliance.build import CAROL, ready, somebody
from tests.credentials.phone import Phone, enrolled, henri

PATH = "/api/v1/wallet/requests"


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    ready()
    return henri()


@pytest.fixture
def phone(holder: Holder) -> Phone:
    return enrolled(holder)[0]


def ask(phone: Phone, **other: Any) -> tuple[int, dict[str, Any]]:
    told = {"id": str(uuid.uuid4()), "kind": "access", "message": "All of it.", "language": "de"}
    return phone.send("POST", PATH, told | other)


def seen(phone: Phone) -> list[dict[str, Any]]:
    status, told = phone.send("GET", PATH)
    assert status == 200
    return list(told["requests"])


def test_the_phone_says_who_asks(phone: Phone, holder: Holder) -> None:
    assert seen(phone) == []
    status, told = ask(phone)
    assert status == 201
    case = Case.objects.get(pk=told["request"]["id"])
    assert (case.via, case.state, case.identity_how) == (Via.WALLET, CaseState.OPEN, IdentityHow.PHONE)
    assert (case.name, case.email, case.message) == (holder.name, holder.email, "All of it.")
    assert [row.subject_id for row in case.persons.all()] == [holder.subject_id]
    assert case.identity_by == f"holder:{holder.handle}"
    (line,) = seen(phone)
    assert line == told["request"]
    assert line["answer_by"] > line["received_at"]


def test_sent_again_it_is_asked_once(phone: Phone) -> None:
    number = str(uuid.uuid4())
    first, second = ask(phone, id=number), ask(phone, id=number)
    assert first[1]["request"] == second[1]["request"]
    assert Case.objects.count() == 1
    status, told = ask(phone, id=number, kind="erasure")
    assert (status, told["code"]) == (409, "request_taken")


def test_an_id_of_somebody_elses_tells_nothing(phone: Phone, in_acme: CompanyRef) -> None:
    other = enrolled(somebody("Zoe", "zoe@acme.example"))[0]
    number = ask(other)[1]["request"]["id"]
    status, told = ask(phone, id=number)
    assert (status, told["code"]) == (409, "request_taken")
    assert seen(phone) == []


def test_what_others_ask_about_me_is_seen(phone: Phone, holder: Holder) -> None:
    """Somebody asks in the holder's name: the holder sees it."""
    told = Told("Henri Holder", "mallory@evil.example")
    case = open_case(kind=CaseKind.ERASURE, via=Via.OFFICER, persons=[], told=told, by=CAROL)
    add_person(hold_case(case.pk, None), known_of(holder), by=CAROL)
    assert [(one["number"], one["via"]) for one in seen(phone)] == [(case.number, "officer")]


def test_who_is_suspended_may_still_ask(phone: Phone, holder: Holder) -> None:
    suspend_holder(holder=holder, by=CAROL)
    assert ask(phone)[0] == 201


def test_a_phone_that_is_not_confirmed_asks_nothing(holder: Holder) -> None:
    waiting = enrolled(holder, vouched=False)[0]
    status, told = ask(waiting)
    assert (status, told["code"]) == (403, "device_awaiting")
    assert waiting.send("GET", PATH)[0] == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"kind": "money"}, {"id": "7"}, {"language": "xx"}, {"message": "x" * 801}]
)
def test_what_is_malformed_opens_nothing(phone: Phone, wrong: dict[str, str]) -> None:
    assert ask(phone, **wrong)[0] == 400
    assert not Case.objects.exists()


def test_ten_a_day(phone: Phone) -> None:
    assert [ask(phone)[0] for _ in range(11)] == [201] * 10 + [429]
    assert Case.objects.count() == 10
