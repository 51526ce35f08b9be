"""The address of a site: typed in its form, told to visitors in mail, calendar and on their page."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from access.forms import SiteForm
from access.models import Site
from access.services import add_site, edit_site
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from tenants import context
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception, guest
from visitors.calendar_files import request as calendar_of
from visitors.invitation_mails import map_address
from visitors.models import Visit
from visitors.services.inviting import invite
from visitors.services.links import token_of

pytestmark = pytest.mark.django_db
ADDRESS = "Straße des 17. Juni 135, 10623 Berlin"
FOUND = "openstreetmap.org/search?query=Stra%C3%9Fe%20des%2017.%20Juni%20135%2C%2010623%20Berlin"


def invited(desk: Reception) -> Visit:
    (visit,) = invite(guests=[guest()], plan=desk.plan(begins_in=60), by=BY)
    return visit


def page_of(visit: Visit) -> str:
    path = f"/visit/{token_of(visit.links.get())}/"
    with context.leave():
        return Client(HTTP_HOST="acme.localhost").get(path).content.decode()


def test_visitors_are_told_where_the_site_stands(desk: Reception, in_acme: CompanyRef) -> None:
    site = desk.place.site
    edit_site(site=site, by=BY, address=ADDRESS)
    visit = invited(desk)
    deliver(in_acme)
    (message,) = [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]
    for text in (str(message.body), str(message.alternatives[0][0]), page_of(visit)):
        assert f"{in_acme.name}, {site.name}, {ADDRESS}" in text
        assert FOUND in text
    location = f"LOCATION:{site.name}, {ADDRESS}".replace(",", "\\,")
    assert location in calendar_of(visit, 0).decode().replace("\r\n ", "")


def test_without_one_the_name_stands_and_is_looked_for(desk: Reception, in_acme: CompanyRef) -> None:
    visit, name = invited(desk), desk.place.site.name
    assert f"<bdi>{in_acme.name}, {name}</bdi>" in page_of(visit)
    assert f"LOCATION:{name}\r\n" in calendar_of(visit, 0).decode()
    assert map_address(visit.site).endswith(f"query={in_acme.name}%2C%20{name}".replace(" ", "%20"))


def test_the_form_takes_it_in_one_line(desk: Reception) -> None:
    given = {"name": "Works", "address": "  Lane 1,\n 12345  Town ", "time_zone": "Europe/Berlin"}
    form = SiteForm(given)
    assert form.is_valid()
    assert form.cleaned_data["address"] == "Lane 1, 12345 Town"
    assert add_site(by=BY, **form.cleaned_data).address == "Lane 1, 12345 Town"
    assert SiteForm(given | {"name": "Other", "address": ""}).is_valid()
    assert not SiteForm(given | {"name": "Other", "address": "x" * 201}).is_valid()


def test_its_change_is_on_record_and_moves_no_policy(desk: Reception) -> None:
    site = Site.objects.get(pk=desk.place.site.pk)
    edit_site(site=site, by=BY, address=ADDRESS)
    entry = LedgerEntry.objects.filter(verb="site_edited").latest("at")
    assert ADDRESS in str(entry.data)
