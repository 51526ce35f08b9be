"""The form of a stream."""

from typing import Any

from django import forms
from django.conf import settings

from ledger.models import StreamKind
from ledger.streams.target import MOST_ADDRESS, MOST_AUTHORITY
from pages.stream_texts import KINDS

FROM_NOW, FROM_START = "now", "start"


class StreamForm(forms.Form):
    """Where to, and from where on."""

    kind = forms.ChoiceField(
        label="What it is",
        widget=forms.RadioSelect,
        help_text=(
            "A witness keeps checkpoints: later it can show that the record was altered or its end cut off. "
            "Syslog and webhook carry every event and deed to your security monitoring, by handles and "
            "without names."
        ),
    )
    address = forms.CharField(
        label="Address",
        max_length=MOST_ADDRESS,
        help_text=(
            "https://host/path for a witness or a webhook, tls://host:6514 or tcp://host:601 for syslog. By "
            "tcp everybody on the way can read along and forge."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    authority = forms.CharField(
        label="Certificates to trust",
        required=False,
        max_length=MOST_AUTHORITY,
        help_text="In PEM, where the receiver's certificate is signed by an authority of your own.",
        widget=forms.Textarea(attrs={"spellcheck": "false", "rows": 4}),
    )
    begin = forms.ChoiceField(
        label="Begin with",
        widget=forms.RadioSelect,
        choices=[(FROM_NOW, "What happens from now on"), (FROM_START, "All that is on record")],
        initial=FROM_NOW,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shared = settings.WITNESS_FOLDER is not None
        address = self.fields["address"]
        address.required = not shared
        if shared:
            address.help_text = f"{address.help_text} A file share needs none."
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [
                (one.value, name) for one, name in KINDS.items() if one != StreamKind.WITNESS_FILE or shared
            ]
