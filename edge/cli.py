"""`sallyport-reader`: pair, run, status, doctor."""

import argparse
import asyncio
import importlib
import importlib.util
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

from edge import status
from edge.config import Config, ConfigWrong, commissioned, load
from edge.door import SimulatedDoor
from edge.files import InUse
from edge.fitting import FittingFailed
from edge.identity import NotPaired, PairingRefused, pair
from edge.run import Fittings, run
from edge.source import LineSource
from edge.store import StoreFailed, StoreUnreadable
from edge.trust import TrustRefused, authority

FAILED: Final = 1
USAGE: Final = 2
UNPAIRED: Final = 3  # the service does not start it again: only pairing helps
CONFIG: Final = Path("/etc/sallyport-reader.toml")


def main(arguments: list[str] | None = None) -> int:
    """The console script; returns its status."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every scan's address
    deeds: dict[str, Callable[[argparse.Namespace], int]] = {
        "pair": _pair,
        "run": _run,
        "status": _status,
        "doctor": _doctor,
        "commission": _commission,
    }
    try:
        return deeds[given.deed](given)
    except NotPaired as error:
        return _failed(error, UNPAIRED)
    except (ConfigWrong, FittingFailed, TrustRefused) as error:
        return _failed(error, USAGE)
    except (InUse, StoreFailed, StoreUnreadable, PairingRefused, status.NotRunning) as error:
        return _failed(error)
    except httpx.HTTPError as error:
        return _failed(f"no answer ({type(error).__name__}): check address and network, then try again")
    except PermissionError as error:
        what = error.filename or given.state
        return _failed(f"{what}: {error.strerror}: run it as the reader's user, as the guide says")
    except OSError as error:
        return _failed(f"{error.filename or 'the disk'}: {error.strerror or error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sallyport-reader", description="A reader at a door.")
    parser.add_argument("--state", type=Path, default=_state(), help="key and journal (%(default)s)")
    parser.add_argument("--config", type=Path, default=CONFIG, help="what is fitted here (%(default)s)")
    deeds = parser.add_subparsers(dest="deed", required=True)
    pairing = deeds.add_parser("pair", help="give this reader its place at a door")
    pairing.add_argument("address", help="your company's address, https://acme.example.com")
    pairing.add_argument("code", help="the eight signs that the console shows")
    pairing.add_argument("--ca", type=Path, help="certificates (PEM) to believe beside the system's; kept")
    running = deeds.add_parser("run", help="read codes and open the door")
    running.add_argument("--codes", type=Path, help="for trials: codes are lines appended to this file")
    running.add_argument("--door", type=Path, help="for trials: each opening is a line in this file")
    told = deeds.add_parser("status", help="how the running reader is")
    told.add_argument("--json", action="store_true")
    deeds.add_parser("commission", help="lay a key into the OSDP device, set to install mode before")
    deeds.add_parser("doctor", help="check camera, decoder, clock, door and network")
    return parser


def _state() -> Path:
    """The folder that systemd has made for the service, else its usual place."""
    return Path(os.environ.get("STATE_DIRECTORY", "/var/lib/sallyport-reader"))


def _pair(given: argparse.Namespace) -> int:
    ca = authority(given.ca) if given.ca is not None else ""
    identity = pair(given.state, given.address, given.code, ca=ca)
    _say(f"Paired: this is {identity.name} (reader {identity.reader}) at {identity.origin}.")
    return 0


def _run(given: argparse.Namespace) -> int:
    return asyncio.run(_running(given))


async def _running(given: argparse.Namespace) -> int:
    return await run(given.state, _fittings(given))


def _fittings(given: argparse.Namespace) -> Fittings:
    if given.codes is not None and given.door is not None:
        return Fittings((LineSource(given.codes, follow=True),), SimulatedDoor(given.door))
    return _config(given).fittings()


def _config(given: argparse.Namespace) -> Config:
    return load(given.config, given.state)


def _status(given: argparse.Namespace) -> int:
    found = status.ask(given.state)
    if given.json:
        _say(json.dumps(found))
    else:
        for name, value in found.items():
            _say(f"{name:18} {'-' if value in (None, '') else value}")
    return 0


def _doctor(given: argparse.Namespace) -> int:
    found: Config | ConfigWrong
    try:
        found = _config(given)
    except ConfigWrong as error:
        found = error
    return int(_part("edge.doctor").main(found, given.state))


def _commission(given: argparse.Namespace) -> int:
    commissioned(load(given.config, given.state))
    _say("The device has its key; no other controller can drive it now.")
    return 0


def _part(name: str) -> Any:
    """A module that comes with what is fitted, not with the core."""
    if importlib.util.find_spec(name) is None:
        raise SystemExit(f"{name} is not installed here")
    return importlib.import_module(name)


def _failed(error: object, code: int = FAILED) -> int:
    sys.stderr.write(f"sallyport-reader: {error}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
