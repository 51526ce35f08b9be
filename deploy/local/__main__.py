"""`python -m deploy.local demo`: the whole system on this machine; `tour`: the tour alone."""

import argparse
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from deploy.local import certificate, demo, running, stack, trust
from deploy.local.failure import LaunchError, from_os_error
from deploy.local.files import private_folder
from deploy.local.system import System


class Stopped(BaseException):
    """A signal asked this process to end."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _say(line: str) -> None:
    print(line, flush=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=["demo", "tour", "code"])
    parser.add_argument(
        "--var", type=Path, default=Path(os.environ.get("SALLYPORT_VAR") or stack.ROOT / "var")
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 0))
    parser.add_argument("--lan", action="store_true", default=os.environ.get("LAN") == "1")
    parser.add_argument("--no-tour", action="store_true", help="do not run the tour at the first start")
    return parser.parse_args(given)


def _place(options: argparse.Namespace) -> stack.Place:
    var: Path = options.var.absolute()
    if not options.lan:
        return stack.Place(var=var, port=options.port or 8000)
    address = certificate.lan_address()
    names = ["localhost", "*.localhost", f"{demo.COMPANY}.localhost", f"{demo.PLATFORM}.localhost"]
    now = datetime.datetime.now(datetime.UTC)
    try:
        leaf, key, _ = certificate.make(var / "lan", names, address, now)
    except ValueError:
        raise LaunchError(f"{var / 'lan'} is damaged: remove it and start again.") from None
    return stack.Place(
        var=var,
        port=options.port or 8443,
        scheme="https",
        listen="0.0.0.0",  # noqa: S104
        extra_hosts=(address,),
        certificate=leaf,
        key=key,
    )


def _run(options: argparse.Namespace) -> int:
    var = private_folder(options.var.absolute())
    if options.command == "code":
        return demo.print_codes(var)
    lock = running.Lock(var)
    if not lock.take():
        return _beside(options, running.announced(var))
    try:
        demo.check(var)
        place = _place(options)
        system = System(place, _say)
        try:
            system.up()
            running.announce(var, {"address": place.address()})
            return _serve(system, options)
        finally:
            # A second Ctrl-C must not leave a process behind.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            system.down()
    finally:
        lock.release()


def _serve(system: System, options: argparse.Namespace) -> int:
    if options.command == "tour":
        return run_tour(system.place.var, system.place.address())
    facts = demo.prepare(system)
    toured = system.place.var / "toured"
    if not toured.exists() and not options.no_tour:
        if run_tour(system.place.var, system.place.address()):
            return 1
        toured.touch()
    demo.print_addresses(system.place, facts, trust.offer(system))
    system.watch()
    return 0


def _beside(options: argparse.Namespace, facts: dict[str, str]) -> int:
    """What to do while another launcher serves from the same var/."""
    address = facts.get("address")
    if options.command == "tour" and address:
        return run_tour(options.var.absolute(), address)
    at = f" at {address}" if address else ""
    raise LaunchError(f"Sallyport already runs from this folder{at} (process {facts.get('pid', '?')}).")


def run_tour(var: Path, address: str) -> int:
    """Run the tour as a stranger: a process that knows the address and the folder of the mail."""
    command = [sys.executable, "-m", "deploy.tour", "--address", address, "--var", str(var)]
    return subprocess.run(command, cwd=stack.ROOT, check=False, env=dict(os.environ)).returncode


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; a failure that a person can act on is one line and a status of 1."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        return _run(_arguments(given))
    except Stopped:
        _say("Stopped.")
        return 0
    except LaunchError as failure:
        print(f"Sallyport: {failure}", file=sys.stderr)
    except OSError as error:
        print(f"Sallyport: {from_os_error(error)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
