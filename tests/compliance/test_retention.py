"""The schedule within the bounds of law, a dry run, and a night: cut, taken up again, certified exactly."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from access.models import AccessEvent, Alarm
from compliance.erasure_mails import send_begun
from compliance.law import PROFILES
from compliance.models import (
    Case,
    CaseKind,
    CaseState,
    Certificate,
    LegalHold,
    RetentionRule,
    RetentionRun,
    Via,
)
from compliance.refusals import Refused
from compliance.retention_law import BOUNDS, least, most
from compliance.retention_texts import period, public_period
from compliance.services import reminders, retaining
from compliance.services.cases import hold_case
from compliance.services.certificates import signed_bytes
from compliance.services.deciding import refuse
from compliance.services.retaining import begin_night, carry_on
from compliance.services.retention import period_of, periods, set_card_data, set_rule, tonight
from compliance.tasks import retain
from credentials.services import offboard_holder
from ledger.models import LedgerEntry, Outbox
from ledger.pruning import RecordAltered
from ledger.sealing import seal
from ledger.verify import verify
from readers.models import JournalQuarantine
from sallyport.keys import Ed25519Public
from tenants import context, keeping
from tenants.context import CompanyRef
from tenants.keeping import Category
from tests.access.build import building
from tests.compliance.build import CAROL, ready
from tests.compliance.everything import somebody_with_everything
from tests.compliance.whose import Everything
from tests.fixtures.console import SignIn


def choose(days: int | None, kind: str = "access_events", site: int | None = None) -> None:
    set_rule(kind=kind, site=site, days=days, by=CAROL)


# Bounds


def test_a_rule_is_kept_and_put_on_record(in_acme: CompanyRef) -> None:
    assert period_of("access_events").days is None
    choose(180)
    assert period_of("access_events").days == 180
    deed = LedgerEntry.objects.get(verb="retention_rule_changed")
    assert (deed.actor, deed.data) == (
        CAROL,
        {"kind": "access_events", "site": None, "days": 180, "before": None},
    )
    choose(180)
    assert LedgerEntry.objects.filter(verb="retention_rule_changed").count() == 1
    choose(None)
    assert period_of("access_events").days is None
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize(
    ("kind", "days", "code"),
    [
        ("access_events", 29, "retention_too_short"),
        ("access_events", 7301, "retention_too_long"),
        ("face_templates", 91, "retention_too_long"),
        ("ledger_entries", 89, "retention_too_short"),
        ("consents", 364, "retention_too_short"),
        ("faces_purpose_over", 300, "retention_fixed"),
    ],
)
def test_a_rule_beyond_a_bound_is_refused(in_acme: CompanyRef, kind: str, days: int, code: str) -> None:
    ready("gdpr")
    with pytest.raises(Refused, match=code):
        choose(days, kind)
    assert not RetentionRule.objects.exists()


def test_a_visitor_log_is_kept_three_months_under_pci(in_acme: CompanyRef) -> None:
    choose(60)
    set_card_data(under=True, by=CAROL)
    assert period_of("access_events").days == 90  # what was chosen before counts as the law says
    for kind in ("access_events", "former_visitors", "day_passes"):
        with pytest.raises(Refused, match="retention_too_short") as refused:
            choose(89, kind)
        assert "PCI DSS" in refused.value.text
        choose(90, kind)
    assert LedgerEntry.objects.filter(verb="retention_card_data_changed").count() == 1


def test_a_site_has_its_own_period(in_acme: CompanyRef) -> None:
    site = building("Own").area.site.pk
    choose(365)
    choose(90, site=site)
    found = period_of("access_events")
    assert (found.days, dict(found.sites)) == (365, {site: 90})
    with pytest.raises(Refused, match="retention_not_by_site"):
        choose(90, "alarms", site=site)
    with pytest.raises(Refused, match="retention_not_by_site"):
        choose(90, site=10**6)
    with pytest.raises(Refused, match="retention_too_short"):
        choose(1, site=site)


def test_every_bound_cites_where_it_stands() -> None:
    for bound in BOUNDS:
        assert bound.cites
        assert bound.profile in {"", *PROFILES}
    for profile in PROFILES:
        for category in Category:
            told: tuple[Category, str] = (category, profile)
            for card in (False, True):
                low, high = least(*told, card_data=card), most(*told, card_data=card)
                assert (low.least or 0) <= (high.most or 0), told
    assert least(Category.DOOR_RECORD, "gdpr", card_data=True).cites.startswith("PCI DSS")
    assert most(Category.FACE, "bipa", card_data=False).most == 90
    assert least(Category.PROOF, "bipa", card_data=False).least == 5 * 365


def test_what_holds_without_a_choice_lies_within_the_bounds(in_acme: CompanyRef) -> None:
    for profile in PROFILES:
        ready(profile)
        for one in periods():
            if one.days is not None and not one.kind.fixed:
                assert (one.least.least or 0) <= one.days <= (one.most.most or one.days), one.kind.name


# A night


@pytest.fixture
def old(in_acme: CompanyRef) -> Everything:
    """A person whose events were long ago; all is sealed, and 90 days are chosen."""
    made = somebody_with_everything()
    Alarm.objects.update(state="CLOSED")
    JournalQuarantine.objects.all().delete()  # its number lies far from the event's: a gap
    choose(90)
    choose(90, "ledger_entries")
    seal(in_acme)
    return made


SOON = timedelta(days=91)


def later() -> datetime:
    return timezone.now() + SOON


def counts(now: datetime) -> dict[str, int]:
    return {one.period.kind.name: one.count for one in tonight(now)}


def night(now: datetime) -> RetentionRun:
    run = begin_night(now)
    assert carry_on(run, seconds=60)
    run.refresh_from_db()
    return run


def test_a_dry_run_says_what_goes_and_takes_nothing(old: Everything) -> None:
    events = AccessEvent.objects.count()
    told = counts(later())
    assert told["access_events"] == events > 0
    assert told["ledger_entries"] > 5
    assert "alarms" not in told  # no period was chosen
    assert AccessEvent.objects.count() == events
    assert counts(timezone.now())["access_events"] == 0


def test_a_night_deletes_what_is_due_and_certifies_it(old: Everything) -> None:
    counted = counts(now := later())
    run = night(now)
    assert not AccessEvent.objects.exists()
    assert run.done["access_events"]["gone"] == counted["access_events"]
    assert run.certificate is not None
    told = json.loads(run.certificate.body)
    kinds = {one["kind"]: one for one in told["kinds"]}
    assert kinds["access_events"]["gone"] == counted["access_events"]
    assert kinds["access_events"]["before"] == (now - timedelta(days=90)).isoformat()
    assert (told["kind"], told["night"]) == ("retention", run.night.isoformat())
    key = Ed25519Public(bytes(run.certificate.signer))
    key.verify(signed_bytes(run.certificate.body), bytes(run.certificate.signature))
    assert verify(context.current()).findings == ()


def test_a_second_task_of_the_night_does_nothing(old: Everything) -> None:
    run = night(now := later())
    again = night(now)
    assert again.pk == run.pk
    assert Certificate.objects.filter(kind="retention").count() == 1


def test_a_night_that_was_cut_is_taken_up_and_counts_exactly(
    old: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at each step: no row is counted twice, and none is forgotten."""
    monkeypatch.setattr(retaining, "CHUNK", 3)
    counted = counts(now := later())
    run, rounds, real = begin_night(now), 0, retaining._step

    class Killed(BaseException):
        """As a worker dies."""

    def dies(*args: Any) -> None:
        real(*args)
        raise Killed

    monkeypatch.setattr(retaining, "_step", dies)
    while True:
        rounds += 1
        assert rounds < 200
        try:
            over = carry_on(RetentionRun.objects.get(pk=run.pk), seconds=60)
        except Killed:
            continue
        break
    assert over
    run.refresh_from_db()
    assert rounds > 10
    for kind in ("access_events", "ledger_entries", "presence"):
        assert run.done.get(kind, {"gone": 0})["gone"] == counted.get(kind, 0)


