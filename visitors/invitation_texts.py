"""What mails of visits say, in the visitor's language: subject, first and last words, words of the table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """One mail. `{name}`, `{company}`, `{when}`, `{site}`, `{host}` may stand in it."""

    subject: str
    lead: str
    close: str = ""


INVITED: Final = {
    "en": Text(
        "Your visit to {company}, {day}",
        "you are invited to {company}.",
        "At the kiosk by the entrance, type this code or hold the picture before its camera. You need "
        "nothing else; with the page below it goes faster.",
    ),
    "de": Text(
        "Ihr Besuch bei {company}, {day}",
        "Sie sind bei {company} eingeladen.",
        "Geben Sie am Terminal beim Eingang diesen Code ein, oder halten Sie das Bild vor seine Kamera. Mehr "
        "brauchen Sie nicht; mit der Seite unten geht es schneller.",
    ),
    "fr": Text(
        "Votre visite chez {company}, {day}",
        "vous êtes invité(e) chez {company}.",
        "À la borne de l’entrée, saisissez ce code ou présentez l’image à sa caméra. Il ne vous faut rien "
        "d’autre ; avec la page ci-dessous, c’est plus rapide.",
    ),
    "es": Text(
        "Su visita a {company}, {day}",
        "está usted invitado/a a {company}.",
        "En el terminal de la entrada, escriba este código o acerque la imagen a su cámara. No necesita nada "
        "más; con la página de abajo irá más rápido.",
    ),
}
SERIES: Final = {
    "en": Text(
        "Your visits to {company}, from {day}",
        "you are invited to {company} several times. Each visit has a code of its own.",
        "At the kiosk by the entrance, type the code of the day.",
    ),
    "de": Text(
        "Ihre Besuche bei {company}, ab {day}",
        "Sie sind mehrmals bei {company} eingeladen. Jeder Besuch hat seinen eigenen Code.",
        "Geben Sie am Terminal beim Eingang den Code des Tages ein.",
    ),
    "fr": Text(
        "Vos visites chez {company}, à partir du {day}",
        "vous êtes invité(e) plusieurs fois chez {company}. Chaque visite a son propre code.",
        "À la borne de l’entrée, saisissez le code du jour.",
    ),
    "es": Text(
        "Sus visitas a {company}, desde el {day}",
        "está usted invitado/a varias veces a {company}. Cada visita tiene su propio código.",
        "En el terminal de la entrada, escriba el código del día.",
    ),
}
CHANGED: Final = {
    "en": Text(
        "Changed: your visit to {company}, now {day}",
        "your visit to {company} has changed. This holds now:",
        INVITED["en"].close,
    ),
    "de": Text(
        "Geändert: Ihr Besuch bei {company}, jetzt {day}",
        "Ihr Besuch bei {company} hat sich geändert. Jetzt gilt:",
        INVITED["de"].close,
    ),
    "fr": Text(
        "Modifiée : votre visite chez {company}, désormais {day}",
        "votre visite chez {company} a changé. Voici ce qui vaut désormais :",
        INVITED["fr"].close,
    ),
    "es": Text(
        "Cambio: su visita a {company}, ahora {day}",
        "su visita a {company} ha cambiado. Ahora vale esto:",
        INVITED["es"].close,
    ),
}
CANCELLED: Final = {
    "en": Text(
        "Cancelled: your visit to {company}, {day}",
        "your visit to {company} does not take place.",
        "The code and the link from the invitation do not work any more.",
    ),
    "de": Text(
        "Abgesagt: Ihr Besuch bei {company}, {day}",
        "Ihr Besuch bei {company} findet nicht statt.",
        "Code und Link aus der Einladung gelten nicht mehr.",
    ),
    "fr": Text(
        "Annulée : votre visite chez {company}, {day}",
        "votre visite chez {company} n’a pas lieu.",
        "Le code et le lien de l’invitation ne fonctionnent plus.",
    ),
    "es": Text(
        "Cancelada: su visita a {company}, {day}",
        "su visita a {company} no tendrá lugar.",
        "El código y el enlace de la invitación ya no funcionan.",
    ),
}
WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "hello": "Hello {name},",
        "when": "When",
        "where": "Where",
        "host": "Host",
        "subject": "Subject",
        "bring": "Please bring",
        "code": "Your code",
        "map": "Look for it on a map",
        "page": "Open the page of your visit",
        "page_text": "Say whether you come, read at home what there is to read, and get your phone ready:",
        "qr": "Picture of your code",
        "summary": "Visit to {company}",
        "file": "visit",
    },
    "de": {
        "hello": "Guten Tag {name},",
        "when": "Wann",
        "where": "Wo",
        "host": "Gastgeber",
        "subject": "Anlass",
        "bring": "Bitte mitbringen",
        "code": "Ihr Code",
        "map": "Auf einer Karte suchen",
        "page": "Die Seite Ihres Besuchs öffnen",
        "page_text": "Sagen Sie, ob Sie kommen, lesen Sie zu Hause, was zu lesen ist, und bereiten Sie Ihr "
        "Telefon vor:",
        "qr": "Bild Ihres Codes",
        "summary": "Besuch bei {company}",
        "file": "besuch",
    },
    "fr": {
        "hello": "Bonjour {name},",
        "when": "Quand",
        "where": "Où",
        "host": "Hôte",
        "subject": "Objet",
        "bring": "À apporter",
        "code": "Votre code",
        "map": "Chercher sur une carte",
        "page": "Ouvrir la page de votre visite",
        "page_text": "Dites si vous venez, lisez chez vous ce qu’il y a à lire et préparez votre téléphone :",
        "qr": "Image de votre code",
        "summary": "Visite chez {company}",
        "file": "visite",
    },
    "es": {
        "hello": "Hola, {name}:",
        "when": "Cuándo",
        "where": "Dónde",
        "host": "Anfitrión",
        "subject": "Motivo",
        "bring": "Traiga, por favor",
        "code": "Su código",
        "map": "Buscar en un mapa",
        "page": "Abrir la página de su visita",
        "page_text": "Diga si viene, lea en casa lo que haya que leer y prepare su teléfono:",
        "qr": "Imagen de su código",
        "summary": "Visita a {company}",
        "file": "visita",
    },
}
