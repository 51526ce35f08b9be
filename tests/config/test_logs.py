"""What must never stand in a log."""

import logging
import sys

import pytest

from config.logs import RedactingFormatter

CODE = "11" + "7" * 250


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"scanned {CODE}", CODE),
        (f"half of it {CODE[:60]}", CODE[:60]),
        ("Cookie: session=abcdef", "abcdef"),
        ("Signature: sig=:AAAA:", "AAAA"),
        ("postgresql://sallyport:hunter2@127.0.0.1/db", "hunter2"),
        ("password=hunter2", "hunter2"),
        ("{'token': 'hunter2'}", "hunter2"),
        ("GET /password/reset/Zm9vYmFy/ failed", "Zm9vYmFy"),
        ("no mailbox henri@acme.example", "henri"),
    ],
)
def test_secrets_are_cut(line: str, secret: str) -> None:
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "%s", (line,), None)
    assert secret not in RedactingFormatter().format(record)


def test_a_trace_is_cut_too() -> None:
    try:
        raise ValueError(f"cannot open {CODE}")
    except ValueError:
        record = logging.LogRecord("test", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    told = RedactingFormatter().format(record)
    assert "ValueError" in told
    assert CODE not in told


def test_the_rest_stands() -> None:
    line = "reader 12 acknowledged seq 4711 in 84 ms at 2026-11-24T02:00:00"
    record = logging.LogRecord("test", logging.INFO, __file__, 1, line, (), None)
    assert line in RedactingFormatter().format(record)
