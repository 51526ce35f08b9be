"""The officer withdraws for a person who asked for it, and takes the list along; both are on record."""

import csv
import inspect
import io
from uuid import uuid4

import pytest
from django.test import RequestFactory
from pytest_django.plugin import DjangoDbBlocker

from compliance.law import Change, Purpose
from compliance.models import ConsentRecord, Ended, NoticeVersion
from credentials.models import Holder
from ledger.models import LedgerEntry, Outbox
from pages.views import consents
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.build import agree, publish, read, ready, somebody
from tests.compliance.test_console import get, post
from tests.fixtures.console import sign_in_as


@pytest.fixture
def notice(in_acme: CompanyRef) -> NoticeVersion:
    ready()
    return publish()[0]


@pytest.fixture
def henri(in_acme: CompanyRef) -> Holder:
    return somebody()


def exported(query: str = "", who: str = "carol") -> list[list[str]]:
    client = sign_in_as(who)
    with context.leave():
        answer = client.post(f"/compliance/consents/export/{query}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_withdrawn_for_a_person(notice: NoticeVersion, henri: Holder) -> None:
    row = agree(henri, notice)
    address = f"/compliance/consents/{row.pk}/withdraw/"
    assert address in get(f"/people/{henri.pk}/")
    assert "Withdraw for Henri Holder" in get(address)
    assert ConsentRecord.objects.get(pk=row.pk).in_force  # looking at the page ends nothing
    assert post(address, {})[0] == 302
    row.refresh_from_db()
    assert (row.in_force, row.ended_how) == (False, Ended.WITHDRAWN)
    deed = LedgerEntry.objects.get(verb="consent_withdrawn")
    assert deed.actor.startswith("operator:")
    assert [one.data["what"] for one in Outbox.objects.filter(topic="mail.consent_receipt")][
        -1
    ] == "withdrawn"
    assert address not in get(f"/people/{henri.pk}/")
    again = sign_in_as("carol")
    with context.leave():  # a second officer, or the same button again
        said = again.post(address, follow=True).content.decode()
    assert "had ended already" in said
    assert LedgerEntry.objects.filter(verb="consent_withdrawn").count() == 1


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_only_look_sees_no_button(notice: NoticeVersion, henri: Holder, who: str) -> None:
    address = f"/compliance/consents/{agree(henri, notice).pk}/withdraw/"
    assert "Take along" not in get("/compliance/consents/", who)
    assert address not in get("/compliance/consents/", who)
    assert post(address, {}, who)[0] == 403
    assert post("/compliance/consents/export/", {}, who)[0] == 403


def test_what_was_only_read_cannot_be_withdrawn(notice: NoticeVersion, henri: Holder) -> None:
    door = publish(Purpose.DOOR_RECORD)[0]
    row = read(henri, door)
    for number in (row.pk, uuid4()):
        assert post(f"/compliance/consents/{number}/withdraw/", {})[0] == 404
    assert ConsentRecord.objects.get(pk=row.pk).in_force


def test_the_list_as_a_table(notice: NoticeVersion, henri: Holder) -> None:
    agree(henri, notice)
    agree(somebody('=HYPERLINK("http://evil.example")', "evil@acme.example"), notice)
    head, *rows = exported()
    assert head[0] == "person"
    assert {row[0] for row in rows} == {"Henri Holder", '\'=HYPERLINK("http://evil.example")'}
    assert {row[6] for row in rows} == {notice.sha256}
    assert [row[0] for row in exported("?text=henri")[1:]] == ["Henri Holder"]
    assert exported("?state=ended")[1:] == []
    deeds = LedgerEntry.objects.filter(verb="consents_exported")
    told = sorted((deed.data["rows"], deed.data["by_name"], deed.data["state"]) for deed in deeds)
    assert told == [(0, False, "ended"), (1, True, ""), (2, False, "")]


def test_one_that_a_later_text_has_renewed_is_not_said_to_be_withdrawn(
    notice: NoticeVersion, henri: Holder
) -> None:
    first = agree(henri, notice)
    later = agree(henri, publish(Purpose.FACE, "gdpr", Change.WORDING, word="more")[0])
    client = sign_in_as("carol")
    with context.leave():
        said = client.post(f"/compliance/consents/{first.pk}/withdraw/", follow=True).content.decode()
    assert "It is withdrawn" not in said
    assert ConsentRecord.objects.get(pk=later.pk).in_force


def test_the_table_leaves_with_its_deed(
    own_company: CompanyRef, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a test's transaction, as on a server: a deed is put on record in a transaction alone."""
    monkeypatch.setattr(consents, "actor_of", lambda request: "operator:1")
    unguarded = inspect.unwrap(consents.export)
    with django_db_blocker.unblock(), context.enter(own_company):
        assert unguarded(RequestFactory().post("/compliance/consents/export/")).status_code == 200
        assert LedgerEntry.objects.filter(verb="consents_exported").count() == 1
