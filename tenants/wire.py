"""The company-aware database connection, under the verbs that django-tenants gave it."""

from typing import Protocol, cast

from django.db import connection


class HasSchema(Protocol):
    """What stands for a company at the connection."""

    @property
    def schema_name(self) -> str: ...


class CompanyConnection(Protocol):
    """The default connection: it remembers a schema and puts it on the search path when it is next used."""

    schema_name: str
    tenant: HasSchema | None
    include_public_schema: bool

    def set_tenant(self, tenant: HasSchema, include_public: bool = True) -> None: ...

    def set_schema(self, schema_name: str, include_public: bool = True) -> None: ...

    def set_schema_to_public(self) -> None: ...


wire = cast(CompanyConnection, connection)
