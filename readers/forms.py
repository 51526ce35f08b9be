"""What an operator fills in about a reader."""

from typing import Any, cast

from django import forms

from access.models import AccessPoint
from readers.models import Reader, ReaderKind
from readers.selectors import health_row
from readers.services import is_watched


class ReaderForm(forms.Form):
    """Name and place of a reader."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="What you call it when you talk about it, such as “Front desk”.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    access_point = forms.ChoiceField(label="Door and side")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = AccessPoint.objects.select_related("door__area__site").order_by(
            "door__area__site__name", "door__name", "side"
        )
        self.points: dict[str, AccessPoint] = {str(point.handle): point for point in points}
        choices = [
            ("", "Choose a door"),
            *((handle, place_of(point)) for handle, point in self.points.items()),
        ]
        cast(forms.ChoiceField, self.fields["access_point"]).choices = choices

    def clean_access_point(self) -> AccessPoint:
        """The chosen side of a door; a handle of another company is no choice here."""
        return self.points[self.cleaned_data["access_point"]]


def place_of(point: AccessPoint) -> str:
    """`Berlin · Front door, entry`."""
    return f"{point.door.area.site.name} · {point.door.name}, {point.get_side_display().lower()}"


class EditForm(ReaderForm):
    """A reader that is paired already."""

    watched = forms.BooleanField(
        label="Raise an alarm when it is silent",
        required=False,
        help_text="After three minutes. Leave it off for a tablet that is switched off at night.",
    )


class PairForm(ReaderForm):
    """A new reader, or new hardware for an old one."""

    kind = forms.ChoiceField(
        label="What it runs on",
        choices=[
            (ReaderKind.BROWSER, "A tablet or phone with the reader page"),
            (ReaderKind.PROGRAM, "A door computer with the reader program"),
        ],
        widget=forms.RadioSelect,
        initial=ReaderKind.BROWSER,
    )


def form_of(reader: Reader) -> dict[str, Any]:
    """The form's values for a reader that exists."""
    return {
        "name": reader.name,
        "access_point": str(reader.access_point_id),
        "kind": reader.kind,
        "watched": is_watched(reader, health_row(reader)),
    }
