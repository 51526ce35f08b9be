"""What was published or said is written once, and a face that somebody agreed to moves the company's policy."""

from django.db import migrations

NOTICES, RECORDS = "compliance_noticeversion", "compliance_consentrecord"
REFUSE = "FOR EACH ROW {when} EXECUTE FUNCTION public.ledger_refuse()"
# Of a record only its end may be written, once: all other columns stay, and an end stays as it is.
KEPT = (
    "id",
    "subject_id",
    "person",
    "purpose",
    "act",
    "notice_id",
    "sha256",
    "given_at",
    "device",
    "key_print",
    "told",
)
ENDED = ("ended_at", "purpose", "act", "subject_id")


def differ(*columns: str) -> str:
    """Column by column: PostgreSQL would write a comparison of rows otherwise when a company is cloned."""
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


ENDS_ONLY = f"WHEN (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR {differ(*KEPT)})"
# Decisions read consents to the face alone: the other answers, which are many more, queue nothing.
TOUCH = (
    "CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON compliance_consentrecord DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION public.policy_touch('consent', 'person')"
)
TOUCHES = (
    ("policy_touch_consent", "INSERT", "NEW.purpose = 'face'"),
    ("policy_touch_consent_delete", "DELETE", "OLD.purpose = 'face'"),
    (
        "policy_touch_consent_update",
        "UPDATE OF ended_at, purpose, act, subject_id",
        f"(OLD.purpose = 'face' OR NEW.purpose = 'face') AND ({differ(*ENDED)})",
    ),
)


def guard(table: str, name: str, event: str, when: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {REFUSE.format(when=when)}",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial")]

    operations = [
        guard(NOTICES, "written_once", "UPDATE OR DELETE"),
        guard(RECORDS, "written_once", "DELETE"),
        guard(RECORDS, "ended_once", "UPDATE", ENDS_ONLY),
        *(
            migrations.RunSQL(
                TOUCH.format(name=name, event=event, when=when),
                f"DROP TRIGGER IF EXISTS {name} ON {RECORDS}",
            )
            for name, event, when in TOUCHES
        ),
    ]
