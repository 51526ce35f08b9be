"""The revocation race, both orders, with a control that shows it when the trigger takes no lock.

A "scan" is what the batch function does: take the shared lock, read the counter in a new statement, write,
commit. A scan misses a revocation when it commits after it on the older number.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

import ledger.sql
from ledger.selectors import current_policy
from tenants import context
from tests.ledger.conftest import Raw

Connect = Callable[[], Raw]

LOCK = "PERFORM pg_advisory_xact_lock(7, company);"
REVOKE = "UPDATE probe SET state = 'revoked' WHERE id = 1"
WAIT_SECONDS = 20.0


def take_the_lock_out() -> None:
    """The control: the same function without its lock, for the table of this schema only."""
    source = Path(ledger.sql.__file__).with_name("policy_touch.sql").read_text()
    assert source.count(LOCK) == 1
    schema = context.current().schema
    with connection.cursor() as cursor:
        cursor.execute(source.replace(LOCK, "").replace("public.policy_touch", f'"{schema}".policy_touch'))
        for trigger, event in (
            ("policy_touch_probe", "INSERT OR DELETE"),
            ("policy_touch_probe_update", "UPDATE"),
        ):
            cursor.execute(f"DROP TRIGGER {trigger} ON probe")
            cursor.execute(
                f"CREATE CONSTRAINT TRIGGER {trigger} AFTER {event} ON probe DEFERRABLE INITIALLY DEFERRED"
                f" FOR EACH ROW EXECUTE FUNCTION \"{schema}\".policy_touch('probe', 'id')"
            )


def scan_until_read(scan: Raw, company: int) -> int:
    """Everything a scan does before it writes: the lock, then the number it is decided on."""
    scan.execute("SELECT pg_advisory_xact_lock_shared(7, %s)", [company])
    row = scan.execute("SELECT seq FROM ledger_policycounter").fetchone()
    assert row is not None
    return int(row[0])


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def done_or_waiting(thread: threading.Thread, watch: Raw, pid: int) -> bool:
    """Watch a backend until its work is done (True) or it waits for a lock (False)."""
    for _ in range(2000):
        row = watch.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
        watch.commit()
        if row and row[0] == "Lock":
            return False
        if not thread.is_alive():
            return True
    raise AssertionError("the backend neither waits nor ends")


def revoke_while_a_scan_holds(raw: Connect) -> tuple[int, int, bool]:
    """Scan reads first, the revocation commits if it can: number decided on, number then, waited."""
    scan, revocation, watch = raw(), raw(), raw()
    decided_on = scan_until_read(scan, context.current().id)

    def revoke() -> None:
        revocation.execute(REVOKE)
        revocation.commit()

    pid = revocation.info.backend_pid
    thread = in_thread(revoke)
    waited = not done_or_waiting(thread, watch, pid)
    stands_at = current_policy()[1]
    scan.commit()
    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    return decided_on, stands_at, waited


def scan_while_a_revocation_commits(raw: Connect) -> tuple[int, int]:
    """The revocation has done all but its COMMIT, a scan comes: number decided on, number then."""
    scan, revocation, watch = raw(), raw(), raw()
    revocation.execute(REVOKE)
    revocation.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what COMMIT does first: the trigger runs
    decided: list[int] = []
    company = context.current().id
    thread = in_thread(lambda: decided.append(scan_until_read(scan, company)))
    done_or_waiting(thread, watch, scan.info.backend_pid)
    revocation.commit()
    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    stands_at = current_policy()[1]
    scan.commit()
    return decided[0], stands_at


def test_a_scan_that_holds_the_lock_makes_the_revocation_wait(
    probed: context.CompanyRef, raw: Connect
) -> None:
    decided_on, stood_at, waited = revoke_while_a_scan_holds(raw)
    assert waited
    assert decided_on == stood_at, "the policy stood still until the scan had committed"
    assert current_policy()[1] == decided_on + 1


def test_a_scan_that_meets_a_committing_revocation_sees_it(probed: context.CompanyRef, raw: Connect) -> None:
    decided_on, stands_at = scan_while_a_revocation_commits(raw)
    assert decided_on == stands_at


def test_control_without_the_lock_a_revocation_is_missed(probed: context.CompanyRef, raw: Connect) -> None:
    take_the_lock_out()
    decided_on, stood_at, waited = revoke_while_a_scan_holds(raw)
    assert not waited
    assert decided_on < stood_at, "the scan commits on a number that is no longer true"


def test_control_without_the_lock_a_committing_one_is_missed(
    probed: context.CompanyRef, raw: Connect
) -> None:
    take_the_lock_out()
    decided_on, stands_at = scan_while_a_revocation_commits(raw)
    assert decided_on < stands_at


def test_scans_do_not_wait_for_one_another(probed: context.CompanyRef, raw: Connect) -> None:
    assert scan_until_read(raw(), probed.id) == scan_until_read(raw(), probed.id)


def test_another_company_does_not_wait(probed: context.CompanyRef, raw: Connect) -> None:
    revocation, other = raw(), raw()
    revocation.execute(REVOKE)
    revocation.execute("SET CONSTRAINTS ALL IMMEDIATE")
    other.execute("SET lock_timeout = '100ms'")
    other.execute("SELECT pg_advisory_xact_lock_shared(7, %s)", [context.current().id + 1])


@pytest.mark.parametrize("writers", [4])
def test_writers_at_once_leave_no_gap(probed: context.CompanyRef, raw: Connect, writers: int) -> None:
    before = current_policy()[1]

    def write(own: Raw, start: int) -> None:
        for number in range(start, start + 10):
            own.execute("INSERT INTO probe (id) VALUES (%s)", [number])
            own.commit()

    threads = [in_thread(partial(write, raw(), 100 * n)) for n in range(1, writers + 1)]
    for thread in threads:
        thread.join(WAIT_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT seq FROM ledger_policychange WHERE seq > %s ORDER BY seq", [before])
        assert [seq for (seq,) in cursor.fetchall()] == list(range(before + 1, before + 10 * writers + 1))
