"""Deeds as the person they are about is told of them: their own words opened, other people as roles."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.db.models import Q

from ledger.models import LedgerEntry
from ledger.payloads import open_payload
from vault.holdings import Asking, Cell, Table
from vault.telling import Four, doer, moment, table

CHUNK: Final = 2_000
# Handles of other people, and digests: of no use to whom they are not about.
NOT_TOLD: Final = frozenset(
    {"operator", "operators", "persons", "people", "holder", "host", "thumbprint", "sha256"}
)
_ACTOR: Final = re.compile(r"(operator|holder):")
ABOUT: Final[Four] = (
    "Deeds on record about you",
    "Aufgezeichnete Vorgänge über Sie",
    "Actes enregistrés à votre sujet",
    "Hechos registrados sobre usted",
)
BY_YOU: Final[Four] = (
    "Deeds on record by you",
    "Von Ihnen vorgenommene Vorgänge",
    "Actes enregistrés de votre part",
    "Hechos registrados de su parte",
)
_SAID: Final[Four] = (
    "The record is sealed and never changed. Names of deeds are as the system knows them.",
    "Die Aufzeichnung ist versiegelt und wird nie geändert. Vorgänge heißen so, wie das System sie nennt.",
    "L’enregistrement est scellé et jamais modifié. Les actes portent le nom que le système leur donne.",
    "El registro está sellado y no se modifica. Los hechos llevan el nombre que les da el sistema.",
)


def deeds_about(asking: Asking, named: Q, selves: Collection[str]) -> Table:
    """Deeds under the person's id, and those that `named` finds; `selves`: the person as an actor."""
    wanted = Q(subject=asking.subject) | named
    return table(asking, "deeds", ABOUT, "at deed by about number data told*", _rows(asking, wanted, selves),
                 said=_SAID)  # fmt: skip


def deeds_naming(asking: Asking, named: Q, selves: Collection[str], name: str, title: Four) -> Table:
    """Deeds that `named` finds and that are not under the person's id: those `deeds_about` has told."""
    wanted = named & ~Q(subject=asking.subject)
    columns = "at deed by about number data told*"
    return table(asking, name, title, columns, _rows(asking, wanted, selves), said=_SAID)


def deeds_by(asking: Asking, selves: Collection[str]) -> Table:
    """What the person did about others: when and what, and nothing of the others."""
    found = LedgerEntry.objects.filter(actor__in=selves).exclude(subject=asking.subject).order_by("at", "id")
    rows = (
        (moment(at), verb.replace("_", " "), kind)
        for at, verb, kind in found.values_list("at", "verb", "subject_kind").iterator(chunk_size=CHUNK)
    )
    return table(asking, "own_deeds", BY_YOU, "at deed about", rows, said=_SAID)


def _rows(asking: Asking, wanted: Q, selves: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    found = LedgerEntry.objects.filter(wanted).order_by("at", "id")
    for row in found.defer("leaf").iterator(chunk_size=CHUNK):
        opened = None
        if row.payload is not None and row.subject == asking.subject:
            opened = open_payload(subject=row.subject, entry=row.id, sealed=bytes(row.payload))
        yield (
            moment(row.at),
            row.verb.replace("_", " "),
            doer(row.actor, selves, asking.language),
            row.subject_kind,
            row.handle,
            _told(row.data, selves, asking.language),
            _text(opened or {}),
        )


def _told(data: Mapping[str, Any], selves: Collection[str], language: str) -> str:
    kept = {key: value for key, value in data.items() if key not in NOT_TOLD}
    return _text({key: _role(value, selves, language) for key, value in kept.items()})


def _role(value: Any, selves: Collection[str], language: str) -> Any:
    """Another person as an actor becomes a role."""
    return doer(value, selves, language) if isinstance(value, str) and _ACTOR.match(value) else value


def _text(told: Mapping[str, Any]) -> str:
    """One line: "name: Mina; email: mina@acme.example"; what is no plain value, as JSON."""
    plain = {key: one if isinstance(one, str) else json.dumps(one) for key, one in sorted(told.items())}
    return "; ".join(f"{key.replace('_', ' ')}: {one}" for key, one in plain.items())
