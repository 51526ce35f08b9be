"""Bring the browser's libraries into static/vendor/, pinned by version and SHA-512 of their npm tarball.

`python deploy/vendor.py` downloads with `npm pack` and writes the chosen files, their licences, a manifest;
`python deploy/vendor.py --check` needs no network: it compares what is on disk with the manifest.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = "manifest.json"
SPRITE = "tabler-icons/sprite.svg"
BOX = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'

# One name per picture used anywhere in the templates; a name that is not there draws nothing.
ICONS = (Path(__file__).parent / "icons.txt").read_text().split()

MIT = """MIT License

{holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: `files` maps a path in the tarball to a path under `folder`."""

    name: str
    version: str
    sha512: str
    licence: str
    files: dict[str, str] = field(default_factory=dict)
    holder: str = ""  # set where the tarball carries no licence file of its own
    folder: str = "static/vendor"


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==",
        "MIT",
        {"dist/css/tabler.min.css": "tabler/tabler.min.css"},
        holder="Copyright (c) 2018-2026 The Tabler Authors",
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==",
        "MIT",
        {"LICENSE": "tabler-icons/LICENSE"},
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==",
        "0BSD",
        {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Package(
        "@fontsource-variable/atkinson-hyperlegible-next",
        "5.3.0",
        "UnLzNUy1RWoLDfydAatP4NaRm99X/WbQEph7q/PymJnCFIOOwKOx3pBmp5ys8trO0dM+CKGuJgeZP9fAR4mQpA==",
        "OFL-1.1",
        {
            "files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "atkinson/latin.woff2",
            "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "atkinson/latin-ext.woff2",
            "LICENSE": "atkinson/LICENSE",
        },
    ),
    Package(
        "zxing-wasm",
        "3.1.4",
        "1+v8p7sauddySVNG+ye7GD/0TS95BG2ycdkrC+EnBrFBFkHeIghzUt2yVjtx3NucJeNrQnhT8yGAIz60Vx9o0w==",
        "MIT (the module holds zxing-cpp, Apache-2.0)",
        {
            "dist/es/reader/index.js": "zxing-wasm/reader/index.js",
            "dist/es/share.js": "zxing-wasm/share.js",
            "dist/reader/zxing_reader.wasm": "zxing-wasm/reader/zxing_reader.wasm",
            "LICENSE": "zxing-wasm/LICENSE",
        },
    ),
    Package(
        "qrcode-generator",
        "2.0.4",
        "mZSiP6RnbHl4xL2Ap5HfkjLnmxfKcPWpWe/c+5XxCuetEenqmNFf1FH/ftXPCtFG5/TDobjsjz6sSNL0Sr8Z9g==",
        "MIT",
        {"dist/qrcode.mjs": "qrcode-generator/qrcode.js"},
        holder="Copyright (c) 2009 Kazuhiko Arase",
    ),
    Package(
        "@noble/ed25519",
        "3.2.0",
        "criDgRlnUA09hchYrTy/JUWPIEap5rZxQe6wDWzRx51oWWpDRcUpuNzlgPxDJaOK6AsW9c0wKcj3rKRv6t+bPQ==",
        "MIT",
        {"index.js": "noble-ed25519/index.js", "LICENSE": "noble-ed25519/LICENSE"},
    ),
    Package(
        "@noble/ciphers",
        "2.4.0",
        "AnjFn0Jv92laAkvMrghlFZq4qQCIN/4DxFV/eooqtC2YTjB7kBeLMS2T9KJX4Dn+ZVXLOwK0lSgqDtx9gvxtiw==",
        "MIT",
        {
            "aes.js": "noble-ciphers/aes.js",
            "_polyval.js": "noble-ciphers/_polyval.js",
            "utils.js": "noble-ciphers/utils.js",
            "LICENSE": "noble-ciphers/LICENSE",
        },
    ),
    Package(
        "axe-core",  # checks pages in the browser journeys; not shipped
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        "MPL-2.0",
        {"axe.min.js": "axe/axe.min.js", "LICENSE": "axe/LICENSE"},
        folder="tests/vendor",
    ),
)


def fetch(package: Package, folder: Path) -> Path:
    """Download one tarball with npm and return its path; raises SystemExit where the hash differs."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    tarball = folder / done.stdout.split()[-1]
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise SystemExit(f"{package.name} {package.version}: the tarball is not the pinned one")
    return tarball


def member(tar: tarfile.TarFile, name: str) -> bytes:
    """The bytes of one file of the package."""
    handle = tar.extractfile(f"package/{name}")
    if handle is None:
        raise SystemExit(f"not a file: {name}")
    return handle.read()


def sprite(tar: tarfile.TarFile) -> bytes:
    """One SVG holding the chosen icons as symbols that take their colour from the text around them."""
    symbols = []
    for name in ICONS:
        drawing = member(tar, f"icons/outline/{name}.svg").decode()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.S)
        if inner is None:
            raise SystemExit(f"not a drawing: {name}")
        body = re.sub(r"\s+", " ", inner.group(1)).replace(BOX, "").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def chosen(package: Package, tarball: Path) -> dict[str, bytes]:
    """What one package gives to static/vendor/: path → bytes."""
    with tarfile.open(tarball) as tar:
        found = {target: member(tar, source) for source, target in package.files.items()}
        if package.name == "@tabler/icons":
            found[SPRITE] = sprite(tar)
    if package.holder:
        folder = next(iter(package.files.values())).split("/")[0]
        found[f"{folder}/LICENSE"] = MIT.format(holder=package.holder).encode()
    for path, content in found.items():
        if path.endswith((".js", ".css")):  # source maps are not shipped: a dangling reference is a 404
            found[path] = re.sub(rb"\n?/[/*]# sourceMappingURL=[^\n]*", b"", content)
    return found


def write() -> None:
    """Download everything and write static/vendor/ with its manifest."""
    manifest = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            files = chosen(package, fetch(package, Path(scratch)))
            for path, content in files.items():
                target = ROOT / package.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            manifest.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "files": {
                        f"{package.folder}/{path}": hashlib.sha256(files[path]).hexdigest()
                        for path in sorted(files)
                    },
                }
            )
            print(f"{package.name} {package.version}: {len(files)} files")
    (VENDOR / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def differences() -> list[str]:
    """What on disk is missing or not as the manifest says."""
    found = []
    for package in json.loads((VENDOR / MANIFEST).read_text()):
        for path, expected in package["files"].items():
            target = ROOT / path
            if not target.is_file():
                found.append(f"missing: {path}")
            elif hashlib.sha256(target.read_bytes()).hexdigest() != expected:
                found.append(f"changed: {path}")
    return found


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the manifest, no network")
    if parser.parse_args().check:
        found = differences()
        print("\n".join(found) or "static/vendor is as pinned")
        return 1 if found else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
