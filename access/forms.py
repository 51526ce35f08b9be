"""What operators type about doors, hours and levels."""

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from access.hours import WEEKDAYS, HoursError, read_spans, week, write_spans
from access.models import (
    AccessLevel,
    AccessPoint,
    Area,
    Door,
    DoorMode,
    Schedule,
    Site,
    SpecialRule,
)


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones()) if "/" in zone]


def choices_of(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        msg = f"{name} is not a choice of rows"
        raise TypeError(msg)
    return field


class SiteForm(forms.ModelForm[Site]):
    time_zone = forms.ChoiceField(choices=_zones)

    class Meta:
        model = Site
        fields = ["name", "address", "time_zone"]

    def clean_address(self) -> str:
        return " ".join(self.cleaned_data["address"].split())


class SpecialDayForm(forms.Form):
    date = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(max_length=100, label="What for")


class DoorForm(forms.Form):
    area: forms.ModelChoiceField[Area] = forms.ModelChoiceField(queryset=None)
    name = forms.CharField(max_length=100)
    mode = forms.ChoiceField(
        choices=[(DoorMode.NORMAL, "Normal"), (DoorMode.UNLOCKED_BY_SCHEDULE, "Unlocked by schedule")]
    )
    unlock_schedule: forms.ModelChoiceField[Schedule] = forms.ModelChoiceField(
        queryset=None, required=False, help_text="When the door stands open for everybody with a valid code."
    )

    def __init__(self, *args: Any, door: Door | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.door = door
        choices_of(self, "area").queryset = Area.objects.select_related("site")
        choices_of(self, "unlock_schedule").queryset = Schedule.objects.all()
        if door:
            names = ("name", "mode", "area_id", "unlock_schedule_id")
            self.initial = {name.removesuffix("_id"): getattr(door, name) for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("mode") == DoorMode.UNLOCKED_BY_SCHEDULE and not cleaned.get("unlock_schedule"):
            self.add_error("unlock_schedule", "Choose the hours in which the door is unlocked.")
        same = Door.objects.filter(area=cleaned.get("area"), name=cleaned.get("name")).first()
        if same is not None and same != self.door:
            self.add_error("name", "This area has a door of this name already.")
        return cleaned


def _spans(text: str) -> list[tuple[int, int]]:
    try:
        return read_spans(text)
    except HoursError as problem:
        raise ValidationError(str(problem), code="bad_hours") from problem


class ScheduleForm(forms.Form):
    """One line of text a day: `08:00-12:00, 13:00-18:00`; empty is closed."""

    name = forms.CharField(max_length=100)
    special_rule = forms.ChoiceField(choices=SpecialRule, initial=SpecialRule.CLOSED, label="On special days")
    special_hours = forms.CharField(required=False, label="Own hours on special days")

    def __init__(self, *args: Any, schedule: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule = schedule
        days = week(schedule.intervals if schedule else [])
        for number, day in enumerate(days):
            self.fields[f"day_{number}"] = forms.CharField(
                required=False,
                label=day.name,
                initial=day.text,
                widget=forms.TextInput(attrs={"placeholder": "Closed"}),
            )
        if schedule:
            self.fields["name"].initial = schedule.name
            self.fields["special_rule"].initial = schedule.special_rule
            self.fields["special_hours"].initial = write_spans(schedule.special_intervals)

    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{number}"] for number in range(len(WEEKDAYS))]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Schedule.objects.exclude(pk=self.schedule.pk) if self.schedule else Schedule.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError("There is a schedule of this name already.", code="taken")
        return name

    def clean_special_hours(self) -> list[list[int]]:
        return [list(span) for span in _spans(self.cleaned_data["special_hours"])]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        intervals: list[list[int]] = []
        for number in range(len(WEEKDAYS)):
            try:
                spans = _spans(cleaned.get(f"day_{number}", ""))
                intervals += [[number, start, end] for start, end in spans]
            except ValidationError as problem:
                self.add_error(f"day_{number}", problem)
        if cleaned.get("special_rule") == SpecialRule.OWN_HOURS and cleaned.get("special_hours") == []:
            self.add_error("special_hours", "Write the hours, or choose Closed.")
        cleaned["intervals"] = sorted(intervals)
        return cleaned

    def hours(self) -> dict[str, Any]:
        """The cleaned form as the schedule's fields."""
        own = self.cleaned_data["special_rule"] == SpecialRule.OWN_HOURS
        return {
            "intervals": self.cleaned_data["intervals"],
            "special_rule": self.cleaned_data["special_rule"],
            "special_intervals": self.cleaned_data["special_hours"] if own else [],
        }


class LevelForm(forms.Form):
    """For each side of each door: no access, or the schedule in which it opens."""

    name = forms.CharField(max_length=100)

    def __init__(self, *args: Any, level: AccessLevel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level = level
        now = {rule.access_point_id: rule.schedule_id for rule in level.rules.all()} if level else {}
        self.points = list(AccessPoint.objects.select_related("door__area__site"))
        schedules = Schedule.objects.all()
        for point in self.points:
            self.fields[f"point_{point.pk}"] = forms.ModelChoiceField(
                schedules,
                required=False,
                empty_label="No access",
                label=str(point),
                initial=now.get(point.pk),
            )
        if level:
            self.fields["name"].initial = level.name

    def rows(self) -> list[tuple[AccessPoint, forms.BoundField]]:
        return [(point, self[f"point_{point.pk}"]) for point in self.points]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = AccessLevel.objects.exclude(pk=self.level.pk) if self.level else AccessLevel.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError("There is a level of this name already.", code="taken")
        return name

    def rules(self) -> list[tuple[AccessPoint, Schedule]]:
        chosen = ((point, self.cleaned_data[f"point_{point.pk}"]) for point in self.points)
        return [(point, schedule) for point, schedule in chosen if schedule is not None]


class GrantForm(forms.Form):
    level: forms.ModelChoiceField[AccessLevel] = forms.ModelChoiceField(queryset=None)
    valid_from = forms.DateTimeField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), label="From (UTC)"
    )
    valid_until = forms.DateTimeField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), label="Until (UTC)"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_of(self, "level").queryset = AccessLevel.objects.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begin and end and end <= begin:
            self.add_error("valid_until", "It must end after it begins.")
        return cleaned