def test_when_time_is_up_it_goes_on_later(old: Everything, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin_night(later())
    assert not carry_on(run, seconds=0)
    assert AccessEvent.objects.exists()
    assert carry_on(run, seconds=60)
    assert not AccessEvent.objects.exists()


def test_the_task_asks_for_itself_again(old: Everything, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("compliance.tasks.RETAIN_SECONDS", 0)
    monkeypatch.setattr(retain, "apply_async", lambda: asked.append("again"))
    retain()
    assert asked == ["again"]
    monkeypatch.setattr("compliance.tasks.RETAIN_SECONDS", 60)
    retain()
    assert asked == ["again"]
    assert RetentionRun.objects.get().ended_at is not None


def test_a_hold_that_is_placed_while_it_runs_counts(old: Everything) -> None:
    run, now = begin_night(later()), timezone.now()
    assert not carry_on(run, seconds=0)
    LegalHold.objects.create(subject=old.holder.subject, reason="A claim", asked_at=now, asked_by=CAROL)
    assert carry_on(run, seconds=60)
    run.refresh_from_db()
    assert AccessEvent.objects.filter(pk=old.event.pk).exists()
    assert run.spared == 1
    assert run.certificate is not None
    assert json.loads(run.certificate.body)["spared"] == 1


@pytest.mark.parametrize(
    ("error", "said"), [(RecordAltered, "record_altered"), (DatabaseError, "DatabaseError")]
)
def test_a_kind_that_fails_stops_alone_and_the_certificate_says_so(
    old: Everything, monkeypatch: pytest.MonkeyPatch, error: type[Exception], said: str
) -> None:
    def fails(*_: Any) -> int:
        raise error

    monkeypatch.setattr(keeping.kinds["access_events"].keeper, "delete", fails, raising=False)
    run = night(later())
    assert AccessEvent.objects.exists()
    assert run.done["ledger_entries"]["gone"] > 0
    assert run.certificate is not None
    kinds = {one["kind"]: one for one in json.loads(run.certificate.body)["kinds"]}
    assert kinds["access_events"] == kinds["access_events"] | {"gone": 0, "failed": said}
    assert LedgerEntry.objects.get(verb="retention_failed").data == {"kinds": ["access_events"]}


def test_a_row_that_was_altered_stops_the_door_record(old: Everything) -> None:
    AccessEvent.objects.filter(pk=old.event.pk).update(granted=False)
    run = night(later())
    assert run.done["access_events"]["failed"] == "record_altered"
    assert AccessEvent.objects.filter(pk=old.event.pk).exists()


def test_people_who_have_left_get_a_case(old: Everything) -> None:
    choose(90, "former_holders")
    offboard_holder(holder=old.holder, by=CAROL)
    assert night(later()).done["former_holders"]["gone"] == 1
    case = Case.objects.get(kind=CaseKind.ERASURE, via=Via.RETENTION)
    assert (case.state, case.identity_how) == (CaseState.OPEN, "known")
    assert [one.subject_id for one in case.persons.all()] == [old.holder.subject_id]
    # One that is open is not opened again.
    RetentionRun.objects.all().update(night="2020-01-01")
    assert night(later()).done["former_holders"]["gone"] == 0
    assert Case.objects.filter(kind=CaseKind.ERASURE, via=Via.RETENTION).count() == 1


@pytest.mark.parametrize("over", [False, True], ids=["open", "refused"])
def test_who_never_asked_is_told_nothing_and_not_proposed_again(old: Everything, over: bool) -> None:
    choose(90, "former_holders")
    offboard_holder(holder=old.holder, by=CAROL)
    night(later())
    case = Case.objects.get(via=Via.RETENTION)
    assert case.email
    assert (case.answer_by, case.acknowledge_by, case.acknowledged_at) == (None, None, None)
    if over:
        refuse(hold_case(case.pk, None), reason="They come back in May.", by=CAROL)
    assert reminders.remind() == 0
    mine = [one for one in Outbox.objects.all() if one.data.get("case") == str(case.pk)]
    assert [one.topic for one in mine if one.topic.startswith("mail.")] == []
    RetentionRun.objects.all().update(night="2020-01-01")
    assert night(later()).done["former_holders"]["gone"] == 0
    assert Case.objects.filter(via=Via.RETENTION).count() == 1


def test_the_mail_that_says_you_asked_goes_to_those_who_did(old: Everything) -> None:
    choose(90, "former_holders")
    offboard_holder(holder=old.holder, by=CAROL)
    night(later())
    case = Case.objects.get(via=Via.RETENTION)
    mail.outbox.clear()
    send_begun(str(case.pk))
    assert mail.outbox == []
    Case.objects.filter(pk=case.pk).update(via=Via.OFFICER)
    send_begun(str(case.pk))
    assert len(mail.outbox) == 1


# Pages


def test_the_schedule_is_chosen_in_the_console(acme: CompanyRef, signed_in: SignIn) -> None:
    carol = signed_in("carol")
    page = carol.get("/compliance/retention/").content.decode()
    assert "Door record" in page
    assert "Not chosen" in page
    assert "No night yet" in page
    address = "/compliance/retention/period/?kind=access_events"
    refused = carol.post(address, {"days": "5"})
    assert refused.status_code == 422
    assert "At least 30 days" in refused.content.decode()
    assert carol.post(address, {"days": "90"}).status_code == 302
    assert "90 days" in carol.get("/compliance/retention/").content.decode()
    assert carol.post("/compliance/retention/card-data/", {"under": "yes"}).status_code == 302
    assert carol.post(address, {"days": "60"}).status_code == 422
    for kind in ("faces_purpose_over", "nothing"):
        assert carol.get(f"/compliance/retention/period/?kind={kind}").status_code == 404


def test_tonight_and_a_night_as_pages(old: Everything, signed_in: SignIn) -> None:
    carol = signed_in("carol")
    page = carol.get("/compliance/retention/tonight/").content.decode()
    assert "Nothing goes tonight" in page
    run = night(later())
    said = carol.get(f"/compliance/retention/runs/{run.pk}/").content.decode()
    assert "Door record" in said
    assert run.certificate is not None
    assert f"Certificate {run.certificate.number}" in said
    assert f"{run.night.day} " in carol.get("/compliance/retention/").content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "180 days"), ("de", "180 Tage"), ("fr", "180 jours")])
def test_the_public_page_shows_what_holds(
    in_acme: CompanyRef, nobody: Client, language: str, said: str
) -> None:
    ready("gdpr")
    choose(180)
    page = nobody.get(f"/privacy/?language={language}").content.decode()
    assert keeping.kinds["access_events"].titles[language] in page
    assert said in page
    assert "Unlock challenges" not in page


def test_periods_in_words() -> None:
    assert [period(days) for days in (1, 90, 365, 730)] == ["one day", "90 days", "one year", "2 years"]
    assert period(365, "de") == "ein Jahr"
    assert public_period(90, 365, "en") == "90 days, at some places up to one year"
    assert public_period(90, 30, "es") == "90 días"
