"""Hosts are told: who waits, who is in, who cannot come, what was brought; each way by itself, and once."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from credentials.models import Holder, Language
from credentials.services import edit_holder, offboard_holder, suspend_holder
from ledger.models import LedgerEntry, Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import HostChoice, Kiosk, NoticePolicy, Visit, VisitLink
from visitors.notices import Kind, tell_delivery, tell_host
from visitors.refusals import Refused

pytestmark = pytest.mark.django_db
LINK = re.compile(r"^ {4}(\S+/admit/([\w-]{22})/)$", re.M)


def sent(company: CompanyRef) -> list[EmailMultiAlternatives]:
    """What was mailed to hosts."""
    deliver(company)
    found = [one for one in mail.outbox if "<notice-" in one.extra_headers["Message-ID"]]
    return [one for one in found if isinstance(one, EmailMultiAlternatives)]


def untold(visit: Visit) -> list[str]:
    rows = LedgerEntry.objects.filter(verb="host_not_told", handle=visit.handle)
    return [row.data["why"] for row in rows]


def kiosk(desk: Reception) -> Kiosk:
    now = timezone.now()
    return Kiosk.objects.create(
        handle=7,
        name="Lobby",
        site=desk.place.site,
        public_key=b"\x04" + bytes(64),
        thumbprint="t" * 43,
        exit_hash=bytes(32),
        paired_at=now,
        last_heard=now,
    )


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Vera Visitor (Guest & Sons) waits for you at Head office", "Let them in"),
        ("de", "Vera Visitor (Guest & Sons) wartet auf Sie: Head office", "Lassen Sie die Person herein"),
        ("fr", "Vera Visitor (Guest & Sons) vous attend : Head office", "Laissez entrer"),
        ("es", "Vera Visitor (Guest & Sons) le espera: Head office", "Deje entrar"),
    ],
)
def test_who_waits(desk: Reception, in_acme: CompanyRef, language: str, subject: str, words: str) -> None:
    edit_holder(holder=desk.host, by=BY, language=language)
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    (message,) = sent(in_acme)
    assert (message.subject, message.to) == (subject, ["henri@acme.example"])
    (found,) = LINK.findall(str(message.body))
    assert words in str(message.body)
    page = str(message.alternatives[0][0])
    assert f'href="{found[0]}"' in page
    assert "Guest &amp; Sons" in page
    link = VisitLink.objects.get(visit=visit)
    assert (link.expires_at, link.used_at) == (visit.closes, None)


@pytest.mark.parametrize("kind", [Kind.WAITING, Kind.ARRIVED, Kind.CANNOT_COME, Kind.DELIVERY])
def test_every_mail_in_every_language(desk: Reception, in_acme: CompanyRef, kind: Kind) -> None:
    visit = desk.visit()
    if kind == Kind.ARRIVED:
        visit = services.admit(visit=visit, by=BY)
        deliver(in_acme)
        mail.outbox.clear()
    elif kind == Kind.WAITING:
        Visit.objects.filter(pk=visit.pk).update(arrived_at=timezone.now())
    place, subjects = kiosk(desk), set()
    for language in Language.values:
        edit_holder(holder=desk.host, by=BY, language=language)
        if kind == Kind.DELIVERY:
            tell_delivery(desk.host, place, "en")
        else:
            tell_host(Visit.objects.get(pk=visit.pk), kind)
        (message,) = sent(in_acme)
        assert "{" not in str(message.body) + str(message.subject)
        subjects.add(message.subject)
        mail.outbox.clear()
    assert len(subjects) == len(Language.values)


def test_who_is_admitted_at_once_is_told_as_arrived_alone(desk: Reception, in_acme: CompanyRef) -> None:
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    services.admit(visit=visit, by="kiosk:1")
    (message,) = sent(in_acme)
    assert "has arrived" in message.subject


def test_a_host_who_admitted_is_not_told_so(desk: Reception, in_acme: CompanyRef) -> None:
    services.admit(visit=desk.visit(), by=f"holder:{desk.host.handle}")
    assert sent(in_acme) == []


def test_a_visitor_who_cannot_come(desk: Reception, in_acme: CompanyRef) -> None:
    """Their own word, told after the visit's end has off-boarded them; what reception cancels is no news."""
    first, second = desk.visit(), desk.visit(name="Otto", email="otto@guest.example", begins_in=24 * 60)
    services.cancel(visit=first, by=f"holder:{first.holder.handle}")
    services.cancel(visit=second, by=BY)
    (message,) = sent(in_acme)
    assert message.subject == "Vera Visitor (Guest & Sons) cannot come"
    assert "invite them again" in str(message.body)


def test_a_mail_that_fails_is_sent_again_as_the_same_one(
    desk: Reception, in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.arrive(visit=desk.visit(), by="kiosk:1")
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", lambda *_: 1 / 0)
        assert deliver(in_acme).failed >= 1
    assert mail.outbox == []
    deliver(in_acme, now=timezone.now() + dt.timedelta(minutes=1))
    deliver(in_acme, now=timezone.now() + dt.timedelta(minutes=2))
    (message,) = sent(in_acme)
    row = Outbox.objects.get(topic="notice.mail")
    assert row.data["notice"] in message.extra_headers["Message-ID"]
    assert row.attempts == 2
    assert not {"name", "email"} & set(row.data)


@pytest.mark.parametrize("leaves", [offboard_holder, suspend_holder])
def test_a_host_who_left_is_not_told_and_that_is_on_record(
    desk: Reception, in_acme: CompanyRef, leaves: object
) -> None:
    visit = desk.visit()
    leaves(holder=desk.host, by=BY)  # type: ignore[operator]
    services.arrive(visit=visit, by="kiosk:1")
    assert sent(in_acme) == []
    assert untold(visit) == ["host_left"]


def test_a_host_who_leaves_before_the_mail_does(desk: Reception, in_acme: CompanyRef) -> None:
    services.arrive(visit=desk.visit(), by="kiosk:1")
    offboard_holder(holder=desk.host, by=BY)
    assert sent(in_acme) == []


def test_nobody_is_host_or_nothing_is_chosen(desk: Reception, in_acme: CompanyRef) -> None:
    alone = services.plan_visit(guest=services.Guest("Otto"), plan=desk.plan(host=None), by=BY)
    services.arrive(visit=alone, by="kiosk:1")
    assert untold(alone) == ["no_host"]
    NoticePolicy.objects.create(mail=False)
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    assert untold(visit) == ["no_way"]
    NoticePolicy.objects.all().delete()
    HostChoice.objects.create(holder=desk.host, mail=False)
    tell_host(visit, "waiting")
    assert untold(visit) == ["no_way", "no_way"]
    assert sent(in_acme) == []


def test_a_delivery_for_somebody_who_left(desk: Reception, in_acme: CompanyRef) -> None:
    place = kiosk(desk)
    gone = Holder.objects.get(pk=desk.host.pk)
    offboard_holder(holder=desk.host, by=BY)
    with pytest.raises(Refused, match="host_left"):
        tell_delivery(gone, place, "en")
    assert not Outbox.objects.filter(topic__startswith="notice.").exists()
