"""Times that no calendar reaches are refused with a word, wherever they come from."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.visitors.build import BY, Reception, guest
from tests.visitors.test_guest_files import WHERE, calendar, event
from visitors.files import calendars
from visitors.files.lines import REASONS, Line
from visitors.invitation_forms import WhenForm
from visitors.models import GroupRow, Visit, VisitGroup
from visitors.models.visits import RowState
from visitors.refusals import Refused
from visitors.services import group_files, plan_visit

pytestmark = pytest.mark.django_db
LAST = dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("begins", [LAST, LAST.replace(tzinfo=ZoneInfo("Pacific/Honolulu")), None])
def test_a_visit_begins_within_two_years(desk: Reception, begins: dt.datetime | None) -> None:
    begins = begins or timezone.now() + dt.timedelta(days=733)
    ends = begins.replace(minute=59, second=59)
    with pytest.raises(Refused, match="window_too_far"):
        plan_visit(guest=guest(), plan=replace(desk.plan(), begins=begins, ends=ends), by=BY)
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("far", "code"), [("9999-12-31T23:30", "window_too_far"), ("0001-01-01T00:00", "window_over")]
)
def test_the_form_says_so_at_the_time(far: str, code: str) -> None:
    assert WhenForm({"begins": far}).has_error("begins", code)
    soon = f"{timezone.now():%Y-%m-%dT%H:%M}"
    assert not WhenForm({"begins": soon}).has_error("begins")


def test_a_line_of_a_file_far_ahead_holds_up_no_other(desk: Reception, in_acme: CompanyRef) -> None:
    plan = desk.plan(begins_in=24 * 60)
    far = [Line(3, "Far", "far@guest.example", "", "en", LAST, LAST + dt.timedelta(minutes=10))]
    lines = [Line(2, "Near", "near@guest.example", "", "en"), *far]
    group = group_files.lay_in(lines=lines, plan=plan, language="en", name="Fair", by=BY)
    row = GroupRow.objects.get(number=3)
    assert (row.state, row.code) == (RowState.FAILED, "window_too_far")
    assert row.code in REASONS
    GroupRow.objects.update(state=RowState.WAITING, code="")  # laid in before this was looked at
    group_files.begin(group=group, by=BY)
    deliver(in_acme)
    done = VisitGroup.objects.get()
    assert (done.done, done.failed) == (1, 1)
    assert GroupRow.objects.get(number=3).code == "window_too_far"


def test_a_moment_that_cannot_be_reckoned_with_is_a_line_that_failed(
    desk: Reception, in_acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflows(**_: object) -> None:
        raise OverflowError

    lines = [Line(2, "Near", "near@guest.example", "", "en")]
    plan = desk.plan(begins_in=24 * 60)
    group = group_files.lay_in(lines=lines, plan=plan, language="en", name="Fair", by=BY)
    group_files.begin(group=group, by=BY)
    monkeypatch.setattr(group_files, "invite", overflows)
    deliver(in_acme)
    assert VisitGroup.objects.get().failed == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:99991231T233000Z", "DURATION:PT2H"),
        ("DTSTART;VALUE=DATE:99991231",),
        ("DTSTART;TZID=America/New_York:99991231T233000", "RRULE:FREQ=DAILY;COUNT=3"),
    ],
)
def test_a_calendar_far_ahead_is_lines_that_failed(lines: tuple[str, ...]) -> None:
    start, *more = lines
    found = calendars.read(calendar(event(*more, start=start), event()), WHERE)
    assert [line.name for line in found] == ["Gina Guest"] * 2
    assert found[0].code in REASONS
    assert found[1].code == ""


def test_an_event_moved_from_far_ahead_is_read() -> None:
    moved = event("RECURRENCE-ID;TZID=America/New_York:99991231T233000")
    assert len(calendars.read(calendar(moved), WHERE)) == 1
