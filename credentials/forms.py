"""What an operator fills in about a person."""

from typing import Any

from django import forms

from credentials.models import HolderKind, HolderState, Language
from credentials.selectors import PRESENT
from credentials.services.holders import Validity

KINDS = [(kind.value, kind.label) for kind in HolderKind if kind is not HolderKind.VISITOR]
DATE_TIME = {"type": "datetime-local", "step": "60"}


class PersonForm(forms.Form):
    """Name, address, kind and language.

    A visitor is made by a visit, never here, and stays one: neither the kind is asked of them nor the times,
    which are their visits'.
    """

    name = forms.CharField(
        label="Name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        required=False,
        help_text="For the invitation. Without one, a code is read out at the desk.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    language = forms.ChoiceField(label="Language of mails and wallet", choices=Language.choices)
    begins = forms.DateTimeField(
        label="Access begins (UTC)", required=False, widget=forms.DateTimeInput(attrs=DATE_TIME)
    )
    ends = forms.DateTimeField(
        label="Access ends (UTC)", required=False, widget=forms.DateTimeInput(attrs=DATE_TIME)
    )

    def __init__(self, *args: Any, visitor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if visitor:
            for name in ("kind", "begins", "ends"):
                del self.fields[name]

    def clean_name(self) -> str:
        """A name is shown in mails and on screens: nothing that does not print."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name.isprintable():
            raise forms.ValidationError("Use ordinary characters.")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and begins >= ends:
            self.add_error("ends", "This is not after the beginning.")
        return cleaned

    def person(self) -> dict[str, str]:
        """What the services call a person."""
        asked = (name for name in ("name", "email", "kind", "language") if name in self.fields)
        return {name: self.cleaned_data[name] for name in asked}

    def validity(self) -> Validity | None:
        """None where no times are asked."""
        if "begins" not in self.fields:
            return None
        return Validity(self.cleaned_data["begins"], self.cleaned_data["ends"])


class FilterForm(forms.Form):
    """The tools over the list. What is not understood is left out, never an error."""

    q = forms.CharField(
        label="Name", max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "All kinds"), *HolderKind.choices],
        widget=forms.Select(attrs={"data-submits": True}),
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[(PRESENT, "Present"), *HolderState.choices, ("ALL", "All")],
        widget=forms.Select(attrs={"data-submits": True}),
    )
