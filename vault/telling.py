"""How rooms tell a person what they hold: one set of words in four languages, times, and no other people."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from vault.holdings import Asking, Cell, Column, Table

LANGUAGES: Final = ("en", "de", "fr", "es")
Four = tuple[str, str, str, str]  # in the order of LANGUAGES
FREE: Final = "*"

# What columns are called; a key means the same wherever it stands.
COLUMNS: Final[Mapping[str, Four]] = {
    "at": ("Time", "Zeit", "Moment", "Momento"),
    "by": ("Who did it", "Wer es tat", "Auteur", "Quién lo hizo"),
    "from": ("From", "Von", "Du", "Desde"),
    "until": ("Until", "Bis", "Jusqu’au", "Hasta"),
    "since": ("Since", "Seit", "Depuis", "Desde cuándo"),
    "ended": ("Ended", "Beendet", "Terminé", "Terminado"),
    "ended_how": ("How it ended", "Wie es endete", "Comment cela a pris fin", "Cómo terminó"),
    "state": ("State", "Zustand", "État", "Estado"),
    "kind": ("Kind", "Art", "Type", "Tipo"),
    "name": ("Name", "Name", "Nom", "Nombre"),
    "email": ("Mail address", "E-Mail-Adresse", "Adresse e-mail", "Correo electrónico"),
    "language": ("Language", "Sprache", "Langue", "Idioma"),
    "created": ("Entered", "Angelegt", "Enregistré", "Registrado"),
    "changed": ("Last changed", "Zuletzt geändert", "Dernière modification", "Último cambio"),
    "number": ("Number", "Nummer", "Numéro", "Número"),
    "label": ("Label", "Bezeichnung", "Désignation", "Nombre dado"),
    "confirmed": ("Confirmed", "Bestätigt", "Confirmé", "Confirmado"),
    "last_used": ("Last used", "Zuletzt benutzt", "Dernière utilisation", "Último uso"),
    "reason": ("Reason", "Grund", "Motif", "Motivo"),
    "result": ("Result", "Ergebnis", "Résultat", "Resultado"),
    "site": ("Site", "Standort", "Site", "Sede"),
    "area": ("Area", "Bereich", "Zone", "Zona"),
    "door": ("Door", "Tür", "Porte", "Puerta"),
    "side": ("Side", "Seite", "Côté", "Lado"),
    "level": ("What it opens", "Was sie öffnet", "Ce qu’il ouvre", "Qué abre"),
    "inside": ("Inside", "Drinnen", "À l’intérieur", "Dentro"),
    "note": ("Note", "Notiz", "Note", "Nota"),
    "purpose": ("Purpose", "Zweck", "Finalité", "Finalidad"),
    "version": ("Version", "Fassung", "Version", "Versión"),
    "title": ("Title", "Titel", "Titre", "Título"),
    "text": ("Text", "Text", "Texte", "Texto"),
    "said": ("What you pressed", "Was Sie gedrückt haben", "Ce que vous avez choisi", "Lo que usted pulsó"),
    "signed": ("Name you signed with", "Unterschrift", "Nom signé", "Nombre firmado"),
    "proof": ("Digest of the text", "Prüfsumme des Textes", "Empreinte du texte", "Resumen del texto"),
    "where": ("Where", "Wo", "Où", "Dónde"),
    "model": ("Model", "Modell", "Modèle", "Modelo"),
    "supervision": ("Who attended", "Wer dabei war", "Qui y assistait", "Quién asistió"),
    "deed": ("What was done", "Was getan wurde", "Ce qui a été fait", "Qué se hizo"),
    "about": ("About", "Worüber", "Sujet", "Sobre"),
    "data": ("Details", "Einzelheiten", "Détails", "Detalles"),
    "told": ("What was written down", "Was dabei notiert wurde", "Ce qui a été noté", "Lo que se anotó"),
    "role": ("Role", "Rolle", "Rôle", "Función"),
    "message": ("What you wrote", "Was Sie schrieben", "Votre message", "Lo que usted escribió"),
    "tries": ("Wrong tries", "Falsche Versuche", "Essais erronés", "Intentos fallidos"),
    "used": ("Used", "Benutzt", "Utilisés", "Usados"),
    "opened": ("Door opened", "Tür ging auf", "Porte ouverte", "Puerta abierta"),
    "arrived": ("Arrived", "Angekommen", "Arrivé", "Llegada"),
    "admitted": ("Let in", "Eingelassen", "Admis", "Admitido"),
    "way": ("How you got in", "Wie Sie hereinkamen", "Comment vous êtes entré", "Cómo entró"),
    "photo": ("Photo kept", "Foto vorhanden", "Photo conservée", "Foto guardada"),
    "firm": ("Where you come from", "Woher Sie kommen", "D’où vous venez", "De dónde viene"),
    "drawn": ("Signed by hand", "Von Hand unterschrieben", "Signé à la main", "Firmado a mano"),
    "file": ("Kept as PDF", "Als PDF vorhanden", "Conservé en PDF", "Guardado en PDF"),
    "people": ("People", "Personen", "Personnes", "Personas"),
    "by_mail": ("By mail", "Per E-Mail", "Par e-mail", "Por correo"),
    "by_push": ("In the browser", "Im Browser", "Dans le navigateur", "En el navegador"),
    "browsers": ("Browsers", "Browser", "Navigateurs", "Navegadores"),
    "other_names": ("Other names", "Andere Namen", "Autres noms", "Otros nombres"),
    "offline": ("Decided without network", "Ohne Netz entschieden", "Décidé sans réseau", "Decidido sin red"),
}
YES_NO: Final[tuple[Four, Four]] = (("yes", "ja", "oui", "sí"), ("no", "nein", "non", "no"))
YOU: Final[Four] = ("you", "Sie selbst", "vous", "usted")
# Who else did something is told by what they are there for (GDPR Art. 15(4)).
ROLES: Final[Mapping[str, Four]] = {
    "operator": ("an operator", "ein Bediener", "un opérateur", "un operador"),
    "holder": ("another person", "eine andere Person", "une autre personne", "otra persona"),
    "device": ("a phone", "ein Telefon", "un téléphone", "un teléfono"),
    "kiosk": ("a kiosk", "ein Kiosk", "une borne", "un quiosco"),
    "reader": ("a reader", "ein Leser", "un lecteur", "un lector"),
    "system": ("Sallyport", "Sallyport", "Sallyport", "Sallyport"),
}
_SOMEBODY: Final[Four] = ("somebody", "jemand", "quelqu’un", "alguien")


def speak(text: Four, language: str) -> str:
    """The text in a language; English where it is none of LANGUAGES."""
    return text[LANGUAGES.index(language) if language in LANGUAGES else 0]


def word(words: Mapping[str, Four], value: str, language: str) -> str:
    """What a code means; an unknown one stands for itself."""
    found = words.get(value)
    return value if found is None else speak(found, language)


def yes_no(value: bool, language: str) -> str:
    """A truth in words."""
    return speak(YES_NO[0 if value else 1], language)


def moment(at: datetime | None) -> str | None:
    """ISO 8601 with its offset, to the second."""
    return None if at is None else at.isoformat(timespec="seconds")


def doer(actor: str, selves: Container[str], language: str) -> str:
    """Who did it, as the person may be told: themselves, or a role."""
    if not actor:
        return ""
    if actor in selves:
        return speak(YOU, language)
    return speak(ROLES.get(actor.partition(":")[0], _SOMEBODY), language)


def table(  # noqa: PLR0913  (the fields of a table; a dataclass would only rename them)
    asking: Asking,
    name: str,
    title: Four,
    columns: str,
    rows: Iterable[Sequence[Cell]],
    *,
    said: Four | None = None,
    given: bool = False,
) -> Table:
    """A table in the person's language. `columns`: keys of COLUMNS, with a * where people wrote freely."""
    made = tuple(
        Column(key.rstrip(FREE), speak(COLUMNS[key.rstrip(FREE)], asking.language), key.endswith(FREE))
        for key in columns.split()
    )
    return Table(
        name=name,
        title=speak(title, asking.language),
        columns=made,
        rows=rows,
        said="" if said is None else speak(said, asking.language),
        given=given,
    )
