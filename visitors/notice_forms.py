"""Forms of what hosts are told by, and why a webhook fails in words."""

from typing import Any, Final

from django import forms

from ledger.streams.target import MOST_ADDRESS, MOST_AUTHORITY

_HOURS: Final = [("", "At no hour"), *((str(hour), f"{hour:02}:00") for hour in range(24))]
ERRORS: Final = {
    "name_unknown": "nobody knows the name of its host",
    "place_forbidden": "its name leads to an address where we do not connect",
    "no_connection": "nobody answers there",
    "certificate_refused": "its certificate is not trusted",
    "timed_out": "it takes too long",
    "broken_off": "the connection broke off",
    "conflict": "it answers with 409",
    "resting": "it did not answer a moment ago and is left alone for half a minute",
    "cannot_open": "what we keep of its address cannot be opened: remove it and set it again",
}


def error_text(code: str) -> str:
    """Why it was not taken."""
    kind, _, status = code.partition("_")
    return f"it answers with {status}" if kind == "answered" else ERRORS.get(code, code.replace("_", " "))


class WaysForm(forms.Form):
    """By what hosts are told, and when everybody is signed out."""

    mail = forms.BooleanField(
        label="By mail",
        required=False,
        help_text="In the host's language, with a link to admit or decline. Each host may switch it off.",
    )
    push = forms.BooleanField(
        label="By notices on their phones",
        required=False,
        help_text="Each host switches them on in the wallet. They say that somebody waits, not who.",
    )
    names = forms.BooleanField(
        label="Tell the webhook names",
        required=False,
        help_text="The visitor's and the host's. Without it numbers alone are sent.",
    )
    closing_hour = forms.TypedChoiceField(
        label="Closing hour",
        required=False,
        choices=_HOURS,
        coerce=int,
        empty_value=None,
        help_text="Whoever is still signed in at this hour, by each site's clock, is signed out.",
    )

    def __init__(self, *args: Any, webhook: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not webhook:
            del self.fields["names"]


class WebhookForm(forms.Form):
    """Where to."""

    address = forms.CharField(
        label="Address",
        max_length=MOST_ADDRESS,
        help_text="https://host/path, such as your chat's or your telephone system's.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    authority = forms.CharField(
        label="Certificates to trust",
        required=False,
        max_length=MOST_AUTHORITY,
        help_text="In PEM, where its certificate is signed by an authority of your own.",
        widget=forms.Textarea(attrs={"spellcheck": "false", "rows": 4}),
    )
