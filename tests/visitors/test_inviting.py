"""Inviting: one, a group, a series; the mails that go with it, changed and cancelled."""

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage, Message
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from icalendar import Calendar

from credentials.models import Holder
from credentials.selectors import live_credential
from credentials.services import offboard_holder
from ledger.models import Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception, guest
from vault.services import destroy_subject_key
from visitors.models import GroupKind, Visit, VisitLink, VisitState
from visitors.refusals import Refused
from visitors.services import Guest, cancel
from visitors.services.codes import code_of
from visitors.services.inviting import invite, invite_again, resend
from visitors.services.links import token_of
from visitors.services.rearranging import cancel_group, decline, move_visit

pytestmark = pytest.mark.django_db


def invited(desk: Reception, *guests: Guest, **more: Any) -> list[Visit]:
    return invite(guests=guests or [guest()], plan=desk.plan(begins_in=60), by=BY, **more)


def mailed(acme: CompanyRef) -> list[EmailMultiAlternatives]:
    deliver(acme)
    assert not Outbox.objects.filter(done=None, topic__startswith="visits.").exists()
    return [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]


def calendar_of(message: EmailMultiAlternatives) -> Any:
    parts = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) == 1
    payload = parts[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    calendar = Calendar.from_ical(payload)
    assert parts[0].get_param("method") == calendar["METHOD"]
    return calendar


def events(message: EmailMultiAlternatives) -> list[Any]:
    return list(calendar_of(message).walk("VEVENT"))


def picture_of(message: Message | EmailMessage) -> bytes:
    (part,) = [one for one in message.walk() if one.get_content_type() == "image/png"]
    assert part["Content-ID"] == "<code>"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def test_the_mail_says_all_that_a_visitor_needs(desk: Reception, in_acme: CompanyRef) -> None:
    desk.type.bring = "Safety shoes"
    desk.type.save()
    (visit,) = invited(desk)
    (message,) = mailed(in_acme)
    link = VisitLink.objects.get(visit=visit)
    code = code_of(visit)
    shown = f"{code[:4]}-{code[4:]}"
    html = str(message.alternatives[0][0])
    for text in (str(message.body), html):
        assert shown in text
        assert f"/visit/{token_of(link)}/" in text
        assert "Safety shoes" in text
        assert desk.host.name in text
        assert "openstreetmap.org/search" in text
        assert desk.place.site.time_zone in text
    assert message.to == ["vera@guest.example"]
    assert picture_of(message.message()).startswith(b"\x89PNG")
    (event,) = events(message)
    assert calendar_of(message)["METHOD"] == "REQUEST"
    assert event["UID"] == f"visit-{visit.pk}@{in_acme.host}"
    assert event["SEQUENCE"] == 0
    assert event["ATTENDEE"] == "mailto:vera@guest.example"
    assert event["DTSTART"].dt == visit.begins.replace(microsecond=0)
    # Calendars are shared: neither the code nor the link is in it.
    assert code not in str(calendar_of(message).to_ical())
    assert token_of(link) not in calendar_of(message).to_ical().decode()


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Your visit to"), ("de", "Ihr Besuch bei"), ("fr", "Votre visite chez"), ("es", "Su visita a")],
)
def test_it_speaks_the_visitors_language(
    desk: Reception, in_acme: CompanyRef, language: str, subject: str
) -> None:
    invited(desk, replace(guest(), language=language))
    (message,) = mailed(in_acme)
    assert str(message.subject).startswith(subject)
    assert f'<html lang="{language}">' in str(message.alternatives[0][0])


def test_making_it_again_makes_the_same_mail(desk: Reception, in_acme: CompanyRef) -> None:
    (visit,) = invited(desk)
    mailed(in_acme)
    Outbox.objects.filter(topic="visits.invited").update(done=None, due=timezone.now())
    first, second = mailed(in_acme)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body
    resend(visit=visit, by=BY)
    third = mailed(in_acme)[2]
    assert third.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
    assert third.body == first.body


def test_a_group_is_one_guest_each_and_a_series_one_mail(desk: Reception, in_acme: CompanyRef) -> None:
    group = invited(desk, guest(), guest("Walter", "walter@guest.example"), name="Audit")
    assert {one.group.kind for one in group if one.group} == {GroupKind.GROUP}
    assert len(mailed(in_acme)) == 2
    mail.outbox.clear()
    begins = timezone.now() + dt.timedelta(days=2)
    times = [(begins + dt.timedelta(days=day), begins + dt.timedelta(days=day, hours=1)) for day in range(3)]
    series = invited(desk, guest("Sara", "sara@guest.example"), times=times)
    assert [one.group and one.group.kind for one in series] == [GroupKind.SERIES] * 3
    (message,) = mailed(in_acme)
    assert calendar_of(message)["METHOD"] == "PUBLISH"
    assert len({str(one["UID"]) for one in events(message)}) == 3
    assert all(code_of(one)[:4] in str(message.body) for one in series)


