"""The data map: each field of each model, as the rooms describe it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from compliance.services.retention import Period, periods
from tenants.data_map import Category, Keep, Use, fields_of, holds, models_in_order

COLUMNS = ("room", "model", "field", "stored as", "holds", "used for", "kept", "encrypted")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field. `stored` is the column's type; `kept` is until when, in words."""

    room: str
    model: str
    field: str
    stored: str
    category: Category
    use: Use
    kept: str
    encrypted: bool

    def as_dict(self) -> dict[str, str | bool]:
        """For JSON."""
        return asdict(self)

    def cells(self) -> tuple[str, ...]:
        """In the order of COLUMNS."""
        sealed = "yes" if self.encrypted else "no"
        return (*(self.room, self.model, self.field, self.stored), self.category, self.use, self.kept, sealed)


def field_lines() -> Iterator[FieldLine]:
    """All, by room, model and column."""
    schedule = {period.kind.name: period for period in periods()}
    for model, told in models_in_order():
        for field in fields_of(model):
            if (kept := told.get(field.name)) is None:
                continue
            stored = field.get_internal_type() if holds(field) else "a table that joins"
            yield FieldLine(
                room=model._meta.app_label,
                model=model.__name__,
                field=field.name,
                stored=stored,
                category=kept.category,
                use=kept.use,
                kept=until(kept.keep, schedule),
                encrypted=kept.sealed,
            )


def until(keep: Keep, schedule: Mapping[str, Period]) -> str:
    """Until when, in words, with the period that the company's schedule says now."""
    period = schedule.get(keep.key)
    return f"{keep.words}; {length(period)}" if period else keep.words


def length(period: Period) -> str:
    """`90 days from the presentation at the door`."""
    if period.kind.said is not None:
        return f"{period.kind.said('en')}, from {period.kind.from_when}"
    if period.days is None:
        return "no period chosen yet"
    there = "; other periods at some sites" if period.sites else ""
    return f"{period.days} days from {period.kind.from_when}{there}"


def of_use(use: Use) -> list[FieldLine]:
    """What is kept for one use and says something of a person."""
    return [line for line in field_lines() if line.use is use and line.category is not Category.NONE]
