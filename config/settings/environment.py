"""The one place that reads the process environment.

The launcher writes `var/env`; in development it is read when the process was not started by the launcher.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("SALLYPORT_VAR", ROOT / "var"))


def load_env_file(path: Path) -> None:
    """Set what `NAME=value` lines of `path` say, where the environment says nothing yet."""
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, found, value = line.partition("=")
        if found and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


if os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev").endswith(".dev"):
    load_env_file(VAR / "env")


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; without a default a missing one stops the process."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def number(name: str, default: int) -> int:
    """`name` as an integer."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from None


def secret_key(*, required: bool) -> str:
    """Django's secret key from its file; a key for this process alone where none is required."""
    path = os.environ.get("SALLYPORT_SECRET_KEY_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"SALLYPORT_SECRET_KEY_FILE: {error.strerror}.") from None
    if required:
        raise ImproperlyConfigured("SALLYPORT_SECRET_KEY_FILE is not set.")
    return secrets.token_urlsafe(50)


@dataclass(frozen=True)
class DatabaseAddress:
    """Parts of a `postgresql://user:password@host:port/name` address."""

    name: str
    user: str
    password: str
    host: str
    port: int


def database(name: str, default: str | None = None) -> DatabaseAddress:
    """The database address in the variable `name`."""
    parts = urlsplit(text(name, default))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must be a postgresql:// address.")
    return DatabaseAddress(
        name=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=parts.hostname or "",
        port=parts.port or 5432,
    )
