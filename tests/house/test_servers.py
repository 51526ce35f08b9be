"""The suite's own ground: two databases, nothing left behind."""

import pytest
from django.db import connections


@pytest.mark.django_db
def test_both_databases_answer() -> None:
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database()")
            assert cursor.fetchone()[0].startswith("test_")
