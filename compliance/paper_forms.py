"""What an officer fills in for papers, sub-processors and breaches."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from compliance.models import Breach, Particulars, PersonsGround, Risk, SubProcessor
from tenants.data_map import Category, Use
from vault.affected import DOOR, READER, Exposure, choices, sources

_MOMENT: Final = "%Y-%m-%dT%H:%M"
_AREA: Final = {"rows": 4}


class MomentField(forms.DateTimeField):
    """A time to the minute, in UTC and said so."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
        super().__init__(widget=widget, input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"], **kwargs)


class FieldsForm(forms.Form):
    """The filter of the data map."""

    category = forms.ChoiceField(label="Holds", required=False)
    use = forms.ChoiceField(label="Used for", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kinds, every in (("category", Category, "Anything"), ("use", Use, "Any use")):
            offered = [("", every), *((kind.name, kind.value) for kind in kinds)]
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label, required=False, choices=offered
            )


class ParticularsForm(forms.ModelForm[Particulars]):
    """What no setting says and papers must."""

    class Meta:
        model = Particulars
        fields = (
            *("officer", "representative", "joint", "authority", "recipients"),
            *("measures", "necessity", "views", "advice"),
        )
        labels = {
            "officer": "Data protection officer",
            "representative": "Representative in the Union",
            "joint": "Joint controllers",
            "authority": "Supervisory authority",
            "recipients": "Others who get data",
            "measures": "Your own measures",
            "necessity": "Why it is necessary",
            "views": "Views of those concerned",
            "advice": "Advice of the data protection officer",
        }
        help_texts = {
            "officer": "Name or role, and how to reach them.",
            "representative": "Only for a company outside of the Union (GDPR Art. 27).",
            "recipients": "Besides the list of sub-processors: a parent company, a guard's company.",
            "measures": "What the product cannot know: rooms, staff, backups, training.",
            "necessity": "Why each door with a face needs one, and a card would not do (Art. 35(7)(b)).",
            "views": "What employees or their council said, or why they were not asked (Art. 35(9)).",
        }


class SubProcessorForm(forms.ModelForm[SubProcessor]):
    """One entry of the next list."""

    class Meta:
        model = SubProcessor
        fields = ("name", "does", "data", "country", "safeguard")
        labels = {
            "does": "What it does",
            "data": "Which data",
            "country": "Where",
            "safeguard": "Safeguard outside of the EEA",
        }
        help_texts = {"safeguard": "For example: standard contractual clauses (GDPR Art. 46(2)(c))."}

    def validate_unique(self) -> None:
        """Left to the service, which holds the list meanwhile."""


class EffectiveForm(forms.Form):
    """From when a list holds."""

    effective_on = forms.DateField(
        label="Holds from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Until then the list before holds, and the public page shows both.",
    )


class BreachForm(forms.Form):
    """A breach, as it becomes known."""

    aware_at = MomentField(label="Known since (UTC)", help_text="The clock runs from here (GDPR Art. 33(1)).")
    what = forms.CharField(
        label="What happened",
        max_length=8_000,
        widget=forms.Textarea(attrs=_AREA),
        help_text="No names: they are found by the question whose data it was.",
    )


class FindingsForm(forms.Form):
    """What is known and decided: the fields of GDPR Art. 33(3) and the decisions of Art. 33(1) and 34."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    what = forms.CharField(label="What happened", max_length=8_000)
    nature = forms.CharField(label="Nature: kinds of people and of records (33(3)(a))", max_length=8_000)
    persons = forms.IntegerField(label="People, about", min_value=0, max_value=2**31 - 1)
    records = forms.IntegerField(label="Records, about", min_value=0, max_value=2**31 - 1)
    contact = forms.CharField(label="Whom to ask for more (33(3)(b))", max_length=400)
    consequences = forms.CharField(label="Likely consequences (33(3)(c))", max_length=8_000)
    measures = forms.CharField(label="Measures taken or proposed (33(3)(d))", max_length=8_000)
    risk = forms.ChoiceField(label="What it means for people", choices=[("", "Not decided"), *Risk.choices])
    no_risk = forms.CharField(label="Why a risk is unlikely (33(1))", max_length=8_000)
    late = forms.CharField(label="Reasons for a delay (33(1))", max_length=8_000)
    ground = forms.ChoiceField(
        label="Whether people are told (34)", choices=[("", "Not decided"), *PersonsGround.choices]
    )
    why = forms.CharField(label="Why they are not told each (34(3))", max_length=8_000)
    message = forms.CharField(
        label="What people are told, in plain language (34(2))",
        max_length=8_000,
        help_text="What happened, what it may mean for them, what was done, what they can do, whom to ask.",
    )
    WORDS = ("what", "nature", "contact", "consequences", "measures", "no_risk", "late", "message")
    LONG = ("what", "nature", "consequences", "measures", "no_risk", "late", "why", "message")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in {"version", "what"}
        for name in self.LONG:
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3})

    @classmethod
    def begin(cls, breach: Breach) -> dict[str, Any]:
        """What stands now."""
        words = breach.words
        numbers = {"version": breach.version, "persons": breach.persons, "records": breach.records}
        return {
            **words,
            **numbers,
            "why": words.get("ground", ""),
            "risk": breach.risk,
            "ground": breach.ground,
        }

    def words(self) -> dict[str, str]:
        """The words by the names of the model."""
        said = self.cleaned_data
        return {name: said[name] for name in self.WORDS} | {"ground": said["why"]}


class ToldForm(forms.Form):
    """That somebody was told."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    at = MomentField(label="When (UTC)")
    note = forms.CharField(label="How, and under which reference", max_length=400, required=False)


class WhoseForm(forms.Form):
    """What was open to others: from, until, where, and which kinds of data."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label="To, with that day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kinds = forms.MultipleChoiceField(label="Kinds of data", required=False)
    doors = forms.TypedMultipleChoiceField(label="Doors", required=False, coerce=int)
    readers = forms.TypedMultipleChoiceField(label="Readers", required=False, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, sources[name].title) for name in sorted(sources)]
        offered = {"kinds": kinds, "doors": _offered(DOOR), "readers": _offered(READER)}
        for name, found in offered.items():
            # Only what there is now can be chosen; a field that offers nothing is left out.
            self.fields[name].choices = found  # type: ignore[attr-defined]
            if not found:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A period that runs forward."""
        said = super().clean() or {}
        if said.get("first") and said.get("last") and said["first"] > said["last"]:
            raise forms.ValidationError("The period ends before it begins.")
        return said

    def exposure(self) -> Exposure:
        """Whole days, UTC."""
        said = self.cleaned_data
        places = {DOOR: frozenset(said.get("doors", ())), READER: frozenset(said.get("readers", ()))}
        chosen = {kind: numbers for kind, numbers in places.items() if numbers}
        return Exposure(_midnight(said["first"]), _midnight(said["last"] + timedelta(days=1)), chosen)


def _offered(kind: str) -> list[tuple[str, str]]:
    return [(str(one.number), one.name) for one in choices[kind]()] if kind in choices else []


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
