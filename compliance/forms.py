"""What a compliance officer fills in."""

from typing import Any

from django import forms

from compliance.law import Change
from compliance.models import PROFILE_CHOICES, CompliancePolicy
from compliance.wording import MOST_TEXT, MOST_TITLE, BadWording, text_of, title_of

CHANGES = [
    (Change.PURPOSE.value, "What the data are for"),
    (Change.METHOD.value, "How it is done"),
    (Change.RECIPIENT.value, "Who gets the data"),
    (Change.WORDING.value, "The wording only"),
]


class DraftForm(forms.Form):
    """Title and text of a notice in one language, as people will read them: no markup."""

    title = forms.CharField(label="Title", max_length=MOST_TITLE)
    text = forms.CharField(
        label="Text",
        max_length=MOST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Shown as it stands here, line by line. An empty line begins a new paragraph.",
    )

    def clean_title(self) -> str:
        """One spelling."""
        return _worded(title_of, self.cleaned_data["title"])

    def clean_text(self) -> str:
        """One spelling."""
        return _worded(text_of, self.cleaned_data["text"])


def _worded(check: Any, words: str) -> str:
    try:
        return str(check(words))
    except BadWording as bad:
        raise forms.ValidationError(str(bad)) from None


class PublishForm(forms.Form):
    """What is other than in the version before."""

    changed = forms.MultipleChoiceField(
        label="What changes",
        choices=CHANGES,
        widget=forms.CheckboxSelectMultiple,
        help_text="Any but the wording asks again everybody who has answered: what they agreed to ends now.",
    )

    def clean_changed(self) -> list[Change]:
        """As the law's values; "the wording only" excludes the others."""
        found = [Change(one) for one in self.cleaned_data["changed"]]
        if Change.WORDING in found and len(found) > 1:
            raise forms.ValidationError("Either the wording only, or what else changes.")
        return found


class PolicyForm(forms.ModelForm[CompliancePolicy]):
    """The company's choices."""

    profile = forms.ChoiceField(
        label="Jurisdiction",
        choices=[("", "Not chosen yet"), *PROFILE_CHOICES],
        required=False,
        help_text="Another one ends all answers: they were given to the notices of the old one.",
    )

    class Meta:
        model = CompliancePolicy
        fields = (
            "profile",
            "controller",
            "contact",
            "schedule",
            "destruction",
            "dpia_by",
            "dpia_on",
            "equal_way",
            "country",
            "subdivision",
            "time_zone",
        )
        labels = {
            "controller": "Responsible company",
            "contact": "Where to write to",
            "schedule": "Retention schedule",
            "destruction": "Guideline for destroying",
            "dpia_by": "Impact assessment approved by (role)",
            "dpia_on": "Approved on",
            "equal_way": "Each door that takes a face has an equal way in without one",
            "country": "Country, for working days",
            "subdivision": "Its part, for working days",
            "time_zone": "Time zone",
        }
        help_texts = {
            "schedule": "How long each kind of data is kept, and why. It stands on your public page.",
            "destruction": "How and when face data are destroyed. It stands on your public page.",
            "dpia_by": "For example: data protection officer.",
            "country": "Two letters, such as DE or US. Its public holidays move the last day of an answer.",
            "subdivision": "As in ISO 3166-2 without the country: BE for Berlin, CA for California.",
            "time_zone": "Such as Europe/Berlin: days end there.",
        }
        widgets = {"dpia_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class RetentionForm(forms.Form):
    """The period of one kind of data; left empty, the choice is taken back."""

    site = forms.TypedChoiceField(
        label="Where",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="A site may have its own period.",
    )
    days = forms.IntegerField(
        label="Days",
        required=False,
        min_value=1,
        max_value=100_000,
        help_text="A year has 365. Empty: nothing is chosen, and what holds without a choice holds.",
    )

    def __init__(self, *args: Any, sites: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sites:
            field = self.fields["site"]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - it is declared so above
            field.choices = [("", "Everywhere else"), *sites]
        else:
            del self.fields["site"]

    def rule(self) -> dict[str, int | None]:
        """Site and days, as the service takes them."""
        return {"site": self.cleaned_data.get("site"), "days": self.cleaned_data["days"]}
