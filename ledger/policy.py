"""Attaching the policy trigger to tables that a decision reads."""

import re
from collections.abc import Sequence

from django.db import migrations

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")


def touch_operations(
    table: str, kind: str, handle_column: str, columns: Sequence[str] | None = None
) -> list[migrations.RunSQL]:
    """Operations that raise the policy counter at commit whenever a row of `table` changes.

    `handle_column` is an integer column of the row; its value (0 for NULL) is the handle in PolicyChange.
    With `columns`, an UPDATE counts only when one of these really changes; inserting and deleting always
    count. The migration must depend on ("ledger", "0001_initial").
    """
    for name in (table, kind, handle_column, *(columns or ())):
        if not NAME.match(name):
            msg = f"not a plain identifier: {name!r}"
            raise ValueError(msg)
    trigger = f"policy_touch_{kind}"
    call = f"EXECUTE FUNCTION public.policy_touch('{kind}', '{handle_column}')"
    head = f"AFTER {{event}} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    if columns:
        event = f"UPDATE OF {', '.join(columns)}"
        # PostgreSQL judges WHEN at once even for deferred triggers: a save that changes nothing is free.
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    else:
        event, changed = "UPDATE", "OLD.* IS DISTINCT FROM NEW.*"
    return [
        migrations.RunSQL(
            f"CREATE CONSTRAINT TRIGGER {trigger} {head.format(event='INSERT OR DELETE')} {call}",
            f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
        ),
        migrations.RunSQL(
            f"CREATE CONSTRAINT TRIGGER {trigger}_update {head.format(event=event)} WHEN ({changed}) {call}",
            f"DROP TRIGGER IF EXISTS {trigger}_update ON {table}",
        ),
    ]
