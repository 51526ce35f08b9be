"""How long visits, visitors, and what kiosks and the watch list hold, are kept.

A visit is kept as its type says and as long as a rule demands. A visitor all of whose visits are over by that
is erased, by itself and certified; a visit alone goes where its visitor has another one that lasts.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.retention_texts import period
from credentials.keeping import kept_elsewhere
from credentials.models import Holder, HolderKind, HolderState
from tenants.chunks import Rows
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, names_people, titles
from vault.services import destroy_subject_key
from visitors.models import (
    OPEN_STATES,
    Arrival,
    KioskPairing,
    SealedSignIn,
    Visit,
    VisitGroup,
    VisitType,
    WatchEntry,
)
from visitors.periods import kept_days, law_least, over_by

ONE: Final = 1  # days of a kind whose period is its types'
BETWEEN: Final = {
    "en": "{least} to {most}, by the type of the visit",
    "de": "{least} bis {most}, je nach Art des Besuchs",
    "fr": "{least} à {most}, selon le type de visite",
    "es": "de {least} a {most}, según el tipo de visita",
}


@names_people
def handles(subjects: frozenset[UUID]) -> Iterator[tuple[str, int]]:
    """Visits of these people."""
    for number in Visit.objects.filter(holder__subject__in=subjects).values_list("handle", flat=True):
        yield "visit", number


def said(language: str) -> str:
    """How long visits are kept, in words: from the shortest type to the longest."""
    law = law_least()
    days = {kept_days(row, law) for row in VisitType.objects.filter(archived_at=None)}
    if not days:
        return period(kept_days(VisitType(), law), language)
    least, most = period(min(days), language), period(max(days), language)
    return least if least == most else BETWEEN[language].format(least=least, most=most)


def _lasting(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Visit]:
    """Visits that are to be kept at the moment that the cutoffs were reckoned from."""
    if cutoffs.latest is None:
        return Visit.objects.all()
    over = Visit.objects.filter(over_by(cutoffs.latest + timedelta(days=ONE)))
    if spared.subjects:
        # A host's hold keeps whom they received, too.
        over = over.exclude(Q(holder__subject__in=spared.subjects) | Q(host__subject__in=spared.subjects))
    return Visit.objects.exclude(pk__in=over.order_by().values("pk"))


def visits_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Visit]:
    """Visits that are over by their type, of visitors who have another that is not."""
    lasting = _lasting(cutoffs, spared).order_by()
    others = lasting.filter(holder=OuterRef("holder"))
    return (
        Visit.objects.exclude(pk__in=lasting.values("pk")).filter(Exists(others)).order_by("ended_at", "pk")
    )


class Visitors:
    """Visitors whose visits are all over by their types. They are erased, which takes the visits along."""

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many."""
        return self._found(cutoffs, spared).count() if cutoffs.latest is not None else 0

    def people(self, cutoffs: Cutoffs, spared: Spared, most: int) -> list[UUID]:
        """Some of them, those who are longest gone first."""
        if cutoffs.latest is None:
            return []
        return list(self._found(cutoffs, spared).values_list("subject", flat=True)[:most])

    def _found(self, cutoffs: Cutoffs, spared: Spared) -> QuerySet[Holder]:
        people = Holder.objects.filter(
            kind=HolderKind.VISITOR, state=HolderState.OFFBOARDED, subject__destroyed_at=None
        )
        lasting = _lasting(cutoffs, spared).order_by().filter(holder=OuterRef("pk"))
        people = people.filter(Exists(Visit.objects.filter(holder=OuterRef("pk")))).exclude(Exists(lasting))
        return people.exclude(subject__in=spared.subjects).order_by("changed_at")


def arrivals_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Arrival]:
    """What went on at a kiosk; it is over when the next one begins, or is left where it stood."""
    found = Arrival.objects.filter(begun_at__lt=cutoffs.latest, seen_at__lt=cutoffs.latest)
    return found.exclude(visit__holder__subject__in=spared.subjects).order_by("begun_at")


def groups_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[VisitGroup]:
    """Groups, series and files, with their lines; not while a visit of theirs is to come."""
    to_come = Visit.objects.filter(group=OuterRef("pk"), state__in=OPEN_STATES)
    found = VisitGroup.objects.filter(created_at__lt=cutoffs.latest).exclude(Exists(to_come))
    return found.exclude(host__subject__in=spared.subjects).order_by("created_at")


