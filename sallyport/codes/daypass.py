"""The day pass, printed or mailed: opens for the window of a visit, is not consumed, never opens alone.

It is shown with a second factor that only the server checks, or with a face.
"""

import struct
from dataclasses import dataclass
from typing import Final

from sallyport.codes.layout import KEY_ID_BYTES, SIGNATURE_BYTES, SIV_BYTES, CodeFormat, layout, to_text
from sallyport.codes.live import MintingKeys

DAY_PASS_CONTENTS: Final = struct.Struct(">IIHBII")  # credential, visit, profile, flags, begins, ends
DAY_PASS: Final = layout(
    CodeFormat.DAY_PASS, KEY_ID_BYTES + SIV_BYTES + DAY_PASS_CONTENTS.size + SIGNATURE_BYTES
)  # 103 bytes, 252 digits: drawn exactly as a live code


@dataclass(frozen=True, slots=True)
class DayPassContents:
    """What a day pass says."""

    credential: int  # u32
    visit: int  # u32
    profile: int  # u16
    flags: int  # u8, must be zero
    begins: int  # u32, unix seconds
    ends: int  # u32, unix seconds

    def pack(self) -> bytes:
        """The 19 bytes. Raises ValueError when a value does not fit its field."""
        if self.flags or not self.begins < self.ends:
            raise ValueError("no flags, and an end after the beginning")
        try:
            return DAY_PASS_CONTENTS.pack(
                self.credential, self.visit, self.profile, self.flags, self.begins, self.ends
            )
        except struct.error as error:
            raise ValueError("a value does not fit the layout of a day pass") from error

    @classmethod
    def unpack(cls, data: bytes) -> "DayPassContents":
        """The contents of 19 bytes."""
        return cls(*DAY_PASS_CONTENTS.unpack(data))


def mint_day_pass(contents: DayPassContents, keys: MintingKeys) -> str:
    """A day pass: 252 digits. Raises ValueError when a value does not fit its field."""
    return to_text(DAY_PASS, keys.seal(CodeFormat.DAY_PASS, contents.pack()))
