"""By when a breach has to be told, and to whom, as data with citations; tests hold the citations.

Pure: no I/O. Sources: Regulation (EU) 2016/679 (GDPR) Art. 33, 34; 815 ILCS 530/10 (Illinois PIPA); Cal. Civ.
Code 1798.82 as amended by SB 446, in force since 1 January 2026; Tex. Bus. & Com. Code 521.053.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Clock:
    """To whom, within what from the moment that the company knew, and where that stands.

    `within` is None where the law names no figure ("without unreasonable delay").
    """

    to: str
    within: timedelta | None
    cites: str
    words: str

    def due(self, aware_at: datetime) -> datetime | None:
        """The moment, aware as `aware_at` is. Hours run through nights, Sundays and holidays.

        Regulation (EEC, Euratom) 1182/71 Art. 3(1) would let the 72 hours begin with the next full hour:
        the earlier end is taken.
        """
        return None if self.within is None else aware_at + self.within


@dataclass(frozen=True, slots=True)
class BreachLaw:
    """A jurisdiction's clocks."""

    authority: Clock
    persons: Clock

    @property
    def clocks(self) -> tuple[Clock, Clock]:
        """Both."""
        return self.authority, self.persons


_PERSONS_GDPR: Final = Clock(
    "people",
    None,
    "GDPR Art. 34(1)",
    "Without undue delay, in plain language, where the risk to them is high.",
)
GDPR: Final = BreachLaw(
    Clock(
        "the supervisory authority",
        timedelta(hours=72),
        "GDPR Art. 33(1)",
        "Within 72 hours of knowing, unless a risk to people is unlikely; later only with the reasons.",
    ),
    _PERSONS_GDPR,
)
BIPA: Final = BreachLaw(
    Clock(
        "the Attorney General of Illinois",
        None,
        "815 ILCS 530/10(e)",
        "Where more than 500 residents are told: no later than they are.",
    ),
    Clock(
        "people",
        None,
        "815 ILCS 530/10(a)",
        "In the most expedient time possible and without unreasonable delay; biometric data count (530/5).",
    ),
)
CCPA: Final = BreachLaw(
    Clock(
        "the Attorney General of California",
        None,
        "Cal. Civ. Code 1798.82(f)",
        "Where more than 500 residents are told: within 15 calendar days of telling them.",
    ),
    Clock(
        "people",
        timedelta(days=30),
        "Cal. Civ. Code 1798.82(a)",
        "Within 30 calendar days of discovery, unless law enforcement asks to wait.",
    ),
)
CUBI: Final = BreachLaw(
    Clock(
        "the Attorney General of Texas",
        timedelta(days=30),
        "Tex. Bus. & Com. Code 521.053(i)",
        "As soon as practicable and within 30 days, where 250 residents or more are concerned.",
    ),
    Clock(
        "people",
        timedelta(days=60),
        "Tex. Bus. & Com. Code 521.053(b)",
        "Without unreasonable delay and within 60 days.",
    ),
)
BREACH_LAWS: Final[Mapping[str, BreachLaw]] = MappingProxyType(
    {"gdpr": GDPR, "bipa": BIPA, "ccpa": CCPA, "cubi": CUBI}
)


def law_of(profile: str) -> BreachLaw:
    """The clocks of a jurisdiction; the strictest, GDPR's, where none or another one was chosen."""
    return BREACH_LAWS.get(profile, GDPR)
