"""What a process of the migration pool runs. It begins without Django: models are imported after that."""

import django


def begin() -> None:
    """Set Django up in a fresh process."""
    django.setup()


def attempt(schema: str, wanted: str) -> str:
    """Migrate one schema: empty when it went well, else what failed in one line."""
    from tenants.migrating import attempt_here  # noqa: PLC0415 - models exist only after begin()

    return attempt_here(schema, wanted)
