"""Mails about visits, sent by the outbox's worker: it gives ids, everything else is read when one is made.

Making one again makes the same mail with the same Message-ID. Nothing is sent about a visit that has ended,
save that it was cancelled, and nothing to an erased person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.text import MIMEText
from urllib.parse import quote
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from access.models import Site
from credentials import short_codes
from operators.addresses import page_address
from tenants.context import current
from vault.fields import ERASED
from visitors import calendar_files, code_pictures
from visitors.invitation_texts import CANCELLED, CHANGED, INVITED, SERIES, WORDS, Text
from visitors.models import Visit, VisitLink, VisitState
from visitors.models.visits import LinkPurpose
from visitors.moments import day_of, place_at, time_of
from visitors.services.codes import code_of
from visitors.services.links import token_of
from visitors.services.rearranging import sequence_of

TO_COME = (VisitState.INVITED, VisitState.EXPECTED)
PICTURE = "code"  # Content-ID of the code's picture, within one mail


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the mail's table; with `address` it is a link."""

    label: str
    value: str = field(repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is sent."""

    visit: Visit
    text: Text
    name: str  # makes the Message-ID
    method: str
    calendar: bytes
    rows: Sequence[Row]
    code: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def send_invitation(visit_id: str, again: str = "") -> None:
    """Time, place, host, what to bring, the code and its picture, the link."""
    visit = _to_come(visit_id)
    if visit is None:
        return
    name = f"visit-{visit.pk}-invited" + (f"-{again}" if again else "")
    _send(_whole(visit, INVITED[visit.language], name))


def send_change(visit_id: str, number: int) -> None:
    """The same after it was moved: the code and the link stay."""
    visit = _to_come(visit_id)
    if visit is not None:
        _send(_whole(visit, CHANGED[visit.language], f"visit-{visit.pk}-changed-{number}"))


def send_series(group_id: str, holder_id: str) -> None:
    """One mail for all visits of one guest in a series, each with its own code."""
    rows = _rows().filter(group=UUID(group_id), holder=UUID(holder_id), state__in=TO_COME)
    visits = [visit for visit in rows.order_by("begins") if visit.closes > timezone.now()]
    if not visits or not _reachable(visits[0]):
        return
    first = visits[0]
    times = [
        Row(time_of(visit, visit.language), short_codes.shown(code_of(visit)), _page(visit))
        for visit in visits
    ]
    calendar = calendar_files.series([(visit, sequence_of(visit)) for visit in visits])
    name = f"visits-{group_id}-{first.holder.handle}"
    about = [*_about(first), *times]
    _send(Letter(first, SERIES[first.language], name, "PUBLISH", calendar, about))


def send_cancellation(visit_id: str) -> None:
    """It does not take place. Not for one whose time is over anyway."""
    visit = _rows().filter(pk=visit_id, state=VisitState.CANCELLED, ends__gt=timezone.now()).first()
    if visit is None or not _reachable(visit):
        return
    number = sequence_of(visit)
    calendar = calendar_files.cancellation(visit, number)
    rows = [_when(visit), *_about(visit)]
    name = f"visit-{visit.pk}-cancelled-{number}"
    _send(Letter(visit, CANCELLED[visit.language], name, "CANCEL", calendar, rows))


def _rows() -> QuerySet[Visit]:
    return Visit.objects.select_related("holder__subject", "host__subject", "site", "type", "group")


def _to_come(visit_id: str) -> Visit | None:
    visit = _rows().filter(pk=visit_id, state__in=TO_COME, closes__gt=timezone.now()).first()
    if visit is None or not _reachable(visit):
        return None
    # Its whole group is being cancelled: this one ends in a moment.
    return None if visit.group is not None and visit.group.cancelled_at else visit


def _reachable(visit: Visit) -> bool:
    holder = visit.holder
    if holder.subject.destroyed_at is not None or not holder.email:
        return False
    return ERASED not in {holder.email, holder.name}


def _page(visit: Visit) -> str:
    """The address of the visit's page; its link may have been used already."""
    link = VisitLink.objects.filter(visit=visit, purpose=LinkPurpose.PREPARE).order_by("-created_at").first()
    return page_address(f"/visit/{token_of(link)}/") if link else ""


def map_address(site: Site) -> str:
    """Where OpenStreetMap looks for the address; for company and site by name where none was given."""
    place = site.address or f"{current().name}, {site.name}"
    return f"https://www.openstreetmap.org/search?query={quote(place, safe='')}"


def _when(visit: Visit) -> Row:
    return Row(WORDS[visit.language]["when"], time_of(visit, visit.language))


def _about(visit: Visit) -> list[Row]:
    words = WORDS[visit.language]
    place = f"{current().name}, {place_at(visit.site)}"
    told = [Row(words["where"], place), Row("", words["map"], map_address(visit.site))]
    if visit.host is not None and visit.host.is_active:
        told.append(Row(words["host"], visit.host.name))
    if visit.subject and visit.subject != ERASED:
        told.append(Row(words["subject"], visit.subject))
    if visit.type.bring:
        told.append(Row(words["bring"], visit.type.bring))
    return told


def _whole(visit: Visit, text: Text, name: str) -> Letter:
    calendar = calendar_files.request(visit, sequence_of(visit))
    rows = [_when(visit), *_about(visit)]
    return Letter(visit, text, name, "REQUEST", calendar, rows, code_of(visit), _page(visit))


def _send(letter: Letter) -> None:
    visit, company = letter.visit, current()
    words = WORDS[visit.language]
    facts = {"company": company.name, "name": visit.holder.name, "day": day_of(visit, visit.language)}
    # A header cannot hold a line break; names come from forms and files.
    subject = " ".join(letter.text.subject.format_map(facts).split())
    context = {
        "language": visit.language,
        "title": subject,
        "words": words,
        "hello": words["hello"].format_map(facts),
        "lead": letter.text.lead.format_map(facts),
        "close": letter.text.close,
        "rows": letter.rows,
        "code": short_codes.shown(letter.code) if letter.code else "",
        "address": letter.address,
        "picture": PICTURE,
    }
    mail = EmailMultiAlternatives(
        subject,
        render_to_string("visitors/mail.txt", context),
        to=[visit.holder.email],
        headers={"Message-ID": f"<{letter.name}@{company.host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("visitors/mail.html", context), "text/html")
    if letter.code:
        mail.attach(_picture(letter.code))
    mail.attach(_calendar(letter, f"{words['file']}.ics"))
    mail.send()


def _picture(code: str) -> MIMEBase:
    image = MIMEImage(code_pictures.png(code), "png")
    image.add_header("Content-ID", f"<{PICTURE}>")
    image.add_header("Content-Disposition", "inline", filename=f"{PICTURE}.png")
    return image


def _calendar(letter: Letter, name: str) -> MIMEBase:
    part = MIMEText(letter.calendar.decode(), "calendar", "utf-8")
    part.set_param("method", letter.method)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part
