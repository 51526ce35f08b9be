"""Scanners: recorded key events through a pipe, lines through a pseudo terminal, unplugging."""

import asyncio
import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.source import LONGEST, SourceState
from edge.sources.device import DeviceSource
from edge.sources.keys import DIGITS, EV_KEY, EVENT, KeyReader
from edge.sources.serial import LineReader, serial_scanner
from edge.sources.wedge import grab, wedge
from tests.edge.seen import CODE, OTHER, until

KEYS = {sign: key for key, sign in DIGITS.items() if key < 12}
SYNC, MISC = (0, 0, 0), (4, 4, 0x7001E)


def typed(text: str, at: float = 1_000.0, enter: int = 28) -> bytes:
    """What the kernel says when a scanner types: scan code, press, sync, release, sync for each key."""
    data = b""
    for sign in [*text, "\n"]:
        key = enter if sign == "\n" else KEYS.get(sign, 30)
        at += 0.002
        when = (int(at), int(at % 1 * 1e6))
        for event in (MISC, (EV_KEY, key, 1), SYNC, (EV_KEY, key, 0), SYNC):
            data += EVENT.pack(*when, *event)
    return data


def test_a_code_and_the_next() -> None:
    assert list(KeyReader().feed(typed(CODE) + typed(OTHER, 1_010, enter=96))) == [CODE, OTHER]


def test_letters_spoil_a_code_visibly() -> None:
    assert list(KeyReader().feed(typed("12x4"))) == ["12?4"]


def test_a_pause_begins_anew() -> None:
    reader = KeyReader()
    half = typed("999", 1_000)[: -5 * EVENT.size]  # without its Enter
    assert list(reader.feed(half)) == []
    assert list(reader.feed(typed("123", 1_005))) == ["123"]


def test_shift_and_repeats_type_nothing() -> None:
    extra = b"".join(EVENT.pack(1_000, 0, EV_KEY, key, value) for key, value in [(42, 1), (2, 2), (42, 0)])
    assert list(KeyReader().feed(extra + typed("12"))) == ["12"]


def test_enter_alone_is_nothing() -> None:
    assert list(KeyReader().feed(typed("") * 3)) == []


def test_too_long_is_cut() -> None:
    found = list(KeyReader().feed(typed("1" * (LONGEST + 500))))
    assert [len(text) for text in found] == [LONGEST]


@given(st.lists(st.integers(1, 200), max_size=80))
def test_any_cut_reads_the_same(cuts: list[int]) -> None:
    data, reader, found = typed("0123456789") + typed("42"), KeyReader(), list[str]()
    for cut in cuts:
        found += reader.feed(data[:cut])
        data = data[cut:]
    assert [*found, *reader.feed(data)] == ["0123456789", "42"]


@given(st.binary(max_size=2_000))
def test_noise_types_nothing_but_texts(noise: bytes) -> None:
    assert all(set(text) <= set("0123456789?") for text in KeyReader().feed(noise))
    assert all(text.isascii() and text for text in LineReader().feed(noise))


def test_lines_of_every_kind() -> None:
    reader = LineReader()
    assert list(reader.feed(b"12\r\n34\r56\n\n 7")) == ["12", "34", "56"]
    assert list(reader.feed(b"8\xff \n")) == ["78?"]
    assert [len(text) for text in reader.feed(b"1" * (LONGEST + 9) + b"\r\n")] == [LONGEST]


class Taking:
    """What a source sees, gathered in the background."""

    def __init__(self, source: DeviceSource) -> None:
        self.source = source
        self.found: list[str] = []
        self._task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for seen in self.source.codes():
            self.found.append(seen.text)

    async def end(self) -> None:
        """Stop."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.source.close()


async def test_wedge_unplugged_and_back(tmp_path: Path) -> None:
    path = tmp_path / "event-kbd"
    os.mkfifo(path)
    source = wedge(str(path), take=lambda fd: None)
    source._retry = 0.02
    taking = Taking(source)
    await until(lambda: source.state is SourceState.READY)
    scanner = os.open(path, os.O_WRONLY)
    os.write(scanner, typed(CODE)[:1_000])
    os.write(scanner, typed(CODE)[1_000:])
    await until(lambda: taking.found == [CODE])
    path.unlink()
    os.close(scanner)
    await until(lambda: source.state is SourceState.AWAY)
    os.mkfifo(path)
    await until(lambda: source.state is SourceState.READY)
    scanner = os.open(path, os.O_WRONLY)
    os.write(scanner, typed(OTHER))
    await until(lambda: taking.found == [CODE, OTHER])
    os.close(scanner)
    await taking.end()


async def test_a_wedge_that_cannot_be_had_alone_is_not_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "event-kbd"
    os.mkfifo(path)
    with path.with_name("file").open("wb") as no_keyboard, pytest.raises(OSError):
        grab(no_keyboard.fileno())
    taking = Taking(wedge(str(path)))
    await asyncio.sleep(0.05)
    assert taking.source.state is SourceState.AWAY
    assert "is away" in caplog.text
    await taking.end()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """Both ends of a serial line."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(theirs)
    os.close(ours)


async def test_serial_lines(line: tuple[int, str], tmp_path: Path) -> None:
    ours, name = line
    source = serial_scanner(name, baud=115_200)
    taking = Taking(source)
    await until(lambda: source.state is SourceState.READY)
    os.write(ours, f"{CODE}\r\n{OTHER}".encode())
    await until(lambda: taking.found == [CODE])
    os.write(ours, b"\r")
    await until(lambda: taking.found == [CODE, OTHER])
    await taking.end()
    assert source.state is SourceState.AWAY


async def test_serial_unplugged_and_back(tmp_path: Path) -> None:
    path, found = tmp_path / "ttyACM0", list[str]()
    source = serial_scanner(str(path))
    source._retry = 0.02
    taking = Taking(source)
    for text in (CODE, OTHER):
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        path.symlink_to(os.ttyname(theirs))
        os.close(theirs)
        await until(lambda: source.state is SourceState.READY)
        os.write(ours, text.encode() + b"\n")
        found.append(text)
        await until(lambda: taking.found == found)
        path.unlink()
        os.close(ours)
        await until(lambda: source.state is SourceState.AWAY)
    await taking.end()
