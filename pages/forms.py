"""Forms of the public site, the events' filter and the settings."""

import zoneinfo
from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from access.selectors import doors
from credentials.models import CodePolicy
from ledger.gaps import MOST_REASON, GapRefused
from pages.happened import reason_text
from sallyport.reasons import Reason

MOST_NAME = 100
FIRST_YEAR, LAST_YEAR = 2000, 2100
RESULTS = [("", "Any result"), ("granted", "Granted"), ("refused", "Refused")]
DOERS = [
    ("", "Anybody"),
    ("operator:", "Operators"),
    ("holder:", "Cardholders"),
    ("reader:", "Readers"),
    ("system", "Sallyport itself"),
]


class SignUpForm(forms.Form):
    """A company and its first operator."""

    name = forms.CharField(
        label="Company", max_length=MOST_NAME, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    subdomain = forms.CharField(
        label="Address",
        max_length=63,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
        ),
    )
    owner_name = forms.CharField(
        label="Your name", max_length=MOST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    owner_email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=256,
        strip=False,
        help_text="At least 12 characters. A few words in a row are easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SpanForm(forms.Form):
    """A span of time in the company's zone."""

    since = forms.DateTimeField(
        label="From",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
    )
    until = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
    )

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_since(self) -> datetime | None:
        """The moment in the company's zone."""
        return self._in_zone("since")

    def clean_until(self) -> datetime | None:
        """The moment in the company's zone; the minute that is named is included."""
        moment = self._in_zone("until")
        return None if moment is None else moment + timedelta(minutes=1)

    def _in_zone(self, name: str) -> datetime | None:
        value: datetime | None = self.cleaned_data.get(name)
        return None if value is None else value.replace(tzinfo=self.zone)


class EventsForm(SpanForm):
    """What to look for among the events."""

    field_order = ["person", "door", "result", "reason", "since", "until"]

    person = forms.CharField(label="Person", max_length=MOST_NAME, required=False)
    door = forms.TypedChoiceField(label="Door", required=False, coerce=int, empty_value=None)
    result = forms.ChoiceField(label="Result", choices=RESULTS, required=False)
    reason = forms.ChoiceField(label="Reason", required=False)

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        self._choices("door", [("", "Any door"), *((door.pk, door.name) for door in doors())])
        self._choices("reason", [("", "Any reason"), *((r.value, reason_text(r)) for r in Reason)])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class DeedsForm(SpanForm):
    """What to look for in the record."""

    field_order = ["what", "by", "since", "until"]

    what = forms.CharField(label="What was done", max_length=80, required=False)
    by = forms.ChoiceField(label="Who", choices=DOERS, required=False)


class ExcerptForm(forms.Form):
    """Days of the record for an auditor, the last one included."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To and including", widget=forms.DateInput(attrs={"type": "date"}))

    def period(self, zone: zoneinfo.ZoneInfo) -> tuple[datetime, datetime]:
        """From the first midnight to the one after the last day, in this zone."""
        first, after = self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)
        return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)

    def clean(self) -> None:
        """Days in their order, and none that is beyond the calendar once the next is added."""
        super().clean()
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not all(FIRST_YEAR <= day.year < LAST_YEAR for day in (first, last)):
            raise forms.ValidationError("Choose days of this century.")
        if first and last and last < first:
            raise forms.ValidationError("The last day is before the first.")


LEAST_INTERVAL = 5


class GapForm(forms.Form):
    """A gap in numbers that somebody knows of, as a verification has told it, and why it is there."""

    kind = forms.CharField(max_length=40)
    handle = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, error_messages={"max_value": GapRefused.texts["gap_differs"]}
    )
    first = forms.IntegerField(min_value=1, max_value=2**53 - 1)
    last = forms.IntegerField(min_value=1, max_value=2**53 - 1)
    reason = forms.CharField(
        max_length=MOST_REASON,
        error_messages={
            "required": "Write why the gap is there: whoever reads the record later should know it."
        },
    )


class CodePolicyForm(forms.ModelForm[CodePolicy]):
    """The company's choices about phones and codes."""

    class Meta:
        model = CodePolicy
        fields = [
            "vouching",
            "code_life",
            "mint_interval",
            "max_phones",
            "unlock_required",
            "unlock_minutes",
            "pass_hours",
        ]
        widgets = {"vouching": forms.RadioSelect}
        labels = {
            "vouching": "Who vouches for a first phone",
            "code_life": "Life of a code, in seconds",
            "mint_interval": "Least time between two codes, in seconds",
            "max_phones": "Phones a person may have",
            "unlock_required": "Every code needs a phone unlock",
            "unlock_minutes": "A phone unlock lasts, in minutes",
            "pass_hours": "A phone shows codes without signal for, in hours",
        }
        help_texts = {
            "vouching": (
                "A further phone is always confirmed: by an operator, or by the phone the person has. "
                "The person is told by mail of each new phone either way."
            ),
            "code_life": "15 to 60. Shorter leaves less time to pass a picture on.",
            "mint_interval": f"{LEAST_INTERVAL} to 60. Codes that come faster help nobody but a thief.",
            "max_phones": "1 to 10.",
            "unlock_required": (
                "The phone asks for its holder's fingerprint or face (a passkey) before it is given a code "
                "or a pass. A pass that it holds already still opens doors that ask for a code alone. "
                "Single areas can ask for an unlock without this. Phones that are in use already may set it "
                "up for 14 days from now; after that, and for areas, you let each one on its person's page."
            ),
            "unlock_minutes": (
                "1 to 120. Whoever takes a phone that was just unlocked passes for so long; "
                "an area may ask for a younger unlock."
            ),
            "pass_hours": (
                "1 to 24. A thief who has the phone gets what a code alone opens until the pass ends or the "
                "phone is revoked. Shorter suits places with signal, longer a basement."
            ),
        }

    def clean_mint_interval(self) -> int:
        """At most one new code in five seconds: the promise that codes cannot be gathered rests on it."""
        interval: int = self.cleaned_data["mint_interval"]
        if interval < LEAST_INTERVAL:
            raise forms.ValidationError(f"{LEAST_INTERVAL} seconds at least.", code="too_short")
        return interval


class CompanyForm(forms.Form):
    """The company's name, as people see it."""

    name = forms.CharField(label="Company", max_length=MOST_NAME)
