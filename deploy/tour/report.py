"""One line per step with a tick or a cross and its time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Mismatch(Exception):  # noqa: N818 - named for what happened
    """What came is not what had to come."""


class Cut(Exception):  # noqa: N818 - named for what happened
    """A step failed that the others stand on."""


def expect(found: object, wanted: object, what: str) -> None:
    """Raise Mismatch when they differ."""
    if found != wanted:
        raise Mismatch(f"{what}: {found!r} instead of {wanted!r}")


class Report:
    """Runs steps and remembers whether all went well."""

    def __init__(self) -> None:
        self.failures = 0
        self.began = time.monotonic()

    def step(self, title: str, deed: Callable[[], T], *, tell: bool = False) -> T:
        """Run a step that the later ones stand on; with `tell` its result is added to the line."""
        result, error = self._run(title, deed, tell)
        if error is not None:
            raise Cut(title) from error
        return result  # type: ignore[return-value]

    def check(self, title: str, deed: Callable[[], str]) -> None:
        """Run a step that stands for itself and tells what came."""
        self._run(title, deed, True)

    def _run(self, title: str, deed: Callable[[], T], tell: bool) -> tuple[T | None, Exception | None]:
        began = time.monotonic()
        try:
            result = deed()
        except Exception as error:  # noqa: BLE001 - whatever it was, the line tells it
            self.failures += 1
            self._line("✗", began, title, f"{type(error).__name__}: {error}")
            return None, error
        self._line("✓", began, title, str(result) if tell else "")
        return result, None

    def _line(self, mark: str, began: float, title: str, more: str) -> None:
        told = f"{title}: {more}" if more else title
        print(f"{mark} {time.monotonic() - began:7.2f} s  {told}", flush=True)

    def finish(self) -> int:
        """The last line; the status of the process."""
        took = time.monotonic() - self.began
        if self.failures:
            print(f"✗ {took:7.2f} s  the tour failed at {self.failures} of its steps", flush=True)
        else:
            print(f"✓ {took:7.2f} s  the whole tour", flush=True)
        return 1 if self.failures else 0
