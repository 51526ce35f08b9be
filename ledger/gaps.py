"""The deed by which somebody says that a gap in the numbers is known.

A restored backup has lost what came after it, and a number that leapt leaves what lies between empty: nothing
brings those back. To say so hides nothing: a verification goes on showing the gap, with who said what, when.
"""

from typing import Final

from django.db import transaction

from ledger.models import LedgerEntry
from ledger.services import record
from ledger.verify.counts import VERB
from ledger.verify.registry import Gap, counts

MOST_REASON: Final = 200  # characters


class GapRefused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """Stable codes: `gap_differs`, `reason_missing`, `reason_too_long`."""

    texts: Final = {
        "gap_differs": "These numbers are not all missing. Verify the record again: it shows the gap.",
        "reason_missing": "Write why the gap is there: whoever reads the record later should know it.",
        "reason_too_long": f"The reason is too long: {MOST_REASON} characters at most.",
    }

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str:
        """What to tell whoever asked."""
        return self.texts[self.code]


@transaction.atomic
def acknowledge_gap(*, gap: Gap, reason: str, by: str) -> LedgerEntry:
    """Put on record that this gap is known. Raises GapRefused unless every number of it is missing now.

    `reason` is kept in the record for ever, under nobody's key: it must name no person.
    """
    reason = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    if not reason:
        raise GapRefused("reason_missing")
    if len(reason) > MOST_REASON:
        raise GapRefused("reason_too_long")
    span = (gap.first, gap.last)
    missing = counts[gap.kind](gap.handle, span) if gap.kind in counts and gap.first <= gap.last else ()
    if gap not in missing:
        raise GapRefused("gap_differs")
    data = {"first": gap.first, "last": gap.last, "reason": reason}
    return record(actor=by, verb=VERB, subject_kind=gap.kind, handle=gap.handle, data=data)
