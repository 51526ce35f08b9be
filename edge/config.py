"""What is fitted at a door, from a TOML file: sources of codes, one door, how long things may take.

Everything is checked when it is read, and each error says where it is and what to do. A field that is not
known is an error too: a misspelled `contact` must not leave a door without its contact.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from edge.doors.wiring import Broker, Device, Pins, Relay, Simulated, safe_address
from edge.doorstate import DoorTimes
from edge.fitting import commission, fitted
from edge.run import Fittings
from edge.sources.wiring import Camera, Folder, Lines, Recording, SerialScanner, Wedge

T = TypeVar("T")
STATE: Final = Path("/var/lib/sallyport-reader")
Source = Camera | Recording | Wedge | SerialScanner | Folder | Lines
Door = Pins | Relay | Broker | Device | Simulated
SOURCES: Final = MappingProxyType(
    {
        "camera": Camera,
        "recording": Recording,
        "wedge": Wedge,
        "serial": SerialScanner,
        "folder": Folder,
        "lines": Lines,
    }
)
DOORS: Final = MappingProxyType(
    {"gpio": Pins, "http": Relay, "mqtt": Broker, "osdp": Device, "simulated": Simulated}
)
# Least and most of the numbers, by their names.
RANGES: Final = MappingProxyType(
    {
        "relay": (0, 1023),
        "contact": (0, 1023),
        "exit_button": (0, 1023),
        "bounce_ms": (0, 1_000),
        "port": (1, 65_535),
        "switch": (0, 31),
        "address": (0, 126),
        "output": (0, 31),
        "baud": (1_200, 921_600),
        "width": (160, 8_192),
        "height": (120, 8_192),
        "pause": (0, 3_600),
        "grace_ms": (0, 60_000),
        "exit_ms": (0, 600_000),
        "held_ms": (1_000, 86_400_000),
    }
)
_HINTS: Final = MappingProxyType(
    {
        "file_missing": "write it, or name another with --config",
        "not_toml": "see the line it names",
        "unknown_field": "check its spelling against the guide",
        "missing_field": "add it",
        "wrong_type": "check quotes and signs",
        "out_of_range": "check the number",
        "unknown_kind": "choose one of those named",
        "no_source": "add a [[source]]: nothing could show a code",
        "no_door": "add a [door]: nothing could be opened",
        "used_twice": "each pin or input does one thing",
        "address_malformed": "write https://name or https://name:port and nothing after it",
        "plain_http_refused": "use https, or set a password on the relay and name its password_file",
    }
)


class ConfigWrong(Exception):  # noqa: N818 - named for what happened
    """The file cannot be used. `code` is stable, `where` names the place, the message says what to do."""

    def __init__(self, code: str, where: str, about: str = "") -> None:
        detail = f" ({about})" if about else ""
        super().__init__(f"{where}: {code}{detail}: {_HINTS[code]}")
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says, and the reader's state folder."""

    sources: tuple[Source, ...]
    door: Door
    times: DoorTimes
    state: Path

    def fittings(self) -> Fittings:
        """Take hold of the hardware. Raises FittingFailed. Called inside the loop."""
        return fitted(self.sources, self.door, self.times, self.state)


def load(path: Path, state: Path = STATE) -> Config:
    """Read and check a file. Raises ConfigWrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigWrong("file_missing", str(path), error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise ConfigWrong("not_toml", str(path), "not UTF-8") from error
    try:
        return parse(tomllib.loads(text), state)
    except tomllib.TOMLDecodeError as error:
        raise ConfigWrong("not_toml", str(path), str(error)) from error


def commissioned(config: Config) -> None:
    """Lay a key of its own into the OSDP device. Blocks. Raises ConfigWrong, FittingFailed."""
    if not isinstance(config.door, Device):
        raise ConfigWrong("unknown_kind", "door.kind", "only osdp is commissioned")
    commission(config.door, config.state)


def parse(found: Mapping[str, Any], state: Path = STATE) -> Config:
    """The file's contents, checked. Raises ConfigWrong."""
    for name in found:
        if name not in ("source", "door", "times"):
            raise ConfigWrong("unknown_field", name)
    sources = found.get("source", [])
    if not isinstance(sources, list):
        raise ConfigWrong("wrong_type", "source", "[[source]], with two brackets")
    if not sources:
        raise ConfigWrong("no_source", "source")
    if "door" not in found:
        raise ConfigWrong("no_door", "door")
    made = tuple(_of_kind(SOURCES, one, f"source[{number}]") for number, one in enumerate(sources, 1))
    door = _of_kind(DOORS, found["door"], "door")
    _sound(door)
    return Config(made, door, _made(DoorTimes, found.get("times", {}), "times"), state)


def _of_kind(kinds: Mapping[str, type[Any]], table: Any, where: str) -> Any:
    if not isinstance(table, dict):
        raise ConfigWrong("wrong_type", where, "a table")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise ConfigWrong("unknown_kind", f"{where}.kind", ", ".join(kinds))
    return _made(kinds[kind], {name: value for name, value in table.items() if name != "kind"}, where)


def _made(shape: type[T], table: Any, where: str) -> T:
    if not isinstance(table, dict):
        raise ConfigWrong("wrong_type", where, "a table")
    hints = get_type_hints(shape)
    for name in table:
        if name not in hints:
            raise ConfigWrong("unknown_field", f"{where}.{name}")
    values: dict[str, Any] = {}
    for field in fields(shape):  # type: ignore[arg-type]
        place = f"{where}.{field.name}"
        if field.name in table:
            values[field.name] = _value(table[field.name], hints[field.name], place)
        elif field.default is MISSING:
            raise ConfigWrong("missing_field", place)
    return shape(**values)


def _value(value: Any, hint: Any, where: str) -> Any:
    """A value as its field wants it: TOML tells true from 1, and so do we."""
    kinds = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    if float in kinds and type(value) is int:
        value = float(value)
    for kind in kinds:
        if issubclass(kind, StrEnum) and isinstance(value, str):
            if value not in list(kind):
                raise ConfigWrong("unknown_kind", where, ", ".join(kind))
            return kind(value)
    if type(value) not in kinds:
        wanted = " or ".join(kind.__name__ for kind in kinds if kind is not type(None))
        raise ConfigWrong("wrong_type", where, wanted)
    name = where.rpartition(".")[2]
    if isinstance(value, int | float) and not isinstance(value, bool) and name in RANGES:
        least, most = RANGES[name]
        if not least <= value <= most:
            raise ConfigWrong("out_of_range", where, f"{least} to {most}")
    if isinstance(value, str) and (not value.strip() or "\0" in value):
        raise ConfigWrong("missing_field", where, "it is empty")
    return value


def _sound(door: Any) -> None:
    """What no field can tell by itself."""
    if isinstance(door, Relay):
        wrong = safe_address(door.url, password=bool(door.password_file))
        if wrong:
            raise ConfigWrong(wrong, "door.url")
    if isinstance(door, Pins):
        pins = [pin for pin in (door.relay, door.contact, door.exit_button) if pin is not None]
        if len(pins) != len(set(pins)):
            raise ConfigWrong("used_twice", "door")
    if isinstance(door, Device) and door.contact is not None and door.contact == door.exit_button:
        raise ConfigWrong("used_twice", "door.contact")
