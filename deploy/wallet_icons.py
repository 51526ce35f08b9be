"""Draw the wallet's icons from the mark: `python -m deploy.wallet_icons`, again whenever the mark changes.

The mark is static/img/mark.svg; a Chromium draws it. A home screen's icon is opaque: in light colours always.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.chromium import LOUD, find

IMAGES: Final = Path(__file__).resolve().parent.parent / "static" / "img"
GROUND: Final = "#f9fafc"
SECONDS: Final = 60
PAGE: Final = """<!doctype html><style>
html, body {{ margin: 0; height: 100%; background: {ground}; }}
svg {{ position: absolute; left: {edge}px; top: {edge}px; width: {width}px; height: {width}px; }}
</style>{mark}"""


@dataclass(frozen=True)
class Icon:
    """A square picture: its name, its side in pixels, and how much of that the mark's box takes."""

    name: str
    side: int
    share: float

    def page(self, mark: str) -> str:
        width = round(self.side * self.share)
        return PAGE.format(ground=GROUND, edge=(self.side - width) // 2, width=width, mark=mark)


# What is maskable may be cut to a circle of four fifths: the mark's corners stay within.
ICONS: Final = (
    Icon("wallet-192.png", 192, 0.76),
    Icon("wallet-512.png", 512, 0.76),
    Icon("wallet-maskable-512.png", 512, 0.6),
    Icon("wallet-apple-180.png", 180, 0.7),
)


def draw(chromium: str, icon: Icon, mark: str, folder: Path) -> None:
    """Write the icon beside the mark; the browser's own files go to `folder`."""
    page = folder / f"{icon.name}.html"
    page.write_text(icon.page(mark), encoding="utf-8")
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={icon.side},{icon.side}",
        f"--screenshot={IMAGES / icon.name}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, timeout=SECONDS, stderr=subprocess.DEVNULL)


def main() -> int:
    chromium = find()
    if chromium is None:
        print(LOUD, file=sys.stderr)
        return 1
    mark = (IMAGES / "mark.svg").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="sallyport-icons-") as name:
        for icon in ICONS:
            draw(chromium, icon, mark, Path(name))
            print(f"✓ {icon.name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
