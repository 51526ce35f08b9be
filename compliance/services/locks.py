"""The order in which deeds of this room lock: the person, then the company's choices.

Whoever answers a notice holds the choices shared, whoever publishes one or changes them holds them alone.
Without it an answer that was on its way while a new version came out would stand in force under the old one:
publishing ends what it sees, and it does not see what is not yet committed.
"""

from django.db import connection

from compliance.models import CompliancePolicy
from vault.models import Subject

_SHARED = "SELECT 1 FROM compliance_compliancepolicy WHERE id = 1 FOR SHARE"


def lock_person(subject: Subject) -> None:
    """Answers of one person follow each other, from whichever of their phones they come."""
    Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)


def share_policy() -> CompliancePolicy:
    """The company's choices, which stand until this transaction ends; an unsaved one before any was made."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED)
    # A statement of its own: it sees what was committed while the one before waited for the row.
    return CompliancePolicy.objects.filter(pk=1).first() or CompliancePolicy()


def hold_policy() -> CompliancePolicy:
    """The company's choices, for this transaction alone; the row is made where there is none."""
    CompliancePolicy.objects.get_or_create(pk=1)
    return CompliancePolicy.objects.select_for_update().get(pk=1)
