"""Periods in words: for officers, and on the company's public page in four languages."""

from typing import Final

from tenants.keeping import Kind

YEAR: Final = 365
_ONE_YEAR, _YEARS, _ONE_DAY, _DAYS = range(4)
_WORDS: Final = {
    "en": ("one year", "{n} years", "one day", "{n} days"),
    "de": ("ein Jahr", "{n} Jahre", "ein Tag", "{n} Tage"),
    "fr": ("un an", "{n} ans", "un jour", "{n} jours"),
    "es": ("un año", "{n} años", "un día", "{n} días"),
}
_LONGEST: Final = {
    "en": "{said}, at some places up to {most}",
    "de": "{said}, an manchen Orten bis zu {most}",
    "fr": "{said}, à certains endroits jusqu’à {most}",
    "es": "{said}, en algunos lugares hasta {most}",
}
PUBLIC: Final = {
    "en": ("How long data are kept", "What", "How long"),
    "de": ("Wie lange Daten aufbewahrt werden", "Was", "Wie lange"),
    "fr": ("Combien de temps les données sont conservées", "Quoi", "Combien de temps"),
    "es": ("Cuánto tiempo se conservan los datos", "Qué", "Cuánto tiempo"),
}


def period(days: int, language: str = "en") -> str:
    """`90 days`, `one year`."""
    words = _WORDS[language]
    if days % YEAR == 0:
        number = days // YEAR
        return words[_ONE_YEAR] if number == 1 else words[_YEARS].format(n=number)
    return words[_ONE_DAY] if days == 1 else words[_DAYS].format(n=days)


def public_period(days: int, longest: int, language: str) -> str:
    """The period, and the longest at a site where that is longer."""
    said = period(days, language)
    return said if longest <= days else _LONGEST[language].format(said=said, most=period(longest, language))


def title(kind: Kind, language: str = "en") -> str:
    """What the kind of data is called."""
    return kind.titles[language]
