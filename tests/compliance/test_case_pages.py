"""The officer's pages of requests: written down, identified, worked on, closed; and who may not."""

import csv
import io
import re
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from compliance import case_lists
from compliance.models import Case, CaseKind, CaseState, IdentityHow, Restriction, Via
from compliance.services.cases import Told, open_case
from credentials.models import Holder
from ledger.models import LedgerEntry
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.build import agree, publish, ready, somebody
from tests.compliance.test_console import get, post
from tests.fixtures.console import sign_in_as
from vault.caches import drop


@pytest.fixture
def henri(in_acme: CompanyRef) -> Holder:
    ready("gdpr", country="DE", subdivision="BE", time_zone="Europe/Berlin")
    return somebody()


def key_of(holder: Holder) -> str:
    return f"holder:{holder.subject_id}"


def written_down(holder: Holder, kind: str = "restriction", **other: Any) -> Case:
    told = {
        "kind": kind,
        "name": holder.name,
        "email": holder.email,
        "language": "de",
        "received_on": "2026-01-31",
        "message": "He telephoned.",
        "person": [key_of(holder)],
    }
    assert post("/compliance/cases/add/", told | other)[0] == 302
    return Case.objects.latest("number")


def deed(case: Case, what: str, who: str = "carol", **told: Any) -> tuple[int, str]:
    """Posted from the page as it stands, and where that leads to."""
    version = Case.objects.get(pk=case.pk).version
    client = sign_in_as(who)
    with context.leave():
        answer = client.post(
            f"/compliance/cases/{case.pk}/{what}/", {"version": version, **told}, follow=True
        )
    return answer.status_code, answer.content.decode()


def known(case: Case) -> Case:
    assert "It is known who asks." in deed(case, "identity", how="seen", note="Passport")[1]
    return Case.objects.get(pk=case.pk)


def test_found_by_name_and_written_down(henri: Holder) -> None:
    assert "Nothing waits" in get("/compliance/cases/")
    assert key_of(henri) in get("/compliance/cases/add/?q=henri")
    assert key_of(henri) in get("/compliance/cases/add/?q=HENRI@acme.example")
    assert "Nobody is known by that" in get("/compliance/cases/add/?q=zzzzzz")
    assert "Henri Holder" in get(f"/compliance/cases/add/?person={key_of(henri)}")
    case = written_down(henri)
    assert (case.kind, case.state, case.language) == ("restriction", CaseState.IDENTITY, "de")
    page = get(f"/compliance/cases/{case.pk}/")
    for words in ("He telephoned.", "overdue", "GDPR Art. 12(3)", "Henri Holder", "Not yet"):
        assert words in page, words
    assert "Request" in get("/compliance/")
    assert "1 overdue" in get("/compliance/cases/")


def test_a_day_that_is_still_to_come_is_none(henri: Holder) -> None:
    told = {"kind": "access", "name": "Zoe", "language": "en", "received_on": "2199-01-01"}
    assert post("/compliance/cases/add/", told)[0] == 422
    assert not Case.objects.exists()


def test_restricted_told_and_lifted(henri: Holder) -> None:
    case = written_down(henri)
    assert "find out who asks" in deed(case, "restriction/place")[1]
    case = known(case)
    assert (case.identity_how, case.state) == (IdentityHow.SEEN, CaseState.OPEN)
    assert "The data are restricted" in deed(case, "restriction/place", note="He disputes it")[1]
    assert "Restricted: what is held" in get(f"/people/{henri.pk}/")
    assert "The request is closed" in deed(case, "close")[1]
    assert "First tell the person" in deed(case, "restriction/lift")[1]
    assert "Now it can be lifted" in deed(case, "restriction/announce", note="It was right.")[1]
    assert "The restriction is lifted" in deed(case, "restriction/lift")[1]
    assert Restriction.objects.get().lifted_by.startswith("operator:")
    assert "Restricted: what is held" not in get(f"/people/{henri.pk}/")


def test_consents_of_the_restricted_do_not_leave(henri: Holder) -> None:
    notice = publish()[0]
    agree(henri, notice)
    agree(somebody("Zoe Zimmer", "zoe@acme.example"), notice)
    case = known(written_down(henri))
    deed(case, "restriction/place")
    client = sign_in_as("carol")
    with context.leave():
        answer = client.post("/compliance/consents/export/")
    assert "Zoe Zimmer" in answer.content.decode()
    assert "Henri" not in answer.content.decode()


def test_an_objection_is_decided_once(henri: Holder) -> None:
    case = known(written_down(henri, "objection"))
    assert "Give the reason" in deed(case, "objection/decide", follows="no", note=" ")[1]
    assert "It is decided" in deed(case, "objection/decide", follows="no", note="Safety of the vault.")[1]
    page = get(f"/compliance/cases/{case.pk}/")
    assert "Not followed" in page
    assert "Safety of the vault." in page
    assert "decided before" in deed(case, "objection/decide", follows="yes", note="Well.")[1]


def test_consents_are_withdrawn_for_who_asked(henri: Holder) -> None:
    row = agree(henri, publish()[0])
    case = written_down(henri, "withdrawal")
    assert str(row.pk) not in get(f"/compliance/cases/{case.pk}/")  # nothing is shown before
    case = known(case)
    assert str(row.pk) in get(f"/compliance/cases/{case.pk}/")
    deed(case, "withdrawal/withdraw", record=str(row.pk))
    row.refresh_from_db()
    assert row.ended_how == "withdrawn"
    assert Case.objects.get(pk=case.pk).state == CaseState.ANSWERED


