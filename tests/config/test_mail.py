"""The demo's mailbox: one file per Message-ID, for its owner alone."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage

from config.mail import FolderBackend


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def letter(name: str) -> EmailMessage:
    return EmailMessage("Hello", "Text", to=["henri@acme.example"], headers={"Message-ID": f"<{name}@acme>"})


def test_the_same_message_is_one_file(folder: Path) -> None:
    assert FolderBackend().send_messages([letter("one"), letter("two")]) == 2
    FolderBackend().send_messages([letter("one")])
    files = list(folder.glob("*.eml"))
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert list(folder.glob(".*")) == []
