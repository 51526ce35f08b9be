"""The page behind a host's mailed link: opening does nothing; a POST admits or declines, once."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from access.models import AccessGrant
from config.logs import redact
from credentials.services import add_holder, edit_holder, offboard_holder
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception
from vault.services import create_subject
from visitors import services
from visitors.admit_texts import TEXTS
from visitors.models import Visit, VisitState, WatchEntry, WatchMatch
from visitors.refusals import Refused
from visitors.services.hosting import admit_as_host, cancel_as_host, decline_as_host
from visitors.views.admit import GUESSED

pytestmark = pytest.mark.django_db
HOST = "acme.localhost"
LINK = re.compile(r"/admit/[\w-]{22}/")


def browser() -> Client:
    return Client(HTTP_HOST=HOST)


def waiting(desk: Reception, company: CompanyRef) -> tuple[Visit, str]:
    """A visitor who waits, and the link that was mailed."""
    mail.outbox.clear()
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    deliver(company)
    (link,) = [found.group() for sent in mail.outbox if (found := LINK.search(str(sent.body)))]
    return visit, link


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def state(visit: Visit) -> str:
    return Visit.objects.get(pk=visit.pk).state


def test_opening_it_does_nothing(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    before = LedgerEntry.objects.count()
    for method in ("GET", "HEAD", "GET"):
        response = browser().generic(method, link)
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
    assert state(visit) == VisitState.INVITED
    assert LedgerEntry.objects.count() == before
    words = said(browser().get(link))
    assert all(one in words for one in ("Vera Visitor waits for you", "Guest &amp; Sons", "Head office"))
    assert "<img" not in browser().get(link).content.decode()


def test_admit_once_and_it_says_so(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    response = browser().post(link, {"admit": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, link)
    row = Visit.objects.get(pk=visit.pk)
    assert (row.state, row.admitted_by) == (VisitState.ON_SITE, f"holder:{desk.host.handle}")
    assert AccessGrant.objects.filter(holder=row.holder).exists()
    words = said(browser().get(link))
    assert TEXTS["en"]["admitted_title"] in words
    assert "Vera" not in words
    again = browser().post(link, {"admit": "1"})
    assert again.status_code == 302
    assert LedgerEntry.objects.filter(verb="visit_admitted", handle=row.handle).count() == 1
    declined = browser().post(link, {"decline": "1"})
    assert (declined.status_code, state(visit)) == (409, VisitState.ON_SITE)


def test_decline_and_then_nobody_is_let_in(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    assert browser().post(link, {"decline": "1"}).status_code == 302
    assert state(visit) == VisitState.REFUSED
    assert TEXTS["en"]["refused_title"] in said(browser().get(link))
    assert browser().post(link, {"admit": "1"}).status_code == 409
    assert state(visit) == VisitState.REFUSED


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_in_the_hosts_language(desk: Reception, in_acme: CompanyRef, language: str) -> None:
    edit_holder(holder=desk.host, by=BY, language=language)
    _, link = waiting(desk, in_acme)
    response = browser().get(link)
    assert f'lang="{language}"' in response.content.decode()
    assert TEXTS[language]["admit"] in response.content.decode()
    assert set(TEXTS[language]) == set(TEXTS["en"])


def test_a_post_that_says_neither(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    assert browser().post(link).status_code == 422
    assert state(visit) == VisitState.INVITED


def test_without_the_token_of_the_form_nothing_is_taken(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    client = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    assert client.post(link, {"admit": "1"}).status_code == 403
    assert state(visit) == VisitState.INVITED


def test_cancelled_meanwhile(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    services.cancel(visit=visit, by=BY)
    assert TEXTS["en"]["cancelled_title"] in said(browser().get(link))
    assert browser().post(link, {"admit": "1"}).status_code == 409
    assert state(visit) == VisitState.CANCELLED


def test_over(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    services.expire_due(now=timezone.now() + dt.timedelta(days=2))
    assert state(visit) == VisitState.EXPIRED
    assert TEXTS["en"]["over_title"] in said(browser().get(link))
    assert browser().post(link, {"admit": "1"}).status_code == 409


def test_past_its_time_and_not_swept_yet(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    past = timezone.now() - dt.timedelta(minutes=1)
    Visit.objects.filter(pk=visit.pk).update(
        begins=past - dt.timedelta(hours=2), opens=past - dt.timedelta(hours=3), ends=past, closes=past
    )
    assert browser().post(link, {"admit": "1"}).status_code == 409
    assert state(visit) == VisitState.INVITED


def test_a_host_who_left_lets_nobody_in(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    offboard_holder(holder=desk.host, by=BY)
    for response in (browser().get(link), browser().post(link, {"admit": "1"})):
        assert response.status_code == 410
        assert "Vera" not in response.content.decode()
    with pytest.raises(Refused, match="host_left"):
        admit_as_host(visit=visit, host=desk.host)
    assert state(visit) == VisitState.INVITED


def test_a_match_is_the_receptions_and_the_host_is_not_told_why(desk: Reception, in_acme: CompanyRef) -> None:
    visit, link = waiting(desk, in_acme)
    entry = WatchEntry.objects.create(
        subject=create_subject(),
        name="Vera Visitor",
        why="Theft",
        until=timezone.now().date(),
        added_at=timezone.now(),
        added_by=BY,
    )
    match = WatchMatch.objects.create(entry=entry, visit=visit, how="exact", found_at=timezone.now())
    response = browser().post(link, {"admit": "1"})
    assert (response.status_code, state(visit)) == (409, VisitState.INVITED)
    assert TEXTS["en"]["reception_decides"] in said(response)
    assert "watch" not in said(response).lower()
    WatchMatch.objects.filter(pk=match.pk).update(verdict="other")
    assert browser().post(link, {"admit": "1"}).status_code == 302


def test_not_the_host_and_not_waiting(desk: Reception, in_acme: CompanyRef) -> None:
    visit, _ = waiting(desk, in_acme)
    other = add_holder(name="Zoe", email="zoe@acme.example", by=BY)
    for deed in (admit_as_host, decline_as_host, cancel_as_host):
        with pytest.raises(Refused, match="no_such_visit"):
            deed(visit=visit, host=other)
    coming = desk.visit(name="Otto", email="otto@guest.example")
    for deed in (admit_as_host, decline_as_host):
        with pytest.raises(Refused, match="not_waiting"):
            deed(visit=coming, host=desk.host)
    assert state(coming) == VisitState.INVITED


def test_guesses_are_few(desk: Reception, in_acme: CompanyRef) -> None:
    _, link = waiting(desk, in_acme)
    client = browser()
    for _ in range(3):
        assert client.get(link).status_code == 200
    for number in range(GUESSED.most):
        assert client.get(f"/admit/{number:022d}/").status_code == 410
    assert client.get(f"/admit/{0:022d}/").status_code == 429
    # Whoever guesses shuts nobody out who has a right one.
    assert client.get(link).status_code == 200
    assert client.post(link, {"admit": "1"}).status_code == 302
    assert client.get(f"/admit/{0:022d}/").status_code == 429


def test_the_token_is_in_no_log(desk: Reception, in_acme: CompanyRef) -> None:
    _, link = waiting(desk, in_acme)
    token = link.split("/")[2]
    for path in (link, f"/visit/{token}/", f"/visit/{token}/coming/"):
        assert token not in redact(f"Forbidden (CSRF cookie not set.): {path}")
