"""A host learns by mail whom reception has invited in their name, with a file for their own calendar."""

from collections.abc import Sequence
from email.message import EmailMessage, Message

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from icalendar import Calendar

from credentials.services import suspend_holder
from ledger.models import Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception
from visitors import services
from visitors.models import Visit
from visitors.notices.choices import choice_of
from visitors.services.codes import code_of
from visitors.services.inviting import invite_for_host
from visitors.services.planning import Guest

pytestmark = pytest.mark.django_db
GUESTS = (Guest("Vera Visitor", "vera@guest.example", "Guest & Sons"), Guest("Otto"))


def invited(desk: Reception, guests: Sequence[Guest] = GUESTS) -> list[Visit]:
    return invite_for_host(guests=guests, plan=desk.plan(begins_in=24 * 60), by=BY)


def told(acme: CompanyRef, desk: Reception) -> list[EmailMultiAlternatives]:
    deliver(acme)
    found = [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]
    return [one for one in found if one.to == [desk.host.email]]


def calendar(message: Message | EmailMessage) -> str:
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


@pytest.mark.parametrize(
    ("language", "subject", "visit"),
    [
        ("en", "Vera Visitor (Guest & Sons) is invited in your name", "Visit"),
        ("de", "Vera Visitor (Guest & Sons) ist in Ihrem Namen eingeladen", "Besuch"),
        ("fr", "Vera Visitor (Guest & Sons) : invitation en votre nom", "Visite"),
        ("es", "Vera Visitor (Guest & Sons): invitación en su nombre", "Visita"),
    ],
)
def test_one_mail_for_all_in_the_hosts_language(
    desk: Reception, in_acme: CompanyRef, language: str, subject: str, visit: str
) -> None:
    type(desk.host).objects.filter(pk=desk.host.pk).update(language=language)
    made = invited(desk)
    (message,) = told(in_acme, desk)
    assert str(message.subject).startswith(subject)
    file = calendar(message.message())
    summaries = [str(event["summary"]) for event in Calendar.from_ical(file).walk("VEVENT")]
    assert summaries == [f"{visit}: Vera Visitor, Guest & Sons", f"{visit}: Otto"]
    for one in made:
        assert one.holder.name in str(message.body)
        assert code_of(one) not in file + str(message.body)
    Outbox.objects.filter(topic="visits.host_invited").update(done=None, due=timezone.now())
    first, second = told(in_acme, desk)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_what_was_called_off_meanwhile_is_not_told(desk: Reception, in_acme: CompanyRef) -> None:
    first, _ = invited(desk)
    services.cancel(visit=first, by=BY)
    (message,) = told(in_acme, desk)
    assert "Vera" not in str(message.subject) + str(message.body)


def test_who_has_left_or_wants_no_mail_has_none(desk: Reception, in_acme: CompanyRef) -> None:
    choice = choice_of(desk.host)
    choice.mail = False
    choice.save()
    invited(desk)
    assert told(in_acme, desk) == []
    choice.mail = True
    choice.save()
    invited(desk, [Guest("Ada")])
    suspend_holder(holder=desk.host, by=BY)
    assert told(in_acme, desk) == []
