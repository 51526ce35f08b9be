"""What wallet, desk and reader page share of a capture: bytes of a frame, sizes, words, colours, its end."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from biometrics.engine.codes import FaceCode
from biometrics.frames import Frame, write_frame
from biometrics.liveness.steps import COLOURS, Move
from sallyport.texts import LANGUAGES
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
SESSION, NONCE = uuid.UUID(int=2**127 - 12345), bytes(range(240, 256))  # "-" and "_" in its base64url
BEGUN = {
    "session": str(SESSION),
    "nonce": "8PHy8_T19vf4-fr7_P3-_w",
    "sequence": 0,
    "step": {"move": "centre", "colour": ""},
    "done": 0,
    "of": 3,
    "seconds": 15,
}
# A camera whose picture this page draws; each one other than the last.
CAMERA = """
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const context = canvas.getContext("2d");
  let hue = 0;
  const drawing = setInterval(() => {
    context.fillStyle = `hsl(${hue++ % 360} 80% 50%)`;
    context.fillRect(0, 0, 1280, 720);
  }, 40);
  const srcObject = canvas.captureStream();
  const video = Object.assign(document.createElement("video"), { muted: true, srcObject });
  document.body.append(video);
  await video.play();
"""


@pytest.fixture(scope="module")
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


def ask(page: Page, module: str, script: str, given: Any = None) -> Any:
    return page.evaluate(
        f"async (given) => {{ const m = await import('/static/face/{module}.js'); {script} }}", given
    )


@pytest.mark.parametrize("sequence", [0, 258, 2**32 - 1])
def test_a_frame_has_the_bytes_of_the_house(page: Page, sequence: int) -> None:
    script = "return [...m.frameBody(given[0], given[1], Uint8Array.of(255, 216, 7))]"
    expected = write_frame(Frame(SESSION, NONCE, sequence, b"\xff\xd8\x07"))
    assert bytes(ask(page, "capture", script, [BEGUN, sequence])) == expected


@pytest.mark.parametrize(
    "broken", [{"session": "x"}, {"nonce": "AAAA"}, {"sequence": -1}, {"sequence": 2**32}]
)
def test_what_is_no_session_makes_no_frame(page: Page, broken: dict[str, Any]) -> None:
    script = """
        try { m.frameBody(given, given.sequence, new Uint8Array(3)); return "made"; }
        catch (error) { return error.name; }
    """
    assert ask(page, "capture", script, BEGUN | broken) == "RangeError"


def test_a_picture_is_made_smaller_and_never_larger(page: Page) -> None:
    sizes = [[1280, 720], [720, 1280], [640, 480], [320, 240], [0, 0]]
    expected = [[640, 360], [360, 640], [640, 480], [320, 240], [0, 0]]
    assert ask(page, "capture", "return given.map((size) => m.frameSize(...size))", sizes) == expected


def test_colours_are_those_of_the_steps(page: Page) -> None:
    expected = {name: "rgb({} {} {})".format(*rgb) for name, rgb in COLOURS.items()}
    assert ask(page, "capture", "return m.COLOURS") == expected


def test_every_step_and_hint_has_words_in_every_language(page: Page) -> None:
    steps, hints = ask(page, "words", "return [m.STEPS, m.HINTS]")
    assert set(steps) == set(hints) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(steps[language]) == {move.value for move in Move}
        assert set(hints[language]) == set(hints["en"])
        assert all(steps[language].values())
        assert all(hints[language].values())
    assert set(hints["en"]) < {code.value for code in FaceCode}


def run(page: Page, send: str, *, more: str = "", begun: dict[str, Any] | None = None) -> Any:
    """A capture whose requests are answered by `send(body, place)`; what came of it, and what was told."""
    script = f"""
        {CAMERA}
        const bodies = [], told = [], quit = new AbortController();
        const send = async (body) => {{ bodies.push(body); return ({send})(body, bodies.length - 1); }};
        {more}
        const begun = performance.now();
        let found;
        try {{
          const tell = (one) => told.push(one);
          found = await m.capture(given, {{ video, send, told: tell, signal: quit.signal }});
        }} catch (error) {{ found = {{ how: error.name }}; }}
        clearInterval(drawing);
        video.remove();
        const numbers = bodies.map((body) => new DataView(body.buffer).getUint32(32));
        const pictures = new Set(bodies.map((body) => String(body.subarray(36)))).size;
        const kinds = bodies.map((body) => [body[36], body[37]]);
        return {{ ...found, numbers, pictures, kinds, told, took: performance.now() - begun }};
    """
    return ask(page, "capture", script, begun or BEGUN)


RUNNING = '{ phase: "running", step: { move: "closer", colour: "" }, done: 1, of: 3, hint: "", text: "" }'


def test_frames_go_one_by_one_until_the_server_ends_it(page: Page) -> None:
    send = f"""(body, place) => place < 4
        ? {{ ...{RUNNING}, sequence: place + 1 }} : {{ phase: "passed", step: null, enrolled: true }}"""
    found = run(page, send)
    assert (found["how"], found["answer"]["enrolled"]) == ("passed", True)
    assert found["numbers"] == [0, 1, 2, 3, 4]
    assert found["pictures"] == 5  # no picture twice: the same bytes would be a recording
    assert found["kinds"] == [[0xFF, 0xD8]] * 5
    assert found["took"] >= 4 * 110
    assert [one["step"]["move"] for one in found["told"]] == ["centre"] + ["closer"] * 4


def test_what_was_not_counted_goes_again_under_its_number(page: Page) -> None:
    """As a hint of a running session, or as a refusal that says so."""
    send = f"""(body, place) => {{
        const busy = {{ retry: true, code: "server_unavailable", text: "" }};
        if (place === 1) throw Object.assign(new Error(), busy);
        if (place === 5) return {{ phase: "failed", code: "liveness_failed" }};
        return {{ ...{RUNNING}, hint: place ? "face_busy" : "", sequence: place < 4 ? 1 : 2 }};
    }}"""
    found = run(page, send)
    assert (found["how"], found["answer"]["code"]) == ("failed", "liveness_failed")
    assert found["numbers"] == [0, 1, 1, 1, 1, 2]


def test_a_lost_answer_is_told_to_the_caller(page: Page) -> None:
    assert run(page, '() => { throw new RangeError("lost"); }')["how"] == "RangeError"


@pytest.mark.parametrize(
    ("how", "more", "begun"),
    [
        ("aborted", "setTimeout(() => quit.abort(), 200);", BEGUN),
        ("aborted", "quit.abort();", BEGUN),
        ("late", "", BEGUN | {"seconds": 0.4}),
        ("camera", "setTimeout(() => clearInterval(drawing), 200);", BEGUN),
    ],
)
def test_it_is_given_up(page: Page, how: str, more: str, begun: dict[str, Any]) -> None:
    found = run(page, f"(body, place) => ({{ ...{RUNNING}, sequence: place + 1 }})", more=more, begun=begun)
    assert (found["how"], found["answer"]) == (how, None)
    assert found["took"] < 10_000


def test_giving_up_waits_for_no_answer(page: Page) -> None:
    found = run(page, "() => new Promise(() => {})", more="setTimeout(() => quit.abort(), 500);")
    assert (found["how"], found["numbers"]) == ("aborted", [0])
    assert found["told"] == [{"step": BEGUN["step"], "done": 0, "of": 3, "hint": "", "text": ""}]


def test_no_picture_is_left_on_a_canvas(page: Page) -> None:
    script = f"""
        {CAMERA}
        const made = [];
        const make = document.createElement;
        document.createElement = function (name) {{
          const one = make.call(document, name);
          if (name === "canvas") made.push(one);
          return one;
        }};
        const jpeg = await m.takeJpeg(video);
        delete document.createElement;
        clearInterval(drawing);
        video.remove();
        return [jpeg.length > 500, made.map((one) => [one.width, one.height])];
    """
    assert ask(page, "capture", script) == [True, [[0, 0]]]
