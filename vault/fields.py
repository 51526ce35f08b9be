"""A text column of ciphertext under the row's person: AES-256-GCM, bound to company, table, column, row."""

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import F, Func, IntegerField, Q, lookups

from tenants import context
from vault import envelope, keys

ERASED: Final = "(erased)"


class SubjectErased(RuntimeError):  # noqa: N818
    """Something was to be written about a person whose key is gone."""


class Ciphertext(bytes):
    """Bytes as they lie in the column; the only thing the column takes."""


EMPTIED: Final = Ciphertext(b"")  # what erasing leaves in a column; nothing sealed is so short


def empty_columns(rows: models.QuerySet[Any], *columns: str) -> int:
    """Take the ciphertext itself out of these columns. Needs no key; returns how many rows held any."""
    # By keys: a query that is ordered, joined or annotated cannot be updated as it is.
    found = list(filled(rows, *columns).values_list("pk", flat=True))
    emptied: int = rows.model._base_manager.filter(pk__in=found).update(**dict.fromkeys(columns, EMPTIED))
    return emptied


def filled(rows: models.QuerySet[Any], *columns: str) -> models.QuerySet[Any]:
    """Those that hold ciphertext in one of these columns."""
    sizes = {
        f"size_of_{name}": Func(F(name), function="octet_length", output_field=IntegerField())
        for name in columns
    }
    held = Q()
    for name in sizes:
        held |= Q(**{f"{name}__gt": 0})
    found: models.QuerySet[Any] = rows.annotate(**sizes).filter(held)
    return found


class _Attribute:
    """Opens the column on first reading and keeps the text on the instance."""

    def __init__(self, column: "EncryptedText") -> None:
        self.column = column

    def __get__(self, row: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if row is None:
            return self
        name = self.column.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, Ciphertext):
            value = row.__dict__[name] = self.column.open(row, value)
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.column.attname] = value


class EncryptedText(models.Field[str, str]):
    """Plaintext on the instance, ciphertext in the column.

    The model needs a UUID primary key that is set before saving, and a person: the foreign key `subject`, or
    another path given as `subject_source` ("holder.subject_id"). It cannot be searched (use a blind index or
    the name index), and `QuerySet.update` and `bulk_update` raise: the value must be sealed for its row.
    """

    descriptor_class = _Attribute

    def __init__(self, *args: Any, subject_source: str = "subject_id", **kwargs: Any) -> None:
        self.subject_source = subject_source
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.subject_source != "subject_id":
            kwargs["subject_source"] = self.subject_source
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Attribute(self))

    # Reading

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def open(self, row: models.Model, sealed: Ciphertext) -> str:
        """The text, or `ERASED` when it was emptied or the person's key is gone."""
        if not sealed:
            return ERASED
        keys.warm(self._persons_read_with(row))
        box = keys.subject_box(self._subject(row))
        if box is None:
            return ERASED
        return envelope.open_sealed(box, sealed, self._place(row)).decode()

    def _persons_read_with(self, row: models.Model) -> list[UUID]:
        peers = getattr(row._state, "read_with", None) or [row]
        if "." in self.subject_source or len(peers) == 1:
            return []
        return [peer.__dict__[self.subject_source] for peer in peers if self.subject_source in peer.__dict__]

    # Writing

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text")
        box = keys.subject_box(self._subject(model_instance))
        if box is None:
            raise SubjectErased("this person was erased")
        return Ciphertext(envelope.seal(box, value.encode(), self._place(model_instance)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise FieldError(f"{self.name} is sealed for one row: set it on the instance and save")
        return value if value is None else bytes(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} cannot be searched: use its blind index or the name index")
        return lookups.IsNull

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is not serialised")

    # Where a value belongs

    def _subject(self, row: models.Model) -> UUID:
        value: Any = row
        for part in self.subject_source.split("."):
            value = getattr(value, part)
        if not isinstance(value, UUID):
            raise FieldError(f"{self.name} needs a person before it is set")
        return value

    def _place(self, row: models.Model) -> bytes:
        if not isinstance(row.pk, UUID):
            raise FieldError(f"{self.name} needs a row with a UUID")
        table = row._meta.db_table
        return envelope.place("column", context.current().uid, table, str(self.column), row.pk.bytes)
