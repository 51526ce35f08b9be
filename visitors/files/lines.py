"""What a file says, line by line, and how its bytes become text."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from credentials.models import Language
from visitors.refusals import Refused

MOST_LINES: Final = 10_000
MOST_BYTES: Final = 4 * 1024 * 1024

# Why a line is not invited, as people read it.
REASONS: Final = {
    "name_missing": "There is no name.",
    "name_too_long": "The name has more than 200 characters.",
    "mail_wrong": "The mail address is none.",
    "mail_missing": "There is no mail address.",
    "language_unknown": "The language is none of en, de, fr, es.",
    "is_staff": "This is the mail address of a cardholder: they need no invitation.",
    "twice": "The same mail address stands in the file for the same time already.",
    "already_invited": "Is invited for this time already.",
    "window_over": "This time is over.",
    "window_too_far": "Begins more than two years from now.",
    "window_empty": "The end is not after the beginning.",
    "window_too_long": "Lasts longer than 31 days.",
    "host_left": "The host is not here any more.",
    "no_host": "A visitor cannot be a host.",
    "rule_not_understood": "The rule by which it repeats is not understood.",
    "time_wrong": "The time is not understood.",
    "email_taken": "Somebody else has this mail address.",
    "cancelled": "Cancelled before it was its turn.",
    "type_gone": "The type of visit or the site is gone.",
    "not_accepted": "Not accepted: something in this line is not as expected.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One guest at one time. `number` is the line in a table, the running number in a calendar.

    `code` says what is wrong with it; without times those of the form count.
    """

    number: int
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    firm: str = field(default="", repr=False)
    language: str = ""
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    subject: str = field(default="", repr=False)
    code: str = ""


def text_of(data: bytes) -> str:
    """The file's text: UTF-8 with or without mark, UTF-16 with one, else Windows-1252.

    Raises Refused: file_empty, file_too_large, not_a_text.
    """
    if not data.strip():
        raise Refused("file_empty", "The file is empty.", status=422)
    if len(data) > MOST_BYTES:
        raise Refused("file_too_large", "The file is larger than 4 MB.", status=422)
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("not_a_text", "This is no text file. Save it as CSV (UTF-8) or as .ics.", status=422)


def language_of(text: str) -> str:
    """`de` for `de`, `DE`, `de-CH`, `Deutsch`, `German`; empty for what is none of the four."""
    short = text.strip().casefold().replace("_", "-").partition("-")[0]
    return short if short in Language.values else _NAMES.get(short, "")


_NAMES: Final = {
    "english": "en",
    "englisch": "en",
    "anglais": "en",
    "inglés": "en",
    "german": "de",
    "deutsch": "de",
    "allemand": "de",
    "alemán": "de",
    "french": "fr",
    "französisch": "fr",
    "français": "fr",
    "francés": "fr",
    "spanish": "es",
    "spanisch": "es",
    "espagnol": "es",
    "español": "es",
}


def too_many() -> Refused:
    """More than one file may hold."""
    text = f"{MOST_LINES:,} guests in one file are possible. Part it."
    return Refused("too_many_lines", text, status=422)
