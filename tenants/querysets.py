"""Managers and rows that refuse to work outside the company they belong to."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.query import QuerySet
from django.db.models.sql.query import Query

from tenants import context
from tenants.refs import PUBLIC_SCHEMA, ForeignRow, NoCompany

RowT = TypeVar("RowT", bound=models.Model)


def require_schema() -> str:
    """The current schema; raises NoCompany on the public one."""
    name = context.schema()
    if name == PUBLIC_SCHEMA:
        raise NoCompany("a company's table was asked for, and no company is entered")
    return name


class TenantQuerySet(QuerySet[RowT]):
    """Remembers the company it was made for and refuses to run for another.

    A queryset is lazy: made for one company and evaluated after a switch it would read the other's rows.
    """

    _schema: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schema = require_schema()

    @property
    def query(self) -> Query:
        if self._schema is not None and self._schema != context.schema():
            raise ForeignRow(f"a query of {self.model.__name__} outlived its company")
        return super().query

    @query.setter
    def query(self, value: Query) -> None:
        QuerySet.query.fset(self, value)  # type: ignore[attr-defined]

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._result_cache and isinstance(self._result_cache[0], models.Model):
            # Rows fetched together share what is looked up per row (subject keys): one query, not one each.
            for row in self._result_cache:
                row._state.read_with = self._result_cache  # type: ignore[attr-defined]


class TenantManager(models.Manager[RowT]):
    """The manager of every company-owned model: raises NoCompany on the public schema."""

    use_in_migrations = False
    _queryset_class: type[QuerySet[Any]] = TenantQuerySet

    def get_queryset(self) -> QuerySet[RowT]:
        require_schema()
        return self._queryset_class(model=self.model, using=self._db, hints=getattr(self, "_hints", None))


class TenantRow(models.Model):
    """A row that remembers which company it was read for, and is saved nowhere else."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **extra: Any) -> Self:
        row = super().from_db(db, field_names, values, **extra)
        row._state.schema = context.schema()  # type: ignore[attr-defined]
        return row

    def _hold_to_company(self) -> None:
        name = require_schema()
        if getattr(self._state, "schema", name) != name:
            raise ForeignRow(f"a {type(self).__name__} of another company")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._hold_to_company()
        super().save(*args, **kwargs)
        self._state.schema = context.schema()  # type: ignore[attr-defined]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._hold_to_company()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self._hold_to_company()
        super().refresh_from_db(*args, **kwargs)
