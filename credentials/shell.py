"""What a phone keeps of the wallet so that it opens without signal: the page and all that the page loads.

Found by following the page's own links, so that nothing is forgotten when a file is added, and named by the
hashes of the contents, so that a phone never mixes the files of two versions.
"""

import base64
import functools
import hashlib
import re
from pathlib import Path
from posixpath import join, normpath
from typing import Final
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders

_LINKED: Final = re.compile(r'\b(?:href|src)="([^"]+)"')
_IMPORTED: Final = re.compile(r'^(?:import|export)\b[^"]*?"(\.[^"]+)"', re.M)
_STYLED: Final = re.compile(r'url\("?([^")]+)"?\)')
_WITHIN: Final = {".js": _IMPORTED, ".css": _STYLED, ".webmanifest": re.compile(r'"src": "([^"]+)"')}

Shell = dict[str, str]


def shell_of(page: bytes) -> Shell:
    """Address → SHA-256 (base64) of every file that `page` loads, straight or by way of another file.

    Raises FileNotFoundError for a link of ours that leads nowhere.
    """
    found: Shell = {}
    waiting = [address for address in _LINKED.findall(page.decode()) if _ours(address)]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        path = _path(address)
        found[address], within = _looked_at(path, path.stat().st_mtime_ns)
        waiting += [beside for link in within if _ours(beside := normpath(join(address, "..", link)))]
    return dict(sorted(found.items()))


def digest(content: bytes) -> str:
    """SHA-256 in base64."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _ours(address: str) -> bool:
    return address.startswith(settings.STATIC_URL)


def _path(address: str) -> Path:
    name = unquote(address.removeprefix(settings.STATIC_URL))
    # Names with a hash stand where they were collected, all others also where they were written.
    found = finders.find(name) or (settings.STATIC_ROOT and Path(settings.STATIC_ROOT, name))
    if not found or not Path(found).is_file():
        raise FileNotFoundError(address)
    return Path(found)


@functools.lru_cache(maxsize=256)
def _looked_at(path: Path, written: int) -> tuple[str, tuple[str, ...]]:
    """Hash and links of a file. `written` is its time: a changed file is looked at anew."""
    content = path.read_bytes()
    links = _WITHIN.get(path.suffix)
    return digest(content), tuple(links.findall(content.decode())) if links else ()
