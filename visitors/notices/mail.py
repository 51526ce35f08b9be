"""Mails to hosts."""

import datetime as dt
import zoneinfo

from django.utils import timezone, translation
from django.utils.formats import date_format

from access.models import Site
from credentials.mails import send
from operators.addresses import page_address
from visitors.models import Visit
from visitors.models.visits import LinkPurpose
from visitors.notices.kinds import Kind, Notice
from visitors.notices.texts import MAILS
from visitors.services.links import make_link, token_of


class Mail:
    """To the host's address, in the host's language."""

    def send(self, notice: Notice) -> None:
        """Send it. The mail of a repetition has the same Message-ID."""
        host, visit = notice.host, notice.visit
        if host is None or not host.email:
            return
        language = host.language
        facts = {"site": notice.site.name, "at": moment_at(notice.at, notice.site, language)}
        if visit is not None:
            facts |= {"guest": guest_of(visit), "begins": moment_at(visit.begins, notice.site, language)}
        if notice.kind == Kind.WAITING and visit is not None:
            facts["address"] = admit_address(visit)
        send(host, MAILS[notice.kind][language], facts, f"notice-{notice.id}")


def admit_address(visit: Visit) -> str:
    """Where the host lets the visitor in; the link lives as long as the visit may wait."""
    link = make_link(visit=visit, purpose=LinkPurpose.ADMIT, until=visit.closes)
    return page_address(f"/admit/{token_of(link)}/")


def guest_of(visit: Visit) -> str:
    """The visitor and where they come from, on one line."""
    name = " ".join(visit.holder.name.split())
    return f"{name} ({' '.join(visit.firm.split())})" if visit.firm.strip() else name


def moment_at(moment: dt.datetime, site: Site, language: str) -> str:
    """A moment by the site's clock: today by the time alone."""
    zone = zoneinfo.ZoneInfo(site.time_zone)
    there = moment.astimezone(zone)
    if there.date() == timezone.now().astimezone(zone).date():
        return f"{there:%H:%M}"
    with translation.override(language):
        return f"{date_format(there, 'D')} {date_format(there, 'DATE_FORMAT')}, {there:%H:%M}"
