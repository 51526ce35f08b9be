"""What a verification says."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.models import BatchKind
from ledger.verify.registry import Gap


class EnoughError(Exception):
    """As many findings as were asked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: a stable code, where it is, and a sentence for people."""

    code: str
    where: str
    text: str
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A gap that stays, and what somebody has put on record of it: no finding, and never left out."""

    where: str
    text: str
    reason: str
    actor: str
    at: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict. `pending` batches were recomputed too, but no signature covers them yet."""

    company: str
    checkpoints: int
    sealed: int
    pending: int
    rows: dict[str, int]
    witnessed: int
    findings: tuple[Finding, ...]
    acknowledged: tuple[Acknowledged, ...] = ()
    pruned: int = 0  # rows that retention deleted, and whose leaves stand

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.findings


class Tally:
    """Counts and findings while a verification runs; stops it when it has found enough."""

    def __init__(self, most: int, progress: Callable[[int, int], None] | None) -> None:
        self.most = most
        self.progress = progress
        self.total = 0
        self.checkpoints = self.sealed = self.pending = self.witnessed = self.pruned = 0
        self.rows: dict[str, int] = dict.fromkeys(BatchKind.values, 0)
        self.findings: list[Finding] = []
        self.acknowledged: list[Acknowledged] = []

    def bad(self, code: str, where: str, text: str, gap: Gap | None = None) -> None:
        """Note a finding. Raises EnoughError at the last one that is wanted."""
        self.findings.append(Finding(code, where, text, gap))
        if len(self.findings) >= self.most:
            raise EnoughError

    def step(self, done: int) -> None:
        """Tell how many batches are done."""
        if self.progress:
            self.progress(done, self.total)

    def report(self, company: str) -> Report:
        """The verdict so far."""
        return Report(
            company,
            self.checkpoints,
            self.sealed,
            self.pending,
            self.rows,
            self.witnessed,
            tuple(self.findings),
            tuple(self.acknowledged),
            self.pruned,
        )
