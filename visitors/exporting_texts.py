"""What visits and the watch list are called when a person is told of them, in four languages."""

from collections.abc import Mapping
from typing import Final

from vault.telling import Four

VISITS: Final[Four] = ("Your visits", "Ihre Besuche", "Vos visites", "Sus visitas")
VISITS_SAID: Final[Four] = (
    "Each visit with its times. The code in your mail and links are kept as digests only.",
    "Jeder Besuch mit seinen Zeiten. Der Code aus Ihrer E-Mail und Links liegen nur als Prüfsummen vor.",
    "Chaque visite avec ses heures. Le code de votre e-mail et les liens ne sont gardés qu’en empreintes.",
    "Cada visita con sus horas. El código de su correo y los enlaces solo se guardan como resúmenes.",
)
SIGNED: Final[Four] = (
    "What you read and signed",
    "Was Sie gelesen und unterschrieben haben",
    "Ce que vous avez lu et signé",
    "Lo que usted leyó y firmó",
)
SIGNED_SAID: Final[Four] = (
    "Your signature is kept as strokes and, where it says so, in a PDF, which you can ask for.",
    "Ihre Unterschrift liegt als Linienzug und, wo es dasteht, in einem PDF vor, das Sie verlangen können.",
    "Votre signature est gardée en traits et, si indiqué, dans un PDF que vous pouvez demander.",
    "Su firma se guarda en trazos y, donde se indica, en un PDF que puede pedir.",
)
KIOSKS: Final[Four] = (
    "Your time at kiosks",
    "Ihre Zeit an Kiosken",
    "Vos passages aux bornes",
    "Sus quioscos",
)
HOSTED: Final[Four] = (
    "Visits you received",
    "Besuche, die Sie empfangen haben",
    "Visites que vous avez reçues",
    "Visitas que usted recibió",
)
HOSTED_SAID: Final[Four] = (
    "Who came is told to them alone (GDPR Art. 15(4)).",
    "Wer kam, erfahren nur die Betroffenen selbst (Art. 15 Abs. 4 DSGVO).",
    "L’identité des visiteurs n’est dite qu’à eux (art. 15, par. 4, RGPD).",
    "Quién vino solo se dice a esas personas (art. 15.4 RGPD).",
)
GROUPS: Final[Four] = (
    "Groups you invited",
    "Gruppen, die Sie eingeladen haben",
    "Groupes que vous avez invités",
    "Grupos que usted invitó",
)
NOTICES: Final[Four] = (
    "How you are told of visitors",
    "Wie Sie von Besuchern erfahren",
    "Comment vous êtes averti des visiteurs",
    "Cómo se le avisa de visitantes",
)
MATCHES: Final[Four] = (
    "Your name compared with a list",
    "Ihr Name im Abgleich mit einer Liste",
    "Votre nom comparé à une liste",
    "Su nombre comparado con una lista",
)
WATCHED: Final[Four] = (
    "About whom somebody wants to be told",
    "Über wen jemand verständigt werden will",
    "Personnes signalées à quelqu’un",
    "Personas de las que alguien quiere ser avisado",
)
WATCHED_SAID: Final[Four] = (
    "An officer has looked at each line: what would harm others or a proceeding was left out.",
    "Jede Zeile wurde geprüft: was anderen oder einem Verfahren schaden würde, fehlt.",
    "Chaque ligne a été examinée : ce qui nuirait à autrui ou à une procédure a été omis.",
    "Cada línea fue revisada: se omitió lo que dañaría a otros o a un procedimiento.",
)
DEEDS: Final[Four] = (
    "Deeds on record about your visits",
    "Aufgezeichnete Vorgänge über Ihre Besuche",
    "Actes enregistrés sur vos visites",
    "Hechos registrados sobre sus visitas",
)
STATES: Final[Mapping[str, Four]] = {
    "invited": ("invited", "eingeladen", "invité", "invitado"),
    "expected": ("expected", "erwartet", "attendu", "esperado"),
    "on_site": ("on site", "im Haus", "sur place", "en el edificio"),
    "signed_out": ("signed out", "abgemeldet", "sorti", "salida registrada"),
    "expired": ("expired", "abgelaufen", "expiré", "caducado"),
    "refused": ("refused", "abgewiesen", "refusé", "rechazado"),
    "cancelled": ("cancelled", "abgesagt", "annulé", "cancelado"),
}
WAYS: Final[Mapping[str, Four]] = {
    "phone": ("your phone", "Ihr Telefon", "votre téléphone", "su teléfono"),
    "day_pass": ("a day pass", "Tagesausweis", "un passe journalier", "un pase de día"),
    "escort": ("with an escort", "in Begleitung", "accompagné", "acompañado"),
}
FLOWS: Final[Mapping[str, Four]] = {
    "expected": ("expected", "angekündigt", "attendu", "esperado"),
    "walk_in": ("not announced", "nicht angekündigt", "non annoncé", "sin anunciar"),
    "leaving": ("leaving", "beim Gehen", "au départ", "al salir"),
}
GROUPS_OF: Final[Mapping[str, Four]] = {
    "group": ("group", "Gruppe", "groupe", "grupo"),
    "series": ("series", "Serie", "série", "serie"),
    "file": ("file", "Datei", "fichier", "archivo"),
}
HOW: Final[Mapping[str, Four]] = {
    "exact": ("the same name", "derselbe Name", "le même nom", "el mismo nombre"),
    "near": ("a name near to it", "ein ähnlicher Name", "un nom proche", "un nombre parecido"),
    "email": ("the same mail address", "dieselbe E-Mail-Adresse", "la même adresse", "el mismo correo"),
}
VERDICTS: Final[Mapping[str, Four]] = {
    "same": ("the same person", "dieselbe Person", "la même personne", "la misma persona"),
    "other": ("somebody else", "jemand anderes", "quelqu’un d’autre", "otra persona"),
}
