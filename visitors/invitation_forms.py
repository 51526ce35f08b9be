"""What an operator fills in to invite: whom, to what, when, and how often."""

import csv
import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from access.models import Site
from credentials.models import Holder, HolderKind, HolderState, Language
from visitors.models import VisitType
from visitors.refusals import Refused
from visitors.repeats import WEEKDAYS, times
from visitors.services.inviting import MOST_AT_ONCE, Time
from visitors.services.planning import Guest, Plan, check_begins

DATE_TIME = {"type": "datetime-local", "step": "60"}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
REPEATS = [("", "Once"), ("daily", "Every day"), ("weekly", "On these weekdays")]


def _moment(label: str, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=DATE_TIME, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **more)


def _next_half_hour() -> dt.datetime | None:
    """The next full or half hour by the clock at the first site; None before there is one."""
    site = Site.objects.first()
    if site is None:
        return None
    there = dt.datetime.now(ZoneInfo(site.time_zone)).replace(second=0, microsecond=0, tzinfo=None)
    return there + dt.timedelta(minutes=30 - there.minute % 30)


def host_of(value: object) -> Holder | None:
    """The member of staff with this id who is here; None for nobody."""
    try:
        found = Holder.objects.select_related("subject").filter(pk=UUID(str(value)))
    except ValueError:
        return None
    return found.filter(state=HolderState.ACTIVE).exclude(kind=HolderKind.VISITOR).first()


class WhenForm(forms.Form):
    """A time at a site, and who receives the visitor. `host_name` only searches."""

    host = forms.CharField(label="Host", max_length=36, error_messages={"required": "Choose a host."})
    host_name = forms.CharField(label="Host", max_length=100, required=False)
    begins = _moment("Begins")
    ends = _moment("Ends", required=False, help_text="Left empty: as long as the type of visit says.")

    def clean_host(self) -> Holder:
        host = host_of(self.cleaned_data["host"])
        if host is None:
            raise forms.ValidationError("This person is not here any more. Choose another.", code="host_left")
        return host

    def clean_begins(self) -> dt.datetime | None:
        """Refused before anything is reckoned with it; the zone of the site does not matter for years."""
        begins: dt.datetime | None = self.cleaned_data["begins"]
        try:
            if begins is not None:
                check_begins(begins)
        except Refused as refused:
            raise forms.ValidationError(refused.text, code=refused.code) from None
        return begins

    def span(self, site: Site, kind: VisitType) -> Time:
        """Beginning and end; what was typed is the clock at the site."""
        zone = ZoneInfo(site.time_zone)
        begins = self.cleaned_data["begins"].replace(tzinfo=zone)
        ends = self.cleaned_data["ends"]
        if ends is None:
            # Over the absolute time: an hour is an hour where the clocks change.
            length = dt.timedelta(minutes=kind.length_minutes)
            return begins, (begins.astimezone(dt.UTC) + length).astimezone(zone)
        return begins, ends.replace(tzinfo=zone)

    @property
    def chosen_host(self) -> Holder | None:
        """Whom the form shows as chosen, also where something else in it is wrong."""
        return host_of(self["host"].value()) if self["host"].value() else None


