"""A process that delivers, to be killed: `python -m tests.ledger.deliverer SCHEMA [WAIT]`.

Its receiver writes the message's number into `handled`; with WAIT it then waits for the advisory lock 99,
inside the transaction, until somebody ends it.
"""

import sys
import time
from collections.abc import Mapping
from typing import Any

import django


def main(schema: str, *, wait: bool) -> None:
    """Deliver until ended."""
    django.setup()
    from django.db import connection

    from ledger import outbox
    from tenants import hosts

    @outbox.receiver("test")
    def handle(data: Mapping[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO handled VALUES (%s)", [data["number"]])
            if wait:
                cursor.execute("SELECT pg_advisory_xact_lock(99)")
            cursor.execute("SELECT pg_sleep(0.005)")

    company = hosts.by_schema(schema)
    assert company is not None
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        outbox.deliver(company, most=1)
        time.sleep(0.001)


if __name__ == "__main__":
    main(sys.argv[1], wait=len(sys.argv) > 2)
