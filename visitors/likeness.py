"""Whether two names may be one person's: script, accents, order, initials and slips set aside. Pure.

EXACT: the same words in any order, however they are written (Müller, Mueller and MULLER; Чайковский and
Chaykovskiy). NEAR: each word of the shorter name has its like in the longer one: nearly the same letters
after what scripts and ears confuse is made one, or an initial beside a word that fits. What is near is for
people to judge: the thresholds are measured on the table in tests/visitors/test_likeness.py.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from visitors.models import How

NEAR_WORD: Final = 0.92  # Jaro-Winkler of two words
NEAR_WHOLE: Final = 0.93  # of two whole names, their words in order
LEAST_WORD: Final = 3  # letters: a shorter word must be the same
LEAST_BONES: Final = 4  # consonants that make two words alike whatever their vowels
LEAST_ALONE: Final = 5  # letters of a single word that stands for a whole name
# Titles and what stands between names says nothing about who it is.
_SILENT: Final = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "herr", "frau", "monsieur", "madame", "mme"),
        *("don", "dona", "senor", "senora", "sr", "sra", "jr", "von", "van", "der", "den", "de", "del"),
        *("della", "di", "da", "du", "la", "le", "el", "al", "bin", "ibn", "ben", "bint", "und"),
    )
)
_EXPANDED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "ß": "ss", "ё": "yo"}
# What spellings of one sound are brought to, in this order.
_SOUNDS: Final = (
    *(("tsch", "x"), ("tch", "x"), ("shch", "s"), ("sch", "s"), ("sh", "s"), ("cz", "x"), ("zh", "z")),
    *(("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dzh", "j"), ("dj", "j"), ("tz", "z")),
    *(("ck", "k"), ("qu", "k"), ("q", "k"), ("ks", "x"), ("w", "v"), ("ou", "u"), ("oe", "o"), ("ae", "a")),
    *(("ue", "u"), ("ei", "ai"), ("ey", "ai"), ("ay", "ai"), ("iy", "i"), ("yy", "i"), ("ij", "i")),
    *(("ch", "x"), ("c", "k"), ("ye", "e"), ("yu", "u"), ("ju", "u"), ("ya", "a"), ("ja", "a")),
    *(("ia", "a"), ("io", "o"), ("ah", "a"), ("y", "i"), ("j", "i")),
)
_ENDINGS: Final = ("a", "o", "ova", "eva", "ina")  # Martin and Martina, Novak and Novakova
_LETTERS: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af]")
_SYLLABLE: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DOUBLED: Final = re.compile(r"(.)\1+")
_VOWEL: Final = re.compile(r"[aeiou]")
_WORD: Final = re.compile(r"[^a-z0-9]+")


def words(name: str, *, expanded: bool = False) -> tuple[str, ...]:
    """The words of a name in small Latin letters; with `expanded` "ü" is "ue", else "u"."""
    text = unicodedata.normalize("NFKC", name)
    if expanded:
        text = "".join(_EXPANDED.get(sign, sign) for sign in text.casefold())
    text = "".join(s for s in text if unicodedata.category(s) not in {"Cc", "Cf", "So", "Sk"})
    pieces = []
    for piece in text.split():
        latin = anyascii(piece)
        # Chinese and Korean come as one word with a capital for each syllable.
        pieces.append(_SYLLABLE.sub(" ", latin) if _LETTERS.search(piece) else latin)
    plain = " ".join(pieces).casefold().replace("'", "").replace("`", "").replace("’", "")
    return tuple(word for word in _WORD.split(plain) if word)


def alike(one: str, other: str) -> How | None:
    """How the names are alike: How.EXACT, How.NEAR, or not at all."""
    return _alike(_forms(one), _forms(other))


def alike_any(one: str, others: Iterable[str]) -> How | None:
    """The closest of several names."""
    forms = _forms(one)
    found = {_alike(forms, _forms(other)) for other in others if other.strip()}
    return next((how for how in (How.EXACT, How.NEAR) if how in found), None)


def _forms(name: str) -> set[tuple[str, ...]]:
    # Not kept between two comparisons: nothing of a person who is erased may stay in memory.
    return {words(name), words(name, expanded=True)}


def _alike(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> How | None:
    pairs = [(first, second) for first in one for second in other]
    if any(_same(first, second) for first, second in pairs):
        return How.EXACT
    return How.NEAR if any(_near(first, second) for first, second in pairs) else None


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return False
    if sorted(_telling(one)) == sorted(_telling(other)):
        return True
    # Words may be cut differently: "Xiao Ming" and "Xiaoming", "al-Rashid" and "Alrashid".
    joined = "".join(one)
    turns = range(len(other))
    return any("".join([*other[turn:], *other[:turn]]) == joined for turn in turns)


def _telling(name: Sequence[str]) -> list[str]:
    return [word for word in name if word not in _SILENT] or list(name)


def _near(one: Sequence[str], other: Sequence[str]) -> bool:
    short, long = sorted((_telling(one), _telling(other)), key=len)
    if not short:
        return False
    if len(short) == 1:
        return _alone(short[0], long)
    if len(short) == len(long) and _whole(short, long):
        return True
    return _each(short, long)


def _alone(word: str, others: Sequence[str]) -> bool:
    """A single word: a family name given alone, or a whole name written as one word."""
    if len(word) < LEAST_ALONE:
        return False
    return any(_sound(word) == _sound(other) for other in others) or (
        len(others) > 1 and any(_sound("".join(turn)) == _sound(word) for turn in (others, others[::-1]))
    )


def _whole(one: Sequence[str], other: Sequence[str]) -> bool:
    """A slip or two in the whole of it."""
    first, second = (" ".join(sorted(_sound(word) for word in name)) for name in (one, other))
    if any(a[0] != b[0] or _other_ending(a, b) for a, b in zip(first.split(), second.split(), strict=True)):
        return False
    slips = DamerauLevenshtein.distance(first, second, score_cutoff=2)
    if slips > (1 if min(len(first), len(second)) < 10 else 2):
        return False
    return JaroWinkler.similarity(first, second) >= NEAR_WHOLE


def _each(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether each word of the shorter one has its like, and one of them more than an initial's."""
    left = list(long)
    full = 0
    for word in sorted(short, key=len, reverse=True):
        found = next((other for other in left if _like(word, other)), None)
        if found is None:
            return False
        left.remove(found)
        full += len(word) >= LEAST_WORD and len(found) >= LEAST_WORD
    return full >= 1


def _like(word: str, other: str) -> bool:
    if len(word) == 1 or len(other) == 1:
        return word[0] == other[0]
    first, second = _sound(word), _sound(other)
    if first == second:
        return True
    if min(len(first), len(second)) < LEAST_WORD or first[0] != second[0] or _other_ending(first, second):
        return False
    # Scripts without vowels: Mohammed, Muhammad, Mohamed.
    if _bones(first) == _bones(second) and len(_bones(first)) >= LEAST_BONES:
        return True
    return JaroWinkler.similarity(first, second) >= NEAR_WORD


def _other_ending(one: str, other: str) -> bool:
    """Whether they differ in nothing but what makes a man's name a woman's."""
    return one != other and bool(_stems(one) & _stems(other))


def _stems(word: str) -> set[str]:
    return {word, *(word.removesuffix(end) for end in _ENDINGS)}


def _bones(sound: str) -> str:
    return sound[0] + _VOWEL.sub("", sound[1:])


def _sound(word: str) -> str:
    """Letters that stand for one sound made one, doubled ones single."""
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", word)
