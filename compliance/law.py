"""What each law asks, as data: purposes with their lawful basis, and a profile for each jurisdiction.

Pure: no I/O. Every ground cites where it stands; tests/compliance/test_law.py holds the citations. Sources:
Regulation (EU) 2016/679 (GDPR); 740 ILCS 14 (BIPA) as amended by P.A. 103-0769, in force since 2 August 2024;
Cal. Civ. Code 1798.100 ff. (CCPA/CPRA); Tex. Bus. & Com. Code 503.001 (CUBI).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Purpose(StrEnum):
    """What data of a person are used for; each has a notice of its own."""

    DOOR_RECORD = "door_record"
    FACE = "face"
    PHOTO = "photo"
    VISITOR_DOCUMENTS = "visitor_documents"


class Basis(StrEnum):
    """On what a purpose rests."""

    CONSENT = "consent"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Act(StrEnum):
    """What a person does with a notice."""

    CONSENT = "consent"  # may be refused and withdrawn
    ACKNOWLEDGE = "acknowledge"  # says that it was read; nothing depends on it


class Form(StrEnum):
    """How a consent is given."""

    PRESS = "press"
    SIGNATURE = "signature"  # the name is typed


class Change(StrEnum):
    """What a new version of a notice changes."""

    PURPOSE = "purpose"
    METHOD = "method"
    RECIPIENT = "recipient"
    WORDING = "wording"


class Need(StrEnum):
    """What must stand before a purpose opens."""

    CONTROLLER = "controller"  # who is responsible, and where to write to
    NOTICE = "notice"  # a notice in force
    SCHEDULE = "schedule"  # a retention schedule on the company's public page
    DESTRUCTION = "destruction"  # a guideline for destroying, on the same page
    DPIA = "dpia"  # an impact assessment, approved by a named role
    EQUAL_WAY = "equal_way"  # each door that takes a face has an equal way without one


@dataclass(frozen=True, slots=True)
class Ground:
    """A need and where it stands."""

    need: Need
    cites: str


@dataclass(frozen=True, slots=True)
class Basics:
    """A purpose, whatever the jurisdiction."""

    basis: Basis
    act: Act
    cites: str
    visitors: bool  # whether it concerns visitors
    holders: bool  # whether it concerns employees and contractors


@dataclass(frozen=True, slots=True)
class Profile:
    """What a jurisdiction asks. A purpose that is not in `needs` asks for a notice alone."""

    key: str
    name: str
    needs: Mapping[Purpose, tuple[Ground, ...]] = field(hash=False)
    signed: frozenset[Purpose] = frozenset()  # consents that take a signature
    signature_cites: str = ""
    withdrawal_cites: str = ""

    def form(self, purpose: Purpose) -> Form:
        """How consent to this purpose is given."""
        return Form.SIGNATURE if purpose in self.signed else Form.PRESS

    def grounds(self, purpose: Purpose) -> tuple[Ground, ...]:
        """What must stand before the purpose opens."""
        return self.needs.get(purpose, (_NOTICE_ALONE,))


# No more than wording: whoever has agreed keeps their consent, which stands by the text that they were shown.
# Anything else is another processing, to which nobody has agreed (GDPR Art. 4(11) "specific", 13(3)).
ASKS_AGAIN: Final = frozenset({Change.PURPOSE, Change.METHOD, Change.RECIPIENT})

PURPOSES: Final[Mapping[Purpose, Basics]] = MappingProxyType(
    {
        # Consent would not be free where one must pass the door to work there (GDPR Recital 43): it is told.
        Purpose.DOOR_RECORD: Basics(
            Basis.LEGITIMATE_INTEREST, Act.ACKNOWLEDGE, "GDPR Art. 6(1)(f), 13", visitors=True, holders=True
        ),
        Purpose.FACE: Basics(
            Basis.CONSENT, Act.CONSENT, "GDPR Art. 6(1)(a), 9(2)(a)", visitors=True, holders=True
        ),
        Purpose.PHOTO: Basics(
            Basis.CONSENT, Act.CONSENT, "GDPR Art. 6(1)(a), 7", visitors=True, holders=True
        ),
        Purpose.VISITOR_DOCUMENTS: Basics(
            Basis.CONSENT, Act.CONSENT, "GDPR Art. 6(1)(a), 7", visitors=True, holders=False
        ),
    }
)

_NOTICE_ALONE: Final = Ground(Need.NOTICE, "the person is told before anything is asked")
# Whatever the law: a door that takes a face has another way in.
_OUR_EQUAL_WAY: Final = Ground(Need.EQUAL_WAY, "a rule of Sallyport in every jurisdiction")

GDPR: Final = Profile(
    "gdpr",
    "European Union and EEA (GDPR)",
    {
        Purpose.FACE: (
            Ground(Need.CONTROLLER, "GDPR Art. 13(1)(a)"),
            Ground(Need.NOTICE, "GDPR Art. 13, 9(2)(a)"),
            Ground(Need.SCHEDULE, "GDPR Art. 13(2)(a)"),
            Ground(Need.DPIA, "GDPR Art. 35(1), 35(3)(b)"),
            Ground(Need.EQUAL_WAY, "GDPR Art. 7(4), Recital 43"),
        ),
        Purpose.PHOTO: (
            Ground(Need.CONTROLLER, "GDPR Art. 13(1)(a)"),
            Ground(Need.NOTICE, "GDPR Art. 13"),
        ),
    },
    withdrawal_cites="GDPR Art. 7(3)",
)
BIPA: Final = Profile(
    "bipa",
    "Illinois (BIPA)",
    {
        Purpose.FACE: (
            Ground(Need.SCHEDULE, "740 ILCS 14/15(a)"),
            Ground(Need.DESTRUCTION, "740 ILCS 14/15(a)"),
            Ground(Need.NOTICE, "740 ILCS 14/15(b)(1), (2)"),
            _OUR_EQUAL_WAY,
        ),
    },
    signed=frozenset({Purpose.FACE}),
    # P.A. 103-0769: an electronic signature is a written release.
    signature_cites="740 ILCS 14/15(b)(3), 14/10 (P.A. 103-0769)",
)
CCPA: Final = Profile(
    "ccpa",
    "California (CCPA/CPRA)",
    {
        Purpose.FACE: (
            Ground(Need.CONTROLLER, "Cal. Civ. Code 1798.130(a)(1)"),
            Ground(Need.NOTICE, "Cal. Civ. Code 1798.100(a)(2)"),
            Ground(Need.SCHEDULE, "Cal. Civ. Code 1798.100(a)(3)"),
            _OUR_EQUAL_WAY,
        ),
    },
)
CUBI: Final = Profile(
    "cubi",
    "Texas (CUBI)",
    {
        Purpose.FACE: (
            Ground(Need.NOTICE, "Tex. Bus. & Com. Code 503.001(b)(1)"),
            Ground(Need.DESTRUCTION, "Tex. Bus. & Com. Code 503.001(c)(3)"),
            _OUR_EQUAL_WAY,
        ),
    },
)
NONE: Final = Profile(
    "none",
    "No law of its own",
    {Purpose.FACE: (_NOTICE_ALONE, _OUR_EQUAL_WAY)},
)

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {profile.key: profile for profile in (GDPR, BIPA, CCPA, CUBI, NONE)}
)


def concerns(purpose: Purpose, *, visitor: bool) -> bool:
    """Whether a person of this kind is asked about the purpose at all."""
    basics = PURPOSES[purpose]
    return basics.visitors if visitor else basics.holders


def asks_again(changed: frozenset[Change]) -> bool:
    """Whether a version that changes this ends what people agreed to before."""
    return bool(changed & ASKS_AGAIN)
