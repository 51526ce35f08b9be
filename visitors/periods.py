"""How long visits are kept: what their type says, and never shorter than a rule demands."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q

from compliance.retention_law import Bound, least
from compliance.selectors import compliance_policy
from tenants.keeping import Category
from visitors.models import VisitType


def law_least() -> Bound:
    """What the law of the company's place demands of a record of visitors."""
    policy = compliance_policy()
    return least(Category.VISIT, policy.profile, card_data=policy.card_data)


def kept_days(visit_type: VisitType, law: Bound | None = None) -> int:
    """For how many days after its end a visit of this type is kept. `law`: as `law_least`, asked once."""
    demanded = (law or law_least()).least or 1
    return max(visit_type.keep_days, visit_type.keep_least, demanded)


def demanded(visit_type: VisitType, law: Bound) -> tuple[int, str]:
    """For how many days a rule demands that a visit of this type is kept, whoever asks, and which rule.

    (0, "") where none does: the one day that every period has forbids nobody to erase sooner.
    """
    rules = [(visit_type.keep_least, visit_type.keep_rule.strip())]
    if (law.least or 0) > 1:
        rules.append((law.least or 0, law.cites))
    days, rule = max(rules)
    return (days, rule) if days else (0, "")


def over_by(now: dt.datetime) -> Q:
    """Which visits have been kept long enough by a moment, as a condition on Visit."""
    law = law_least()
    parts = [
        Q(type=row.pk, ended_at__lt=now - dt.timedelta(days=kept_days(row, law)))
        for row in VisitType.objects.all()
    ]
    return reduce(or_, parts, Q(pk__in=[]))
