"""How long this room keeps what people said to notices, and requests that are over."""

from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from compliance.models import Case, CasePerson, ConsentRecord, Erasure, Restriction
from compliance.models.cases import OVER
from tenants.chunks import unpointed
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, titles
from vault.services import destroy_subject_key


class _Unpointed:
    """Rows that are due and that nothing refers to any more; `along` goes with them, by its column `case`."""

    along: ClassVar[tuple[type[models.Model], ...]] = ()

    def due(self, cutoffs: Cutoffs, spared: Spared) -> "QuerySet[models.Model]":
        """Which."""
        raise NotImplementedError

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many are due."""
        if cutoffs.latest is None:
            return 0
        return unpointed(self.due(cutoffs, spared), self.along).count()

    def before(self, rows: list[Any]) -> None:
        """What else goes with these rows, in the same transaction."""

    @transaction.atomic
    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them."""
        if cutoffs.latest is None:
            return 0
        found = unpointed(self.due(cutoffs, spared), self.along)
        rows = list(
            found.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:most]
        )
        if rows:
            with (
                connection.cursor() as cursor
            ):  # consents are written once: this is what the exception is for
                cursor.execute("SELECT set_config('sallyport.ledger_maintenance', 'on', true)")
                self.before(rows)
                for model in self.along:
                    model._default_manager.filter(case__in=rows).delete()
                found.model._default_manager.filter(pk__in=rows).delete()
                cursor.execute("SELECT set_config('sallyport.ledger_maintenance', 'off', true)")
        return len(rows)


class Consents(_Unpointed):
    """Consents and acknowledgements that ended: the proof that GDPR Art. 7(1) asks for."""

    def due(self, cutoffs: Cutoffs, spared: Spared) -> "QuerySet[models.Model]":
        """Those that ended before the cutoff."""
        found = ConsentRecord.objects.filter(ended_at__lt=cutoffs.latest).order_by("ended_at")
        return found.exclude(subject__in=spared.subjects)


class Cases(_Unpointed):
    """Requests that are over, with all their steps. Certificates stay."""

    along = (Restriction, Erasure)

    def before(self, rows: list[Any]) -> None:
        """The keys of what was said in them: backups become unreadable, too."""
        for case in Case.objects.filter(pk__in=rows).select_related("applicant"):
            destroy_subject_key(case.applicant)

    def due(self, cutoffs: Cutoffs, spared: Spared) -> "QuerySet[models.Model]":
        """Those that were closed before the cutoff; not while somebody in one is spared."""
        about = CasePerson.objects.filter(case=OuterRef("pk"), subject__in=spared.subjects)
        standing = Restriction.objects.filter(case=OuterRef("pk"), lifted_at=None)
        found = Case.objects.filter(state__in=OVER, closed_at__lt=cutoffs.latest).order_by("closed_at")
        return found.exclude(Exists(about)).exclude(Exists(standing))


keep(
    Kind(
        name="consents",
        category=Category.PROOF,
        titles=titles(
            "Proof of consents that ended",
            "Nachweis beendeter Einwilligungen",
            "Preuve des consentements terminés",
            "Prueba de consentimientos terminados",
        ),
        from_when="the end of the consent",
        keeper=Consents(),
        order=70,
    )
)
keep(
    Kind(
        name="cases",
        category=Category.PROOF,
        titles=titles(
            "Requests of people that were answered",
            "Beantwortete Anfragen von Personen",
            "Demandes de personnes, répondues",
            "Solicitudes de personas, respondidas",
        ),
        from_when="the closing",
        keeper=Cases(),
        order=75,
    )
)
