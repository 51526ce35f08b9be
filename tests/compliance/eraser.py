"""A worker to be killed: `python -m tests.compliance.eraser SCHEMA ROOM`.

It delivers until the eraser of ROOM has done its work, says so, and waits there, before the commit, until
somebody ends it.
"""

import sys
import time
from uuid import UUID

import django


def main(schema: str, room: str) -> None:
    """Deliver until the room is reached."""
    django.setup()
    from django.utils import timezone

    from ledger import outbox
    from ledger.models import Outbox
    from tenants import context, hosts
    from vault import holdings
    from vault.holdings import Erasing, Item

    real = holdings.erasers[room]

    class Waits:
        def plan(self, subject: UUID) -> list[Item]:
            return real.eraser.plan(subject)

        def obstacles(self, subject: UUID) -> list[str]:
            return real.eraser.obstacles(subject)

        def erase(self, subject: UUID, *, by: str) -> list[Item]:
            done = real.eraser.erase(subject, by=by)
            sys.stdout.write(f"{room}\n")
            sys.stdout.flush()
            time.sleep(600)
            return done

    holdings.erasers[room] = Erasing(real.name, real.title, real.order, Waits())
    company = hosts.by_schema(schema)
    assert company is not None
    while True:
        with context.enter(company):
            # What a killed one had claimed comes due in some seconds: here at once.
            Outbox.objects.filter(done=None).update(due=timezone.now())
        outbox.deliver(company)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
