"""How long this room keeps links by which operators choose a password."""

from django.db.models import QuerySet

from operators.models import PasswordLink
from operators.services.sweeping import KEEP_LINKS
from tenants.chunks import Rows
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, titles


def links_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[PasswordLink]:
    """Links that ran out; an hourly task takes them too."""
    found = PasswordLink.objects.filter(expires_at__lt=cutoffs.latest).order_by("expires_at")
    return found.exclude(operator__subject__in=spared.subjects) if spared.subjects else found


keep(
    Kind(
        name="password_links",
        category=Category.HOUSE,
        titles=titles("Password links", "Passwort-Links", "Liens de mot de passe", "Enlaces de contraseña"),
        from_when="the end of the link",
        keeper=Rows(links_due),
        days=KEEP_LINKS.days,
        fixed=True,
        shown=False,
    )
)
