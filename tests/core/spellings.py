"""Texts that are nearly a code: none of them may be taken for one."""

from sallyport.codes.layout import Layout


def swapped(text: str, place: int, character: str) -> str:
    """`text` with another character at one place."""
    return text[:place] + character + text[place + 1 :]


def spellings(shape: Layout, text: str) -> list[tuple[str, str]]:
    """Names, and the wrong texts made of a good one."""
    head, number, last = text[:3], text[3:], len(text) - 1
    return [
        ("empty", ""),
        ("one digit short", text[:-1]),
        ("one digit more", text + "0"),
        ("another zero in front of the number", head + "0" + number),
        ("a sign", swapped(text, 3, "+")),
        ("an underscore", swapped(text, 9, "_")),
        ("a blank at the end", swapped(text, last, " ")),
        ("a line end more", text + "\n"),
        ("a letter", swapped(text, 50, "a")),
        ("an Arabic-Indic digit", swapped(text, 50, "\u0663")),
        ("a full-width digit", swapped(text, 50, "\uff13")),
        ("a superscript digit", swapped(text, 50, "\u00b2")),
        ("version 00", head[0] + "00" + number),
        ("version 02", head[0] + "02" + number),
        ("format 0", "001" + number),
        ("format 9", "901" + number),
        ("a format of another length", ("101" if shape.size == 208 else "201") + number),
        ("one above the largest number", head + str(1 << (8 * shape.size)).zfill(shape.digits)),
        ("all nines", head + "9" * shape.digits),
    ]
