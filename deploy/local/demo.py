"""The demo's company: made once, its logins kept in var/demo.json and printed at every start."""

import json
import time
from pathlib import Path
from typing import Any

from deploy.local.failure import LaunchError
from deploy.local.stack import Place
from deploy.local.system import System
from deploy.totp import STEP_SECONDS, totp

COMPANY = "acme"
PLATFORM = "platform"


def prepare(system: System) -> dict[str, Any]:
    """Make the demo's company at the first start; return its logins."""
    file = system.place.var / "demo.json"
    if not file.exists():
        system.say("Making the demo's company …")
    if not file.exists() or system.place.extra_hosts:
        system.manage("demo_company", "--into", str(file))
    return load(system.place.var)


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
        raise LaunchError(f"{var / 'demo.json'} is damaged: remove var/ to begin anew.") from None
    return facts


def print_codes(var: Path) -> int:
    """Print the second factor of each operator of the demo, as a phone would show it now."""
    now = time.time()
    for operator in load(var)["operators"]:
        print(f"{operator['email']:32} {totp(operator['totp'], now)}")
    print(f"good for {STEP_SECONDS - int(now) % STEP_SECONDS} s")
    return 0


def print_addresses(place: Place, facts: dict[str, Any]) -> None:
    """Say where everything is and how to sign in."""
    company = place.address(place.extra_hosts[0] if place.extra_hosts else f"{COMPANY}.{place.domain}")
    lines = [
        "",
        f"  Console      {company}/",
        f"  Wallet       {company}/wallet/     (on the phone)",
        f"  Reader page  {company}/reader/     (on the tablet at the door)",
        f"  Sign-up      {place.address()}/sign-up/",
        f"  Mail         {place.var / 'mail'}",
        "",
    ]
    lines += [
        f"  {operator['role']:12} {operator['email']:26} password {operator['password']}"
        for operator in facts["operators"]
    ]
    lines.append("  second factor: `make code` prints it")
    lines += [f"  invitation   {one['name']:26} code {one['code']}" for one in facts.get("holders", [])]
    lines += [f"  pairing      {one['name']:26} code {one['code']}" for one in facts.get("pairings", [])]
    if place.certificate:
        authority = place.certificate.with_name("authority.pem")
        lines.append(f"  Trust {authority} on the phone first (it signs nothing but this address).")
    lines += ["", "  Ctrl-C ends it.", ""]
    print("\n".join(lines), flush=True)
