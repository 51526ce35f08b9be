"""A var/ in which something is gone, damaged or replaced: one line each, and nothing starts."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import stack
from deploy.local.postgres import Postgres
from deploy.local.system import System
from tests.launcher.launched import one_line, run

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
NOT_UTF8 = b"\xff\xfe broken\n"


@contextmanager
def instead(place: Path, content: bytes | None) -> Iterator[None]:
    """Another content in a place of var/; None takes away what is there."""
    kept = place.with_name(f"{place.name}.kept")
    place.rename(kept)
    try:
        if content is not None:
            place.write_bytes(content)
        yield
    finally:
        place.unlink(missing_ok=True)
        kept.rename(place)


def refusal(var: Path, *arguments: str) -> str:
    """The one line of a command that must not do its work."""
    status, output = run(var, *(arguments or ("demo", "--no-tour")))
    assert status == 1, output
    return one_line(output)


def a_key(number: int = 1) -> bytes:
    """Another root key than that of any var/; always the same, as names of tests must be."""
    return f"{number}:{base64.b64encode(bytes(32)).decode()}\n".encode()


@pytest.mark.parametrize(
    ("broken", "content", "told"),
    [
        ("root.key", None, "is gone, and nothing opens without it"),
        ("root.key", b"", "is damaged, and nothing opens without it"),
        ("root.key", b"1:c2hvcnQ=\n", "is damaged, and nothing opens without it"),
        ("root.key", NOT_UTF8, "is damaged, and nothing opens without it"),
        ("root.key", a_key(), "is not the key that this var/ was made with"),
        ("root.key", a_key(2), "is not the key that this var/ was made with"),
        ("root.key.digest", NOT_UTF8, "is damaged"),
        ("postgres/password", None, "is gone, and the database opens to it alone"),
        ("postgres/password", b"broken\n", "is damaged"),
        ("postgres/password", NOT_UTF8, "is damaged"),
        ("postgres/password", b"0" * 64 + b"\n", "is not the password of the database"),
        ("django.key", b"broken\n", "is damaged"),
        ("django.key", NOT_UTF8, "is damaged"),
        ("demo.json", b"broken\n", "is damaged"),
        ("demo.json", NOT_UTF8, "is damaged"),
        ("demo.json", b"[]", "is damaged"),
        ("demo.json", json.dumps({"holders": []}).encode(), "is damaged"),
        ("demo.json", json.dumps({"operators": [{"email": "olga@acme.example"}]}).encode(), "is damaged"),
        ("log", b"", "is a file, a folder is needed"),
    ],
)
def test_a_broken_var(var: Path, broken: str, content: bytes | None, told: str) -> None:
    with instead(var / broken, content):
        line = refusal(var)
    assert told in line
    assert str(var / broken) in line


def test_a_further_root_key_is_taken_and_then_has_to_stay(var: Path) -> None:
    """That the key itself is accepted shows in what the launcher stumbles over next."""
    first, digests = (var / "root.key").read_bytes(), (var / "root.key.digest").read_bytes()
    with (
        instead(var / "django.key", b"broken\n"),
        instead(var / "root.key", first + a_key(2)),
        instead(var / "root.key.digest", digests),
    ):
        assert "django.key is damaged" in refusal(var)
        (var / "root.key").write_bytes(first)
        assert "root.key is not the key" in refusal(var)


def test_a_var_of_before_the_digest_gets_one(var: Path) -> None:
    digests = (var / "root.key.digest").read_bytes()
    with instead(var / "django.key", b"broken\n"), instead(var / "root.key.digest", None):
        assert "django.key is damaged" in refusal(var)
        assert (var / "root.key.digest").read_bytes() == digests


def test_codes_of_a_damaged_demo(var: Path) -> None:
    with instead(var / "demo.json", b'{"holders": []}'):
        assert "demo.json is damaged" in refusal(var, "code")


def test_a_damaged_stamp_of_the_databases_means_looking_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    run_by_manage: list[str] = []
    monkeypatch.setattr(stack, "manage", lambda env, log, *arguments: run_by_manage.extend(arguments))
    (tmp_path / "migrated").write_bytes(NOT_UTF8)
    for _ in range(2):
        System(stack.Place(var=tmp_path, port=1), said.append)._migrate()
    assert (said, run_by_manage) == (["Preparing the databases …"], ["migrate_companies"])


def test_data_without_its_version(var: Path) -> None:
    data = Postgres(var / "postgres").data
    with instead(data / "PG_VERSION", None):
        assert "is broken (no PG_VERSION in it)" in refusal(var)


def test_var_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert "is a file, a folder is needed" in refusal(tmp_path / "var", "demo")
