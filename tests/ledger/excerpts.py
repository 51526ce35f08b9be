"""An export of a real record in the hands of a forger, and the verifier as an auditor runs it."""

import base64
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction

from ledger.export import verify as verifier
from ledger.models import Checkpoint
from ledger.sealing import seal
from ledger.services import record
from readers.models import CheckpointWitness
from sallyport import ledger as core
from sallyport.reader_protocol import witness_bytes
from tenants import context
from tests.ledger.real import real_record
from tests.scanning.world import World
from vault.services import create_subject

VERIFY = Path(verifier.__file__)
NAMES = ("checkpoints", "batches", "entries", "pruned")
Line = dict[str, Any]
SECRET = "Grace Hopper"


class Excerpt:
    """What is in an export, as whoever holds it can alter it."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            self.manifest: Line = json.loads(archive.read("manifest.json"))
            self.lines = {name: self._read(archive.read(f"{name}.jsonl")) for name in NAMES}
        self.entries, self.batches = self.lines["entries"], self.lines["batches"]
        self.checkpoints = self.lines["checkpoints"]

    @staticmethod
    def _read(data: bytes) -> list[Line]:
        return [json.loads(line) for line in data.splitlines()]

    def write(self, folder: Path) -> Path:
        """The altered excerpt as a folder."""
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text(json.dumps(self.manifest))
        for name, lines in self.lines.items():
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    def event(self, counter: int, reader: int = 2) -> Line:
        """The entry of an event."""
        return next(e for e in self.entries if (e.get("reader"), e.get("counter")) == (reader, counter))

    def recount(self) -> None:
        """Make the manifest fit what is there now."""
        numbers = [one["number"] for one in self.checkpoints]
        self.manifest["made"] |= {name: len(self.lines[name]) for name in NAMES[:3]}
        self.manifest["made"] |= {"first": numbers[0], "last": numbers[-1]}


def judged(path: Path, *options: str, program: Path = VERIFY) -> tuple[int, str]:
    """Exit status and words of the verifier; `-I` and another folder: it can import nothing of ours."""
    done = subprocess.run(
        [sys.executable, "-I", str(program), str(path), *options],
        capture_output=True,
        text=True,
        cwd="/",
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def head_of(excerpt: Excerpt, place: int) -> str:
    """A checkpoint as somebody else holds it: number and hash."""
    line = excerpt.checkpoints[place]
    return f"{line['number']}:{core.checkpoint_hash(base64.b64decode(line['bytes'])).hex()}"


@contextmanager
def witnessed_record() -> Iterator[World]:
    """Two checkpoints over scans and deeds, a third over a person's deed; a reader has countersigned two."""
    with real_record() as made:
        with context.enter(made.company), transaction.atomic():
            person = create_subject()
            record(actor="operator:1", verb="face_enrolled", subject=person, payload={"name": SECRET})
        assert seal(made.company)
        with context.enter(made.company):
            for row in Checkpoint.objects.filter(number__lte=2):
                countersign(made, row)
        yield made


def countersign(world: World, row: Checkpoint) -> None:
    """The reader stores the checkpoint and signs."""
    digest, station = bytes(row.hash), world.station
    said = witness_bytes(
        company=world.company.uid, reader=station.handle, number=row.number, checkpoint_hash=digest
    )
    CheckpointWitness.objects.create(
        reader_id=station.handle,
        number=row.number,
        checkpoint_hash=digest,
        signature=station.key.sign(said),
        at=row.at,
    )


def command(world: World, path: Path) -> str:
    """`manage.py ledger export` of today; the anchor that it names."""
    day = datetime.now(UTC).date()
    first = day - timedelta(days=1)  # midnight may pass while the test runs
    out = StringIO()
    call_command(
        *("ledger", "export", "--company", str(world.company.subdomain), "--from", str(first)),
        *("--to", str(day), "--out", str(path)),
        stdout=out,
    )
    return out.getvalue().split()[-1]
