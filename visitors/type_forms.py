"""What operators type about types of visit and documents."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from access.forms import choices_of
from access.models import AccessLevel
from compliance.wording import BadWording, text_of, title_of
from credentials.models import Language
from visitors.models import BadgeSize, Document, Photo, VisitType, Way
from visitors.models.types import LONGEST_GRACE, LONGEST_KEEP, LONGEST_MINUTES
from visitors.services.documents import MOST_NAME, newest
from visitors.services.types import TypeValues

MOST_TEXT: Final = 20_000
MOST_TITLE: Final = 120
# The sections of the form, and what stands in each.
SECTIONS: Final = (
    ("What it is", ("name", "walk_in", "host_confirms", "bring")),
    ("What it asks", ("documents", "photo", "face")),
    ("What it opens", ("escort", "ways", "unlock", "levels")),
    ("When", ("length_minutes", "grace_before", "grace_after")),
    ("Badge", ("badge", "badge_photo")),
    ("How long its data are kept", ("keep_days", "keep_least", "keep_rule")),
)


class TypeForm(forms.Form):
    """A type of visit, in sections."""

    name = forms.CharField(max_length=80, label="Name", help_text="As visitors read it, for example Meeting.")
    walk_in = forms.BooleanField(
        required=False, label="Offered at kiosks to whoever comes without an invitation"
    )
    host_confirms = forms.BooleanField(
        required=False,
        label="The host confirms on arrival",
        help_text="Whoever has the code waits, too, until their host or reception lets them in: "
        "an invitation can be passed on. Otherwise the kiosk lets in whoever has the code.",
    )
    bring = forms.CharField(
        max_length=300,
        required=False,
        label="What to bring",
        help_text="Stands in the invitation, for example an identity card.",
    )
    documents: forms.ModelMultipleChoiceField[Document] = forms.ModelMultipleChoiceField(
        queryset=None,  # of the company in force, when the form is made
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Documents to read or sign",
        help_text="Each needs a published text.",
    )
    photo = forms.ChoiceField(choices=Photo.choices, label="Photo", help_text="Deleted when the visit ends.")
    face = forms.BooleanField(
        required=False,
        label="A visitor may enrol their face",
        help_text="Never a must: it takes their consent, and there is another way in. Destroyed at sign-out.",
    )
    escort = forms.BooleanField(
        required=False,
        label="Always with an escort",
        help_text="Somebody goes with the visitor: no door opens for them by itself.",
    )
    ways = forms.MultipleChoiceField(
        choices=Way.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Ways in",
        help_text="The visitor chooses among these. A day pass always needs its PIN as well.",
    )
    unlock = forms.BooleanField(
        required=False,
        label="Their phone unlocks for a code",
        help_text="A phone’s second factor: it is given codes only after its fingerprint, face or screen "
        "lock, and so the pass for doors without network, which then lasts on. Whose phone cannot do that "
        "takes a day pass. An area that asks for the unlock does so in any case.",
    )
    levels: forms.ModelMultipleChoiceField[AccessLevel] = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Access levels",
        help_text="Theirs from admission to the end of the visit, and at no other time.",
    )
    length_minutes = forms.IntegerField(
        min_value=5, max_value=LONGEST_MINUTES, label="Usual length, in minutes"
    )
    grace_before = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_GRACE,
        label="Early by, in minutes",
        help_text="How long before it counts.",
    )
    grace_after = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_GRACE,
        label="Late by, in minutes",
        help_text="How long after its end it still counts. Then everything ends by itself.",
    )
    badge = forms.ChoiceField(choices=BadgeSize.choices, label="Badge")
    badge_photo = forms.BooleanField(required=False, label="Print the photo on it")
    keep_days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_KEEP,
        label="Days after the visit",
        help_text="Then the visit and its visitor are erased, with all they signed.",
    )
    keep_least = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_KEEP,
        label="Days that a rule demands",
        help_text="0 where none does. The visit is kept no shorter.",
    )
    keep_rule = forms.CharField(
        max_length=200, required=False, label="The rule", help_text="As you would cite it to an authority."
    )

    def __init__(self, *args: Any, visit_type: VisitType | None = None, **kwargs: Any) -> None:
        held = visit_type or VisitType(keep_days=7, host_confirms=True)
        kwargs["initial"] = _initial(held, saved=visit_type is not None)
        super().__init__(*args, **kwargs)
        published = Document.objects.filter(archived_at=None, versions__isnull=False).distinct()
        choices_of(self, "documents").queryset = published
        choices_of(self, "levels").queryset = AccessLevel.objects.order_by("name")

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Titles with their fields; what there is nothing to choose of is left out."""
        chosen_of = {name: choices_of(self, name).queryset for name in ("documents", "levels")}
        empty = {name for name, found in chosen_of.items() if not found}
        return [(title, [self[name] for name in names if name not in empty]) for title, names in SECTIONS]

    def values(self) -> TypeValues:
        """What was typed, as the services take it."""
        found: TypeValues = {**self.cleaned_data}  # type: ignore[typeddict-item]  # the fields bear its names
        return found

    def refuse(self, wrong: ValidationError) -> None:
        """Show what the services refused at its field, each word once."""
        for name, errors in wrong.error_dict.items() if hasattr(wrong, "error_dict") else [(None, [wrong])]:
            self.add_error(name if name in self.fields else None, errors)


