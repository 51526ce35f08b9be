"""What is vendored is what the manifest says."""

import re

from deploy import vendor


def test_vendored_files_are_as_pinned() -> None:
    assert vendor.differences() == []


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    sprite = (vendor.VENDOR / vendor.SPRITE).read_text()
    used = set()
    for folder in ("templates", "pages"):
        for file in (vendor.ROOT / folder).rglob("*.*"):
            if file.suffix in {".html", ".py"}:
                text = file.read_text()
                used |= set(re.findall(r'{% icon "([\w-]+)"', text))
                used |= set(re.findall(r'icon_name="([\w-]+)"', text))
    missing = sorted(name for name in used if f'id="{name}"' not in sprite)
    assert not missing, f"add to deploy/icons.txt and run make vendor: {missing}"
