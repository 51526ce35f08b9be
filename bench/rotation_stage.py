"""The product's side of the bench of rotation: companies, a load of codes, the rotation. Django is set up."""

import secrets
import time
from collections import deque
from dataclasses import dataclass, field

from django.core.management import call_command
from django.core.management.commands import migrate

from sallyport.codes import CodeRefused, LiveContents, mint_live, open_code
from tenants import context
from tenants.celery import active_companies
from tenants.services import sign_up
from vault import rotation, selectors

AHEAD = 75  # seconds: more than the minute for which a process holds keys without being told
LIFE = 30


@dataclass
class Load:
    """Codes that were minted and wait to be shown, and what came of them."""

    opened: int = 0
    refused: int = 0
    key_ids: dict[int, set[int]] = field(default_factory=dict)
    shown: deque[tuple[int, int, str]] = field(default_factory=deque)  # (due, company's place, code)


def sign_up_companies(count: int) -> None:
    """Migrate and sign up so many companies."""
    call_command(migrate.Command(), database="keys", verbosity=0)
    call_command("migrate_companies", verbosity=0)
    for number in range(count):
        # Digits look like letters, and sign-up refuses names that one takes for another.
        word = "bench-" + "".join("bfhkpqtx"[number >> 3 * place & 7] for place in range(4))
        sign_up(
            name=word,
            subdomain=word,
            owner_name="Bea Bench",
            owner_email=f"bea@{word}.example",
            password=secrets.token_urlsafe(16),
        )


def run_load(credentials: int, seconds: float) -> Load:
    """One code of each credential at a steady pace, shown in its last second; keys are held as usual."""
    refs = [company for company in active_companies() if company.subdomain.startswith("bench-")]
    load, begun = Load(), time.monotonic()

    def show(until: float) -> None:
        while load.shown and load.shown[0][0] <= until:
            due, place, text = load.shown.popleft()
            with context.enter(refs[place]):
                try:
                    open_code(
                        text,
                        keys=selectors.opening_keys(),
                        foreign=selectors.is_foreign_key,
                        now=due,
                        life=LIFE,
                    )
                    load.opened += 1
                except CodeRefused:
                    load.refused += 1

    for number in range(credentials):
        early = begun + number * seconds / credentials - time.monotonic()
        if early > 0:
            time.sleep(early)
        place, now = number % len(refs), int(time.time())
        with context.enter(refs[place]):
            held = selectors.minting_keys()
            text = mint_live(LiveContents(number + 1, 1, 1, 0, now, number), held)
        load.key_ids.setdefault(place, set()).add(held.key_id)
        load.shown.append((now + LIFE, place, text))
        show(time.time())
    while load.shown:
        time.sleep(0.2)
        show(time.time())
    return load


def rotate_all() -> dict[str, float]:
    """What the button does, for every company; seconds for all and for the slowest."""
    begun, slowest, count = time.monotonic(), 0.0, 0
    for company in active_companies():
        if not company.subdomain.startswith("bench-"):
            continue
        start = time.monotonic()
        with context.enter(company):
            rotation.rotate_now(by="operator:bench", ahead=AHEAD)
        slowest, count = max(slowest, time.monotonic() - start), count + 1
    return {"rotated": count, "rotating_s": time.monotonic() - begun, "slowest_s": slowest}
