"""One launcher per var/: a lock that ends with its process, and what it serves."""

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.local.failure import LaunchError
from deploy.local.files import write_private


@dataclass
class Lock:
    """Held for the life of the launcher; the kernel lets go of it however that ends."""

    var: Path
    file: IO[str] | None = field(default=None, repr=False)

    def take(self) -> bool:
        """Take the lock; False when another launcher holds it."""
        self.file = (self.var / "lock").open("a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.close()
            self.file = None
            return False
        return True

    def release(self) -> None:
        """Let go, and forget what was served."""
        (self.var / "running.json").unlink(missing_ok=True)
        if self.file:
            self.file.close()
            self.file = None


def announce(var: Path, facts: dict[str, str]) -> None:
    """Leave for other commands where this launcher serves."""
    write_private(var / "running.json", json.dumps({"pid": str(os.getpid()), **facts}))


def announced(var: Path) -> dict[str, str]:
    """What the launcher that holds the lock serves; empty while it starts."""
    with contextlib.suppress(FileNotFoundError):
        try:
            facts = json.loads((var / "running.json").read_text())
        except ValueError:
            facts = None
        if not isinstance(facts, dict):
            raise LaunchError(f"{var / 'running.json'} is damaged: remove it.")
        return {str(name): str(value) for name, value in facts.items()}
    return {}