class PlanForm(WhenForm):
    """To what: type, site, and why."""

    type: forms.ModelChoiceField[VisitType] = forms.ModelChoiceField(
        queryset=None, empty_label=None, label="Type of visit"
    )
    site: forms.ModelChoiceField[Site] = forms.ModelChoiceField(queryset=None, empty_label=None, label="Site")
    subject = forms.CharField(
        label="Subject", max_length=200, required=False, help_text="Stands in the mail and in the calendar."
    )
    language = forms.ChoiceField(label="Language", choices=Language.choices, initial=Language.ENGLISH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("type", VisitType.objects.filter(archived_at=None)),
            ("site", Site.objects.all()),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = rows
        self.fields["begins"].initial = _next_half_hour

    def plan(self) -> Plan:
        """What the services call a plan."""
        said = self.cleaned_data
        begins, ends = self.span(said["site"], said["type"])
        return Plan(
            type=said["type"],
            site=said["site"],
            begins=begins,
            ends=ends,
            host=said["host"],
            subject=said["subject"],
        )


class InviteForm(PlanForm):
    """One guest; more guests; more times."""

    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs=PLAIN))
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        required=False,
        help_text="The invitation goes there. Without one, reception lets them in by name.",
        widget=forms.EmailInput(attrs=PLAIN),
    )
    firm = forms.CharField(label="Firm", max_length=200, required=False, widget=forms.TextInput(attrs=PLAIN))
    more = forms.CharField(
        label="More guests for this time",
        max_length=20_000,
        required=False,
        help_text="One a line: name, mail address, firm.",
        widget=forms.Textarea(attrs={**PLAIN, "rows": 4}),
    )
    group_name = forms.CharField(label="Name of the group or series", max_length=120, required=False)
    repeat = forms.ChoiceField(label="Repeated", choices=REPEATS, required=False)
    weekdays = forms.MultipleChoiceField(
        label="Weekdays",
        choices=list(enumerate(WEEKDAYS)),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_more(self) -> list[Guest]:
        return guests_in(str(self.cleaned_data["more"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("repeat") and not cleaned.get("until"):
            self.add_error("until", "Say until which day.")
        if cleaned.get("repeat") == "weekly" and not cleaned.get("weekdays"):
            self.add_error("weekdays", "Choose at least one day.")
        return cleaned

    def guests(self) -> list[Guest]:
        """All of them, in the chosen language."""
        said = self.cleaned_data
        first = Guest(said["name"], said["email"], said["firm"], said["language"])
        others = [Guest(one.name, one.email, one.firm, said["language"]) for one in said["more"]]
        return [first, *others]

    def times(self, plan: Plan) -> list[Time]:
        """When; empty for once. Raises Refused as `repeats.times`."""
        said = self.cleaned_data
        if not said["repeat"]:
            return []
        days = {int(day) for day in said["weekdays"]} if said["repeat"] == "weekly" else set()
        zone = plan.site.time_zone
        return times(plan.begins, plan.ends, weekdays=days, until=said["until"], zone=zone)


def guests_in(text: str) -> list[Guest]:
    """Lines of name, mail address, firm, parted by commas, semicolons or tabs. Raises ValidationError."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) >= MOST_AT_ONCE:
        raise ValidationError(f"{MOST_AT_ONCE} at once are possible; for more, send a file.", code="too_many")
    found = []
    for number, line in enumerate(lines, 1):
        sign = next((sign for sign in ("\t", ";") if sign in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=sign, skipinitialspace=True))]
        name, email, firm = [*cells, "", "", ""][:3]
        if len(cells) > 3 or not name or len(name) > 200 or len(firm) > 200:
            raise ValidationError(f"Line {number}: name, mail address, firm are expected.", code="line_wrong")
        if email:
            try:
                validate_email(email)
            except ValidationError:
                text = f"Line {number}: the mail address is none."
                raise ValidationError(text, code="mail_wrong") from None
        found.append(Guest(name, email, firm))
    return found


class FileForm(PlanForm):
    """A file with guests, and what a table leaves open: the time, the type, the site, the host."""

    file = forms.FileField(label="File", help_text="A calendar (.ics) or a table (.csv), up to 4 MB.")
    group_name = forms.CharField(label="Name of the group", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["begins"].required = False
        self.fields["begins"].help_text = "For a table. The events of a calendar have times of their own."

    @property
    def is_calendar(self) -> bool:
        """By its name; what it holds is judged when it is read."""
        return str(self.cleaned_data["file"].name).casefold().endswith((".ics", ".ical", ".icalendar"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "file" in cleaned and not cleaned.get("begins") and not self.is_calendar:
            self.add_error("begins", "A table needs a time.")
        return cleaned

    def plan(self) -> Plan:
        """With a time that a calendar's events replace."""
        if self.cleaned_data.get("begins") is None:
            zone = ZoneInfo(self.cleaned_data["site"].time_zone)
            self.cleaned_data["begins"] = dt.datetime.now(zone).replace(tzinfo=None)
            self.cleaned_data["ends"] = None
        return super().plan()
