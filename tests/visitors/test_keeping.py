"""Visits and visitors are gone by their types' days, by themselves; holds and restrictions spare them."""

import datetime as dt
import os
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from compliance.models import Case, CaseKind, Certificate, Erasure, ErasureState, RetentionRun, Via
from compliance.services.cases import Told, hold_case, open_case
from compliance.services.holds import place_hold
from compliance.services.retaining import begin_night, carry_on
from compliance.services.retention import set_card_data, set_rule
from compliance.services.rights import restrict
from compliance.tasks import look_after_erasures
from credentials.finding import known_of
from credentials.models import Holder
from credentials.paper import DayPass
from credentials.services import Window, issue_day_pass
from ledger.models import LedgerEntry
from ledger.outbox import deliver
from ledger.services import next_handle
from tenants import context, keeping
from tenants.keeping import Cutoffs, Spared
from tests.compliance.build import CAROL, ready
from tests.visitors.build import BY, Reception, guest
from vault.fields import ERASED
from vault.keystore.models import SubjectKey
from vault.models import Subject
from vault.services import create_subject, is_destroyed
from visitors import services
from visitors.keeping import said
from visitors.models import (
    Arrival,
    Kiosk,
    KioskPairing,
    SealedSignIn,
    Visit,
    VisitGroup,
    VisitPhoto,
    VisitType,
    WatchEntry,
    WatchMatch,
)
from visitors.services import types
from visitors.services.planning import plan_visit

# An erasure is carried out by the outbox, each step in a transaction of its own.
pytestmark = pytest.mark.django_db


def ended(desk: Reception, *, days: float, **more: Any) -> Visit:
    """A visit that came to its end so many days ago."""
    visit = services.sign_out(visit=services.admit(visit=desk.visit(**more), by=BY), by=BY)
    age(visit, days)
    return visit


def age(visit: Visit, days: float) -> None:
    at = timezone.now() - dt.timedelta(days=days)
    Visit.objects.filter(pk=visit.pk).update(ended_at=at)


def night() -> RetentionRun:
    """One night to its end, and the minutes after it."""
    RetentionRun.objects.all().delete()
    run = begin_night(timezone.now())
    assert carry_on(run, seconds=60)
    for _ in range(3):
        deliver(context.current())
        look_after_erasures()
    run.refresh_from_db()
    return run


def went(run: RetentionRun, kind: str) -> int:
    return int(run.done[kind]["gone"])


def test_a_visitor_is_gone_after_the_days_of_the_type_and_nobody_pressed_anything(desk: Reception) -> None:
    visit = ended(desk, days=6.9)
    assert went(night(), "visitors") == 0
    age(visit, 7.1)
    mail.outbox.clear()
    assert went(night(), "visitors") == 1
    holder = Holder.objects.get(pk=visit.holder_id)
    assert (holder.name, holder.email) == (ERASED, ERASED)
    assert not Visit.objects.exists()
    assert is_destroyed(holder.subject_id)
    row = Erasure.objects.select_related("case", "certificate").get()
    assert (row.state, row.begun_by, row.case.via) == (ErasureState.DONE, "system", Via.RETENTION)
    assert row.certificate is not None
    assert row.case.over
    assert row.sent_at is not None  # its words are gone, too; it never had a name or an address
    assert row.case.name in {ERASED, ""}
    assert mail.outbox == []
    assert night().done["visitors"]["gone"] == 0  # and not again


def test_the_night_says_so_in_its_certificate(desk: Reception) -> None:
    ended(desk, days=8)
    run = night()
    assert run.certificate is not None
    assert '"gone":1' in run.certificate.body.replace(" ", "")
    assert Certificate.objects.count() == 2  # the night's and the visitor's


def test_the_longest_of_several_visits_counts(desk: Reception) -> None:
    long = types.add_type(name="Contractor", keep_days=30, by=BY)
    first, second = desk.visit(), plan_visit(guest=guest(), plan=desk.plan(type=long), by=BY)
    assert first.holder_id == second.holder_id
    for visit in (first, second):
        services.sign_out(visit=services.admit(visit=visit, by=BY), by=BY)
        age(visit, 10)
    run = night()
    assert (went(run, "visits"), went(run, "visitors")) == (1, 0)
    assert list(Visit.objects.all()) == [second]
    age(second, 31)
    assert went(night(), "visitors") == 1
    assert not Visit.objects.exists()


def test_a_visit_to_come_keeps_its_visitor(desk: Reception) -> None:
    first, second = desk.visit(), desk.visit(begins_in=24 * 60)
    services.sign_out(visit=services.admit(visit=first, by=BY), by=BY)
    age(first, 8)
    run = night()
    assert (went(run, "visits"), went(run, "visitors")) == (1, 0)
    assert Holder.objects.get(pk=second.holder_id).name == "Vera Visitor"


