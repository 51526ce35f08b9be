"""The watch list: compared at planning and at arrival, told quietly, forgotten with its key."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core import mail
from django.utils import timezone

from credentials.services import edit_holder
from ledger.outbox import deliver
from operators.models import Operator
from tenants.context import current
from tests.fixtures.console import member
from tests.visitors.build import BY, Reception
from vault.keystore.models import SubjectKey
from visitors import services
from visitors.models import How, Verdict, Visit, VisitState, WatchEntry, WatchMatch
from visitors.refusals import Refused
from visitors.services import watching
from visitors.services.watching import Watched, add_entry, edit_entry, judge, look_up, must_wait, remove_entry

pytestmark = pytest.mark.django_db(databases="__all__")
Commits = Callable[..., AbstractContextManager[object]]


def watched(name: str = "Viktor Vandal", *, told: str = "alice", **more: object) -> Watched:
    given: dict[str, object] = {
        "name": name,
        "why": "Broke a door. Call security.",
        "until": timezone.now().date() + dt.timedelta(days=90),
        "told": [member(told)],
    }
    return Watched(**(given | more))  # type: ignore[arg-type]  # what a test changes is its business


def put(name: str = "Viktor Vandal", **more: object) -> WatchEntry:
    return add_entry(watched=watched(name, **more), by=BY)  # type: ignore[arg-type]


def mails() -> list[str]:
    mail.outbox.clear()
    deliver(current())
    return [one.body for one in mail.outbox if "watch" in one.extra_headers["Message-ID"]]  # type: ignore[misc]


def test_a_visit_is_compared_when_planned_and_those_named_are_told(desk: Reception) -> None:
    put()
    put("Somebody Else", told="rita")
    visit = desk.visit(name="Vandal, Viktor")
    (match,) = WatchMatch.objects.all()
    assert (match.visit, match.how) == (visit, How.EXACT)
    (body,) = mails()
    assert [one.to for one in mail.outbox if "watch" in one.extra_headers["Message-ID"]] == [
        [member("alice").email]
    ]
    assert f"/visitors/watch/matches/{match.pk}/" in body
    for word in ("Viktor", "Vandal", "Broke"):
        assert word not in body
    assert mails() == []


def test_at_arrival_those_named_are_told_again(desk: Reception) -> None:
    put("Viktor Wandal")
    visit = desk.visit(name="Victor Vandall")
    assert WatchMatch.objects.get().how == How.NEAR
    mails()
    services.arrive(visit=visit, by="kiosk:1")
    (body,) = mails()
    assert "waits at reception" in body


@pytest.mark.parametrize("name", ["Виктор Вандал", "Vandal Viktor", "V. Vandal", "VIKTOR  VÁNDAL"])
def test_script_order_and_initials_do_not_hide(desk: Reception, name: str) -> None:
    put()
    assert [match.entry.name for match in look_up(desk.visit(name=name))] == ["Viktor Vandal"]


def test_the_mail_address_and_other_names_count(desk: Reception) -> None:
    put("Nobody Known", email="VERA@guest.example")
    put("Nemo Niemand", others="Quiet One\nVera Visiteur")
    assert {match.how for match in look_up(desk.visit())} == {How.EMAIL, How.NEAR}


def test_a_new_entry_is_held_against_visits_to_come(desk: Reception) -> None:
    visit = desk.visit()
    over = desk.visit(name="Vera Visitor", email="")
    services.cancel(visit=over, by=BY)
    put("Vera Visitor")
    assert [match.visit for match in WatchMatch.objects.all()] == [visit]


def test_neither_kiosk_nor_host_admits_before_somebody_looked(desk: Reception) -> None:
    put("Vera Visitor")
    visit = desk.visit()
    assert must_wait(visit)
    for by in ("kiosk:1", f"holder:{desk.host.handle}"):
        with pytest.raises(Refused) as refused:
            services.admit(visit=visit, by=by)
        assert refused.value.code == "reception_admits"
        visit.refresh_from_db()
        assert visit.state == VisitState.INVITED
    judge(match=WatchMatch.objects.get(), verdict=Verdict.SAME, by=member("alice").actor)
    assert must_wait(visit)
    judge(match=WatchMatch.objects.get(), verdict=Verdict.OTHER, by=member("alice").actor)
    assert not must_wait(visit)
    assert services.admit(visit=visit, by="kiosk:1").state == VisitState.ON_SITE


def test_whoever_was_somebody_else_is_not_asked_at_each_visit(desk: Reception) -> None:
    put("Vera Visitor")
    desk.visit()
    judge(match=WatchMatch.objects.get(), verdict=Verdict.OTHER, by=BY)
    mails()
    again = desk.visit(begins_in=24 * 60)
    assert not must_wait(again)
    assert mails() == []


def test_somebody_else_was_said_of_what_the_entry_said_then(desk: Reception) -> None:
    entry = put("Vera Visitor")
    visit = desk.visit()
    assert len(mails()) == 1
    before = {one.extra_headers["Message-ID"] for one in mail.outbox}
    judge(match=WatchMatch.objects.get(), verdict=Verdict.OTHER, by=BY)
    edit_entry(entry=entry, watched=watched("Vera Visitor", why="Security knows."), by=BY)
    assert not must_wait(visit)  # it is about the same person
    edit_entry(entry=entry, watched=watched("Vera Visitor", others="Vera V. of Vex"), by=BY)
    assert must_wait(visit)
    match = WatchMatch.objects.get()
    assert (match.verdict, match.decided_at, match.decided_by) == ("", None, "")
    assert len(mails()) == 1
    assert before.isdisjoint(one.extra_headers["Message-ID"] for one in mail.outbox)
    judge(match=match, verdict=Verdict.OTHER, by=BY)
    look_up(visit)
    assert not must_wait(visit)


def test_somebody_else_was_said_of_a_likeness_that_was_smaller(desk: Reception) -> None:
    put("Vera Visitar", email="vera@vex.example")
    visit = desk.visit()
    assert WatchMatch.objects.get().how == How.NEAR
    judge(match=WatchMatch.objects.get(), verdict=Verdict.OTHER, by=BY)
    mails()
    edit_holder(holder=visit.holder, by=BY, email="vera@vex.example")
    (match,) = look_up(Visit.objects.get(pk=visit.pk))
    assert (match.how, match.verdict) == (How.EMAIL, "")
    assert len(mails()) == 1


def test_a_later_visit_takes_over_no_word_of_another_entry(desk: Reception) -> None:
    entry = put("Vera Visitor")
    over = desk.visit()
    judge(match=WatchMatch.objects.get(), verdict=Verdict.OTHER, by=BY)
    assert not must_wait(desk.visit(begins_in=24 * 60))
    services.cancel(visit=over, by=BY)  # its match is compared no more, and keeps its verdict
    edit_entry(entry=entry, watched=watched("Vera Visitor", email="vera@vex.example"), by=BY)
    later = desk.visit(begins_in=48 * 60)
    assert later.holder_id == over.holder_id
    assert must_wait(later)


def test_removing_destroys_what_was_known(
    desk: Reception, django_capture_on_commit_callbacks: Commits
) -> None:
    entry = put("Vera Visitor")
    desk.visit()
    with django_capture_on_commit_callbacks(execute=True):
        remove_entry(entry=entry, by=BY)
        remove_entry(entry=entry, by=BY)
    assert WatchEntry.objects.values_list("removed_by", flat=True).get() == BY
    assert not SubjectKey.objects.filter(subject=entry.subject_id).exists()
    assert WatchEntry.objects.get().name == "(erased)"
    assert not WatchMatch.objects.exists()
    assert look_up(desk.visit(name="Vera Visitor", email="v2@guest.example")) == []
    with pytest.raises(Refused):
        edit_entry(entry=entry, watched=watched(), by=BY)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("name_missing", {"name": " - "}),
        ("ground_missing", {"why": " "}),
        ("window_over", {"until": dt.date(2020, 1, 1)}),
        ("until_too_far", {"until": timezone.now().date() + dt.timedelta(days=400)}),
        ("nobody_told", {"told": ()}),
    ],
)
def test_what_an_entry_must_say(desk: Reception, code: str, more: dict[str, object]) -> None:
    given: dict[str, object] = {"name": "A B", "why": "x", "until": timezone.now().date(), "told": [1]}
    with pytest.raises(Refused) as refused:
        add_entry(watched=Watched(**(given | more)), by=BY)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not WatchEntry.objects.exists()


def test_an_end_is_reminded_of_and_kept(desk: Reception, django_capture_on_commit_callbacks: Commits) -> None:
    today = timezone.now().date()
    entry = put(until=today + watching.REMIND_BEFORE)
    assert watching.remind_due(today=today) == 1
    (body,) = mails()
    assert f"/visitors/watch/{entry.pk}/" in body
    assert "Viktor" not in body
    assert watching.remind_due(today=today + dt.timedelta(days=1)) == 0
    assert watching.remove_due(today=entry.until) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert watching.remove_due(today=entry.until + dt.timedelta(days=1)) == 1
    assert not SubjectKey.objects.filter(subject=entry.subject_id).exists()


def test_who_may_know_why(desk: Reception) -> None:
    entry = put(told="rita")
    seen = {name: watching.may_see(member(name), entry) for name in ("olga", "alice", "rita", "bob")}
    assert seen == {"olga": True, "alice": True, "rita": True, "bob": False}
    Operator.objects.filter(pk=member("rita").pk).update(is_active=False)
    assert mails() == []


def test_trying_a_name_keeps_nothing(desk: Reception) -> None:
    entry = put()
    assert watching.try_name("Viktor Vandall") == [(entry, How.NEAR)]
    assert watching.try_name("Vera Visitor") == []
    assert not WatchMatch.objects.exists()
