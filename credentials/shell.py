"""What a device keeps of a page so that it opens without network: the page and all that the page loads.

Found by following the page's own links, so that nothing is forgotten when a file is added, and named by the
hashes of the contents, so that a device never mixes the files of two versions.
"""

import base64
import functools
import hashlib
import json
import re
from pathlib import Path
from posixpath import join, normpath
from typing import Final
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse

_LINKED: Final = re.compile(r'\b(?:href|src)="([^"]+)"')
_IMPORTED: Final = re.compile(r'^(?:import|export)\b[^"]*?"(\.[^"]+)"', re.M)
_STYLED: Final = re.compile(r'url\("?([^")]+)"?\)')
_WITHIN: Final = {".js": _IMPORTED, ".css": _STYLED, ".webmanifest": re.compile(r'"src": "([^"]+)"')}

Shell = dict[str, str]
WORKER: Final = Path(settings.STATICFILES_DIRS[0], "js", "worker.js")


def worker_of(name: str, address: str, page: bytes, *more: str, behind: str = "") -> HttpResponse:
    """The service worker of the page at `address`; `more` are names of files that only scripts ask for.

    `behind` names a static file that stands behind the common script: what this page's worker does besides.

    It differs by a byte whenever any of the files does: that is how a browser learns of a new version.
    """
    script = WORKER.read_bytes() + (_path(settings.STATIC_URL + behind).read_bytes() if behind else b"")
    files = {address: digest(page), **shell_of(page, *more)}
    told = {"name": name, "page": address, "script": digest(script), "files": files}
    source = f"const SHELL = {json.dumps(told, indent=1)};\n{script.decode()}"
    answer = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def shell_of(page: bytes, *more: str) -> Shell:
    """Address → SHA-256 (base64) of every file that `page` loads, straight or by way of another file.

    `more` are names of static files beside them. Raises FileNotFoundError for a link of ours that leads
    nowhere.
    """
    found: Shell = {}
    waiting = [address for address in _LINKED.findall(page.decode()) if _ours(address)]
    waiting += [settings.STATIC_URL + name for name in more]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        path = _path(address)
        found[address], within = _looked_at(path, path.stat().st_mtime_ns)
        waiting += [beside for link in within if _ours(beside := normpath(join(address, "..", link)))]
    return dict(sorted(found.items()))


def version_of(page: bytes, *more: str) -> str:
    """By which files a page works, as 12 hexadecimal digits; `more` as above."""
    return hashlib.sha256(json.dumps(shell_of(page, *more)).encode()).hexdigest()[:12]


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