def test_data_are_corrected(henri: Holder) -> None:
    case = written_down(henri, "rectification")
    assert "field_name" not in get(f"/compliance/cases/{case.pk}/")
    case = known(case)
    assert 'value="Henri Holder"' in get(f"/compliance/cases/{case.pk}/")
    told = {"subject": str(henri.subject_id), "field_name": "Henri Haller", "field_email": "no address"}
    assert "no mail address" in deed(case, "rectification/correct", **told)[1]
    told |= {"field_email": henri.email}
    assert "It is corrected" in deed(case, "rectification/correct", **told)[1]
    henri.refresh_from_db()
    assert henri.name == "Henri Haller"
    entry = LedgerEntry.objects.get(verb="case_corrected")
    assert entry.data["fields"] == ["name"]
    deed(case, "rectification/done", note="Your name is right now.")
    assert Case.objects.get(pk=case.pk).state == CaseState.ANSWERED


def test_extended_once_and_in_time(henri: Holder) -> None:
    late = written_down(henri)
    assert "Only before the first time is over" in deed(late, "extend", note="Much to do.")[1]
    fresh = written_down(henri, received_on=timezone.now().date().isoformat())
    before = Case.objects.get(pk=fresh.pk).answer_by
    assert "Give the reason" in deed(fresh, "extend", note="")[1]
    assert "It is extended" in deed(fresh, "extend", note="Much to do.")[1]
    after = Case.objects.get(pk=fresh.pk).answer_by
    assert before is not None
    assert after is not None
    assert (after - before).days >= 55
    assert "allows it once" in deed(fresh, "extend", note="Again.")[1]


def test_refused_with_its_reason(henri: Holder) -> None:
    case = written_down(henri)
    assert "Give the reason" in deed(case, "refuse", note="")[1]
    assert "It is refused" in deed(case, "refuse", note="The fifth time this week.")[1]
    assert Case.objects.get(pk=case.pk).state == CaseState.REFUSED
    assert "not running" in deed(case, "take")[1]


def test_nobody_is_known(henri: Holder) -> None:
    case = written_down(henri, person=[])
    assert "First say whom" in deed(case, "identity", how="known", note="By voice")[1]
    assert "nothing is held" in deed(case, "nothing")[1]
    assert Case.objects.get(pk=case.pk).state == CaseState.CLOSED


def test_of_two_officers_the_second_is_told(henri: Holder) -> None:
    case = written_down(henri)
    seen = case.version
    deed(case, "take", "olga")
    client = sign_in_as("carol")
    with context.leave():
        page = client.post(
            f"/compliance/cases/{case.pk}/refuse/", {"version": seen, "note": "No."}, follow=True
        ).content.decode()
        lost = client.post(f"/compliance/cases/{case.pk}/refuse/", {"note": "No."}, follow=True)
    assert "Somebody else has worked on this" in page
    assert "Somebody else has worked on this" in lost.content.decode()  # a page without its version
    assert Case.objects.get(pk=case.pk).state == CaseState.IDENTITY
    assert "Olga Owner" in page


def test_the_register_leaves_as_a_table(henri: Holder) -> None:
    written_down(henri, name='=cmd|"x"')
    client = sign_in_as("carol")
    with context.leave():
        answer = client.post("/compliance/cases/export/?state=all")
    head, row = csv.reader(io.StringIO(answer.content.decode()))
    assert head[0] == "number"
    assert row[5].startswith("'=")
    assert LedgerEntry.objects.get(verb="cases_exported").data["rows"] == 1


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_only_look_sees_no_deeds(henri: Holder, who: str) -> None:
    case = written_down(henri)
    page = get(f"/compliance/cases/{case.pk}/", who)
    assert not re.search(rf"/compliance/cases/{case.pk}/\w+/", page)
    assert deed(case, "take", who)[0] == 403


def test_every_kind_has_a_page(henri: Holder) -> None:
    for kind in CaseKind.values:
        case = written_down(henri, kind)
        assert "All that was done" in get(f"/compliance/cases/{case.pk}/")


def test_a_long_list_asks_as_little_as_a_short_one(
    henri: Holder, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for more, count in ((2, 2), (30, 32)):
        for number in range(more):
            told = Told(f"Person {number}", "")
            open_case(kind=CaseKind.ACCESS, via=Via.OFFICER, persons=[], told=told, by="operator:x")
        drop()  # the keys of persons, too, are fetched anew
        with django_assert_max_num_queries(5):
            lines = case_lists.lines(list(case_lists.wanted()))
            assert len([(line.case.name, line.answer.words) for line in lines]) == count


def test_the_overview_tells_officers_what_waits(henri: Holder) -> None:
    assert "about their data" not in get("/")
    written_down(henri)
    assert "1 request of people about their data waits, 1 overdue" in " ".join(get("/").split())
    assert "about their data" not in get("/", "alice")


@pytest.mark.parametrize(("email", "warned"), [("", True), ("anna@x.example", False)])
def test_who_cannot_be_mailed_is_told_by_the_officer(henri: Holder, email: str, warned: bool) -> None:
    told = Told("Anna", email, "She telephoned.")
    case = open_case(kind=CaseKind.ACCESS, via=Via.OFFICER, persons=[], told=told, by="operator:x")
    assert ("nothing of this request is mailed" in get(f"/compliance/cases/{case.pk}/")) == warned
