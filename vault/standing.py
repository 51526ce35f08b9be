"""How the key sets of a company stand, for people."""

from dataclasses import dataclass

from vault.models import KeySet
from vault.rotation import due, plan

LAID_IN, IN_FORCE, RETIRED, REFUSED = "LAID_IN", "IN_FORCE", "RETIRED", "REFUSED"


@dataclass(frozen=True, slots=True)
class SetNow:
    """One key set: times in unix seconds, `ends` the last second of codes that it opens."""

    key_id: int
    state: str
    begins: int
    ends: int | None
    seal_since: int
    sign_since: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All sets, the newest first; which issues, which is the newest, and when the next one takes over."""

    sets: list[SetNow]
    in_force: SetNow | None
    newest: SetNow | None
    next_rotation: int | None

    def of(self, *states: str) -> list[SetNow]:
        """Those in one of these states."""
        return [one for one in self.sets if one.state in states]


def standing(now: int) -> Standing:
    """The company's sets at unix second `now`."""
    rows = list(KeySet.objects.order_by("-not_before", "-key_id"))
    usable = [row for row in rows if row.state != KeySet.State.REFUSED]
    issuing = next((row.key_id for row in usable if row.not_before <= now), None)
    sets = [_now(row, issuing, now) for row in rows]
    ahead = [row.not_before for row in usable if row.not_before > now]
    coming = min(ahead) if ahead else due(usable[0], plan()) if usable else None
    return Standing(
        sets,
        next((one for one in sets if one.state == IN_FORCE), None),
        next((one for one in sets if one.state != REFUSED), None),
        coming,
    )


def _now(row: KeySet, issuing: int | None, now: int) -> SetNow:
    if row.state == KeySet.State.REFUSED:
        state = REFUSED
    elif row.key_id == issuing:
        state = IN_FORCE
    else:
        state = LAID_IN if row.not_before > now else RETIRED
    return SetNow(row.key_id, state, row.not_before, row.not_after, row.seal_since, row.sign_since)
