"""Forms of reception."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from operators.models import Operator
from visitors.models import Visit, WatchEntry
from visitors.services.watching import LONGEST, Watched, may_judge


class ExtendForm(forms.Form):
    """Until when: so many minutes more, or a moment at the site."""

    minutes = forms.IntegerField(required=False, min_value=1, max_value=24 * 60)
    until = forms.DateTimeField(
        required=False,
        label="Ends",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        self.visit = visit
        self.zone = ZoneInfo(visit.site.time_zone)
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = f"In the time of {visit.site.name} ({visit.site.time_zone})."

    def clean(self) -> dict[str, Any] | None:
        """One of the two."""
        found = super().clean()
        if found is not None and not found.get("minutes") and not found.get("until"):
            raise forms.ValidationError("Say until when.", code="end_unclear")
        return found

    def ends(self) -> dt.datetime:
        """The new end."""
        minutes = self.cleaned_data.get("minutes")
        if minutes:
            return max(self.visit.ends, timezone.now()) + dt.timedelta(minutes=minutes)
        typed: dt.datetime = self.cleaned_data["until"]
        # The field reads it in the zone in force, which is the house's; what was typed is the site's clock.
        return typed.replace(tzinfo=self.zone)

    def told(self) -> str:
        """The same as a clock at the site shows it."""
        return f"{self.ends().astimezone(self.zone):%H:%M on %-d %b}"


class Named(forms.ModelMultipleChoiceField[Operator]):
    """Operators, by name."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Operator.objects.filter(is_active=True),
            widget=forms.CheckboxSelectMultiple,
            label="Who is told",
            help_text="By mail and here, quietly. Nobody else learns of a match.",
        )

    def label_from_instance(self, obj: Any) -> str:
        """The operator's name and role, and whether they are told and no more."""
        only = "" if may_judge(obj) else " (is told, cannot say who it is)"
        return f"{obj.name}, {obj.get_role_display().lower()}{only}"


class WatchForm(forms.Form):
    """An entry of the watch list."""

    name = forms.CharField(max_length=200)
    others = forms.CharField(
        required=False,
        max_length=2_000,
        label="Other names and spellings",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line.\nOther scripts, order of names, initials and slips are found anyway.",
    )
    email = forms.EmailField(required=False, label="Mail address")
    why = forms.CharField(
        max_length=2_000,
        label="Why, and what to do",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Facts only: the person may ask to read it.",
    )
    told = forms.Field()  # put in when a company is entered
    until = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        label="Look at it again by",
        help_text="A year at most. Those named are reminded two weeks before; after it the entry is removed.",
    )

    def __init__(self, *args: Any, entry: WatchEntry | None = None, **kwargs: Any) -> None:
        if entry is not None:
            names = ("name", "others", "email", "why", "until")
            kwargs["initial"] = {name: getattr(entry, name) for name in names} | {"told": entry.told.all()}
        super().__init__(*args, **kwargs)
        self.fields["told"] = Named()
        until = self.fields["until"].widget.attrs
        today = timezone.now().date()
        until |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    def watched(self) -> Watched:
        """What was typed."""
        given = self.cleaned_data
        return Watched(**{**given, "told": list(given["told"])})
