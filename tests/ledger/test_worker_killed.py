"""The real worker killed with -9 between a mail and its commit: each mail comes, each effect happens once."""

import email
import email.policy
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy.local.processes import wait_until
from tests.fixtures.live import Live

pytestmark = pytest.mark.faults
HOST = "acme.localhost"
MAILS = 12
FREE = 4
# What is marked done leaves an effect in the same transaction; from the fifth on it then waits for the test.
EFFECTS = """
CREATE TABLE effects (message uuid);
CREATE FUNCTION note_effect() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO effects VALUES (NEW.id);
    PERFORM pg_advisory_xact_lock_shared(99, CASE WHEN count(*) > {free} THEN 1 ELSE 0 END) FROM effects;
    RETURN NEW;
END $$;
CREATE TRIGGER effects BEFORE UPDATE ON ledger_outbox FOR EACH ROW
    WHEN (OLD.done IS NULL AND NEW.done IS NOT NULL AND NEW.topic = 'mail.invitation')
    EXECUTE FUNCTION note_effect();
"""

Database = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def database(own_stack: Live) -> Iterator[Database]:
    """Acme's schema of the system, from outside."""
    with psycopg.connect(own_stack.database_url, autocommit=True) as made:
        row = made.execute(
            "SELECT schema_name FROM tenants_company WHERE subdomain = 'acme'", prepare=False
        ).fetchone()
        assert row is not None
        made.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(row[0])))
        made.execute(EFFECTS.format(free=FREE).encode())
        yield made


def rows(database: Database, question: str) -> list[Any]:
    return [row[0] for row in database.execute(question.encode()).fetchall()]


def waiting(database: Database) -> bool:
    """Whether a worker has sent a mail and stands before its commit."""
    held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 99 AND NOT granted"
    return bool(rows(database, held))


def mails(folder: Path) -> dict[str, int]:
    """The letters to guests by Message-ID, each with the time when it was last written."""
    found = {}
    for path in folder.glob("*.eml"):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if str(letter["To"]).startswith("guest"):
            assert str(letter["Message-ID"]) not in found
            found[str(letter["Message-ID"])] = path.stat().st_mtime_ns
    return found


def test_killed_between_a_mail_and_its_commit(own_stack: Live, database: Database) -> None:
    live = own_stack
    live.office("tests.credentials.deeds", HOST).do("invite_many", str(MAILS))
    folder = live.place.var / "mail"
    undone = "SELECT id FROM ledger_outbox WHERE topic = 'mail.invitation' AND done IS NULL"
    assert len(rows(database, undone)) == MAILS

    database.execute("SELECT pg_advisory_lock(99, 1)")
    live.worker.start()
    assert wait_until(lambda: waiting(database), seconds=120, alive=live.worker.alive)
    assert live.worker.process is not None
    os.killpg(live.worker.process.pid, signal.SIGKILL)
    live.worker.process.wait(20)
    database.execute("SELECT pg_advisory_unlock(99, 1)")
    assert wait_until(lambda: not waiting(database), seconds=30, alive=lambda: True)
    sent = mails(folder)
    done = rows(database, "SELECT message FROM effects")
    assert FREE <= len(done) < len(sent) < MAILS

    live.worker.stop()
    live.worker.start()
    assert wait_until(lambda: not rows(database, undone), seconds=180, alive=live.worker.alive)
    arrived = mails(folder)
    assert len(arrived) == MAILS
    effects = rows(database, "SELECT message FROM effects")
    assert len(effects) == len(set(effects)) == MAILS
    # The limit: what had left before the commit has left again, under the same Message-ID.
    repeated = [name for name, written in sent.items() if arrived[name] != written]
    assert len(repeated) == len(sent) - len(done)
    tries = "SELECT attempts FROM ledger_outbox WHERE topic = 'mail.invitation' AND attempts > 1"
    assert len(rows(database, tries)) >= len(repeated)
