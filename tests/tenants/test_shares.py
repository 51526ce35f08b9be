"""One company's requests hold but a share of the connections; one that is locked is refused soon."""

import threading
import time

import pytest

from tenants import shares as module
from tenants.shares import Crowded, Shares
from tests.quick import best_of

ACME, GLOBEX, INITECH = 1, 2, 3


class Holder:
    """A request of a company that holds its place until it is let go."""

    def __init__(self, shares: Shares, company: int) -> None:
        self.go, self.inside, self.refused = threading.Event(), threading.Event(), threading.Event()
        self.waited = False
        self.thread = threading.Thread(target=self._run, args=(shares, company), daemon=True)
        self.thread.start()

    def _run(self, shares: Shares, company: int) -> None:
        try:
            with shares.share(company, self._note):
                self.inside.set()
                self.go.wait(20)
        except Crowded:
            self.refused.set()

    def _note(self) -> None:
        self.waited = True


def hold(shares: Shares, company: int) -> Holder:
    holder = Holder(shares, company)
    assert holder.inside.wait(2)
    return holder


def test_a_third_for_one_company_and_the_next_waits_with_nothing_in_hand() -> None:
    shares = Shares(6)
    first, _ = hold(shares, ACME), hold(shares, ACME)
    late = Holder(shares, ACME)
    assert not late.inside.wait(0.2)
    assert late.waited
    hold(shares, GLOBEX)
    first.go.set()
    assert late.inside.wait(2)


def test_who_waits_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.1)
    shares = Shares(3)
    hold(shares, ACME)
    assert Holder(shares, ACME).refused.wait(2)


def test_too_many_do_not_even_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 0)
    shares = Shares(3)
    hold(shares, ACME)

    def once() -> None:
        with pytest.raises(Crowded), shares.share(ACME, lambda: None):
            pass

    assert best_of(once, 1) < 1


def test_a_locked_company_is_refused_at_once_tried_again_and_then_served() -> None:
    shares = Shares(6)
    held = [hold(shares, ACME), hold(shares, ACME)]
    waiting = Holder(shares, ACME)
    assert not waiting.inside.wait(0.1)
    shares.locked(ACME)
    assert waiting.refused.wait(2)
    for one in held:
        one.go.set()
        one.thread.join(2)
    with pytest.raises(Crowded), shares.share(ACME, lambda: None):
        pass
    time.sleep(0.3)  # its first rest
    probe = hold(shares, ACME)
    with pytest.raises(Crowded), shares.share(ACME, lambda: None):
        pass
    shares.went_well(ACME)
    hold(shares, ACME)
    probe.go.set()


def test_many_locked_companies_together_hold_a_third() -> None:
    shares = Shares(6)
    for company in (ACME, GLOBEX, INITECH):
        shares.locked(company)
    time.sleep(0.3)
    hold(shares, ACME)
    hold(shares, GLOBEX)
    with pytest.raises(Crowded), shares.share(INITECH, lambda: None):
        pass
    hold(shares, 4)
