"""What lies in each column: its category, what it is kept for, and until when.

Each room describes the fields of its own models in its `data_map.py`, which the house loads by name;
tests/compliance/test_data_map.py fails for a field that nobody has described, and for one that is gone.
Whoever writes papers (the record of processing, the impact assessment) reads the same lines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from django.db.models import Field, ManyToManyField, Model


class Category(StrEnum):
    """What a value says of a person."""

    NONE = "no personal data"
    HANDLE = "number or key that stands for a person"
    IDENTITY = "name"
    CONTACT = "way to reach them"
    RIGHTS = "what they may do"
    MOVEMENT = "where they were, and when"
    USE = "use of a phone or an account"
    SUSPICION = "alarms and failed tries"
    BIOMETRIC = "face (GDPR Art. 9)"
    STATEMENT = "what they agreed to or asked for"
    DEED = "what an operator did"
    WORDS = "free text, may speak of people"
    KEY = "key, hash or secret"


class Use(StrEnum):
    """What a value is kept for; compliance.papers.activities says on what each rests."""

    ACCESS = "Opening doors to whoever may pass"
    DOOR_RECORD = "The record of who passed which door"
    SECURITY = "Finding misuse, break-ins and faults"
    FACE = "Recognising a face at a door"
    CONSENT = "Notices, consents and their proof"
    REQUESTS = "Answering what people ask about their data"
    BREACHES = "Dealing with breaches"
    OPERATORS = "Who signs in to the console"
    READERS = "Running the readers"
    VISITS = "Receiving visitors"
    RECORD = "A record that cannot be altered unseen"
    KEYS = "Encryption"
    SETTINGS = "How the company is set up"


class Keep(Enum):
    """Until when: the kind of `tenants.keeping` whose period says it more exactly, if any, and the words."""

    PERSON = ("former_holders", "until the person is erased")
    PHONE = ("", "until the person is erased; what a phone asked lately, until it asks again")
    GRANT = ("", "until it is taken away or the person is erased")
    DOOR_RECORD = ("access_events", "as the retention schedule says; under a pseudonym after an erasure")
    DOOR_REPORT = ("door_reports", "as the retention schedule says")
    PRESENCE = ("presence", "until the person leaves, the area is emptied, or the person is erased")
    ALARM = ("alarms", "as the retention schedule says; its notes until the person is erased")
    TEMPLATE = ("face_templates", "until consent ends, access ends, or it is destroyed as unused")
    CAPTURE = ("face_sessions", "what was measured goes when it ends; the rest within days")
    CONSENT = ("consents", "as long as the answer has to be proved (GDPR Art. 7(1))")
    VISIT = ("visits", "as the type of the visit says; at once when the visitor is erased")
    BADGE_PHOTO = ("", "until the visit ends")
    WATCHED = ("watch_list", "until removed, or its day of looking again is past")
    CASE = ("cases", "until the case is closed and the schedule's time is over; its words by their own key")
    BREACH = ("", "as long as an authority may ask for the documentation (GDPR Art. 33(5))")
    TOLD = ("", "for good: what was published is the proof of what people were told")
    OPERATOR = ("", "as long as the operator works here, then until erased")
    SHORT = ("", "minutes to days; it goes by itself")
    RECORD = ("ledger_entries", "as the retention schedule says; personal payload until the person is erased")
    SEALS = ("", "for good: hashes and signatures by which the record is verified")
    KEYS = ("", "until nothing can be opened or verified by it any more")
    CHOSEN = ("", "until the company changes or removes it")
    READER = ("", "as long as the reader is registered, then as the record needs it")

    @property
    def key(self) -> str:
        """The name of a kind in the retention schedule; empty where none has a period."""
        return self.value[0]

    @property
    def words(self) -> str:
        """Until when, where no schedule says more."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Kept:
    """One field. `sealed`: the column holds ciphertext; without the key there is nothing to read."""

    category: Category
    use: Use
    keep: Keep
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What one field's line says; use and period are its model's where it names none."""

    category: Category
    use: Use | None = None
    keep: Keep | None = None
    sealed: bool = False


described: Final[dict[type[Model], Mapping[str, Kept]]] = {}


def sealed(category: Category, *, use: Use | None = None, keep: Keep | None = None) -> Said:
    """A field whose column holds ciphertext."""
    return Said(category, use, keep, sealed=True)


def describe(model: type[Model], use: Use, keep: Keep, fields: Mapping[str, Category | Said]) -> None:
    """Describe a model: `use` and `keep` for all its fields, each by its category or by a line of its own."""
    if model in described:
        raise RuntimeError(f"{model._meta.label} is described twice")
    described[model] = {name: _kept(said, use, keep) for name, said in fields.items()}


def _kept(said: Category | Said, use: Use, keep: Keep) -> Kept:
    if isinstance(said, Category):
        return Kept(said, use, keep)
    return Kept(said.category, said.use or use, said.keep or keep, said.sealed)


def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    """What has to be described: the model's columns, and the tables that join it to others."""
    return [*model._meta.concrete_fields, *model._meta.local_many_to_many]


def holds(field: Field[Any, Any]) -> bool:
    """Whether it is a column of the model's own table."""
    return not isinstance(field, ManyToManyField)


def models_in_order() -> Iterator[tuple[type[Model], Mapping[str, Kept]]]:
    """All that is described, by room and name."""
    yield from sorted(described.items(), key=lambda one: (one[0]._meta.app_label, one[0].__name__))
