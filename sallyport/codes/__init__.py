"""Codes: what the phone shows and the reader's camera reads."""

from sallyport.codes.daypass import DayPassContents, mint_day_pass
from sallyport.codes.layout import CodeFlags, CodeFormat, CodeRefused, code_hash, minutes_of, unlock_flags
from sallyport.codes.live import LiveContents, MintingKeys, mint_live
from sallyport.codes.opening import NO_CHALLENGES, OpenedCode, OpeningKeys, open_code
from sallyport.codes.passes import NO_CHALLENGE, PassContents, prove, seal_pass

__all__ = [
    "NO_CHALLENGE",
    "NO_CHALLENGES",
    "CodeFlags",
    "CodeFormat",
    "CodeRefused",
    "DayPassContents",
    "LiveContents",
    "MintingKeys",
    "OpenedCode",
    "OpeningKeys",
    "PassContents",
    "code_hash",
    "mint_day_pass",
    "mint_live",
    "minutes_of",
    "open_code",
    "prove",
    "seal_pass",
    "unlock_flags",
]
