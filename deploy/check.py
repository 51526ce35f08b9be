"""`make check`: style, types, floors, sizes, templates, migrations, OpenAPI and the deployment settings.

Needs no running server. One line per check with its time; output only of those that fail.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "config",
    "pages",
    "visitors",
    "readers",
    "access",
    "biometrics",
    "credentials",
    "compliance",
    "operators",
    "ledger",
    "vault",
    "tenants",
)
TYPED = (*ROOMS, "sallyport", "deploy", "edge", "bench", "tests", "manage.py")
IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
MANAGE = ("-W", "ignore::RuntimeWarning", "manage.py")
SCHEMA = ROOT / "docs" / "openapi.yaml"


@dataclass(frozen=True)
class Check:
    """A name for people and what the project's Python is called with."""

    name: str
    arguments: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


def checks(folder: Path) -> Iterator[Check]:
    """All checks, the quick ones first; `folder` takes what they write."""
    yield Check("ruff", ("-m", "ruff", "check", "--quiet", "."))
    yield Check("format", ("-m", "ruff", "format", "--check", "--quiet", "."))
    yield Check("floors", ("-c", IMPORTS, "--no-cache"))
    house = ("tests/house/test_sizes.py", "tests/house/test_floors.py")
    yield Check("sizes", ("-m", "pytest", "-q", "-n0", "--no-header", *house))
    yield Check("templates", ("-m", "djlint", "--quiet", "--lint", "templates"))
    yield Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"))
    schema = ("spectacular", "--validate", "--fail-on-warn", "--file", str(folder / SCHEMA.name))
    yield Check("OpenAPI", (*MANAGE, *schema))
    yield Check(
        "deployment", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), production(folder)
    )
    yield Check("types", ("-m", "mypy", *(name for name in TYPED if (ROOT / name).exists())))


def production(folder: Path) -> dict[str, str]:
    """The environment of an imagined production, so that its settings can be looked at."""
    key = folder / "django.key"
    key.write_text(secrets.token_urlsafe(64))
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SALLYPORT_SECRET_KEY_FILE": str(key),
        "SALLYPORT_DATABASE_URL": "postgresql://sallyport@database.invalid/sallyport",
        "KEYS_DATABASE_URL": "postgresql://sallyport@keys.invalid/keys",
        "SALLYPORT_VALKEY_URL": "redis://valkey.invalid:6379/0",
        "SALLYPORT_ROOT_KEY_FILE": str(folder / "root.key"),
        "SALLYPORT_BASE_DOMAIN": "doors.example",
        "SALLYPORT_MAIL_HOST": "mail.invalid",
        "SALLYPORT_SCHEME": "https",
        "SALLYPORT_PUBLIC_PORT": "443",
    }


def run(check: Check) -> bool:
    """Run one check and print its line."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *check.arguments],
        cwd=ROOT,
        env={**os.environ, **check.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mark = "✗" if done.returncode else "✓"
    print(f"{mark} {check.name:12} {time.monotonic() - began:6.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return not done.returncode


def no_drift(folder: Path) -> bool:
    """Whether the committed description of the API is what the code says."""
    made = folder / SCHEMA.name
    same = made.exists() and SCHEMA.exists() and made.read_text() == SCHEMA.read_text()
    print(f"{'✓' if same else '✗'} OpenAPI drift", flush=True)
    if not same:
        print("docs/openapi.yaml is not what the code says: run `make openapi` and commit it.", flush=True)
    return same


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for what the checks write."""
    with tempfile.TemporaryDirectory(prefix="sallyport-check-") as name:
        yield Path(name)


def main() -> int:
    """Run everything; the status says whether all held."""
    with scratch() as folder:
        good = [run(check) for check in checks(folder)]
        good.append(no_drift(folder))
    print("all checks hold" if all(good) else f"{good.count(False)} checks fail", flush=True)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
