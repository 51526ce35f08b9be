"""What a thumb must hit: controls of a page at a door or on a phone are at least 48 px high."""

from playwright.sync_api import Page

_LOW = """() => [...document.querySelectorAll("button, select, input")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 48)
  .map((one) => `${one.getBoundingClientRect().height} px: ${one.outerHTML.slice(0, 80)}`)"""


def too_low(page: Page) -> list[str]:
    """The controls in sight that are lower."""
    found: list[str] = page.evaluate(_LOW)
    return found
