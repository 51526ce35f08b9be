"""The company's webhook, posted to a real server over TLS: signed, nameless, tried again, never inwards."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from credentials.services import offboard_holder
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from ledger.streams.failure import StreamFailed
from ledger.streams.target import StreamRefused
from operators.addresses import page_address
from tenants.context import CompanyRef
from tests.ledger.outside import Inbox, inbox
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import NoticePolicy, VisitLink
from visitors.notices import outgoing
from visitors.services import noticing
from visitors.services.links import token_of
from visitors.services.noticing import Ways, choose_ways, remove_webhook, set_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(tmp_path: Path, settings: LazySettings) -> Iterator[Inbox]:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    outgoing.forget()
    with inbox(tmp_path) as made:
        yield made
    outgoing.forget()


def hooked(box: Inbox, *, names: bool = False) -> str:
    return set_webhook(address=box.url, authority=box.authority, names=names, by=BY)


def test_what_is_posted_is_signed_and_names_nobody(desk: Reception, in_acme: CompanyRef, box: Inbox) -> None:
    secret = hooked(box)
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    ((headers, body),) = box.taken
    (said,) = box.said
    assert said["event"] == "visit.waiting"
    assert (said["visit"], said["type"], said["site"]) == (visit.handle, "Meeting", "Head office")
    assert (said["host"], said["company"]) == (desk.host.handle, in_acme.uid.hex())
    assert said["at"] == pytest.approx(timezone.now().timestamp(), abs=60)
    assert b"Vera" not in body
    assert b"Henri" not in body
    moment, mark = (part.partition("=")[2] for part in headers["sallyport-signature"].split(","))
    expected = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mark, expected)
    assert headers["idempotency-key"] == Outbox.objects.get(topic="notice.webhook").data["notice"]


def test_names_where_the_company_chose_so(desk: Reception, in_acme: CompanyRef, box: Inbox) -> None:
    hooked(box)
    choose_ways(ways=Ways(mail=True, push=True, closing_hour=None, names=True), by=BY)
    services.admit(visit=desk.visit(), by=BY)
    deliver(in_acme)
    (said,) = box.said
    assert (said["event"], said["visitor_name"], said["host_name"]) == (
        "visit.arrived",
        "Vera Visitor",
        "Henri Holder",
    )


@pytest.mark.parametrize("names", [False, True])
def test_who_waits_comes_with_where_to_answer_and_no_token(
    desk: Reception, in_acme: CompanyRef, box: Inbox, *, names: bool
) -> None:
    hooked(box, names=names)
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    (said,) = box.said
    assert said["answer"] == page_address("/wallet/#visits")
    assert said["console"] == page_address(f"/visitors/{visit.pk}/")
    ((_, body),) = box.taken
    assert VisitLink.objects.filter(visit=visit).exists()
    for link in VisitLink.objects.filter(visit=visit):
        assert token_of(link).encode() not in body
    services.admit(visit=visit, by=f"holder:{desk.host.handle}")
    services.admit(visit=desk.visit(email="other@guest.example"), by=BY)
    deliver(in_acme)
    assert "answer" not in box.said[-1]
    assert box.said[-1]["event"] == "visit.arrived"


def test_a_refusal_is_tried_again_and_the_mail_goes_all_the_same(
    desk: Reception, in_acme: CompanyRef, box: Inbox, mailoutbox: list[object]
) -> None:
    hooked(box)
    box.status = 500
    services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    assert len(box.taken) == 1
    assert any("waits for you" in one.subject for one in mailoutbox)  # type: ignore[attr-defined]
    row = Outbox.objects.get(topic="notice.webhook")
    assert (row.done, row.error) == (None, "StreamFailed")
    box.status = 200
    deliver(in_acme, now=timezone.now() + dt.timedelta(minutes=1))
    (first, _), (second, _) = box.taken
    assert first["idempotency-key"] == second["idempotency-key"]
    assert Outbox.objects.get(pk=row.pk).done is not None


def test_who_does_not_answer_is_left_alone_for_a_while(
    desk: Reception, in_acme: CompanyRef, box: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(box)
    monkeypatch.setattr(outgoing, "PATIENCE", 0.2)
    box.go.clear()
    with pytest.raises(StreamFailed, match="timed_out"):
        noticing.try_webhook(by=BY)
    with pytest.raises(StreamFailed, match="resting"):
        noticing.try_webhook(by=BY)
    assert len(box.taken) == 1
    box.go.set()
    outgoing.forget()
    noticing.try_webhook(by=BY)
    assert box.said[-1]["event"] == "test"


def test_the_host_has_left_and_the_webhook_hears(desk: Reception, in_acme: CompanyRef, box: Inbox) -> None:
    hooked(box)
    visit = desk.visit()
    offboard_holder(holder=desk.host, by=BY)
    services.arrive(visit=visit, by="kiosk:1")
    deliver(in_acme)
    assert [one["event"] for one in box.said] == ["visit.waiting"]
    assert LedgerEntry.objects.filter(verb="host_not_told", handle=visit.handle).exists()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://127.0.0.1/x", "place_forbidden"),
        ("https://169.254.169.254/latest", "place_forbidden"),
        ("http://example.com/", "address_wrong"),
        ("https://no-such-name.invalid/", "name_unknown"),
    ],
)
def test_no_webhook_leads_inside(in_acme: CompanyRef, address: str, code: str) -> None:
    with pytest.raises(StreamRefused, match=code):
        set_webhook(address=address, authority="", names=False, by=BY)
    assert not NoticePolicy.objects.exclude(webhook=b"").exists()


def test_a_name_that_leads_inside_later_is_not_followed(
    in_acme: CompanyRef, box: Inbox, settings: LazySettings
) -> None:
    hooked(box)
    settings.STREAM_NETWORKS = ()
    with pytest.raises(StreamFailed, match="place_forbidden"):
        noticing.try_webhook(by=BY)
    assert box.taken == []


def test_a_certificate_that_nobody_vouches_for(in_acme: CompanyRef, box: Inbox) -> None:
    set_webhook(address=box.url, authority="", names=False, by=BY)
    with pytest.raises(StreamFailed, match="certificate_refused"):
        noticing.try_webhook(by=BY)
    assert box.taken == []


def test_deeds_are_on_record_without_address_or_secret(in_acme: CompanyRef, box: Inbox) -> None:
    secret = hooked(box)
    choose_ways(ways=Ways(mail=False, push=True, closing_hour=19), by=BY)
    choose_ways(ways=Ways(mail=False, push=True, closing_hour=19), by=BY)
    remove_webhook(by=BY)
    remove_webhook(by=BY)
    rows = LedgerEntry.objects.filter(verb__startswith="notice_")
    verbs = sorted(row.verb for row in rows)
    assert verbs == ["notice_ways_chosen", "notice_webhook_removed", "notice_webhook_set"]
    told = str([row.data for row in rows])
    assert secret not in told
    assert "tulip" not in told
    row = NoticePolicy.objects.get()
    assert (bytes(row.webhook), bytes(row.webhook_secret), row.closing_hour) == (b"", b"", 19)
