"""What the mails of this room say, in the person's language: subject, then paragraphs.

`{code}` and `{address}` stand in paragraphs of their own: the page of the mail sets them apart.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    paragraphs: tuple[str, ...]


INVITATION = {
    "en": Text(
        "Your phone for the doors of {company}",
        (
            "Hello {name},",
            "with your phone you can open doors at {company}. Open this page on the phone you carry:",
            "{address}",
            "On an iPhone or iPad, put the page on the home screen first (Share, then “Add to Home Screen”) "
            "and open it there.",
            "Then type this code on it:",
            "{code}",
            "The code works once and until {until}. Nobody from {company} will ask you for it.",
            "You did not expect this mail? Then tell your company; without the phone the code opens nothing.",
        ),
    ),
    "de": Text(
        "Ihr Telefon für die Türen von {company}",
        (
            "Guten Tag {name},",
            "mit Ihrem Telefon öffnen Sie Türen bei {company}. Öffnen Sie diese Seite auf dem Telefon, das "
            "Sie bei sich tragen:",
            "{address}",
            "Auf einem iPhone oder iPad legen Sie die Seite zuerst auf den Home-Bildschirm (Teilen, dann "
            "„Zum Home-Bildschirm“) und öffnen sie dort.",
            "Geben Sie dort diesen Code ein:",
            "{code}",
            "Der Code gilt einmal und bis {until}. Niemand von {company} wird Sie danach fragen.",
            "Sie haben diese Nachricht nicht erwartet? Dann sagen Sie Ihrer Firma Bescheid; ohne das Telefon "
            "öffnet der Code nichts.",
        ),
    ),
    "fr": Text(
        "Votre téléphone pour les portes de {company}",
        (
            "Bonjour {name},",
            "votre téléphone peut ouvrir des portes chez {company}. Ouvrez cette page sur le téléphone que "
            "vous portez :",
            "{address}",
            "Sur un iPhone ou un iPad, mettez d’abord la page sur l’écran d’accueil (Partager, puis « Sur "
            "l’écran d’accueil ») et ouvrez-la là.",
            "Saisissez-y ensuite ce code :",
            "{code}",
            "Le code sert une fois, jusqu’au {until}. Personne de {company} ne vous le demandera.",
            "Vous n’attendiez pas ce message ? Prévenez votre entreprise ; sans le téléphone, le code "
            "n’ouvre rien.",
        ),
    ),
    "es": Text(
        "Su teléfono para las puertas de {company}",
        (
            "Hola, {name}:",
            "con su teléfono puede abrir puertas en {company}. Abra esta página en el teléfono que lleva:",
            "{address}",
            "En un iPhone o iPad, ponga primero la página en la pantalla de inicio (Compartir, luego "
            "«Añadir a pantalla de inicio») y ábrala allí.",
            "Después escriba en ella este código:",
            "{code}",
            "El código sirve una vez y hasta el {until}. Nadie de {company} se lo pedirá.",
            "¿No esperaba este mensaje? Avise a su empresa; sin el teléfono, el código no abre nada.",
        ),
    ),
}

NEW_PHONE = {
    "en": Text(
        "A new phone was added for you at {company}",
        (
            "Hello {name},",
            "on {at} a phone was enrolled in your name at {company}: {label}.",
            "Was it you? Then there is nothing to do.",
            "It was not you? Tell your company now; they can revoke the phone at once.",
        ),
    ),
    "de": Text(
        "Ein neues Telefon für Sie bei {company}",
        (
            "Guten Tag {name},",
            "am {at} wurde bei {company} ein Telefon auf Ihren Namen angemeldet: {label}.",
            "Waren Sie das? Dann ist nichts zu tun.",
            "Waren Sie es nicht? Sagen Sie Ihrer Firma jetzt Bescheid; sie kann das Telefon sofort sperren.",
        ),
    ),
    "fr": Text(
        "Un nouveau téléphone à votre nom chez {company}",
        (
            "Bonjour {name},",
            "le {at}, un téléphone a été enregistré à votre nom chez {company} : {label}.",
            "C’était vous ? Il n’y a rien à faire.",
            "Ce n’était pas vous ? Prévenez votre entreprise maintenant ; elle peut révoquer le téléphone "
            "aussitôt.",
        ),
    ),
    "es": Text(
        "Un teléfono nuevo a su nombre en {company}",
        (
            "Hola, {name}:",
            "el {at} se registró en {company} un teléfono a su nombre: {label}.",
            "¿Fue usted? Entonces no hay nada que hacer.",
            "¿No fue usted? Avise a su empresa ahora; puede revocar el teléfono de inmediato.",
        ),
    ),
}
NEW_PASSKEY = {
    "en": Text(
        "Your phone can now be unlocked for {company}",
        (
            "Hello {name},",
            "on {at} unlocking by fingerprint, face or PIN was set up on your phone {label}.",
            "Was it you? Then there is nothing to do.",
            "It was not you, or the phone is gone? End the phone here at once:",
            "{address}",
        ),
    ),
    "de": Text(
        "Ihr Telefon lässt sich jetzt für {company} entsperren",
        (
            "Guten Tag {name},",
            "am {at} wurde auf Ihrem Telefon {label} das Entsperren mit Fingerabdruck, Gesicht oder PIN "
            "eingerichtet.",
            "Waren Sie das? Dann ist nichts zu tun.",
            "Waren Sie es nicht, oder ist das Telefon weg? Sperren Sie es hier sofort:",
            "{address}",
        ),
    ),
    "fr": Text(
        "Votre téléphone peut maintenant être déverrouillé pour {company}",
        (
            "Bonjour {name},",
            "le {at}, le déverrouillage par empreinte, visage ou code a été configuré sur votre téléphone "
            "{label}.",
            "C’était vous ? Il n’y a rien à faire.",
            "Ce n’était pas vous, ou le téléphone a disparu ? Révoquez-le ici aussitôt :",
            "{address}",
        ),
    ),
    "es": Text(
        "Su teléfono ya puede desbloquearse para {company}",
        (
            "Hola, {name}:",
            "el {at} se configuró en su teléfono {label} el desbloqueo con huella, cara o PIN.",
            "¿Fue usted? Entonces no hay nada que hacer.",
            "¿No fue usted, o falta el teléfono? Revóquelo aquí de inmediato:",
            "{address}",
        ),
    ),
}
LOST_LINK = {
    "en": Text(
        "Revoke your phone for {company}",
        (
            "Hello {name},",
            "somebody, we hope you, said that a phone of yours is lost. On this page you revoke it, so that "
            "it opens no door at {company} any more:",
            "{address}",
            "The link works once and until {until}. It can do nothing else.",
            "It was not you? Then there is nothing to do: nothing was revoked.",
        ),
    ),
    "de": Text(
        "Ihr Telefon für {company} sperren",
        (
            "Guten Tag {name},",
            "jemand, hoffentlich Sie, hat gemeldet, dass Sie ein Telefon verloren haben. Auf dieser Seite "
            "sperren Sie es; dann öffnet es bei {company} keine Tür mehr:",
            "{address}",
            "Der Link gilt einmal und bis {until}. Er kann nichts anderes.",
            "Waren Sie es nicht? Dann ist nichts zu tun: Es wurde nichts gesperrt.",
        ),
    ),
    "fr": Text(
        "Révoquer votre téléphone pour {company}",
        (
            "Bonjour {name},",
            "quelqu’un, vous espérons-nous, a signalé la perte d’un de vos téléphones. Révoquez-le sur cette "
            "page ; il n’ouvrira plus aucune porte chez {company} :",
            "{address}",
            "Le lien sert une fois, jusqu’au {until}. Il ne permet rien d’autre.",
            "Ce n’était pas vous ? Il n’y a rien à faire : rien n’a été révoqué.",
        ),
    ),
    "es": Text(
        "Revocar su teléfono para {company}",
        (
            "Hola, {name}:",
            "alguien, esperamos que usted, avisó de que perdió un teléfono. Revóquelo en esta página; ya no "
            "abrirá ninguna puerta en {company}:",
            "{address}",
            "El enlace sirve una vez y hasta el {until}. No permite nada más.",
            "¿No fue usted? Entonces no hay nada que hacer: no se revocó nada.",
        ),
    ),
}

PHONES_REVOKED = {
    "en": Text(
        "Your phone for {company} is revoked",
        (
            "Hello {name},",
            "on {at} these phones were revoked with the link from your mail: {labels}.",
            "They open no door at {company} any more. For another phone, ask your company for an invitation.",
            "It was not you? Then somebody reads your mail. Tell your company now.",
        ),
    ),
    "de": Text(
        "Ihr Telefon für {company} ist gesperrt",
        (
            "Guten Tag {name},",
            "am {at} wurden mit dem Link aus Ihrer Mail diese Telefone gesperrt: {labels}.",
            "Sie öffnen bei {company} keine Tür mehr. Für ein anderes Telefon bitten Sie Ihre Firma um eine "
            "Einladung.",
            "Waren Sie es nicht? Dann liest jemand Ihre Mails. Sagen Sie Ihrer Firma jetzt Bescheid.",
        ),
    ),
    "fr": Text(
        "Votre téléphone pour {company} est révoqué",
        (
            "Bonjour {name},",
            "le {at}, ces téléphones ont été révoqués par le lien reçu dans votre e-mail : {labels}.",
            "Ils n’ouvrent plus aucune porte chez {company}. Pour un autre téléphone, demandez une "
            "invitation à votre entreprise.",
            "Ce n’était pas vous ? Quelqu’un lit donc vos e-mails. Prévenez votre entreprise maintenant.",
        ),
    ),
    "es": Text(
        "Su teléfono para {company} está revocado",
        (
            "Hola, {name}:",
            "el {at} se revocaron estos teléfonos con el enlace de su correo: {labels}.",
            "Ya no abren ninguna puerta en {company}. Para otro teléfono, pida una invitación a su empresa.",
            "¿No fue usted? Entonces alguien lee su correo. Avise a su empresa ahora.",
        ),
    ),
}
UNNAMED_PHONE = {"en": "a phone", "de": "ein Telefon", "fr": "un téléphone", "es": "un teléfono"}
