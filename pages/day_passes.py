"""The form of a day pass: its window in the time zone of a site."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from access.selectors import sites
from credentials.models import Holder
from credentials.services import Window

FORMAT = "%Y-%m-%dT%H:%M"
_MOMENT = {"type": "datetime-local", "step": "60"}


class DayPassForm(forms.Form):
    """From when until when, and whether it goes out by mail."""

    begins = forms.DateTimeField(
        label="From", input_formats=[FORMAT], widget=forms.DateTimeInput(attrs=_MOMENT, format=FORMAT)
    )
    ends = forms.DateTimeField(
        label="Until", input_formats=[FORMAT], widget=forms.DateTimeInput(attrs=_MOMENT, format=FORMAT)
    )
    zone = forms.ChoiceField(label="Time zone of the site")
    mail = forms.BooleanField(
        label="Send the pass by mail",
        required=False,
        help_text="As a PDF. The PIN is not in it: you give it separately.",
    )

    def __init__(self, *args: Any, holder: Holder, **kwargs: Any) -> None:
        zones = list(dict.fromkeys(sites().order_by("pk").values_list("time_zone", flat=True))) or ["UTC"]
        now = timezone.now().astimezone(zoneinfo.ZoneInfo(zones[0])).replace(second=0, microsecond=0)
        evening = max(now.replace(hour=18, minute=0), now + timedelta(hours=1))
        begins, ends = now.strftime(FORMAT), evening.strftime(FORMAT)
        kwargs["initial"] = {"begins": begins, "ends": ends, "zone": zones[0], "mail": bool(holder.email)}
        super().__init__(*args, **kwargs)
        choice = self.fields["zone"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(zone, zone) for zone in zones]
        if len(zones) == 1:
            choice.widget = forms.HiddenInput()
            for name in ("begins", "ends"):
                self.fields[name].help_text = f"Time in {zones[0]}."
        if not holder.email:
            del self.fields["mail"]

    def window(self) -> Window:
        """What was asked for, as moments."""
        zone = zoneinfo.ZoneInfo(self.cleaned_data["zone"])
        begins, ends = (_in(self.cleaned_data[name], zone) for name in ("begins", "ends"))
        return Window(begins, ends, self.cleaned_data["zone"])

    def mailed(self) -> bool:
        """Whether the pass is to be sent."""
        return bool(self.cleaned_data.get("mail"))


def _in(moment: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone)
