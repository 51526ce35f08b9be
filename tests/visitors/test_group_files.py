"""Files of many guests are worked off once each, whatever happens in between."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.utils import timezone

from credentials.services import offboard_holder
from ledger.models import Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception
from visitors.files.lines import Line
from visitors.models import GroupRow, Visit, VisitGroup, VisitState
from visitors.models.visits import RowState
from visitors.refusals import Refused
from visitors.services import group_files
from visitors.services.inviting import invite
from visitors.services.rearranging import cancel_group

pytestmark = pytest.mark.django_db
MANY = 60  # of 10,000 that a file may hold: each goes the same way


def lines(count: int) -> list[Line]:
    return [
        Line(number, f"Guest {number}", f"g{number}@guest.example", "Firm", "fr")
        for number in range(2, count + 2)
    ]


def laid_in(desk: Reception, found: list[Line]) -> VisitGroup:
    plan = desk.plan(begins_in=24 * 60)
    return group_files.lay_in(lines=found, plan=plan, language="en", name="Fair", by=BY)


def again(group: VisitGroup) -> VisitGroup:
    return VisitGroup.objects.get(pk=group.pk)


def test_a_whole_file_is_invited(desk: Reception, in_acme: CompanyRef) -> None:
    group = laid_in(desk, lines(MANY))
    deliver(in_acme)
    assert not Visit.objects.exists()  # looked at, not begun
    group_files.begin(group=group, by=BY)
    group_files.begin(group=group, by=BY)
    deliver(in_acme, most=1_000)
    group = again(group)
    assert (group.rows, group.done, group.failed) == (MANY, MANY, 0)
    assert group.finished_at is not None
    assert Visit.objects.filter(group=group, state=VisitState.INVITED, language="fr").count() == MANY
    assert sorted(one.to[0] for one in mail.outbox) == sorted(line.email for line in lines(MANY))
    # What a line said is gone once it became a visit.
    assert set(GroupRow.objects.values_list("told", flat=True)) == {b""}


def test_nothing_of_a_line_lies_open(desk: Reception) -> None:
    laid_in(desk, lines(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT told FROM visitors_grouprow")
        (told,) = cursor.fetchone()
    assert b"Guest" not in bytes(told)
    assert b"g2@" not in bytes(told)


def test_a_killed_worker_loses_none_and_makes_none_twice(
    desk: Reception, in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = laid_in(desk, lines(25))
    group_files.begin(group=group, by=BY)
    calls: list[object] = []

    def dies(**told: Any) -> list[Visit]:
        calls.append(told)
        if len(calls) == 15:
            raise SystemExit
        return invite(**told)

    monkeypatch.setattr(group_files, "invite", dies)
    with pytest.raises(SystemExit):
        deliver(in_acme, most=1_000)
    assert Visit.objects.count() == again(group).done == 10
    monkeypatch.undo()
    Outbox.objects.filter(done=None).update(due=timezone.now())
    deliver(in_acme, most=1_000)
    assert Visit.objects.count() == again(group).done == 25
    assert again(group).finished_at is not None
    # The message delivered once more finds nothing to do.
    assert group_files.work(group.pk) == 0


def test_what_cannot_be_invited_is_told_line_by_line(desk: Reception, in_acme: CompanyRef) -> None:
    first = desk.visit(begins_in=24 * 60, email="known@guest.example")
    known = Line(6, "Known", "known@guest.example", begins=first.begins, ends=first.ends)
    past = timezone.now() - dt.timedelta(days=1)
    found = [
        Line(2, "Henri", desk.host.email),
        Line(3, "Ada", "ada@guest.example"),
        Line(4, "Ada again", "ADA@guest.example"),
        Line(5, "", "x@guest.example", code="name_missing"),
        known,
        Line(7, "Late", "late@guest.example", begins=past, ends=past + dt.timedelta(hours=1)),
    ]
    group = laid_in(desk, found)
    group_files.begin(group=group, by=BY)
    deliver(in_acme)
    failed = dict(group.lines.filter(state=RowState.FAILED).values_list("number", "code"))
    assert failed == {
        2: "is_staff",
        4: "twice",
        5: "name_missing",
        6: "already_invited",
        7: "window_over",
    }
    assert (again(group).done, again(group).failed) == (1, 5)
    # They can be mended while they are remembered, a week.
    assert group_files.told_of(group.lines.get(number=2))["name"] == "Henri"


def outlasts(group: VisitGroup, company: CompanyRef) -> bool:
    """Whether a failed line says what it said, after what is due was delivered."""
    deliver(company)
    return bool(group_files.told_of(group.lines.get(number=2)))


def later(group: VisitGroup, days: int) -> None:
    """So many days pass: of the file's end and of every message that waits."""
    passed = dt.timedelta(days=days)
    Outbox.objects.filter(done=None).update(due=F("due") - passed)
    VisitGroup.objects.filter(pk=group.pk, finished_at__isnull=False).update(
        finished_at=F("finished_at") - passed
    )


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_failed_is_remembered_for_a_week(
    desk: Reception, in_acme: CompanyRef, *, cancelled: bool
) -> None:
    group = laid_in(desk, [Line(2, "Henri", desk.host.email), Line(3, "Ada", "ada@guest.example")])
    group_files.begin(group=group, by=BY)
    if cancelled:
        later(group, 1)  # the day of a draft is over before
        deliver(in_acme)
        cancel_group(group=group, by=BY)
    else:
        deliver(in_acme)
        later(group, 1)
    assert outlasts(group, in_acme)
    later(group, 5)
    assert outlasts(group, in_acme)
    later(group, 2)
    assert not outlasts(group, in_acme)


