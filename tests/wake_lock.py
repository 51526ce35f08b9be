"""A screen lock that a page may ask for, and a page that is put away and taken up again."""

from playwright.sync_api import Page

_LOCKS = """
window.locks = { asked: 0, held: 0 };
window.away = false;
Object.defineProperty(document, "hidden", { get: () => window.away });
Object.defineProperty(navigator, "wakeLock", { value: {
  request: async (kind) => {
    if (kind !== "screen") throw new TypeError(kind);
    window.locks.asked += 1;
    window.locks.held += 1;
    let own = true;
    return { release: async () => {
      if (own) window.locks.held -= 1;
      own = false;
    } };
  },
} });
"""
_TURN = """(away) => {
  window.away = away;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_TAKE = "window.locks.held = 0"


class WakeLock:
    """What the page asked for. Made before the page is opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(_LOCKS)

    @property
    def asked(self) -> int:
        """How often the page asked since it was loaded."""
        return int(self.page.evaluate("window.locks.asked"))

    @property
    def held(self) -> int:
        """The locks that it has not given back."""
        return int(self.page.evaluate("window.locks.held"))

    def put_away(self) -> None:
        """Nobody looks at the page."""
        self.page.evaluate(_TURN, True)

    def taken(self) -> None:
        """The browser takes the locks of a page that is not looked at."""
        self.page.evaluate(_TAKE)

    def take_up(self) -> None:
        """It is looked at again."""
        self.page.evaluate(_TURN, False)