def test_what_a_rule_demands_wins(desk: Reception) -> None:
    VisitType.objects.filter(pk=desk.type.pk).update(keep_days=20, keep_least=20, keep_rule="Ours")
    visit = ended(desk, days=19)
    assert went(night(), "visitors") == 0
    set_card_data(under=True, by=CAROL)  # PCI DSS: a visitor log of three months
    age(visit, 89)
    assert went(night(), "visitors") == 0
    assert said("en") == "90 days"
    age(visit, 91)
    assert went(night(), "visitors") == 1


def test_a_hold_spares_the_visitor_and_lets_go_when_it_ends(desk: Reception) -> None:
    visit = ended(desk, days=8)
    hold = place_hold(subject=visit.holder.subject_id, reason="A claim", by=CAROL)
    assert went(night(), "visitors") == 0
    assert Visit.objects.filter(pk=visit.pk).exists()
    hold.ended_at, hold.ended_by = timezone.now(), CAROL
    hold.save()
    assert went(night(), "visitors") == 1


def test_a_hold_on_the_host_keeps_whom_they_received(desk: Reception) -> None:
    ended(desk, days=8)
    place_hold(subject=desk.host.subject_id, reason="A claim", by=CAROL)
    assert went(night(), "visitors") == 0


def test_a_hold_placed_while_it_runs_stops_it(desk: Reception) -> None:
    visit = ended(desk, days=8)
    run = begin_night(timezone.now())
    assert carry_on(run, seconds=60)
    place_hold(subject=visit.holder.subject_id, reason="A claim", by=CAROL)
    deliver(context.current())
    look_after_erasures()
    row = Erasure.objects.get()
    assert (row.state, row.stopped) == (ErasureState.RUNNING, "A legal hold stands.")
    assert Holder.objects.get(pk=visit.holder_id).name == "Vera Visitor"
    assert Visit.objects.filter(pk=visit.pk).exists()


def test_a_restriction_or_an_open_request_spares_the_visitor_and_stops_nobody_else(desk: Reception) -> None:
    ready()
    asking, other = ended(desk, days=8), ended(desk, days=8, name="Otto Other", email="otto@guest.example")
    case = open_case(
        kind=CaseKind.ACCESS,
        via=Via.WALLET,
        persons=[known_of(asking.holder)],
        told=Told("Vera", "vera@guest.example"),
        by=CAROL,
    )
    run = night()
    assert went(run, "visitors") == 1
    assert run.done["visitors"]["passed"] == [str(asking.holder.subject_id)]
    assert not Visit.objects.filter(pk=other.pk).exists()
    assert not Case.objects.filter(kind=CaseKind.ERASURE, persons__subject=asking.holder.subject).exists()
    restrict(hold_case(case.pk, None), by=CAROL)
    assert went(night(), "visitors") == 0
    assert Visit.objects.filter(pk=asking.pk).exists()


