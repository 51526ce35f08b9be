"""The day pass, printed or mailed: the layout only. Opens for the window of a visit, is not consumed."""

import struct
from dataclasses import dataclass
from typing import Final

from sallyport.codes.layout import KEY_ID_BYTES, SIGNATURE_BYTES, SIV_BYTES, CodeFormat, layout

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
    flags: int  # u8
    begins: int  # u32, unix seconds
    ends: int  # u32, unix seconds

    def pack(self) -> bytes:
        """The 19 bytes."""
        return DAY_PASS_CONTENTS.pack(
            self.credential, self.visit, self.profile, self.flags, self.begins, self.ends
        )

    @classmethod
    def unpack(cls, data: bytes) -> "DayPassContents":
        """The contents of 19 bytes."""
        return cls(*DAY_PASS_CONTENTS.unpack(data))
