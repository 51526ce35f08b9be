"""How long data must and may be kept, as data: least and most days by jurisdiction and category. Pure.

Every bound cites where it stands. What no law bounds the company bounds: GDPR Art. 5(1)(e) wants a period,
and leaves it to whoever is responsible to choose and to defend it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tenants.keeping import Category

YEAR: Final = 365
LONGEST: Final = 20 * YEAR  # a period, and not for ever


@dataclass(frozen=True, slots=True)
class Bound:
    """At least or at most so many days, and where that stands. `profile` "": in every jurisdiction."""

    category: Category
    least: int | None
    most: int | None
    cites: str
    profile: str = ""
    card_data: bool = False  # for companies under PCI DSS alone


BOUNDS: Final = (
    Bound(
        Category.DOOR_RECORD,
        90,
        None,
        "PCI DSS v4.0.1 requirement 9.3.4 (v3.2.1: 9.4.4), visitor log; 9.2.1.1, access to sensitive areas",
        card_data=True,
    ),
    Bound(
        Category.VISIT,
        90,
        None,
        "PCI DSS v4.0.1 requirement 9.3.4 (v3.2.1: 9.4.4), visitor log",
        card_data=True,
    ),
    # Readers hand in what they did alone, and who is inside is reckoned from 21 days of events.
    Bound(Category.DOOR_RECORD, 30, None, "Sallyport: events of 21 days say who is inside"),
    Bound(
        Category.RECORD, 90, None, "Sallyport: entries handed in late are judged by the deeds of their time"
    ),
    Bound(Category.FACE, None, 90, "Sallyport: 90 days unused"),
    Bound(
        Category.FACE,
        None,
        3 * YEAR,
        "740 ILCS 14/15(a): three years after the last interaction",
        profile="bipa",
    ),
    Bound(
        Category.FACE,
        None,
        YEAR,
        "Tex. Bus. & Com. Code 503.001(c)(3): one year after the purpose expires",
        profile="cubi",
    ),
    # What was consented to must be shown for as long as anybody may ask (GDPR Art. 7(1)).
    Bound(Category.PROOF, YEAR, None, "GDPR Art. 5(2), 7(1)", profile="gdpr"),
    Bound(
        Category.PROOF, 2 * YEAR, None, "11 CCR 7101(a): records of requests for 24 months", profile="ccpa"
    ),
    # Claims under BIPA lapse after five years: Tims v. Black Horse Carriers, 2023 IL 127801.
    Bound(
        Category.PROOF, 5 * YEAR, None, "735 ILCS 5/13-205, five years for claims under BIPA", profile="bipa"
    ),
    *(Bound(one, 1, LONGEST, "GDPR Art. 5(1)(e): a period, and not for ever") for one in Category),
)


def bounds_of(category: Category, profile: str, *, card_data: bool) -> Iterator[Bound]:
    """What holds for a category in a company."""
    for bound in BOUNDS:
        mine = bound.profile in {"", profile} and (card_data or not bound.card_data)
        if mine and bound.category is category:
            yield bound


def least(category: Category, profile: str, *, card_data: bool) -> Bound:
    """The greatest minimum."""
    found = [bound for bound in bounds_of(category, profile, card_data=card_data) if bound.least]
    return max(found, key=lambda one: one.least or 0)


def most(category: Category, profile: str, *, card_data: bool) -> Bound:
    """The smallest maximum."""
    found = [bound for bound in bounds_of(category, profile, card_data=card_data) if bound.most]
    return min(found, key=lambda one: one.most or LONGEST)
