"""A process that sends one stream, to be killed: `python -m tests.ledger.streamer SCHEMA STREAM`."""

import sys
from uuid import UUID

import django


def main(schema: str, stream: str) -> None:
    """One round."""
    django.setup()
    from ledger.streams.delivery import send_due
    from tenants import hosts

    company = hosts.by_schema(schema)
    assert company is not None
    send_due(company, UUID(stream))


if __name__ == "__main__":
    main(*sys.argv[1:])
