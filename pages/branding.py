"""The form of a company's colours, what it offers instead of unreadable ones, and the sample beside it."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from credentials.colours import WHITE, Pair, contrast, is_colour, nearest, nearest_on
from credentials.pictures import CodePicture, picture_of

SAMPLE = "211" + "0123456789" * 24 + "012345678"  # as long as a real code; opens nothing


class ColourField(forms.CharField):
    """A colour as `#rrggbb`, in small letters."""

    widget = forms.TextInput(attrs={"type": "color", "class": "form-control-color"})

    def to_python(self, value: Any) -> str:
        """One spelling per colour."""
        return str(super().to_python(value) or "").lower()

    def validate(self, value: Any) -> None:
        """Refuse what is no colour."""
        super().validate(value)
        if not is_colour(value):
            raise forms.ValidationError("Give a colour as #rrggbb.")


class BrandingForm(forms.Form):
    """Colours and name. Refuses what could not be read, and offers the nearest that can."""

    foreground = ColourField(label="Code", help_text="Dark. The little squares of the code.")
    background = ColourField(label="Ground of the code", help_text="Light.")
    accent = ColourField(label="Accent", help_text="Your name and the frame on a day pass, on white paper.")
    logo_text = forms.CharField(
        label="Name on passes",
        max_length=40,
        required=False,
        help_text="Where it is empty, the company’s name stands there.",
    )

    offered: dict[str, str] | None = None

    def clean_logo_text(self) -> str:
        """It is printed: nothing that does not print."""
        text = " ".join(str(self.cleaned_data["logo_text"]).split())
        if not text.isprintable():
            raise forms.ValidationError("Use ordinary characters.")
        return text

    def clean(self) -> dict[str, Any]:
        """Hold the colours to their contrasts."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"foreground", "background", "accent"} <= set(cleaned):
            return cleaned
        pair = Pair(cleaned["foreground"], cleaned["background"])
        better, accent = nearest(pair), nearest_on(WHITE, cleaned["accent"])
        if better != pair:
            self.add_error("foreground", _why(pair))
        if accent != cleaned["accent"]:
            found = contrast(cleaned["accent"], WHITE)
            self.add_error(
                "accent", f"On white paper its contrast is {found:.1f}:1; at least 4.5:1 is needed."
            )
        if self.errors:
            self.offered = {
                "foreground": better.foreground,
                "background": better.background,
                "accent": accent,
            }
        return cleaned


def _why(pair: Pair) -> str:
    found = contrast(pair.foreground, pair.background)
    if found >= 4.5:
        return "A code must be dark on a light ground: scanners do not read it the other way round."
    return f"The contrast between code and ground is {found:.1f}:1; at least 4.5:1 is needed."


def sample(pair: Pair) -> SafeString:
    """A code in these colours, as it would be printed."""
    return svg_of(picture_of(SAMPLE, colours=pair), label="A code in these colours. It opens nothing.")


def svg_of(picture: CodePicture, *, label: str) -> SafeString:
    """The picture as SVG without inline style."""
    side = len(picture.modules) + 2 * picture.quiet
    path = "".join(
        f"M{x + picture.quiet} {y + picture.quiet}h1v1h-1z"
        for y, row in enumerate(picture.modules)
        for x, dark in enumerate(row)
        if dark
    )
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="200" height="200" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="{2}"/>'
        '<path fill="{3}" d="{4}"/></svg>',
        side,
        label,
        picture.colours.background,
        picture.colours.foreground,
        mark_safe(path),  # noqa: S308 - digits and letters made above
    )
