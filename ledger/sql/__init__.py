"""Functions of the database that every company's schema shares, kept as files and installed by migrations."""

from pathlib import Path

# Companies are migrated in parallel; replacing one function in two transactions at once fails ("tuple
# concurrently updated"). The lock makes them queue; it ends with the migration's transaction.
QUEUE = "SELECT pg_advisory_xact_lock(11, 0);\n"


def function(name: str) -> str:
    """The statement that installs `name` in the public schema; many migrations may run it at once."""
    return QUEUE + Path(__file__).with_name(f"{name}.sql").read_text(encoding="ascii")