def pairings_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[KioskPairing]:
    """Codes by which a kiosk could be paired."""
    return KioskPairing.objects.filter(expires__lt=cutoffs.latest).order_by("expires")


def sealed_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[SealedSignIn]:
    """Sign-ins without network that became no visit; the others go with theirs."""
    return SealedSignIn.objects.filter(visit=None, handed_in_at__lt=cutoffs.latest).order_by("handed_in_at")


class Watched:
    """Entries of the watch list that were removed, or whose day of looking again is long past."""

    def _due(self, cutoffs: Cutoffs, spared: Spared) -> QuerySet[WatchEntry]:
        if cutoffs.latest is None:
            return WatchEntry.objects.none()
        over = Q(removed_at__lt=cutoffs.latest) | Q(until__lt=cutoffs.latest.date())
        found = WatchEntry.objects.filter(over).exclude(subject__in=spared.subjects)
        return found.order_by("until", "pk")

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many."""
        return self._due(cutoffs, spared).count()

    @transaction.atomic
    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them with their matches, and the keys: backups become unreadable, too."""
        due = self._due(cutoffs, spared).select_for_update(skip_locked=True, of=("self",))
        rows = list(due.select_related("subject")[:most])
        for row in rows:
            row.delete()
            destroy_subject_key(row.subject)
        return len(rows)


def with_visits() -> QuerySet[Any]:
    """Whom this room keeps."""
    return Visit.objects.order_by().values("holder")


kept_elsewhere.append(with_visits)


keep(
    Kind(
        name="visits",
        category=Category.VISIT,
        titles=titles(
            "Visits of people who have others",
            "Besuche von Personen mit weiteren Besuchen",
            "Visites de personnes qui en ont d’autres",
            "Visitas de personas que tienen otras",
        ),
        from_when="the end of the visit, as its type says",
        keeper=Rows(visits_due),
        order=40,
        days=ONE,
        fixed=True,
        shown=False,
        said=said,
    )
)
keep(
    Kind(
        name="visitors",
        category=Category.VISIT,
        titles=titles(
            "Visitors, with all they signed",
            "Besucher samt allem, was sie unterschrieben haben",
            "Visiteurs, avec tout ce qu’ils ont signé",
            "Visitantes, con todo lo que firmaron",
        ),
        from_when="the end of the last visit, as its type says",
        keeper=Visitors(),
        order=80,
        days=ONE,
        fixed=True,
        by_itself=True,
        said=said,
    )
)
keep(
    Kind(
        name="watch_list",
        category=Category.PERSON,
        titles=titles("Watch list", "Beobachtungsliste", "Liste de vigilance", "Lista de vigilancia"),
        from_when="the removal, or the day of looking again",
        keeper=Watched(),
        order=60,
        days=30,
        fixed=True,
    )
)
keep(
    Kind(
        name="kiosk_arrivals",
        category=Category.HOUSE,
        titles=titles(
            "What went on at kiosks", "Vorgänge an Kiosken", "Passages aux bornes", "Sesiones en quioscos"
        ),
        from_when="its beginning",
        keeper=Rows(arrivals_due),
        order=30,
        days=1,
        fixed=True,
        shown=False,
    )
)
keep(
    Kind(
        name="visit_groups",
        category=Category.VISIT,
        titles=titles(
            "Groups, series and files of visits",
            "Gruppen, Serien und Dateien von Besuchen",
            "Groupes, séries et fichiers de visites",
            "Grupos, series y archivos de visitas",
        ),
        from_when="the invitation",
        keeper=Rows(groups_due),
        order=45,
        days=30,
        shown=False,
    )
)
keep(
    Kind(
        name="kiosk_pairings",
        category=Category.HOUSE,
        titles=titles(
            "Codes to pair kiosks", "Kopplungs-Codes", "Codes d’appairage", "Códigos de emparejamiento"
        ),
        from_when="the end of the code",
        keeper=Rows(pairings_due),
        days=7,
        shown=False,
    )
)
keep(
    Kind(
        name="sealed_sign_ins",
        category=Category.HOUSE,
        titles=titles(
            "Sign-ins without network that became no visit",
            "Anmeldungen ohne Netz, die kein Besuch wurden",
            "Enregistrements hors réseau restés sans visite",
            "Registros sin red que no fueron visita",
        ),
        from_when="the hand-in",
        keeper=Rows(sealed_due),
        days=30,
        shown=False,
    )
)
