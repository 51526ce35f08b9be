"""A log formatter that lets no secret out."""

import logging
import re

SECRETS = (
    # Codes as a phone shows them, whole or in a piece.
    (re.compile(r"[0-9]{40,}"), "[code]"),
    (
        re.compile(r"(?i)\b(authorization|cookie|signature|x-csrftoken)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        r"\1\2[cut]",
    ),
    (re.compile(r"://([^:/@\s]+):[^@\s]+@"), r"://\1:[cut]@"),
    (re.compile(r"(?i)\b(password|passwd|secret|token)(['\"]?\s*[:=]\s*)[^\s,;&)}]+"), r"\1\2[cut]"),
    (re.compile(r"/password/reset/[^/\s]+"), "/password/reset/[cut]"),
    (re.compile(r"/lost/[^/\s]+"), "/lost/[cut]"),
    (re.compile(r"/(admit|visit)/[^/\s]+"), r"/\1/[cut]"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b"), "[address]"),
)


def redact(line: str) -> str:
    """The line without codes, credentials and mail addresses."""
    for pattern, replacement in SECRETS:
        line = pattern.sub(replacement, line)
    return line


class RedactingFormatter(logging.Formatter):
    """Formats as usual, traceback included, then redacts the whole."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return redact(super().format(record))
