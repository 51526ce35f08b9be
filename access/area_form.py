"""What operators say about an area: what its doors ask for, and whom they keep watch over."""

from typing import Any

from django import forms
from django.conf import settings

from access import area_texts
from access.face_texts import face_match_help
from access.forms import choices_of
from access.models import AccessPoint, Area, Side, Site
from access.models.places import LONGEST_PASSBACK, LONGEST_UNLOCK
from compliance.law import Purpose
from compliance.selectors import purpose_open

MOST_PEOPLE = 1_000_000  # at once in an area


def _face(said: dict[str, Any]) -> bool:
    """Whether what was typed asks for a face; what is no choice asks for none."""
    return bool(said.get("assurance", 0) >= Area.RequiredAssurance.CODE_FACE)


class AreaForm(forms.Form):
    """Querysets are given per form: the rooms' managers refuse to be asked before a company is entered."""

    site: forms.ModelChoiceField[Site] = forms.ModelChoiceField(queryset=None)
    name = forms.CharField(max_length=100)
    assurance = forms.TypedChoiceField(
        choices=Area.RequiredAssurance,
        coerce=int,
        label="What a door asks for",
        help_text=area_texts.ASSURANCE,
    )
    equal_way = forms.CharField(
        required=False,
        max_length=160,
        label="The way in without a face",
        help_text=area_texts.EQUAL_WAY,
    )
    face_match = forms.ChoiceField(
        choices=Area.FaceMatch, initial=Area.FaceMatch.STANDARD, label="How near a face must be"
    )
    unlock_age_minutes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_UNLOCK,
        label="Phone unlocked at most so many minutes ago",
        help_text=area_texts.UNLOCK_AGE,
    )
    door_challenge = forms.BooleanField(
        required=False, label="The phone signs a number that the door shows", help_text=area_texts.CHALLENGE
    )
    offline_mode = forms.ChoiceField(
        choices=Area.OfflineMode,
        initial=Area.OfflineMode.AS_ONLINE,
        label="Without network",
        help_text=area_texts.OFFLINE,
    )
    offline_trust_hours = forms.TypedChoiceField(
        choices=Area.OfflineTrust,
        coerce=int,
        initial=Area.OfflineTrust.DAY,
        label="For how long a reader trusts its last list",
        help_text=area_texts.OFFLINE_TRUST,
    )
    passback = forms.ChoiceField(
        choices=Area.Passback,
        initial=Area.Passback.OFF,
        label="Who enters again without having left",
        help_text=area_texts.PASSBACK + area_texts.WITHOUT_NETWORK,
    )
    passback_minutes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_PASSBACK,
        label="For how many minutes",
        help_text=area_texts.PASSBACK_MINUTES,
    )
    capacity = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        label="People at once",
        help_text=area_texts.CAPACITY,
    )
    empty_at_hour = forms.TypedChoiceField(
        required=False,
        choices=[("", "Never"), *((hour, f"{hour:02d}:00") for hour in range(24))],
        coerce=int,
        empty_value=None,
        label="Everybody counts as gone at",
        help_text=area_texts.EMPTY_AT,
    )

    def __init__(self, *args: Any, area: Area | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        choices_of(self, "site").queryset = Site.objects.all()
        self.fields["face_match"].help_text = face_match_help(settings.FACE_ENGINE)
        if area:
            asks = (
                "assurance",
                "equal_way",
                "face_match",
                "unlock_age_minutes",
                "door_challenge",
                "offline_mode",
                "offline_trust_hours",
                "passback",
                "passback_minutes",
                "capacity",
                "empty_at_hour",
            )
            names = ("site_id", "name", *asks)
            self.initial = {name.removesuffix("_id"): getattr(area, name) for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        same = Area.objects.filter(site=cleaned.get("site"), name=cleaned.get("name")).first()
        if same is not None and same != self.area:
            self.add_error("name", "This site has an area of this name already.")
        if cleaned.get("passback") != Area.Passback.TIMED:
            cleaned["passback_minutes"] = None
        elif cleaned.get("passback_minutes") is None and "passback_minutes" not in self.errors:
            self.add_error("passback_minutes", "Say for how many minutes.")
        if _face(cleaned) and not cleaned.get("equal_way") and "equal_way" not in self.errors:
            self.add_error("equal_way", area_texts.NO_EQUAL_WAY)
        return cleaned

    def warnings(self) -> list[str]:
        """What to say of a valid form beside that it is saved."""
        said = self.cleaned_data
        hard = said["passback"] == Area.Passback.HARD and said["empty_at_hour"] is None
        exits = AccessPoint.objects.filter(door__area=self.area, side=Side.EXIT) if self.area else None
        shut = hard and (exits is None or not exits.exists())
        unasked = _face(said) and not purpose_open(Purpose.FACE)
        told = [
            self.outage_warning(),
            area_texts.NO_WAY_OUT.format(area=said["name"]) if shut else "",
            area_texts.FACE_NOT_OPEN.format(area=said["name"]) if unasked else "",
        ]
        return [one for one in told if one]

    def outage_warning(self) -> str:
        """What to say of a valid form whose area asks for a face, but not without network; else ""."""
        said = self.cleaned_data
        less = said["offline_mode"] in {Area.OfflineMode.CODE, Area.OfflineMode.CODE_UNLOCK}
        return area_texts.OUTAGE_WARNING.format(area=said["name"]) if _face(said) and less else ""
