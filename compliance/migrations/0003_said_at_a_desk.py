"""A consent may be given at a desk, before an operator: no phone, and who attended."""

from django.db import migrations, models
from django.db.models import Q

RECORDS = "compliance_consentrecord"
BEFORE = (
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
SAID = (Q(device__isnull=False, attended_by="") & ~Q(key_print="")) | (
    Q(device=None, key_print="") & ~Q(attended_by="")
)


def ends_only(*columns: str) -> str:
    """As in 0002: of a record only its end may be written, once; column by column, for clones."""
    differ = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    return (
        f"DROP TRIGGER IF EXISTS ended_once ON {RECORDS};"
        f"CREATE TRIGGER ended_once BEFORE UPDATE ON {RECORDS} FOR EACH ROW"
        f" WHEN (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR {differ})"
        " EXECUTE FUNCTION public.ledger_refuse()"
    )


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_written_once")]

    operations = [
        migrations.AlterField(
            "consentrecord",
            "device",
            models.PositiveIntegerField(
                null=True, help_text="handle of the phone it was said on; none: a desk"
            ),
        ),
        migrations.AlterField(
            "consentrecord",
            "key_print",
            models.CharField(max_length=43, blank=True, help_text="of the phone's key that signed it"),
        ),
        migrations.AddField(
            "consentrecord",
            "attended_by",
            models.CharField(
                max_length=80,
                blank=True,
                default="",
                help_text="who attended at the desk, as the ledger names them",
            ),
        ),
        migrations.AddConstraint(
            "consentrecord",
            models.CheckConstraint(condition=SAID, name="said_on_a_phone_or_at_a_desk"),
        ),
        migrations.RunSQL(ends_only(*BEFORE, "attended_by"), ends_only(*BEFORE)),
    ]
