"""Pushes to a host's browser: taken by a push service over TLS, opened with the subscriber's keys."""

import datetime as dt
import json
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.conf import LazySettings
from django.utils import timezone

from credentials.models import Device
from credentials.services import edit_holder, offboard_holder, revoke_device
from ledger.models import Outbox
from ledger.outbox import deliver
from sallyport.keys import b64url, b64url_decode
from tenants.context import CompanyRef
from tests.credentials.phone import enrolled
from tests.ledger.outside import Inbox, inbox
from tests.visitors.browser_push import Subscriber
from tests.visitors.build import BY, Reception
from vault.services import destroy_subject_key
from visitors import services
from visitors.models import HostChoice, NoticePolicy, PushSubscription
from visitors.notices import outgoing, push, webpush
from visitors.refusals import Refused
from visitors.services.noticing import subscribe, unsubscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A push service that the machine trusts, at an address where it may be."""
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    outgoing.forget()
    with inbox(tmp_path) as made:
        made.status = 201
        trusted = tmp_path / "trusted.pem"
        trusted.write_text(made.authority)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        yield made
    outgoing.forget()


@pytest.fixture
def device(desk: Reception) -> Device:
    return enrolled(desk.host)[1]


def browser(device: Device, service: Inbox) -> Subscriber:
    made = Subscriber.drawn()
    keys = {"p256dh": b64url(made.keys.p256dh), "auth": b64url(made.auth)}
    subscribe(device=device, endpoint=service.url, **keys)
    return made


def later(company: CompanyRef, seconds: int) -> None:
    deliver(company, now=timezone.now() + dt.timedelta(seconds=seconds))


def test_the_subscriber_reads_a_sentence_and_a_number(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device
) -> None:
    edit_holder(holder=desk.host, by=BY, language="de")
    mine = browser(device, service)
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    ((headers, body),) = service.taken
    plain = mine.read(body)
    assert json.loads(plain) == {
        "kind": "waiting",
        "title": "Ein Besuch wartet auf Sie",
        "body": "Head office",
        "visit": str(visit.pk),
    }
    assert b"Vera" not in plain
    with pytest.raises(InvalidTag):
        Subscriber.drawn().read(body)
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "high")
    assert headers["topic"] == b64url(visit.pk.bytes)
    assert int(headers["ttl"]) == 3600


def test_it_is_signed_as_ours(desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device) -> None:
    browser(device, service)
    services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    value = service.taken[0][0]["authorization"]
    token, _, public = value.removeprefix("vapid t=").partition(", k=")
    assert public == push.vapid_public()
    signed, _, mark = token.rpartition(".")
    raw = b64url_decode(mark)
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    webpush.point(b64url_decode(public)).verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(b64url_decode(signed.partition(".")[2]))
    url = urlsplit(service.url)
    assert claims["aud"] == f"https://{url.netloc}"
    assert 0 < claims["exp"] - timezone.now().timestamp() < 24 * 3600
    assert claims["sub"].startswith("https://")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device, status: int
) -> None:
    browser(device, service)
    service.status = status
    services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    assert not PushSubscription.objects.exists()
    assert not Outbox.objects.filter(topic="notice.push", done=None).exists()


def test_a_failure_is_tried_again_and_is_forgiven(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device
) -> None:
    mine = browser(device, service)
    PushSubscription.objects.update(failed=4)
    service.status = 503
    services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(in_acme)
    later(in_acme, 3)
    assert len(service.taken) == 1
    service.status = 201
    later(in_acme, 8)
    assert len(service.taken) == 2
    assert mine.read(service.taken[1][1]) == mine.read(service.taken[0][1])
    assert PushSubscription.objects.get().failed == 0


def test_five_notices_that_fail_in_a_row_are_the_last(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device
) -> None:
    browser(device, service)
    service.status = 503
    for number in range(5):
        assert PushSubscription.objects.get().failed == number
        visit = desk.visit(name=f"Guest {number}", email=f"guest{number}@guest.example")
        services.arrive(visit=visit, by="kiosk:1")
        for seconds in (0, 10, 60):
            later(in_acme, seconds)
    assert len(service.taken) == 15
    assert not PushSubscription.objects.exists()


def test_who_chose_no_push_or_has_left_or_lost_the_phone(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device
) -> None:
    browser(device, service)
    choice = HostChoice.objects.create(holder=desk.host, push=False)
    services.arrive(visit=desk.visit(), by="kiosk:1")
    choice.delete()
    policy = NoticePolicy.objects.create(push=False)
    services.arrive(visit=desk.visit(name="Otto", email="otto@guest.example"), by="kiosk:1")
    policy.delete()
    services.arrive(visit=desk.visit(name="Ada", email="ada@guest.example"), by="kiosk:1")
    revoke_device(device=device, reason="lost", by=BY)
    assert not PushSubscription.objects.exists()
    offboard_holder(holder=desk.host, by=BY)
    deliver(in_acme)
    assert service.taken == []


def test_who_was_erased_is_pushed_nothing(
    desk: Reception,
    in_acme: CompanyRef,
    service: Inbox,
    device: Device,
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser(device, service)
    services.arrive(visit=desk.visit(), by="kiosk:1")
    with django_capture_on_commit_callbacks(execute=True):
        destroy_subject_key(desk.host.subject)
    deliver(in_acme)
    assert service.taken == []
    assert not PushSubscription.objects.exists()
    assert not Outbox.objects.filter(topic="notice.push", done=None).exists()


def test_old_news_is_none(desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device) -> None:
    browser(device, service)
    services.arrive(visit=desk.visit(), by="kiosk:1")
    row = Outbox.objects.get(topic="notice.push")
    Outbox.objects.filter(pk=row.pk).update(data=row.data | {"at": row.data["at"] - 3700})
    deliver(in_acme)
    assert service.taken == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/push",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "http://push.example/x",
        "https://user:word@93.184.215.14/",
        "https://93.184.215.14:99999/",
        "https://93.184.215.14/" + "x" * 1000,
        "https://no-such-name.invalid/",
        "",
    ],
)
def test_no_endpoint_leads_inside(device: Device, endpoint: str) -> None:
    made = Subscriber.drawn()
    with pytest.raises(Refused, match="push_address_wrong"):
        subscribe(device=device, endpoint=endpoint, p256dh=b64url(made.keys.p256dh), auth=b64url(made.auth))
    assert not PushSubscription.objects.exists()


def test_keys_that_are_none(device: Device) -> None:
    with pytest.raises(Refused, match="push_keys_wrong"):
        subscribe(device=device, endpoint="https://93.184.215.14/x", p256dh="AAAA", auth="AAAA")


def test_a_place_that_turned_inside_is_not_posted_to(
    desk: Reception, in_acme: CompanyRef, service: Inbox, device: Device, settings: LazySettings
) -> None:
    browser(device, service)
    settings.STREAM_NETWORKS = ()
    services.arrive(visit=desk.visit(), by="kiosk:1")
    for seconds in (0, 10, 60):
        later(in_acme, seconds)
    assert service.taken == []
    assert PushSubscription.objects.get().failed == 1


def test_subscribed_again_there_is_one(device: Device, service: Inbox) -> None:
    browser(device, service)
    browser(device, service)
    assert PushSubscription.objects.count() == 1
    row = PushSubscription.objects.get()
    assert "127.0.0.1" in row.endpoint
    unsubscribe(device=device)
    unsubscribe(device=device)
    assert not PushSubscription.objects.exists()