def _initial(held: VisitType, *, saved: bool) -> dict[str, Any]:
    found = {name: getattr(held, name) for _, names in SECTIONS for name in names if hasattr(held, name)}
    return found | {
        "documents": held.documents.filter(archived_at=None) if saved else [],
        "levels": held.levels.all() if saved else [],
    }


class DocumentForm(forms.Form):
    """A document without its text."""

    name = forms.CharField(max_length=MOST_NAME, label="Name", help_text="For you; visitors read the title.")
    signed = forms.BooleanField(
        required=False, label="Signed by hand", help_text="Otherwise it is only shown and confirmed as read."
    )


class TextsForm(forms.Form):
    """Title and text in each language; a language that is left empty is not published."""

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        now = {one.language: one for one in newest(document)}
        self.told_in = set(now)
        kwargs["initial"] = {
            f"{part}_{language}": getattr(row, part)
            for language, row in now.items()
            for part in ("title", "body")
        }
        super().__init__(*args, **kwargs)
        for language, label in Language.choices:
            need = language in self.told_in
            self.fields[f"title_{language}"] = forms.CharField(
                max_length=MOST_TITLE,
                required=False,
                label=f"Title, {label}",
                widget=forms.TextInput(attrs={"lang": language}),
                help_text="The version in force has this language: it is needed again." if need else "",
            )
            self.fields[f"body_{language}"] = forms.CharField(
                max_length=MOST_TEXT,
                required=False,
                label=f"Text, {label}",
                strip=False,
                widget=forms.Textarea(attrs={"rows": 12, "lang": language}),
            )

    def sides(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        """Language by language: code, name, title, text."""
        return [
            (language, str(label), self[f"title_{language}"], self[f"body_{language}"])
            for language, label in Language.choices
        ]

    def clean(self) -> dict[str, Any]:
        """A language has both or neither; what stands in force in one is written there again."""
        found: dict[str, Any] = self.cleaned_data
        for language in Language.values:
            title, body = f"title_{language}", f"body_{language}"
            told = {name: found.get(name, "").strip() for name in (title, body)}
            if language not in self.told_in and not any(told.values()):
                continue
            for name, read in ((title, title_of), (body, text_of)):
                try:
                    read(found.get(name, ""))
                except BadWording as wrong:
                    self.add_error(name, str(wrong))
        if not self.texts() and not self.errors:
            raise ValidationError("Write it in at least one language.", code="texts_missing")
        return found

    def texts(self) -> dict[str, tuple[str, str]]:
        """Language → title and text, as they will be stored."""
        found = {}
        for language in Language.values:
            title, body = (self.cleaned_data.get(f"{part}_{language}") or "" for part in ("title", "body"))
            if title.strip() and body.strip():
                found[language] = (title, body)
        return found
