"""Every language of the wallet says everything that English says, with the same gaps to fill in."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static" / "wallet"
ENTRY = re.compile(r'^  (\w+):\s+"((?:[^"\\]|\\.)*)",$', re.M)
USED = re.compile(r'(?:text\(|data-text=)"(\w+)"')


def texts(language: str) -> dict[str, str]:
    source = (STATIC / f"texts-{language}.js").read_text()
    found = dict(ENTRY.findall(source))
    assert len(found) == source.count('",\n'), "an entry was not read"
    return found


def templates() -> str:
    """The page, with all that it includes."""
    return "".join(path.read_text() for path in (ROOT / "templates" / "wallet").glob("*.html"))


def gaps(text: str) -> set[str]:
    return set(re.findall(r"{\w+}", text))


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_language_says_everything(language: str) -> None:
    english, other = texts("en"), texts(language)
    assert other.keys() == english.keys()
    assert {name: gaps(text) for name, text in other.items()} == {
        name: gaps(text) for name, text in english.items()
    }
    assert all(other.values())


def test_what_the_page_asks_for_is_there() -> None:
    page = templates()
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    assert set(USED.findall(page + scripts)) <= texts("en").keys()


def test_nothing_is_inline() -> None:
    """The Content-Security-Policy would refuse it, and the page would stand still."""
    page = templates()
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"\son\w+=", page)
