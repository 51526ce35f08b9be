"""Excerpts that somebody asks for: each is a deed on record, whole or not there at all."""

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.db import transaction

from ledger.export import Told, export, export_proof
from ledger.sealing import seal
from ledger.services import record
from tenants import context
from vault.selectors import anchor_signer


def export_file(begin: datetime, end: datetime, *, by: str) -> tuple[IO[bytes], Told]:
    """The excerpt of [begin, end) as a file without a name, which is gone when it is closed.

    Raises NothingSealed.
    """
    seal(context.current())  # what says of rows that they were deleted is shown with a signature over it
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        told = export(file, begin, end)
        put_on_record(begin, end, told, by=by)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, told


def proof_file(batch: UUID, *, by: str) -> tuple[IO[bytes], Told]:
    """The checkpoint over this batch and all that it covers, as a nameless file. Raises NothingSealed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        told = export_proof(file, batch)
        with transaction.atomic():
            record(actor=by, verb="proof_exported", data={"checkpoint": told.first, "entries": told.entries})
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, told


def export_to(path: Path, begin: datetime, end: datetime, *, by: str) -> tuple[str, Told]:
    """Write the excerpt to `path`; the anchor's public key in hex, and what is in the file.

    Raises NothingSealed, FileExistsError, OSError. What was begun and failed leaves no file.
    """
    if path.exists():
        raise FileExistsError(path)
    seal(context.current())
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as file:
        told = export(file, begin, end)
        put_on_record(begin, end, told, by=by)
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
    return anchor_signer().public.raw.hex(), told


@transaction.atomic
def put_on_record(begin: datetime, end: datetime, told: Told, *, by: str) -> None:
    """Say who took which part of the record out of the house. The excerpt itself ends before this deed."""
    data = {
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "entries": told.entries,
        "checkpoints": [told.first, told.last],
    }
    record(actor=by, verb="record_exported", data=data)
