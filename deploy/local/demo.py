"""The demo's company: made once, its logins kept in var/demo.json and printed at every start."""

import json
import time
from pathlib import Path
from typing import Any

from deploy.local.failure import LaunchError
from deploy.local.files import write_private
from deploy.local.stack import Place
from deploy.local.system import System
from deploy.local.trust import Offer
from deploy.totp import STEP_SECONDS, totp

COMPANY = "acme"
PLATFORM = "platform"
ALONE = (
    "  Phones and tablets reach Acme alone. The platform, and companies that sign up here, are at names such",
    "  as initech.localhost, which mean this machine only: an address made of numbers has none below it.",
)
OPERATOR = {"email", "password", "role", "totp"}


def prepare(system: System) -> dict[str, Any]:
    """Make the demo's company at the first start, move it to a changed address; return its logins."""
    var, host = system.place.var, company_host(system.place)
    file, led_to = var / "demo.json", var / "led-to"
    if not file.exists():
        system.say("Making the demo's company …")
    if not file.exists() or not led_to.exists() or led_to.read_text() != host:
        system.manage("demo_company", "--into", str(file))
        write_private(led_to, host)
    return load(var)


def company_host(place: Place) -> str:
    """Where the demo's company is: in the local network by this machine's address, which a phone can open."""
    return next(iter(place.extra_hosts), f"{COMPANY}.{place.domain}")


def check(var: Path) -> None:
    """Say early that the logins of an earlier start cannot be read."""
    if (var / "demo.json").exists():
        load(var)


def load(var: Path) -> dict[str, Any]:
    """The demo's logins."""
    try:
        facts: dict[str, Any] = json.loads((var / "demo.json").read_text())
    except FileNotFoundError:
        raise LaunchError("There is no demo yet: run `make demo`.") from None
    except ValueError:
        facts = {}
    if not _whole(facts):
        raise LaunchError(f"{var / 'demo.json'} is damaged: remove var/ to begin anew.")
    return facts


def _whole(facts: Any) -> bool:
    """Whether all is there that is printed of every operator."""
    operators = facts.get("operators") if isinstance(facts, dict) else None
    return isinstance(operators, list) and all(
        isinstance(one, dict) and one.keys() >= OPERATOR for one in operators
    )


def print_codes(var: Path) -> int:
    """Print the second factor of each operator of the demo, as a phone would show it now."""
    now = time.time()
    for operator in load(var)["operators"]:
        print(f"{operator['email']:32} {totp(operator['totp'], now)}")
    print(f"good for {STEP_SECONDS - int(now) % STEP_SECONDS} s")
    return 0


def print_addresses(place: Place, facts: dict[str, Any], trusted: Offer | None = None) -> None:
    """Say where everything is and how to sign in."""
    company, platform = place.address(company_host(place)), place.address(f"{PLATFORM}.{place.domain}")
    lines = [
        "",
        *(_trust(trusted) if trusted else []),
        f"  Console      {company}/",
        f"  Wallet       {company}/wallet/     (on the phone; its code is in Henri's mail, in the outbox)",
        f"  Reader page  {company}/reader/     (on the tablet at the door)",
        f"  Pairing      {company}/readers/pair/     (in the console; gives the reader page its code)",
        f"  Outbox       {place.address()}/outbox/     (on this machine; every mail the demo sends)",
        f"  Sign-up      {place.address()}/sign-up/",
        f"  Platform     {platform}/     (for the platform's operator)",
        "",
    ]
    lines += [
        f"  {operator['role']:12} {operator['email']:26} password {operator['password']}"
        for operator in facts["operators"]
    ]
    lines.append("  second factor: `make code` prints it")
    if trusted:
        lines += ["", *ALONE]
    lines += ["", "  Ctrl-C ends it.", ""]
    print("\n".join(lines), flush=True)


def _trust(trusted: Offer) -> list[str]:
    return [
        f"  First        {trusted.address}     (on the phone: gives it the certificate to trust)",
        f"               {trusted.fingerprint}",
        "",
    ]
