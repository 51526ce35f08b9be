"""What a day pass and its mail say, in the person's language."""

from dataclasses import dataclass

from credentials.mail_texts import Text


@dataclass(frozen=True, slots=True)
class Words:
    """The words on the paper. `steps` say what to do, in order."""

    title: str
    window: str
    begins: str
    ends: str
    number: str
    steps: tuple[str, ...]
    found: str


WORDS = {
    "en": Words(
        "Day pass",
        "Valid",
        "from {begins}",
        "until {ends}",
        "Pass number {number}",
        (
            "Hold the code in front of the reader at the door.",
            "Type the six digits that you were given. They are not on this paper.",
            "Do not fold the code, and keep it clean.",
        ),
        "Found? Please hand it in at {company}. Without the digits it opens nothing.",
    ),
    "de": Words(
        "Tagesausweis",
        "Gültig",
        "von {begins}",
        "bis {ends}",
        "Ausweis Nummer {number}",
        (
            "Halten Sie den Code vor den Leser an der Tür.",
            "Tippen Sie die sechs Ziffern, die man Ihnen gegeben hat. Sie stehen nicht auf diesem Blatt.",
            "Knicken Sie den Code nicht und halten Sie ihn sauber.",
        ),
        "Gefunden? Bitte bei {company} abgeben. Ohne die Ziffern öffnet er nichts.",
    ),
    "fr": Words(
        "Badge d’un jour",
        "Valable",
        "du {begins}",
        "au {ends}",
        "Badge numéro {number}",
        (
            "Présentez le code au lecteur de la porte.",
            "Tapez les six chiffres qui vous ont été remis. Ils ne figurent pas sur cette feuille.",
            "Ne pliez pas le code et gardez-le propre.",
        ),
        "Trouvé ? Merci de le remettre à {company}. Sans les chiffres, il n’ouvre rien.",
    ),
    "es": Words(
        "Pase de un día",
        "Válido",
        "desde {begins}",
        "hasta {ends}",
        "Pase número {number}",
        (
            "Ponga el código delante del lector de la puerta.",
            "Teclee las seis cifras que le dieron. No están en esta hoja.",
            "No doble el código y manténgalo limpio.",
        ),
        "¿Lo ha encontrado? Entréguelo en {company}. Sin las cifras no abre nada.",
    ),
}

MAIL = {
    "en": Text(
        "Your day pass for {company}",
        (
            "Hello {name},",
            "attached is your day pass for {company}. It is valid from {begins} until {ends} ({zone}).",
            "Print it at its full size and bring it along. At the door you also type six digits; you are "
            "given them separately, never by this mail.",
            "You did not expect this mail? Then tell the company; without the digits the pass opens nothing.",
        ),
    ),
    "de": Text(
        "Ihr Tagesausweis für {company}",
        (
            "Guten Tag {name},",
            "angehängt ist Ihr Tagesausweis für {company}. Er gilt von {begins} bis {ends} ({zone}).",
            "Drucken Sie ihn in voller Größe aus und bringen Sie ihn mit. An der Tür tippen Sie zusätzlich "
            "sechs Ziffern; Sie erhalten sie getrennt, nie mit dieser Nachricht.",
            "Sie haben diese Nachricht nicht erwartet? Dann sagen Sie der Firma Bescheid; ohne die Ziffern "
            "öffnet der Ausweis nichts.",
        ),
    ),
    "fr": Text(
        "Votre badge d’un jour pour {company}",
        (
            "Bonjour {name},",
            "vous trouverez ci-joint votre badge pour {company}. Il est valable du {begins} au {ends} "
            "({zone}).",
            "Imprimez-le en taille réelle et apportez-le. À la porte, vous taperez en plus six chiffres ; "
            "ils vous sont remis séparément, jamais par ce message.",
            "Vous n’attendiez pas ce message ? Prévenez l’entreprise ; sans les chiffres, le badge n’ouvre "
            "rien.",
        ),
    ),
    "es": Text(
        "Su pase de un día para {company}",
        (
            "Hola, {name}:",
            "adjunto va su pase para {company}. Es válido desde {begins} hasta {ends} ({zone}).",
            "Imprímalo a tamaño real y tráigalo. En la puerta teclea además seis cifras; se le dan por "
            "separado, nunca en este mensaje.",
            "¿No esperaba este mensaje? Avise a la empresa; sin las cifras, el pase no abre nada.",
        ),
    ),
}
FILE_NAMES = {"en": "day-pass", "de": "tagesausweis", "fr": "badge", "es": "pase"}
