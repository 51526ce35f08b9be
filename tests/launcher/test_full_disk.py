"""A disk that is full, or full for this process: before the start, for initdb, a database, the migrations."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from deploy.local import postgres as embedded
from deploy.local import stack
from deploy.local.failure import ROOM_NEEDED, LaunchError
from deploy.local.files import private_folder
from deploy.local.postgres import Postgres
from deploy.local.processes import free_port
from deploy.local.system import DATABASE, System
from tests.launcher.launched import ROOT, failure_line, one_line, remove, run

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
# initdb writes segments of 16 MB; the launcher's own files are far smaller than this.
LARGEST_FILE = 1024 * 1024
NO_SPACE = 'could not extend file "base/16384/2663": No space left on device'


class Usage(NamedTuple):
    """What shutil.disk_usage returns."""

    total: int
    used: int
    free: int


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder of the test's own that the database's user reaches."""
    place = private_folder(ROOT / "var" / f"full-{free_port()}")
    yield private_folder(place / "var")
    remove(place)


@pytest.fixture
def full_below(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Let the operating system tell of a full disk below a folder."""
    honest = shutil.disk_usage

    def fill(full: Path) -> None:
        def usage(path: Path) -> Usage:
            return Usage(1, 1, ROOM_NEEDED - 1) if path.is_relative_to(full) else Usage(*honest(path))

        monkeypatch.setattr(shutil, "disk_usage", usage)

    return fill


def refusal(home: Path) -> str:
    """What a system says that must not come up."""
    system = System(stack.Place(var=home, port=free_port()), print)
    try:
        with pytest.raises(LaunchError) as told:
            system.up()
    finally:
        system.down()
    return str(told.value)


def test_the_disk_of_var_is_full(home: Path, full_below: Callable[[Path], None]) -> None:
    full_below(home)
    assert refusal(home) == f"The disk is full: {home} has 399 MB left, 400 MB are needed."
    assert list(home.iterdir()) == []


def test_the_disk_of_a_database_elsewhere_is_full(
    home: Path, tmp_path: Path, full_below: Callable[[Path], None]
) -> None:
    """As when root runs below a folder that nobody else may enter: var/ has room, /var/tmp has none."""
    elsewhere = private_folder(tmp_path / "elsewhere")
    private_folder(home / "postgres")
    (home / "postgres" / "elsewhere").symlink_to(elsewhere)
    full_below(elsewhere.resolve())
    assert f"The disk is full: {elsewhere.resolve()} has" in refusal(home)
    assert list(elsewhere.iterdir()) == []


def test_a_small_disk(tmp_path: Path) -> None:
    """The same without any pretence: a file system of 16 MB, where one can be mounted."""
    place = private_folder(tmp_path / "small")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"NOT TRIED: a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        status, output = run(place, "demo")
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert status == 1
    assert f"The disk is full: {place} has" in one_line(output)


def test_a_file_of_the_database_cannot_grow(home: Path) -> None:
    """A limit that the kernel sets for the launcher and all its children; initdb meets it for real."""
    status, output = run(home, "demo", "--no-tour", largest_file=LARGEST_FILE)
    assert status == 1
    assert "PostgreSQL could not make its files" in one_line(output)
    assert "File too large" in output
    assert list(home.glob("postgres/data*")) == []


def test_initdb_meets_a_full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = home / "programs" / "bin"
    programs.mkdir(parents=True)
    (programs / "initdb").write_text(
        "#!/bin/sh\n"
        "echo 'creating configuration files ... error: ignored' >&2\n"
        "echo 'initdb: error: could not write to file \"pg_wal/x\": No space left on device' >&2\n"
        "exit 1\n"
    )
    (programs / "initdb").chmod(0o755)
    monkeypatch.setattr(embedded, "bundled_programs", lambda: programs.parent)
    with pytest.raises(LaunchError, match=r"^The disk is full: PostgreSQL could not make its files"):
        Postgres(home / "postgres").start()


def test_a_database_cannot_be_made(home: Path) -> None:
    """A server whose files have suffered: what new databases are copied from is gone."""
    server = Postgres(home / "postgres")
    server.start()
    try:
        shutil.rmtree(server.data / "base" / "1")
        with pytest.raises(LaunchError, match="PostgreSQL could not make the database one") as told:
            server.create_database("one")
        assert "\n" not in str(told.value)
    finally:
        server.stop()


def test_a_database_meets_a_full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*args: object, **options: object) -> None:
        raise psycopg.errors.DiskFull(f"{NO_SPACE}\nHINT:  Check free disk space.")

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(LaunchError, match=r"^The disk is full: PostgreSQL could not make the database one\."):
        Postgres(home / "postgres").create_database("one")


def test_the_migrations_meet_a_full_disk(home: Path) -> None:
    """The database itself refuses every new table, with PostgreSQL's own code and words for a full disk."""
    server = Postgres(home / "postgres")
    server.start()
    try:
        server.create_database(DATABASE)
        with psycopg.connect(server.url(DATABASE), autocommit=True) as connection:
            connection.execute(
                "CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE '{NO_SPACE}' USING ERRCODE = 'disk_full'; END $$"
            )
            connection.execute("CREATE EVENT TRIGGER f ON ddl_command_start EXECUTE FUNCTION full_disk()")
    finally:
        server.stop()
    status, output = run(home, "demo", "--no-tour")
    assert status == 1
    assert "The disk is full: manage.py migrate_companies failed" in failure_line(output)
    assert not (home / "migrated").exists()
