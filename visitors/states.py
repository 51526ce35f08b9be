"""Which way a visit may go. Pure."""

from collections.abc import Mapping
from typing import Final

from visitors.models import VisitState

_S = VisitState
WAYS: Final[Mapping[VisitState, frozenset[VisitState]]] = {
    _S.INVITED: frozenset({_S.EXPECTED, _S.ON_SITE, _S.REFUSED, _S.CANCELLED, _S.EXPIRED}),
    _S.EXPECTED: frozenset({_S.ON_SITE, _S.REFUSED, _S.CANCELLED, _S.EXPIRED}),
    _S.ON_SITE: frozenset({_S.SIGNED_OUT, _S.EXPIRED}),
    _S.SIGNED_OUT: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.CANCELLED: frozenset(),
}
# As deeds name the way to each.
VERBS: Final[Mapping[VisitState, str]] = {
    _S.INVITED: "visit_planned",
    _S.EXPECTED: "visit_accepted",
    _S.ON_SITE: "visit_admitted",
    _S.SIGNED_OUT: "visit_signed_out",
    _S.EXPIRED: "visit_expired",
    _S.REFUSED: "visit_refused",
    _S.CANCELLED: "visit_cancelled",
}


def may_go(here: str, there: str) -> bool:
    """Whether a visit that is `here` may become `there`."""
    return VisitState(there) in WAYS[VisitState(here)]
