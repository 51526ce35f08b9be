"""The environment is read in one place, and production assumes nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from config.settings.readers import release
from deploy.check import ROOT, production
from readers.release import Release

NEEDED = [
    "SALLYPORT_SECRET_KEY_FILE",
    "SALLYPORT_DATABASE_URL",
    "KEYS_DATABASE_URL",
    "SALLYPORT_VALKEY_URL",
    "SALLYPORT_ROOT_KEY_FILE",
    "SALLYPORT_BASE_DOMAIN",
    "SALLYPORT_MAIL_HOST",
]
READ = (
    "from django.conf import settings as s; "
    "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEBUG, [s.OUTBOX_FOLDER])"
)


READ_PROXY = "from django.conf import settings as s; print(s.PROXY_HOPS, s.SECURE_PROXY_SSL_HEADER)"


def read_settings(env: dict[str, str], read: str = READ) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if "SALLYPORT" not in name}
    for name in ("KEYS_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_VERSION"):
        clean.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", read],
        cwd=ROOT,
        env=clean | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_binds_its_cookies_to_the_host_and_shows_no_mail(tmp_path: Path) -> None:
    done = read_settings(production(tmp_path) | {"SALLYPORT_OUTBOX": str(tmp_path)})
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "False", "['']"], done.stderr


@pytest.mark.parametrize("name", [*NEEDED, "SALLYPORT_SCHEME"])
def test_production_stops_without(name: str, tmp_path: Path) -> None:
    """One missing value at a time; without a scheme it would be http."""
    env = production(tmp_path)
    del env[name]
    done = read_settings(env)
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(("hops", "trusted"), [("0", "None"), ("2", "('HTTP_X_FORWARDED_PROTO',")])
def test_the_scheme_of_a_proxy_is_believed_when_there_is_one(tmp_path: Path, hops: str, trusted: str) -> None:
    done = read_settings({**production(tmp_path), "SALLYPORT_PROXY_HOPS": hops}, READ_PROXY)
    assert done.stdout.split()[:2] == [hops, trusted], done.stderr


def test_there_are_no_negative_proxies(tmp_path: Path) -> None:
    done = read_settings({**production(tmp_path), "SALLYPORT_PROXY_HOPS": "-1"})
    assert "SALLYPORT_PROXY_HOPS" in done.stderr.splitlines()[-1]


def test_the_env_file_never_overrides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALLYPORT_BASE_DOMAIN", "first.example")
    monkeypatch.delenv("SALLYPORT_MAIL_USER", raising=False)
    (tmp_path / "env").write_text("# told\nSALLYPORT_BASE_DOMAIN=second.example\nSALLYPORT_MAIL_USER=me\n")
    environment.load_env_file(tmp_path / "env")
    assert environment.text("SALLYPORT_BASE_DOMAIN") == "first.example"
    assert environment.text("SALLYPORT_MAIL_USER") == "me"


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://me:p%40ss@db.example:6000/things")
    address = environment.database("SOME_URL")
    assert (address.user, address.password, address.host, address.port) == ("me", "p@ss", "db.example", 6000)
    assert address.name == "things"


@pytest.mark.parametrize("told", ["1.2.0", "x https://e.example s", "1.2.0 http://e.example s", "1 2 3 4"])
def test_a_release_that_is_none_stops_the_process(told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SALLYPORT_READER_RELEASE"):
        release(told)


def test_a_release_is_three_words_or_none() -> None:
    assert release(" ") is None
    assert release("1.2.0 https://e.example/reader c2ln") == Release(
        "1.2.0", "https://e.example/reader", "c2ln"
    )
