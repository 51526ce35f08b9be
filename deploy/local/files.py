"""Files under var/ that only their owner may read."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from deploy.local.failure import LaunchError


def private_folder(path: Path) -> Path:
    """Make `path` as a folder that others cannot list, or say in one line why that cannot be.

    Under root others may pass through it: the database runs as an unprivileged user in a folder of its own.
    """
    if path.is_symlink() and not path.exists():
        raise LaunchError(f"{path} points to a folder that is gone: remove it and start again.")
    if path.exists() and not path.is_dir():
        raise LaunchError(f"{path} is a file, a folder is needed: remove it and start again.")
    path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    return path


def write_private(path: Path, content: str) -> None:
    """Write a file of mode 0600 in one step: it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def secret(path: Path, *, size: int = 32) -> str:
    """The secret kept in `path` as hexadecimal digits; made at the first call."""
    if path.exists():
        value = path.read_bytes().decode("ascii", errors="replace").strip()
        if len(value) != size * 2 or not set(value) <= set("0123456789abcdef"):
            raise LaunchError(f"{path} is damaged: restore it, or remove var/ to begin anew.")
        return value
    value = secrets.token_hex(size)
    write_private(path, value + "\n")
    return value


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Write `NAME=value` lines, which development settings and child processes read."""
    write_private(path, "".join(f"{name}={value}\n" for name, value in values.items()))


def read_env(path: Path) -> dict[str, str]:
    """What `write_env` wrote."""
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in pairs}
