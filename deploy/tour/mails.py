"""The demo's mailbox: a folder of .eml files."""

import email
import email.policy
import time
from email.message import EmailMessage
from pathlib import Path

from deploy.tour.report import Mismatch

POLL_SECONDS = 0.1


def wait_for(folder: Path, address: str, seconds: float = 30) -> str:
    """The text of the first mail to this address."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        for path in folder.glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if isinstance(mail, EmailMessage) and address in str(mail["To"]):
                body = mail.get_body(("plain",))
                return str(body.get_content()) if body else ""
        time.sleep(POLL_SECONDS)
    raise Mismatch(f"no mail came to {address} within {seconds:.0f} s")
