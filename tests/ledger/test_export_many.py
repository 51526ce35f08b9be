"""An export of very many entries and its verification: memory is flat. SALLYPORT_EXPORTED says how many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.compliance_record import lay
from bench.compliance_verify import standing_alone
from tenants import context

pytestmark = pytest.mark.faults
ENTRIES = int(os.environ.get("SALLYPORT_EXPORTED", "20000"))
MOST_MB = 40  # more than when it begins, whatever there is to export
EXPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from ledger.export import export
from tenants import context, hosts

def taken(which):
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[which].split()[0]) // 1024

company = hosts.by_schema(sys.argv[1])
before = taken("VmRSS")
with open(sys.argv[2], "wb") as file, context.enter(company):
    told = export(file, datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
print(told.entries, taken("VmHWM") - before)
"""


def test_memory_does_not_grow_with_the_record(own_company: context.CompanyRef, tmp_path: Path) -> None:
    count = lay(own_company, ENTRIES)
    path = tmp_path / "record.zip"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", EXPORT, own_company.schema, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    entries, grown = map(int, done.stdout.split())
    assert entries == count >= ENTRIES
    assert grown < MOST_MB
    _, memory = standing_alone(path, rounds=1)
    assert memory < MOST_MB + 20  # what Python and its cryptography take is in it
