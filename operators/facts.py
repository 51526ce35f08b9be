"""Who signs in to the console, in figures, for the papers."""

from collections.abc import Iterator

from operators.models import Operator, Role
from vault.facts import Fact, Topic, tells


@tells("operators")
def facts() -> Iterator[Fact]:
    """Counts by role."""
    active = Operator.objects.filter(is_active=True)
    roles = [(role.label, active.filter(role=role).count()) for role in Role if role != Role.PLATFORM]
    told = ", ".join(f"{label.lower()} {count}" for label, count in roles if count)
    yield Fact(Topic.PEOPLE, "Operators by role", told or "none")
    yield Fact(Topic.MEASURES, "Sign-in", "password and second factor; roles may do what is listed for them")
