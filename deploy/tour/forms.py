"""Reads the forms of a page, the way a browser does before it submits one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from deploy.tour.report import Mismatch

TOGGLES = {"checkbox", "radio"}


@dataclass
class Form:
    """The fields of one form as they would be sent, and the choices of its selects."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)

    def fill(self, **given: str) -> dict[str, str]:
        """The values with `given` put in; for a select the visible text of the option will do."""
        filled = dict(self.values)
        for name, value in given.items():
            if name not in self.names:
                raise Mismatch(f"the form has no field {name!r}, only {sorted(self.names)}")
            filled[name] = self._choice(name, value)
        return filled

    def _choice(self, name: str, text: str) -> str:
        options = self.choices.get(name)
        if not options or text in options.values():
            return text
        for label, value in options.items():
            if text.casefold() in label.casefold():
                return value
        raise Mismatch(f"{name!r} offers {sorted(options)}, not {text!r}")


class Page(HTMLParser):
    """All forms of a page in their order, their labels by field, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.attributes: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self._label = ""
        self._form: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._hidden = 0
        self.feed(html)

    @property
    def text(self) -> str:
        """What a person reads, blanks folded."""
        return " ".join(" ".join(self.words).split())

    def form(self, *needed: str, action: str = "") -> Form:
        """The first form with these fields and with `action` in its address."""
        for form in self.forms:
            if set(needed) <= form.names and action in form.action:
                return form
        raise Mismatch(f"no form with {needed} {action}: {self.text[:200]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect forms, their fields and data attributes."""
        given = {name: value or "" for name, value in attrs}
        self.attributes.update({name: value for name, value in given.items() if name.startswith("data-")})
        if tag in {"script", "style", "svg"}:
            self._hidden += 1
        elif tag == "label":
            self._label = given.get("for", "").removeprefix("id_")
        elif tag == "form":
            self._form = Form(action=given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given, self._form)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select:
            self._option = (given.get("value", ""), "selected" in given)
        elif tag == "select":
            self._select = name
            form.names.add(name)
            form.choices[name] = {}
        elif tag == "textarea" and name:
            form.names.add(name)
            form.values[name] = ""
        elif tag in {"input", "button"} and name:
            form.names.add(name)
            if tag == "button" or (given.get("type") in TOGGLES and "checked" not in given):
                return
            form.values[name] = given.get("value", "on" if given.get("type") in TOGGLES else "")

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag in {"script", "style", "svg"}:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "label":
            self._label = ""
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "option":
            self._option = None

    def handle_data(self, data: str) -> None:
        """Text, and the labels of options."""
        if self._hidden:
            return
        self.words.append(data)
        if self._label:
            self.labels[self._label] = self.labels.get(self._label, "") + data
        if self._option and self._form is not None and data.strip():
            value, selected = self._option
            labels = self._form.choices[self._select]
            labels[" ".join(data.split())] = value
            if selected or self._select not in self._form.values:
                self._form.values[self._select] = value
