"""That alarms changed, told to open consoles once it is committed; what changed they ask for themselves."""

from django.db import transaction

from tenants import context, live


def hint_alarms() -> None:
    """Best effort and without data, as every hint."""
    company = context.current().id
    transaction.on_commit(lambda: live.publish(company, "alarms", {}))
