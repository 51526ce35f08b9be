"""How long this room keeps what readers told of doors, what was kept apart, and what they acknowledged."""

from django.db import transaction

from access.models import AccessEvent
from ledger.pruning import keep_deeds, put_on_record
from readers.models import JournalQuarantine
from tenants.chunks import Plain
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, titles

# Where a reader was mounted is looked up however long ago it moved.
keep_deeds("reader_moved")


# Lines that readers told of their doors, and what they acknowledged: the last of each reader stays.
_NOT_THE_LAST = (
    "EXISTS (SELECT FROM readers_doorevent n WHERE n.reader_id = t.reader_id AND n.number > t.number)"
)
_NOT_THE_NEWEST = (
    "EXISTS (SELECT FROM readers_readerack n"
    " WHERE n.reader_id = t.reader_id AND (n.epoch, n.seq) > (t.epoch, t.seq))"
)


class Apart:
    """Entries of readers that became no event. Their numbers are put on record: they are no gap."""

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many are due; a code in one may be anybody's, so that nothing goes while somebody is spared."""
        if cutoffs.latest is None or spared.subjects:
            return 0
        return JournalQuarantine.objects.filter(received_at__lt=cutoffs.latest).count()

    @transaction.atomic
    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Delete some of them."""
        if cutoffs.latest is None or spared.subjects:
            return 0
        found = JournalQuarantine.objects.filter(received_at__lt=cutoffs.latest).order_by("received_at", "pk")
        rows = list(found.select_for_update(skip_locked=True)[:most])
        if not rows:
            return 0
        JournalQuarantine.objects.filter(pk__in=[row.pk for row in rows]).delete()
        numbers = {(row.reader_id, row.counter) for row in rows}
        for reader in {reader for reader, _ in numbers}:
            mine = [number for one, number in numbers if one == reader]
            held = AccessEvent.objects.filter(reader=reader, counter__in=mine).values_list(
                "counter", flat=True
            )
            again = JournalQuarantine.objects.filter(reader=reader, counter__in=mine)
            numbers -= {(reader, number) for number in (*held, *again.values_list("counter", flat=True))}
        told = {"count": len(rows), "positions": [], "leaves": []}
        put_on_record("apart", before=cutoffs.latest, counted="reader", numbers=numbers, told=told)
        return len(rows)


keep(
    Kind(
        name="door_reports",
        category=Category.DOOR_RECORD,
        titles=titles(
            "Whether doors were opened after a grant",
            "Ob Türen nach einer Freigabe geöffnet wurden",
            "Si les portes ont été ouvertes après un accord",
            "Si las puertas se abrieron tras un permiso",
        ),
        from_when="the reader's word",
        keeper=Plain("readers_doorreport", "t.at"),
        days=365,
        shown=False,
    )
)
keep(
    Kind(
        name="door_events",
        category=Category.HOUSE,
        titles=titles(
            "Doors held open or forced", "Offene Türen", "Portes restées ouvertes", "Puertas abiertas"
        ),
        from_when="the reader's word",
        keeper=Plain("readers_doorevent", "t.received_at", _NOT_THE_LAST),
        days=365,
        shown=False,
    )
)
keep(
    Kind(
        name="kept_apart",
        category=Category.DOOR_RECORD,
        titles=titles(
            "Entries of readers that could not be believed",
            "Einträge von Lesern, denen nicht zu glauben war",
            "Écritures de lecteurs qui ne pouvaient être crues",
            "Anotaciones de lectores que no eran creíbles",
        ),
        from_when="the hand-in",
        keeper=Apart(),
    )
)
keep(
    Kind(
        name="acknowledgements",
        category=Category.HOUSE,
        titles=titles(
            "What readers acknowledged",
            "Bestätigungen der Leser",
            "Confirmations des lecteurs",
            "Confirmaciones",
        ),
        from_when="the acknowledgement",
        keeper=Plain("readers_readerack", "t.received_at", _NOT_THE_NEWEST),
        days=365,
        shown=False,
    )
)
# Long after the last hand-in that could show one of them again.
keep(
    Kind(
        name="used_codes",
        category=Category.DOOR_RECORD,
        titles=titles("Codes that were used", "Benutzte Codes", "Codes utilisés", "Códigos usados"),
        from_when="the making of the code",
        keeper=Plain("readers_usedcode", "to_timestamp(t.issued)", names=("device", "device")),
        days=90,
        shown=False,
    )
)