def test_what_is_asked_for_too_early_is_asked_for_again(desk: Reception, in_acme: CompanyRef) -> None:
    group = laid_in(desk, [Line(2, "Henri", desk.host.email), Line(3, "Ada", "ada@guest.example")])
    group_files.begin(group=group, by=BY)
    group_files.work(group.pk)
    Outbox.objects.all().delete()
    group_files.forget(group.pk)
    assert outlasts(group, in_acme)
    later(group, 7)
    assert not outlasts(group, in_acme)


def test_a_host_who_leaves_in_between_fails_the_rest(desk: Reception, in_acme: CompanyRef) -> None:
    group = laid_in(desk, lines(3))
    group_files.begin(group=group, by=BY)
    offboard_holder(holder=desk.host, by=BY)
    deliver(in_acme)
    assert set(group.lines.values_list("code", flat=True)) == {"host_left"}
    assert not Visit.objects.exists()


def test_cancelling_stops_it_and_ends_what_was_made(desk: Reception, in_acme: CompanyRef) -> None:
    group = laid_in(desk, lines(25))
    group_files.begin(group=group, by=BY)
    assert group_files.work(group.pk) == group_files.work(group.pk) == 5
    cancel_group(group=group, by=BY)
    deliver(in_acme, most=1_000)
    assert set(Visit.objects.values_list("state", flat=True)) == {VisitState.CANCELLED}
    assert Visit.objects.count() == 10
    assert group.lines.filter(state=RowState.FAILED, code="cancelled", told=b"").count() == 15


def test_a_file_nobody_begins_goes_by_itself(desk: Reception) -> None:
    group = laid_in(desk, lines(2))
    group_files.forget(group.pk)
    assert not VisitGroup.objects.exists()
    assert not GroupRow.objects.exists()
    begun = laid_in(desk, lines(2))
    group_files.begin(group=begun, by=BY)
    group_files.forget(begun.pk)
    group_files.drop(group=begun)
    assert begun.lines.filter(state=RowState.WAITING).exclude(told=b"").count() == 2


def test_a_file_with_nobody_to_invite_is_not_begun(desk: Reception) -> None:
    group = laid_in(desk, [Line(2, "", "x@guest.example", code="name_missing")])
    with pytest.raises(Refused, match="nobody_invited"):
        group_files.begin(group=group, by=BY)
