"""Backups of both databases as an operator takes and restores them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, connections

from deploy.local.postgres import Postgres
from tenants import hosts
from tenants.context import CompanyRef
from tests import servers
from vault import caches


@dataclass(frozen=True)
class Backups:
    """Of one company's schema, and of the keys database."""

    postgres: Postgres
    company: CompanyRef
    folder: Path

    def take_main(self) -> Path:
        """The company's part of the main database."""
        return self._dump("main", servers.DATABASE, ["--schema", self.company.schema])

    def take_keys(self) -> Path:
        """The keys database."""
        return self._dump("keys", servers.KEYS, ["--data-only", "--table", "keystore_*"])

    def restore_main(self, backup: Path) -> None:
        """As it was then: whatever happened since is forgotten."""
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{self.company.schema}" CASCADE')
        self._restore(backup, servers.DATABASE)

    def restore_keys(self, backup: Path) -> None:
        """As they were then."""
        with connections["keys"].cursor() as cursor:
            cursor.execute("TRUNCATE keystore_subjectkey, keystore_erasedsubject, keystore_takenback")
        self._restore(backup, servers.KEYS)

    def _dump(self, name: str, database: str, options: Sequence[str]) -> Path:
        path = self.folder / f"{name}.dump"
        self._run("pg_dump", "--format", "custom", "--file", str(path), *options, self.postgres.url(database))
        return path

    def _restore(self, backup: Path, database: str) -> None:
        url = self.postgres.url(database)
        self._run("pg_restore", "--exit-on-error", "--no-owner", "--dbname", url, str(backup))
        # Whoever restores starts all processes anew: nothing they held is of this database.
        hosts.forget()
        caches.drop()
        connections.close_all()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.postgres.program(program), *arguments],
            env=self.postgres.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
