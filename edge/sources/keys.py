"""What a keyboard-wedge scanner types, from the kernel's input events. Pure.

The events are `struct input_event` of linux/input.h: two native longs of time, then u16 type, u16 code and
s32 value. Scanners type a code's digits and Enter; the codes of keys are of linux/input-event-codes.h and the
same for every keyboard layout, as digits are.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from edge.source import LONGEST

EVENT: Final = struct.Struct("llHHi")
EV_KEY: Final = 1
PRESSED: Final = 1  # 0 is released, 2 repeated by being held down: no scanner does that
ENTER: Final = frozenset({28, 96})
DIGITS: Final = {
    **dict(zip(range(2, 12), "1234567890", strict=True)),
    **dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73, 82), "1234567890", strict=True)),  # the keypad's
}
# Control, shift, alt, meta, caps and num lock: they type nothing by themselves.
MODIFIERS: Final = frozenset({29, 97, 42, 54, 56, 100, 125, 126, 58, 69})
STRANGE: Final = "?"  # any other key: the text is then refused as malformed, and is on record as that
PAUSE: Final = 1.0  # seconds: what comes after a longer pause is a new code


@dataclass(slots=True)
class KeyReader:
    """Bytes of events in, whole codes out. What is over `LONGEST` is cut, a half event waits for its rest."""

    _rest: bytes = b""
    _typed: list[str] = field(default_factory=list)
    _last: float = 0.0

    def feed(self, data: bytes) -> Iterator[str]:
        """The codes that end within `data`."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY and value == PRESSED and code not in MODIFIERS:
                text = self._key(code, seconds + micros / 1e6)
                if text:
                    yield text

    def _key(self, code: int, at: float) -> str:
        if abs(at - self._last) > PAUSE:
            self._typed.clear()
        self._last = at
        if code in ENTER:
            text = "".join(self._typed)
            self._typed.clear()
            return text
        if len(self._typed) < LONGEST:
            self._typed.append(DIGITS.get(code, STRANGE))
        return ""
