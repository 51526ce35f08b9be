"""What mails to hosts say, in the host's language: subject, then paragraphs (`credentials.mail_texts`)."""

from typing import Final

from credentials.mail_texts import Text
from visitors.notices.kinds import Kind

WAITING = {
    "en": Text(
        "{guest} waits for you at {site}",
        (
            "Hello {name},",
            "{guest} has come and waits at the reception, {site}, since {at}.",
            "Let them in, or say that you cannot receive them:",
            "{address}",
            "Opening the page does nothing yet. The reception can let them in, too.",
        ),
    ),
    "de": Text(
        "{guest} wartet auf Sie: {site}",
        (
            "Guten Tag {name},",
            "{guest} ist gekommen und wartet am Empfang, {site}, seit {at}.",
            "Lassen Sie die Person herein, oder sagen Sie, dass Sie sie nicht empfangen können:",
            "{address}",
            "Das Öffnen der Seite bewirkt noch nichts. Auch der Empfang kann die Person hereinlassen.",
        ),
    ),
    "fr": Text(
        "{guest} vous attend : {site}",
        (
            "Bonjour {name},",
            "{guest} est là et attend à l’accueil, {site}, depuis {at}.",
            "Laissez entrer cette personne, ou dites que vous ne pouvez pas la recevoir :",
            "{address}",
            "Ouvrir la page ne fait encore rien. L’accueil peut aussi la laisser entrer.",
        ),
    ),
    "es": Text(
        "{guest} le espera: {site}",
        (
            "Hola {name}:",
            "{guest} ha llegado y espera en la recepción, {site}, desde {at}.",
            "Deje entrar a esta persona, o diga que no puede recibirla:",
            "{address}",
            "Abrir la página todavía no hace nada. La recepción también puede dejarla entrar.",
        ),
    ),
}
ARRIVED = {
    "en": Text(
        "{guest} has arrived at {site}",
        ("Hello {name},", "{guest} has signed in at {site}: {at}.", "You need do nothing more."),
    ),
    "de": Text(
        "{guest} ist da: {site}",
        ("Guten Tag {name},", "{guest} hat sich angemeldet, {site}: {at}.", "Sie müssen nichts weiter tun."),
    ),
    "fr": Text(
        "{guest} est là : {site}",
        ("Bonjour {name},", "{guest} s’est présenté, {site} : {at}.", "Vous n’avez rien d’autre à faire."),
    ),
    "es": Text(
        "{guest} ha llegado: {site}",
        ("Hola {name}:", "{guest} se ha registrado, {site}: {at}.", "No tiene que hacer nada más."),
    ),
}
CANNOT_COME = {
    "en": Text(
        "{guest} cannot come",
        (
            "Hello {name},",
            "{guest} has called off the visit at {site} of {begins}.",
            "It is cancelled. To agree on another time, invite them again.",
        ),
    ),
    "de": Text(
        "{guest} kann nicht kommen",
        (
            "Guten Tag {name},",
            "{guest} hat den Besuch abgesagt: {site}, {begins}.",
            "Er ist gestrichen. Für einen anderen Termin laden Sie neu ein.",
        ),
    ),
    "fr": Text(
        "{guest} ne peut pas venir",
        (
            "Bonjour {name},",
            "{guest} a annulé la visite : {site}, {begins}.",
            "Elle est annulée. Pour une autre date, invitez à nouveau.",
        ),
    ),
    "es": Text(
        "{guest} no puede venir",
        (
            "Hola {name}:",
            "{guest} ha anulado la visita: {site}, {begins}.",
            "Queda cancelada. Para otra fecha, invite de nuevo.",
        ),
    ),
}
DELIVERY = {
    "en": Text(
        "A delivery for you at {site}",
        ("Hello {name},", "something was brought for you to the reception, {site}: {at}."),
    ),
    "de": Text(
        "Eine Lieferung für Sie: {site}",
        ("Guten Tag {name},", "am Empfang, {site}, wurde etwas für Sie abgegeben: {at}."),
    ),
    "fr": Text(
        "Une livraison pour vous : {site}",
        ("Bonjour {name},", "quelque chose a été apporté pour vous à l’accueil, {site} : {at}."),
    ),
    "es": Text(
        "Una entrega para usted: {site}",
        ("Hola {name}:", "han traído algo para usted a la recepción, {site}: {at}."),
    ),
}
MAILS: Final = {
    Kind.WAITING: WAITING,
    Kind.ARRIVED: ARRIVED,
    Kind.CANNOT_COME: CANNOT_COME,
    Kind.DELIVERY: DELIVERY,
}
