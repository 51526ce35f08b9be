"""What visitors meet at the demo's company: types of visit, house rules, a level, and one guest invited."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone

from access.models import AccessPoint, Schedule, Site
from access.services import add_level
from credentials.models import Holder
from visitors.models import BadgeSize, VisitType, Way
from visitors.services.documents import add_document, publish_version
from visitors.services.inviting import invite
from visitors.services.planning import Guest, Plan
from visitors.services.types import add_type

# Visitors pass these, and never the server room.
DOORS: Final = ("Main entrance", "Dock")
GUEST: Final = Guest(name="Vera Visitor", email="vera@guest.example", firm="Guest & Sons")
RULES: Final = {
    "en": (
        "House rules",
        "Wear your badge where it can be seen.\n\n"
        "Stay with the person you came to see, or in the rooms you were shown.\n\n"
        "Ask before you take a picture.\n\n"
        "When the alarm sounds, leave by the nearest way out and wait at the assembly point in the yard.",
    ),
    "de": (
        "Hausordnung",
        "Tragen Sie Ihren Ausweis gut sichtbar.\n\n"
        "Bleiben Sie bei der Person, die Sie besuchen, oder in den Räumen, die man Ihnen gezeigt hat.\n\n"
        "Fragen Sie, bevor Sie etwas fotografieren.\n\n"
        "Bei Alarm verlassen Sie das Haus auf dem kürzesten Weg und warten am Sammelplatz im Hof.",
    ),
    "fr": (
        "Règlement intérieur",
        "Portez votre badge de façon visible.\n\n"
        "Restez avec la personne que vous venez voir, ou dans les pièces qu’on vous a montrées.\n\n"
        "Demandez avant de prendre une photo.\n\n"
        "En cas d’alarme, sortez par le chemin le plus court et attendez au point de rassemblement.",
    ),
    "es": (
        "Normas de la casa",
        "Lleve su tarjeta en un lugar visible.\n\n"
        "Permanezca con la persona a quien visita, o en las salas que le hayan mostrado.\n\n"
        "Pregunte antes de hacer una foto.\n\n"
        "Si suena la alarma, salga por el camino más corto y espere en el punto de reunión del patio.",
    ),
}


def receive_visitors(
    *, site: Site, points: Mapping[str, AccessPoint], hours: Schedule, host: Holder, by: str
) -> None:
    """Types of visit with what they ask and open, and a guest who is expected within the hour."""
    level = add_level(name="Visitors", rules=[(points[door], hours) for door in DOORS], by=by)
    rules = add_document(name="House rules", by=by)
    publish_version(document=rules, texts=RULES, by=by)
    meeting = add_type(
        name="Meeting", documents=[rules], levels=[level], walk_in=True, host_confirms=True, by=by
    )
    add_type(
        name="Interview",
        escort=True,
        host_confirms=True,
        walk_in=False,
        bring="An identity card",
        length_minutes=90,
        keep_days=30,
        by=by,
    )
    add_type(
        name="Contractor",
        documents=[rules],
        levels=[level],
        ways=[Way.PHONE.value, Way.DAY_PASS.value],
        badge=BadgeSize.A6,
        bring="Safety shoes",
        length_minutes=8 * 60,
        keep_days=30,
        by=by,
    )
    _expect(meeting, site, host, by)


def _expect(meeting: VisitType, site: Site, host: Holder, by: str) -> None:
    begins = (timezone.now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    plan = Plan(
        type=meeting,
        site=site,
        host=host,
        begins=begins,
        ends=begins + timedelta(hours=3),
        subject="A look at the new doors",
    )
    invite(guests=[GUEST], plan=plan, by=by)
