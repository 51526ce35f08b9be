"""The house goes on after an erasure: pages show that there was somebody, late journals come in."""

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access.models import AccessEvent, Alarm
from access.services import close_alarm, replay_decisions
from compliance.models import Case, CaseKind
from credentials.models import Holder
from credentials.names import holder_names
from ledger import services as ledger
from ledger.models import Outbox
from ledger.outbox import deliver
from readers.models import JournalQuarantine
from tenants import context
from tenants.refs import CompanyRef
from tests.compliance.erasing import asked, begun, carry_out, close, work
from tests.compliance.everything import PLANTED, case_of, somebody_with_everything
from tests.compliance.whose import Everything
from tests.fixtures.console import SignIn
from tests.readers.handing import cut_off
from tests.scanning.world import lay_world
from vault.fields import ERASED

PAGES = (
    *(
        "/people/?state=ALL",
        "/people/?state=ALL&q=Wilhelmina",
        "/search/?q=Wilhelmina",
        "/events/",
        "/alarms/",
    ),
    *("/compliance/consents/", "/day-passes/", "/settings/operators/", "/record/", "/compliance/cases/"),
    *("/compliance/holds/", "/compliance/certificates/", "/", "/readers/"),
)


@pytest.fixture
def person(acme: CompanyRef) -> Everything:
    with context.enter(acme):
        made = somebody_with_everything()
        case = asked(made)
        carry_out(case)
        close(case)
        return made


@pytest.fixture
def olga(person: Everything, signed_in: SignIn) -> Client:
    return signed_in("olga")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_nobodys_name(olga: Client, page: str) -> None:
    answer = olga.get(page)
    assert answer.status_code == 200, page
    # What was searched for stands in its own box.
    text = answer.content.decode().replace('value="Wilhelmina"', "").replace("“Wilhelmina”", "")
    assert not [word for word in PLANTED if word in text and f"q={word}" not in page]


def test_pages_of_what_was_theirs(olga: Client, person: Everything, acme: CompanyRef) -> None:
    with context.enter(acme):
        case = Case.objects.latest("number")
    for page in (
        f"/compliance/cases/{case.pk}/",
        f"/people/{person.holder.pk}/",
        f"/events/{person.event.pk}/",
        f"/settings/operators/{person.operator.pk}/",
        f"/events/?who={person.holder.handle}",
    ):
        answer = olga.get(page)
        assert answer.status_code == 200, page
        assert not [word for word in PLANTED if word in answer.content.decode()]


def test_no_search_finds_them(person: Everything, acme: CompanyRef) -> None:
    with context.enter(acme):
        holder_names.drop()
        assert person.holder.handle not in holder_names.search("Wilhelmina")
        assert person.holder.handle not in holder_names.search("erased")


def test_an_alarm_about_them_can_be_closed(person: Everything, acme: CompanyRef) -> None:
    with context.enter(acme):
        alarm = Alarm.objects.get(holder=person.holder)
        close_alarm(alarm=alarm, by="operator:x", note="It was Wilhelmina")
        alarm.refresh_from_db()
        assert (alarm.state, alarm.notes.count()) == ("CLOSED", 0)


def test_mails_announced_before_leave_nobody(person: Everything, acme: CompanyRef) -> None:
    """Delivered only now: the address is gone."""
    with context.enter(acme):
        with transaction.atomic():
            ledger.emit("mail.new_phone", {"device": str(person.device.pk)})
            ledger.emit("mail.operator_password_changed", {"operator": str(person.operator.pk), "deed": "1"})
        mail.outbox.clear()
        deliver(acme)
        assert not mail.outbox
        assert not Outbox.objects.filter(done=None).exists()


def test_a_late_journal_comes_in_and_is_decided_again(in_acme: CompanyRef) -> None:
    world = lay_world(in_acme)
    away = cut_off(world)
    away.present(world.code())
    case = case_of(world.holder, kind=CaseKind.ERASURE)
    begun(case)
    work()
    assert Holder.objects.get(pk=world.holder.pk).name == ERASED
    assert away.results() == ["recorded"]
    assert not JournalQuarantine.objects.exists()
    event = AccessEvent.objects.get(reader=away.station.handle)
    assert event.granted
    assert event.credential is not None
    told = replay_decisions(now=timezone.now()).data
    assert (told["different"], told["events"] > 0) == (0, True)
