"""The filter of the list of consents."""

from typing import Final

from django import forms

from compliance.purpose_texts import PURPOSES

IN_FORCE: Final = "in_force"
_STATES = [("", "Any state"), (IN_FORCE, "In force"), ("ended", "Ended")]


class ConsentsForm(forms.Form):
    """Whose, to what, whether it stands."""

    text = forms.CharField(label="Name", max_length=100, required=False)
    purpose = forms.ChoiceField(
        label="Purpose",
        required=False,
        choices=[("", "Any purpose"), *((purpose.value, name) for purpose, name in PURPOSES.items())],
    )
    state = forms.ChoiceField(label="State", required=False, choices=_STATES)
