"""Codes: what the phone shows and the reader's camera reads."""

from sallyport.codes.layout import CodeFlags, CodeFormat, CodeRefused, code_hash
from sallyport.codes.live import LiveContents, MintingKeys, mint_live
from sallyport.codes.opening import OpenedCode, OpeningKeys, open_code

__all__ = [
    "CodeFlags",
    "CodeFormat",
    "CodeRefused",
    "LiveContents",
    "MintingKeys",
    "OpenedCode",
    "OpeningKeys",
    "code_hash",
    "mint_live",
    "open_code",
]
