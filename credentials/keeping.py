"""How long this room keeps invitations, links, day passes, and people who are gone."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from credentials.lost_links import LostLink
from credentials.models import (
    Credential,
    CredentialState,
    Device,
    Holder,
    HolderKind,
    HolderState,
    Invitation,
    InvitationState,
    UnlockTicket,
)
from credentials.paper import DayPass
from tenants.chunks import Rows, unpointed
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, names_people, titles

# Visitors whom another room keeps by periods of its own: each gives their holders' keys.
kept_elsewhere: Final[list[Callable[[], QuerySet[Any]]]] = []


@names_people
def handles(subjects: frozenset[UUID]) -> Iterator[tuple[str, int]]:
    """Holders, phones, credentials and visits of these people."""
    mine = Q(holder__subject__in=subjects)
    for number in Holder.objects.filter(subject__in=subjects).values_list("handle", flat=True):
        yield "holder", number
    for number in Device.objects.filter(mine).values_list("handle", flat=True):
        yield "device", number
    for number in Credential.objects.filter(mine).values_list("handle", flat=True):
        yield "credential", number
    for number in DayPass.objects.filter(mine).values_list("handle", flat=True):
        yield "visit", number


def invitations_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Invitation]:
    """Invitations that ran out or were closed."""
    found = Invitation.objects.filter(expires_at__lt=cutoffs.latest).exclude(state=InvitationState.OPEN)
    return found.exclude(holder__subject__in=spared.subjects).order_by("expires_at")


def links_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[LostLink]:
    """Links by which a lost phone could be revoked."""
    found = LostLink.objects.filter(expires_at__lt=cutoffs.latest)
    found = found.filter(Q(browser_until=None) | Q(browser_until__lt=cutoffs.latest)).order_by("expires_at")
    return found.exclude(holder__subject__in=spared.subjects) if spared.subjects else found


def tickets_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[UnlockTicket]:
    """Challenges that a passkey was asked with."""
    return UnlockTicket.objects.filter(expires_at__lt=cutoffs.latest)


def day_passes_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[DayPass]:
    """Day passes whose visit is over, and that nothing else speaks of any more."""
    found = DayPass.objects.filter(ends__lt=cutoffs.latest).exclude(holder__subject__in=spared.subjects)
    return unpointed(found).order_by("ends")


class Gone:
    """People who are gone. Nothing of them is deleted here: whoever answers requests opens an erasure."""

    def __init__(self, *kinds: HolderKind) -> None:
        self._kinds = kinds

    def people(self, cutoffs: Cutoffs, spared: Spared, most: int) -> list[UUID]:
        """Off-boarded before the cutoff; visitors also whose last visit ended before it."""
        if cutoffs.latest is None:
            return []
        return list(self._found(cutoffs.latest, spared).values_list("subject", flat=True)[:most])

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many."""
        return self._found(cutoffs.latest, spared).count() if cutoffs.latest is not None else 0

    def _found(self, before: datetime, spared: Spared) -> QuerySet[Holder]:
        people = Holder.objects.filter(kind__in=self._kinds, subject__destroyed_at=None)
        over = Q(state=HolderState.OFFBOARDED, changed_at__lt=before)
        if HolderKind.VISITOR in self._kinds:
            over |= Q(created_at__lt=before) & ~Exists(_lasting(before)) & ~Exists(_visits(before))
        for others in kept_elsewhere if HolderKind.VISITOR in self._kinds else ():
            people = people.exclude(pk__in=others())
        return people.filter(over).exclude(subject__in=spared.subjects).order_by("changed_at")


def _lasting(before: datetime) -> QuerySet[Credential]:
    """A credential that still stands, or ended later."""
    ended = Q(valid_until__lt=before) | Q(ended_at__lt=before)
    dead = Q(state=CredentialState.REVOKED, ended_at=None)
    return Credential.objects.filter(holder=OuterRef("pk")).exclude(ended | dead)


def _visits(before: datetime) -> QuerySet[DayPass]:
    return DayPass.objects.filter(holder=OuterRef("pk"), ends__gte=before)


keep(
    Kind(
        name="invitations",
        category=Category.PERSON,
        titles=titles("Invitations", "Einladungen", "Invitations", "Invitaciones"),
        from_when="the end of the invitation",
        keeper=Rows(invitations_due),
        days=365,
        shown=False,
    )
)
keep(
    Kind(
        name="lost_links",
        category=Category.HOUSE,
        titles=titles("Links for lost phones", "Verlust-Links", "Liens de perte", "Enlaces de pérdida"),
        from_when="the end of the link",
        keeper=Rows(links_due),
        days=30,
        shown=False,
    )
)
keep(
    Kind(
        name="unlock_tickets",
        category=Category.HOUSE,
        titles=titles(
            "Unlock challenges", "Entsperr-Anfragen", "Défis de déverrouillage", "Retos de desbloqueo"
        ),
        from_when="the end of the challenge",
        keeper=Rows(tickets_due),
        days=7,
        shown=False,
    )
)
keep(
    Kind(
        name="day_passes",
        category=Category.DOOR_RECORD,
        titles=titles("Day passes", "Tagesausweise", "Passes journaliers", "Pases de día"),
        from_when="the end of the visit",
        keeper=Rows(day_passes_due),
        order=42,
    )
)
keep(
    Kind(
        name="former_holders",
        category=Category.PERSON,
        titles=titles(
            "People who have left", "Ausgeschiedene", "Personnes qui sont parties", "Personas que se fueron"
        ),
        from_when="the off-boarding",
        keeper=Gone(HolderKind.EMPLOYEE, HolderKind.CONTRACTOR),
        order=80,
    )
)
keep(
    Kind(
        name="former_visitors",
        category=Category.DOOR_RECORD,
        titles=titles(
            "Visitors added by hand",
            "Von Hand angelegte Besucher",
            "Visiteurs ajoutés à la main",
            "Visitantes añadidos a mano",
        ),
        from_when="the end of the last day pass",
        keeper=Gone(HolderKind.VISITOR),
        order=80,
    )
)
