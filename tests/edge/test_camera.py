"""Cameras: recordings, what stays in view, unplugging, and pictures that mean harm."""

import asyncio
import random
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edge.source import LONGEST, SourceState
from edge.sources.camera import CameraSource
from edge.sources.decoder import Picture, Sightings, seconds_for, texts_in, works
from edge.sources.folder import FolderSource
from edge.sources.frames import Frames, camera, picture_file, recording
from edge.sources.handover import MOST_WAITING, Handover
from tests.edge.seen import CODE, OTHER, on_screen, picture, seen_by, until


class Plugged:
    """A camera for tests: shows a picture until the cable is pulled."""

    def __init__(self) -> None:
        self.shows: Picture = on_screen()
        self.there = True
        self.openings = 0

    def opened(self) -> Frames | None:
        """An opener."""
        self.openings += self.there
        return self if self.there else None

    def read(self) -> Picture | None:
        """A picture every 5 ms."""
        time.sleep(0.005)
        return self.shows if self.there else None

    def release(self) -> None:
        """Nothing is held."""


def test_the_decoder_works_here() -> None:
    assert works()


def test_two_codes_in_one_view() -> None:
    assert sorted(texts_in(on_screen(CODE, OTHER))) == sorted([CODE, OTHER])


async def test_a_folder_of_pictures_is_a_camera(tmp_path: Path) -> None:
    for number, text in enumerate([CODE, CODE, OTHER, CODE]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), on_screen(text))
    (tmp_path / "1b.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture at all")
    source = CameraSource("recorded", recording(tmp_path))
    assert await seen_by(source) == [CODE, OTHER]
    assert source.state is SourceState.AWAY


async def test_a_video_is_a_camera(tmp_path: Path) -> None:
    path = tmp_path / "door.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (1280, 720))
    for view in [on_screen(), on_screen(CODE), on_screen(CODE), on_screen(OTHER)]:
        video.write(view)
    video.release()
    assert await seen_by(CameraSource("video", recording(path))) == [CODE, OTHER]


async def test_unplugged_and_back() -> None:
    hardware = Plugged()
    source = CameraSource("door", hardware.opened, retry=0.02)
    found: list[str] = []

    async def look() -> None:
        async for seen in source.codes():
            found.append(seen.text)  # noqa: PERF401 - watched while it grows

    looking = asyncio.create_task(look())
    hardware.shows = on_screen(CODE)
    await until(lambda: found == [CODE])
    assert source.state is SourceState.READY
    hardware.there = False
    await until(lambda: source.state is SourceState.AWAY)
    hardware.shows, hardware.there = on_screen(OTHER), True
    await until(lambda: found == [CODE, OTHER])
    assert source.state is SourceState.READY
    assert hardware.openings == 2
    looking.cancel()
    await source.close()


async def test_no_camera_at_all_is_away_and_ends_when_told(tmp_path: Path) -> None:
    source = CameraSource("none", camera(str(tmp_path / "video0"), width=1280, height=720), retry=0.02)
    looking = asyncio.ensure_future(anext(aiter(source.codes()), None))
    await asyncio.sleep(0.1)
    assert source.state is SourceState.AWAY
    assert not looking.done()
    await source.close()
    assert await asyncio.wait_for(looking, 2) is None


def test_a_code_is_told_once_while_it_stays_in_view() -> None:
    view = Sightings(gone_after=1.0)
    told = [
        (at, text)
        for at, texts in [
            (0.0, [CODE]),
            (0.9, [CODE]),
            (1.8, [OTHER]),
            (1.9, []),
            (2.0, [CODE]),
            (3.1, [CODE]),
        ]
        for text in view.new(texts, at)
    ]
    assert told == [(0.0, CODE), (1.8, OTHER), (2.0, CODE), (3.1, CODE)]


