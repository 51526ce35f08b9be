"""How long the law gives for an answer, as data. Pure; tests/compliance/test_clocks.py holds the citations.

Sources: GDPR Art. 12(3); Cal. Code Regs. tit. 11, 7021 (CCPA). BIPA (740 ILCS 14) and CUBI (Tex. Bus. & Com.
Code 503.001) give persons no clock for requests: the month is then a rule of this house, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, in one unit. `rolls`: a last day that is no working day moves to the next that is."""

    months: int = 0
    days: int = 0
    working_days: int = 0
    rolls: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a law asks of whoever answers. All spans begin with receipt, the extended one too."""

    answer: Span
    extended: Span  # for an answer whose delay was told, with its reasons, within the first span
    cites: str
    extended_cites: str
    acknowledge: Span | None = None  # until when receipt is to be confirmed
    acknowledge_cites: str = ""


# "within one month of receipt"; periods run as Regulation (EEC, Euratom) 1182/71 Art. 3 says: a month ends on
# the same date or the month's last (3(2)(c)), a last day on a Saturday, Sunday or holiday moves on (3(4)).
_GDPR: Final = Deadline(
    answer=Span(months=1, rolls=True),
    extended=Span(months=3, rolls=True),
    cites="GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3",
    extended_cites="GDPR Art. 12(3): two further months, reasons told within the first",
)
# Calendar days "regardless of time required to verify the request": no day is given beyond them.
_CCPA: Final = Deadline(
    answer=Span(days=45),
    extended=Span(days=90),
    cites="11 CCR 7021(b)",
    extended_cites="11 CCR 7021(b): 90 days in all, with notice and its reason",
    acknowledge=Span(working_days=10),
    acknowledge_cites="11 CCR 7021(a)",
)
_OURS: Final = Deadline(
    answer=Span(months=1, rolls=True),
    extended=Span(months=3, rolls=True),
    cites="a rule of Sallyport: this law gives requests no clock of their own",
    extended_cites="a rule of Sallyport: two further months, reasons told within the first",
)

DEADLINES: Final[Mapping[str, Deadline]] = MappingProxyType(
    {"gdpr": _GDPR, "ccpa": _CCPA, "bipa": _OURS, "cubi": _OURS, "none": _OURS}
)
