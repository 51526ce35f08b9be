"""The program in docs/erasure.md, as whoever holds a certificate runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from compliance.certificate_pdf import certificate_pdf
from compliance.models import Certificate, CertificateKind
from compliance.services.certificates import as_file, issue_certificate
from tenants.context import CompanyRef
from vault.selectors import anchor_signer

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "erasure.md"


@pytest.fixture
def issued(in_acme: CompanyRef) -> Certificate:
    with transaction.atomic():
        return issue_certificate(
            kind=CertificateKind.ERASURE, told={"case": 7, "words": "Zürich"}, by="system"
        )


def judged(folder: Path, data: bytes, anchor: str) -> tuple[int, str]:
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    (folder / "verify.py").write_text(found.group(1))
    (folder / "certificate.json").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "certificate.json", anchor],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_it_is_valid_as_it_was_issued(issued: Certificate, tmp_path: Path) -> None:
    anchor = anchor_signer().public.raw.hex()
    status, said = judged(tmp_path, as_file(issued), anchor)
    assert status == 0, said
    assert said.startswith("valid ")


@pytest.mark.parametrize("change", [("7", "8"), ("case", "Case"), ("Zürich", "Zurich")])
def test_not_with_anything_changed(issued: Certificate, tmp_path: Path, change: tuple[str, str]) -> None:
    assert change[0] in issued.body
    issued.body = issued.body.replace(*change)
    status, said = judged(tmp_path, as_file(issued), anchor_signer().public.raw.hex())
    assert status != 0, said


def test_not_by_another_anchor(issued: Certificate, tmp_path: Path) -> None:
    status, said = judged(tmp_path, as_file(issued), "00" * 31 + "01")
    assert status != 0, said


def test_the_pdf_carries_the_signed_json(in_acme: CompanyRef, tmp_path: Path) -> None:
    with transaction.atomic():
        made = issue_certificate(kind=CertificateKind.RETENTION, told={"words": "Zürich"}, by="system")
    paper = certificate_pdf(made)
    carried = re.search(rb"/EmbeddedFile\b.*?stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL)
    assert carried is not None
    assert json.loads(carried[1]) == json.loads(as_file(made))
    status, said = judged(tmp_path, carried[1], anchor_signer().public.raw.hex())
    assert status == 0, said