def test_moving_keeps_the_code_and_tells_with_a_higher_sequence(desk: Reception, in_acme: CompanyRef) -> None:
    (visit,) = invited(desk)
    code = code_of(visit)
    begins = timezone.now() + dt.timedelta(days=3)
    moved = move_visit(visit=visit, begins=begins, ends=begins + dt.timedelta(hours=2), by=BY)
    assert move_visit(visit=visit, begins=moved.begins, ends=moved.ends, by=BY).begins == begins
    _, change = mailed(in_acme)
    (event,) = events(change)
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (1, begins.replace(microsecond=0))
    assert str(change.subject).startswith("Changed")
    assert code_of(moved) == code
    assert VisitLink.objects.get(visit=visit).expires_at == moved.closes
    credential = live_credential(moved.holder)
    assert credential is not None
    assert credential.valid_until == moved.closes


def test_a_cancelled_one_is_told_of_and_strikes_the_calendar_out(
    desk: Reception, in_acme: CompanyRef
) -> None:
    (visit,) = invited(desk)
    mailed(in_acme)
    cancel(visit=visit, by=BY)
    _, message = mailed(in_acme)
    (event,) = events(message)
    assert calendar_of(message)["METHOD"] == "CANCEL"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert code_of(visit)[:4] not in str(message.body)
    with pytest.raises(Refused, match="visit_not_open"):
        move_visit(visit=visit, begins=visit.begins, ends=visit.ends + dt.timedelta(hours=1), by=BY)
    with pytest.raises(Refused, match="visit_not_open"):
        resend(visit=visit, by=BY)
    anew = invite_again(visit=Visit.objects.get(pk=visit.pk), by=BY)
    assert anew.state == VisitState.INVITED
    assert (anew.begins, anew.holder.name) == (visit.begins, "Vera Visitor")


def test_nothing_is_sent_once_it_ended_or_the_person_is_erased(desk: Reception, in_acme: CompanyRef) -> None:
    (visit,) = invited(desk)
    now = timezone.now()
    past = {"begins": now - dt.timedelta(hours=1), "ends": now, "closes": now}
    Visit.objects.filter(pk=visit.pk).update(opens=past["begins"], **past)
    assert mailed(in_acme) == []
    (other,) = invited(desk, guest("Erna", "erna@guest.example"))
    destroy_subject_key(Holder.objects.get(pk=other.holder_id).subject)
    assert mailed(in_acme) == []


def test_the_host_is_told_when_the_visitor_cannot_come(desk: Reception, in_acme: CompanyRef) -> None:
    (visit,) = invited(desk)
    decline(visit=visit)
    decline(visit=visit)
    told = {message.to[0]: str(message.subject) for message in mailed(in_acme)}
    assert "cannot come" in told[desk.host.email]
    assert told["vera@guest.example"].startswith("Cancelled")


@pytest.mark.parametrize(
    "name",
    ["李小龍", "نور الدين", "👩‍🚀 Ada", '<b>Eve</b> & "Sons"', "x" * 200, "Mallory\r\nBcc: all@acme.example"],
)
def test_a_name_of_any_script_is_mailed_and_injects_nothing(
    desk: Reception, in_acme: CompanyRef, name: str
) -> None:
    (visit,) = invited(desk, guest(name))
    decline(visit=visit)
    invited(desk, guest(name, "second@guest.example"))
    messages = mailed(in_acme)
    assert len(messages) == 3  # cancelled, declined, and the second one's invitation
    for message in messages:
        text = message.message().as_string()
        assert "\nBcc:" not in text
        assert message.recipients() == message.to
        assert "<b>Eve" not in str(message.alternatives[0][0])
    (event,) = events(messages[-1])
    assert str(event["ATTENDEE"].params["CN"]) == " ".join(name.split()).replace('"', "'")


def test_what_is_refused(desk: Reception, in_acme: CompanyRef) -> None:
    invited(desk)
    plan = desk.plan(begins_in=60)

    def refused(code: str, *guests: Guest, **more: Any) -> None:
        with pytest.raises(Refused) as told:
            invite(guests=guests, plan=replace(plan, **more), by=BY)
        assert told.value.code == code

    refused("nobody_invited")
    refused("guest_twice", guest(), guest("Vera", "VERA@guest.example"))
    refused("is_staff", guest("Henri", desk.host.email))
    refused("too_many_at_once", *[guest(f"N {n}", f"n{n}@guest.example") for n in range(101)])
    refused("no_host", guest("Eva", "eva@guest.example"), host=Visit.objects.get().holder)
    with pytest.raises(Refused, match="already_invited"):
        invite(guests=[guest()], plan=replace(plan, begins=Visit.objects.get().begins), by=BY)
    for address in ("nonsense", "a@b.example\nBcc: c@d.example"):
        with pytest.raises(ValidationError):
            invite(guests=[guest("Eva", address)], plan=plan, by=BY)
    offboard_holder(holder=desk.host, by=BY)
    desk.host.refresh_from_db()
    refused("host_left", guest("Eva", "eva@guest.example"))
    assert Visit.objects.count() == 1


def test_a_whole_group_is_cancelled_also_a_large_one(desk: Reception, in_acme: CompanyRef) -> None:
    guests = [guest(f"Guest {n}", f"g{n}@guest.example") for n in range(23)]
    visits = invited(desk, *guests)
    group = visits[0].group
    assert group is not None
    assert cancel_group(group=group, by=BY) == 20
    mailed(in_acme)
    assert not Visit.objects.exclude(state=VisitState.CANCELLED).exists()
    group.refresh_from_db()
    assert group.cancelled_at is not None
    # No invitation left after the group was cancelled.
    assert {str(message.subject)[:9] for message in mail.outbox} == {"Cancelled"}
