"""What the benches of kiosks judge: each bar that is printed is compared, and one that is missed fails."""

from typing import cast

import pytest
from playwright.sync_api import Page

from bench.kiosk_many import BAR_STEP_MS, figures
from bench.kiosk_walks import Walk, judged, tell

NOBODY = cast(Page, None)


def walk(waited: float = 2.0, took: float = 40.0, screens: int = 6) -> Walk:
    return Walk(NOBODY, waits=[("done", waited)], screens=screens, took=took)


def made(**other: Walk) -> dict[str, list[Walk]]:
    """Two walks of each flow; `other`: one more of it."""
    flows = {name: [walk(), walk()] for name in ("expected", "walk_in")}
    for name, one in other.items():
        flows[name].append(one)
    return flows


@pytest.mark.parametrize(
    ("worse", "missed"),
    [
        ({}, set()),
        ({"expected": walk(took=121)}, {"expected in 120 s"}),
        ({"walk_in": walk(took=121)}, set()),
        ({"walk_in": walk(took=181)}, {"walk_in in 180 s"}),
        ({"walk_in": walk(screens=9)}, set()),
        ({"expected": walk(screens=10)}, {"screens"}),
    ],
)
def test_every_bar_of_a_walk_is_compared(worse: dict[str, Walk], missed: set[str]) -> None:
    flows = made(**worse)
    assert {name for name, held in judged(flows).items() if not held} == missed
    assert tell(flows, baseline=1.0) is not bool(missed)


def test_the_wait_is_that_of_the_slower_flow() -> None:
    assert not judged({"expected": [walk()], "walk_in": [walk(waited=4.1)]})["waited"]


def test_many_kiosks_are_judged_by_all_steps_and_tell_the_slowest_kind() -> None:
    steps = [("begin", 100.0)] * 970 + [("sign", 900.0)] * 30
    told = figures(steps, [50.0] * 20)
    assert (told["value"], told["held"], told["ratio"]) == (100.0, True, 2.0)
    assert (told["slowest"], told["slowest_p95"], told["begin"]) == ("sign", 900.0, 100.0)
    assert not figures([("begin", BAR_STEP_MS + 1)] * 20, [50.0] * 20)["held"]