def test_more_visitors_than_one_step_takes(desk: Reception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.services.retaining.PEOPLE", 2)
    monkeypatch.setattr("compliance.services.retaining.LONGEST_REST", 0)
    for number in range(5):
        ended(desk, days=8, name=f"Guest {number}", email=f"g{number}@guest.example")
    assert went(night(), "visitors") == 5


def test_a_photo_goes_with_the_visits_end(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    VisitPhoto.objects.create(visit=visit, sealed=os.urandom(64), taken_at=timezone.now())
    services.sign_out(visit=visit, by=BY)
    assert not VisitPhoto.objects.exists()


def test_a_day_pass_goes_no_sooner_than_its_visit(desk: Reception) -> None:
    """Day passes are kept for a month: one that a visit speaks of stays with it and stops nothing."""
    visit = desk.visit()
    window = Window(visit.opens, visit.closes, "Europe/Berlin")
    passes = [issue_day_pass(holder=visit.holder, window=window, by=BY).day_pass for _ in range(2)]
    Visit.objects.filter(pk=visit.pk).update(day_pass=passes[0])
    long_ago = timezone.now() - dt.timedelta(days=60)
    DayPass.objects.update(begins=long_ago - dt.timedelta(hours=8), ends=long_ago)
    set_rule(kind="day_passes", site=None, days=30, by=CAROL)
    run = night()
    assert run.done["day_passes"] == {"gone": 1, "over": True}
    assert list(DayPass.objects.values_list("pk", flat=True)) == [passes[0].pk]


# What else this room keeps


def kiosk(desk: Reception) -> Kiosk:
    now = timezone.now()
    return Kiosk.objects.create(
        handle=next_handle("kiosk"),
        name="Front",
        site=desk.place.site,
        public_key=os.urandom(65),
        thumbprint=os.urandom(32).hex()[:43],
        exit_hash=os.urandom(32),
        paired_at=now,
        last_heard=now,
    )


def ago(**span: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)


def test_what_went_on_at_a_kiosk_goes_after_a_day(desk: Reception) -> None:
    front, now = kiosk(desk), timezone.now()
    for begun, over in ((ago(hours=25), now), (ago(hours=23), now), (ago(hours=30), None)):
        seen = ago(hours=25) if begun < ago(hours=24) else now
        Arrival.objects.create(kiosk=front, flow="walk_in", begun_at=begun, seen_at=seen, ended_at=over)
    assert went(night(), "kiosk_arrivals") == 2
    assert Arrival.objects.count() == 1


def test_codes_to_pair_and_sign_ins_of_nobody_go(desk: Reception) -> None:
    front = kiosk(desk)
    for days in (6, 8):
        KioskPairing.objects.create(
            locator="ABC",
            code_hash=os.urandom(32),
            name="Front",
            site=desk.place.site,
            exit_hash=os.urandom(32),
            created_by=BY,
            expires=ago(days=days),
        )
    for days in (29, 31):
        SealedSignIn.objects.create(
            id=os.urandom(16).hex(), kiosk=front, taken_at=ago(days=days), handed_in_at=ago(days=days)
        )
    run = night()
    assert (went(run, "kiosk_pairings"), went(run, "sealed_sign_ins")) == (1, 1)


def test_groups_go_after_a_month_but_not_before_their_visits(desk: Reception) -> None:
    old = {"kind": "group", "host": desk.host, "created_by": BY, "created_at": ago(days=31)}
    gone, awaited = VisitGroup.objects.create(**old), VisitGroup.objects.create(**old)
    plan_visit(guest=guest(), plan=desk.plan(begins_in=60, group=awaited), by=BY)
    assert went(night(), "visit_groups") == 1
    assert not VisitGroup.objects.filter(pk=gone.pk).exists()


def entry(*, until: dt.date, removed_at: dt.datetime | None = None) -> WatchEntry:
    return WatchEntry.objects.create(
        subject=create_subject(),
        name="Hans Held",
        why="Shouted",
        until=until,
        added_at=timezone.now(),
        added_by=BY,
        removed_at=removed_at,
    )


def test_the_watch_list_forgets_with_the_key(desk: Reception) -> None:
    today = timezone.now().date()
    past = entry(until=today - dt.timedelta(days=32))
    removed = entry(until=today, removed_at=ago(days=31))
    stays = [
        entry(until=today - dt.timedelta(days=28)),
        entry(until=today, removed_at=ago(days=29)),
        entry(until=today - dt.timedelta(days=90)),
    ]
    place_hold(subject=stays[2].subject_id, reason="A claim", by=CAROL)
    WatchMatch.objects.create(entry=past, visit=desk.visit(), how="exact", found_at=timezone.now())
    assert went(night(), "watch_list") == 2
    assert set(WatchEntry.objects.all()) == set(stays)
    assert not WatchMatch.objects.exists()
    for row in (past, removed):
        assert Subject.objects.get(pk=row.subject_id).destroyed_at is not None
    assert SubjectKey.objects.filter(subject=stays[0].subject_id).exists()


def test_deeds_about_a_held_visitor_are_spared(desk: Reception) -> None:
    visit = desk.visit()
    spared = keeping.spared(frozenset({visit.holder.subject_id}))
    assert ("visit", visit.handle) in spared.handles
    keeper = keeping.kinds["ledger_entries"].keeper
    late = Cutoffs(timezone.now() + dt.timedelta(days=400))
    assert keeper.count(late, Spared()) > keeper.count(late, spared)
    assert LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle).exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "7 days to one year, by the type of the visit"),
        ("de", "7 Tage bis ein Jahr, je nach Art des Besuchs"),
        ("fr", "7 jours à un an, selon le type de visite"),
        ("es", "de 7 días a un año, según el tipo de visita"),
    ],
)
def test_the_period_in_words(desk: Reception, language: str, words: str) -> None:
    types.add_type(name="Contractor", keep_days=365, by=BY)
    assert said(language) == words


def test_it_stands_on_the_public_page(desk: Reception, nobody: Any) -> None:
    ready()
    page = nobody.get("/privacy/?language=de").content.decode()
    assert "Besucher samt allem, was sie unterschrieben haben" in page
    assert "7 Tage" in page
