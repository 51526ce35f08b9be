"""What a new company needs before its first scan."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from tenants.lifecycle import step
from tenants.refs import CompanyRef


@step("created", "commit_scans", 60)
def install(company: CompanyRef, facts: Mapping[str, Any]) -> None:
    """Make the company's own functions: a clone copies tables, and these name its schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.install_commit_scans(%s)", [company.schema])
        cursor.execute("SELECT public.install_commit_watched(%s)", [company.schema])
