"""What an operator fills in about a kiosk."""

from typing import Any, cast

from django import forms

from access.models import Site
from credentials.models import Language
from visitors.models import Kiosk
from visitors.refusals import Refused
from visitors.services.kiosks import Setting

# Which field a refusal of the service belongs to.
_FIELDS = {
    "name_malformed": "name",
    "name_taken": "name",
    "no_language": "languages",
    "exit_code_malformed": "exit_code",
}


class KioskForm(forms.Form):
    """A kiosk's name, place, languages and printer, and the code by which staff leave its page."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="What you call it when you talk about it, such as “Lobby”.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    site = forms.ChoiceField(label="Site")
    languages = forms.MultipleChoiceField(
        label="Languages it offers",
        choices=Language.choices,
        initial=list(Language.values),
        widget=forms.CheckboxSelectMultiple,
    )
    printer = forms.BooleanField(label="A badge printer stands there", required=False)
    exit_code = forms.CharField(
        label="Exit code",
        max_length=12,
        help_text="6 to 12 digits. Staff type it to leave the kiosk’s full screen.",
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites: dict[str, Site] = {str(site.pk): site for site in Site.objects.order_by("name")}
        choices = [(pk, site.name) for pk, site in self.sites.items()]
        if len(choices) > 1:
            choices.insert(0, ("", "Choose a site"))
        cast(forms.ChoiceField, self.fields["site"]).choices = choices

    def clean_site(self) -> Site:
        """The chosen site; one of another company is no choice here."""
        return self.sites[self.cleaned_data["site"]]

    def setting(self) -> Setting:
        """What was filled in, as the services take it."""
        given = self.cleaned_data
        return Setting(given["name"], given["languages"], given["printer"])

    def refuse(self, refused: Refused) -> None:
        """Say a service's refusal beside its field."""
        self.add_error(_FIELDS.get(refused.code), refused.text)


class EditKioskForm(KioskForm):
    """A kiosk that is paired already."""

    def __init__(self, *args: Any, kiosk: Kiosk, **kwargs: Any) -> None:
        initial = {
            "name": kiosk.name,
            "site": str(kiosk.site_id),
            "languages": kiosk.languages,
            "printer": kiosk.printer,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["exit_code"].required = False
        self.fields["exit_code"].label = "New exit code"
        self.fields["exit_code"].help_text = "6 to 12 digits. Leave it empty to keep the one it has."
