"""How far the record stands, for the papers."""

from collections.abc import Iterator

from ledger.models import Checkpoint, Verification
from vault.facts import Fact, Topic, tells


@tells("ledger")
def facts() -> Iterator[Fact]:
    """Checkpoints, and the last time that somebody verified the record."""
    newest = Checkpoint.objects.order_by("-number").first()
    sealed = f"{newest.number} signed checkpoints, the last on {newest.at:%Y-%m-%d}" if newest else "none yet"
    yield Fact(Topic.MEASURES, "Tamper-evident record", sealed)
    last = Verification.objects.filter(ended__isnull=False).order_by("-asked").first()
    told = "never on demand" if last is None else f"{last.asked:%Y-%m-%d}: " + _word(last)
    yield Fact(Topic.MEASURES, "Record verified", told)


def _word(last: Verification) -> str:
    return "holds" if last.holds else "does not hold"
