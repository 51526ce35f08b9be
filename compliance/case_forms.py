"""What is filled in about requests: by officers, and by whoever asks."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from compliance.case_texts import KINDS
from compliance.models import Case, CaseKind, CaseState, Language
from compliance.services.cases import clock_of

MOST_WORDS = 4_000
STATES = [("", "Running"), ("all", "All"), *CaseState.choices]


class CasesForm(forms.Form):
    """Which requests a list shows."""

    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *CaseKind.choices])
    number = forms.IntegerField(label="Number", required=False, min_value=1)


class OpenForm(forms.Form):
    """A request that came by letter, by telephone or in person."""

    kind = forms.ChoiceField(label="What is asked for", choices=CaseKind.choices)
    name = forms.CharField(label="Name of who asks", max_length=200)
    email = forms.EmailField(
        label="Mail address of who asks",
        max_length=254,
        required=False,
        help_text="A receipt goes there now, with the day of the answer.",
    )
    language = forms.ChoiceField(label="Language", choices=Language.choices, initial=Language.ENGLISH)
    received_on = forms.DateField(
        label="Received on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The clock began on this day, whenever it is written down.",
    )
    message = forms.CharField(
        label="What was said", max_length=MOST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def received_at(self) -> datetime:
        """Noon of the day of receipt where the company is; now, if that is still to come."""
        _, where = clock_of("none")
        noon = datetime.combine(self.cleaned_data["received_on"], time(12), where.zone)
        return min(noon, timezone.now())

    def clean_received_on(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["received_on"]
        _, where = clock_of("none")
        if day > where.day_of(timezone.now()):
            raise forms.ValidationError("That day is still to come.")
        return day


class AskForm(forms.Form):
    """The public form, in the language of whoever asks."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(max_length=254)
    message = forms.CharField(max_length=MOST_WORDS, required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(choices=list(KINDS[language].items()))


def version_in(posted: Any) -> int | None:
    """The version that the officer's page showed; -1, which no case has, for a page that lost it."""
    text = str(posted.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def name_of(case: Case) -> str:
    """Who asks, as the case says; also after the case's words were destroyed."""
    return case.name or "Somebody"