@given(st.lists(st.tuples(st.floats(0, 2), st.sets(st.sampled_from("abc"))), max_size=40))
def test_told_exactly_when_out_of_view_before(views: list[tuple[float, set[str]]]) -> None:
    view, at, last = Sightings(gone_after=1.0), 0.0, dict[str, float]()
    for pause, texts in views:
        at += pause
        expected = {text for text in texts if text not in last or at - last[text] >= 1.0}
        assert set(view.new(sorted(texts), at)) == expected
        last |= dict.fromkeys(texts, at)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(0, 60), st.integers(0, 60)),
            st.tuples(st.integers(0, 40), st.integers(0, 40), st.just(3)),
            st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)),
            st.tuples(st.integers(0, 30)),
        ),
    )
)
def test_any_array_is_answered(view: Picture) -> None:
    assert isinstance(texts_in(view), list)


def test_damaged_codes_are_answered() -> None:
    dice = random.Random(7)
    for _ in range(150):
        view = picture(CODE, 3).copy()
        for _ in range(dice.randrange(1, 60)):
            y, x = dice.randrange(view.shape[0]), dice.randrange(view.shape[1])
            view[y : y + dice.randrange(1, 20), x : x + dice.randrange(1, 20)] = dice.randrange(256)
        assert all(isinstance(text, str) for text in texts_in(view))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00\x01" * 40, b"\x00" * 50, "\u202e\N{PILE OF POO}\u0000;DROP", "7" * 7_000]
)
def test_hostile_contents_are_texts_of_bounded_length(content: str | bytes) -> None:
    found = texts_in(picture(content, 3))
    assert len(found) == 1
    assert 0 < len(found[0]) <= LONGEST


def test_pictures_that_are_none(tmp_path: Path) -> None:
    whole = cv2.imencode(".png", picture(CODE))[1].tobytes()
    bomb = whole[:16] + (60_000).to_bytes(4, "big") * 2 + whole[24:]  # says it is 60,000 x 60,000
    for number, content in enumerate([b"", b"\x00" * 100, whole[:200], bomb, whole[:40] + whole]):
        path = tmp_path / f"{number}.png"
        path.write_bytes(content)
        read = picture_file(path)
        assert read is None or texts_in(read) == []
    assert picture_file(tmp_path / "absent.png") is None
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    assert picture_file(large) is None


async def test_the_queue_is_short() -> None:
    handover, began = Handover(), time.monotonic()
    for number in range(MOST_WAITING + 3):
        handover.put(str(number))
    handover.put_from_thread("late")
    handover.end_from_thread()
    await asyncio.sleep(0)
    put_in = time.monotonic()
    await asyncio.sleep(0.05)
    found = [seen async for seen in handover.texts()]
    assert [seen.text for seen in found] == [str(number) for number in range(MOST_WAITING)]
    assert all(began <= seen.at <= put_in for seen in found)  # not when they were taken
    assert handover.dropped == 4


async def test_files_of_a_folder_count_once_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{CODE}\n\n  {OTHER} \n")
    cv2.imwrite(str(tmp_path / "b.png"), picture(CODE))
    (tmp_path / "c.png").write_bytes(b"none")
    (tmp_path / ".d.txt").write_text("half writ")
    assert await seen_by(FolderSource(tmp_path, follow=False)) == [CODE, OTHER, CODE]


async def test_a_folder_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    source = FolderSource(folder, pause=0.01)
    codes = aiter(source.codes())
    waiting = asyncio.ensure_future(anext(codes))
    await asyncio.sleep(0.05)
    assert source.state is SourceState.AWAY
    folder.mkdir()
    (folder / ".x").write_text(CODE)
    (folder / ".x").rename(folder / "x.txt")
    assert (await asyncio.wait_for(waiting, 2)).text == CODE
    (folder / "y.txt").write_text(OTHER)
    assert (await asyncio.wait_for(anext(codes), 2)).text == OTHER
    await source.close()


def test_a_picture_is_read_within_a_frame() -> None:
    """A camera gives 30 a second; four times that is allowed, since this machine is shared."""
    assert seconds_for(on_screen(CODE)) < 4 / 30
