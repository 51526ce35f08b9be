"""The part of a case's page that belongs to its kind: the page asks here and knows none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from compliance.models import Case, CaseKind


@dataclass(frozen=True, slots=True)
class Panel:
    """What is shown of a case's own work: a partial template and its context.

    `pending` says, in words, why the case cannot be closed yet; empty where it can.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    pending: str = ""


Made = Callable[[HttpRequest, Case], Panel]
panels: Final[dict[CaseKind, Made]] = {}


def panel(*kinds: CaseKind) -> Callable[[Made], Made]:
    """Register what makes the panel of these kinds of case."""

    def register(made: Made) -> Made:
        for kind in kinds:
            if kind in panels:
                raise RuntimeError(f"{kind} has a panel already")
            panels[kind] = made
        return made

    return register
