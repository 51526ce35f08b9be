"""A consent given at a desk: no phone, the operator who attended, and whoever reads of it is told so."""

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import ConsentRecord, NoticeVersion
from compliance.services import withdraw
from credentials import consent_mails
from credentials.api.privacy import _receipt
from credentials.models import Holder
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.compliance.build import agree, publish, ready, somebody, whom
from tests.compliance.test_console import get
from tests.compliance.test_officer_withdraws import exported
from tests.fixtures.console import member

AT_DESK: dict[str, Any] = {"device": None, "key_print": "", "proof": {}}


@pytest.fixture
def notice(in_acme: CompanyRef) -> NoticeVersion:
    ready()
    return next(one for one in publish() if one.language == "en")


@pytest.fixture
def henri(in_acme: CompanyRef) -> Holder:
    return somebody()


def at_desk(holder: Holder, notice: NoticeVersion, **other: object) -> ConsentRecord:
    return agree(holder, notice, **AT_DESK, attended_by=member("alice").actor, **other)


def test_the_deed_is_the_operators(notice: NoticeVersion, henri: Holder) -> None:
    row = at_desk(henri, notice)
    assert (row.device, row.key_print, row.attended_by) == (None, "", member("alice").actor)
    entry = LedgerEntry.objects.get(verb="consent_given")
    assert (entry.actor, entry.data["desk"], "device" in entry.data) == (
        row.attended_by,
        row.attended_by,
        False,
    )
    phone = agree(somebody("Zoe", "zoe@acme.example"), notice)
    entry = LedgerEntry.objects.get(verb="consent_given", handle=phone.person)
    assert (entry.data["device"], "desk" in entry.data, phone.at_desk) == (7, False, False)


@pytest.mark.parametrize(
    "told",
    [
        {"device": 7, "attended_by": "operator:1"},
        {"device": None, "key_print": "", "attended_by": ""},
        {"device": None, "key_print": "k" * 43, "attended_by": "operator:1"},
        {"device": 7, "key_print": "", "attended_by": ""},
    ],
)
def test_it_is_one_or_the_other(notice: NoticeVersion, henri: Holder, told: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="said_on_a_phone_or_at_a_desk"), transaction.atomic():
        agree(henri, notice, **told)


def test_who_attended_is_written_once(notice: NoticeVersion, henri: Holder) -> None:
    row = at_desk(henri, notice)
    for change in (
        {"attended_by": "operator:2"},
        {"attended_by": "", "device": 7, "key_print": "k"},
        {"attended_by": "operator:2", "ended_at": timezone.now(), "ended_how": "withdrawn"},
    ):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            ConsentRecord.objects.filter(pk=row.pk).update(**change)
    withdraw(person=whom(henri), record=row.pk, by="holder:1")
    assert not ConsentRecord.objects.get().in_force


def test_the_lists_say_where(notice: NoticeVersion, henri: Holder) -> None:
    at_desk(henri, notice)
    agree(somebody("Zoe", "zoe@acme.example"), notice)
    page = get("/compliance/consents/")
    assert "at a desk, with Alice Alert" in page
    assert "on phone 7" in page
    assert "at a desk, with Alice Alert" in get(f"/people/{henri.pk}/")
    head, *rows = exported()
    assert head[-2:] == ["phone", "attended by"]
    assert sorted(row[-2:] for row in rows) == [["", "Alice Alert"], ["7", ""]]


def test_the_receipts_of_the_person(notice: NoticeVersion, henri: Holder) -> None:
    row = at_desk(henri, notice)
    told = _receipt(row)
    assert (told["at_desk"], told["device"], told["key_print"]) == (True, None, "")
    consent_mails.send_receipt(str(row.pk), "given")
    (letter,) = mail.outbox
    body = " ".join(letter.body.split())
    assert "you pressed “I agree” under this text, at a desk of your company:" in body
    assert "Without a phone, tell your company" in body
    withdraw(person=whom(henri), record=row.pk, by="holder:1")
    consent_mails.send_receipt(str(row.pk), "withdrawn")
    assert "Without a phone" not in mail.outbox[1].body


def test_the_receipt_from_a_phone_is_as_before(notice: NoticeVersion, henri: Holder) -> None:
    consent_mails.send_receipt(str(agree(henri, notice).pk), "given")
    (letter,) = mail.outbox
    assert "desk" not in letter.body


def test_at_a_kiosk_nobody_attends(notice: NoticeVersion, henri: Holder) -> None:
    row = agree(henri, notice, device=None, key_print="", proof={"body": "{}"}, attended_by="kiosk:3")
    entry = LedgerEntry.objects.get(verb="consent_given")
    assert (row.at_desk, row.at_kiosk, entry.actor) == (True, True, "kiosk:3")
    assert (entry.data["kiosk"], "desk" in entry.data) == ("kiosk:3", False)
    consent_mails.send_receipt(str(row.pk), "given")
    assert ", at a kiosk of the company" in mail.outbox[0].body
    assert " desk " not in mail.outbox[0].body
    assert "at a kiosk, kiosk:3" in get("/compliance/consents/")
    assert "at a kiosk, kiosk:3" in get(f"/people/{henri.pk}/")
