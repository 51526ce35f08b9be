"""The company as the rest of the process sees it: a frozen value, no database row."""

from dataclasses import dataclass
from enum import StrEnum

PUBLIC_SCHEMA = "public"
TEMPLATE_SCHEMA = "template"


class NoCompany(RuntimeError):  # noqa: N818
    """Code that belongs to one company ran without one. Nothing was read or written."""


class ForeignRow(RuntimeError):  # noqa: N818
    """A row or a query of one company was used while another company was current."""


class CompanyState(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class CompanyKind(StrEnum):
    COMPANY = "COMPANY"
    PLATFORM = "PLATFORM"


@dataclass(frozen=True, slots=True)
class CompanyRef:
    """A company: `uid` are its 16 immutable bytes, `host` its primary host without port."""

    id: int
    uid: bytes
    schema: str
    name: str
    host: str
    subdomain: str = ""
    state: CompanyState = CompanyState.ACTIVE
    kind: CompanyKind = CompanyKind.COMPANY
    moved_to: str = ""  # the host to go to, where the company was looked up by a former address

    @property
    def schema_name(self) -> str:
        """What django-tenants and tenant-schemas-celery call the schema."""
        return self.schema

    @property
    def pk(self) -> int:
        return self.id

    @property
    def active(self) -> bool:
        return self.state is CompanyState.ACTIVE


def schema_for(uid_hex: str) -> str:
    """The schema of the company with this uid."""
    return f"c_{uid_hex}"
