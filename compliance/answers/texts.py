"""What an answer says besides the data: what the law wants told, why a cell is missing, mail and page."""

from collections.abc import Mapping
from typing import Final

from vault.telling import Four

TITLE: Final[Four] = (
    "What {company} holds about you",
    "Was {company} über Sie gespeichert hat",
    "Ce que {company} détient sur vous",
    "Lo que {company} guarda sobre usted",
)
MADE: Final[Four] = (
    "Answer to request {number}, collected on {at}.",
    "Antwort auf Anfrage {number}, zusammengestellt am {at}.",
    "Réponse à la demande {number}, réunie le {at}.",
    "Respuesta a la solicitud {number}, reunida el {at}.",
)
NOTHING: Final[Four] = (
    "Nothing is held here.",
    "Hier ist nichts gespeichert.",
    "Rien ici.",
    "Aquí no hay nada.",
)
PART: Final[Four] = (
    "Part {part} of {parts}",
    "Teil {part} von {parts}",
    "Partie {part} sur {parts}",
    "Parte {part} de {parts}",
)
# Heading and text, in the order of GDPR Art. 15(1) and of Cal. Civ. Code 1798.110(a).
PURPOSES: Final[Four] = (
    "Purposes and legal basis",
    "Zwecke und Rechtsgrundlage",
    "Finalités et base légale",
    "Fines y base jurídica",
)
BASES: Final[Mapping[str, Four]] = {
    "consent": ("your consent", "Ihre Einwilligung", "votre consentement", "su consentimiento"),
    "legitimate_interest": (
        "legitimate interest in knowing who passes the doors",
        "berechtigtes Interesse zu wissen, wer die Türen benutzt",
        "intérêt légitime à savoir qui passe les portes",
        "interés legítimo en saber quién pasa por las puertas",
    ),
}
WHO: Final[Four] = ("Who is responsible", "Wer verantwortlich ist", "Responsable", "Responsable")
NOTICES: Final[Four] = (
    "Notices in force, with the recipients they name",
    "Geltende Hinweise und die Empfänger, die sie nennen",
    "Avis en vigueur et destinataires qu’ils nomment",
    "Avisos vigentes y destinatarios que nombran",
)
KEPT: Final[Four] = (
    "How long it is kept",
    "Wie lange es bleibt",
    "Durée de conservation",
    "Cuánto tiempo se guarda",
)
SOURCE: Final[Four] = ("Where it comes from", "Woher es stammt", "D’où cela vient", "De dónde procede")
SOURCES: Final[Four] = (
    "From you, from those at the company who entered you and gave you rights, and from the readers at doors "
    "where your codes were shown.",
    "Von Ihnen, von denen, die Sie im Unternehmen angelegt und Ihnen Rechte gegeben haben, und von den "
    "Lesern "
    "an Türen, an denen Ihre Codes gezeigt wurden.",
    "De vous, des personnes de l’entreprise qui vous ont enregistré et donné des droits, et des lecteurs des "
    "portes où vos codes ont été présentés.",
    "De usted, de quienes en la empresa le registraron y le dieron permisos, y de los lectores de las "
    "puertas "
    "donde se mostraron sus códigos.",
)
DECIDED: Final[Four] = (
    "Automated decisions",
    "Automatisierte Entscheidungen",
    "Décisions automatisées",
    "Decisiones automatizadas",
)
DECISIONS: Final[Four] = (
    "A door opens by the rights and hours that people set. No profile is made of you.",
    "Eine Tür öffnet nach Rechten und Zeiten, die Menschen festgelegt haben. Es wird kein Profil gebildet.",
    "Une porte s’ouvre selon des droits et horaires fixés par des personnes. Aucun profilage n’est fait.",
    "Una puerta se abre según permisos y horarios que fijan personas. No se elabora ningún perfil.",
)
RIGHTS: Final[Four] = ("Your rights", "Ihre Rechte", "Vos droits", "Sus derechos")
RIGHTS_GDPR: Final[Four] = (
    "You may ask for correction, erasure or restriction, object, take your data along, and withdraw a "
    "consent "
    "at any time. You may complain to a supervisory authority (GDPR Art. 77).",
    "Sie können Berichtigung, Löschung oder Einschränkung verlangen, widersprechen, Ihre Daten mitnehmen und "
    "eine Einwilligung jederzeit widerrufen. Sie können sich bei einer Aufsichtsbehörde beschweren (DSGVO "
    "Art. 77).",
    "Vous pouvez demander rectification, effacement ou limitation, vous opposer, emporter vos données et "
    "retirer un consentement à tout moment. Vous pouvez saisir une autorité de contrôle (RGPD, art. 77).",
    "Puede pedir rectificación, supresión o limitación, oponerse, llevarse sus datos y retirar un "
    "consentimiento cuando quiera. Puede reclamar ante una autoridad de control (RGPD, art. 77).",
)
RIGHTS_CCPA: Final[Four] = (
    "You may ask for correction and deletion, and nobody may treat you worse for having asked (Cal. Civ. "
    "Code "
    "1798.105, 1798.106, 1798.125).",
    "Sie können Berichtigung und Löschung verlangen; niemand darf Sie deshalb schlechter behandeln (Cal. "
    "Civ. "
    "Code 1798.105, 1798.106, 1798.125).",
    "Vous pouvez demander rectification et suppression ; nul ne peut vous traiter moins bien pour l’avoir "
    "demandé (Cal. Civ. Code 1798.105, 1798.106, 1798.125).",
    "Puede pedir corrección y eliminación; nadie puede tratarle peor por haberlo pedido (Cal. Civ. Code "
    "1798.105, 1798.106, 1798.125).",
)
RIGHTS_ELSE: Final[Four] = (
    "You may ask for correction and erasure, and withdraw a consent at any time.",
    "Sie können Berichtigung und Löschung verlangen und eine Einwilligung jederzeit widerrufen.",
    "Vous pouvez demander rectification et effacement, et retirer un consentement à tout moment.",
    "Puede pedir rectificación y supresión, y retirar un consentimiento cuando quiera.",
)
# Why a cell stays here; the code is what the officer chose.
WITHHELD: Final[Mapping[str, Four]] = {
    "others": (
        "(withheld: it is about somebody else, GDPR Art. 15(4))",
        "(nicht mitgeteilt: betrifft jemand anderen, DSGVO Art. 15 Abs. 4)",
        "(non communiqué : concerne une autre personne, RGPD art. 15(4))",
        "(no se comunica: se refiere a otra persona, RGPD art. 15.4)",
    ),
    "secret": (
        "(withheld: it would tell a secret of the company’s security, GDPR Recital 63)",
        "(nicht mitgeteilt: Geheimnis der Sicherheit des Unternehmens, DSGVO ErwGr. 63)",
        "(non communiqué : secret de la sécurité de l’entreprise, RGPD cons. 63)",
        "(no se comunica: secreto de la seguridad de la empresa, RGPD cons. 63)",
    ),
    "claims": (
        "(withheld: it is needed for a legal claim)",
        "(nicht mitgeteilt: für einen Rechtsanspruch benötigt)",
        "(non communiqué : nécessaire à une action en justice)",
        "(no se comunica: necesario para una reclamación)",
    ),
}
MAIL_SUBJECT: Final[Four] = (
    "Your answer from {company}, request {number}",
    "Ihre Antwort von {company}, Anfrage {number}",
    "Votre réponse de {company}, demande {number}",
    "Su respuesta de {company}, solicitud {number}",
)
MAIL: Final[Four] = (
    "Hello {name},\n\nwhat you asked {company} for is ready:\n\n    {address}\n\nThe file is locked. You are "
    "told the "
    "passphrase in another way: it stands in your wallet under Privacy, or ask {company} for it. It is never "
    "in "
    "a mail.\n\nThe link works until {until}.\n",
    "Guten Tag {name},\n\nwas Sie von {company} verlangt haben, liegt bereit:\n\n    {address}\n\nDie Datei "
    "ist "
    "verschlossen. Das Kennwort erfahren Sie auf anderem Weg: es steht in Ihrer Wallet unter Datenschutz, "
    "oder "
    "fragen Sie {company} danach. Es steht nie in einer E-Mail.\n\nDer Link gilt bis {until}.\n",
    "Bonjour {name},\n\nce que vous avez demandé à {company} est prêt :\n\n    {address}\n\nLe fichier est "
    "verrouillé. "
    "La phrase secrète vous parvient autrement : elle est dans votre portefeuille, sous Vie privée, ou "
    "demandez-la "
    "à {company}. Elle ne figure jamais dans un e-mail.\n\nLe lien est valable jusqu’au {until}.\n",
    "Hola {name}:\n\nlo que pidió a {company} está listo:\n\n    {address}\n\nEl archivo está cerrado. La "
    "contraseña le "
    "llega por otro camino: está en su cartera, en Privacidad, o pídala a {company}. Nunca va en un correo."
    "\n\nEl enlace vale hasta el {until}.\n",
)
PAGE: Final[Mapping[str, Four]] = {
    "title": ("Your answer", "Ihre Antwort", "Votre réponse", "Su respuesta"),
    "lead": (
        "This is the answer of {company} to your request {number}.",
        "Dies ist die Antwort von {company} auf Ihre Anfrage {number}.",
        "Voici la réponse de {company} à votre demande {number}.",
        "Esta es la respuesta de {company} a su solicitud {number}.",
    ),
    "locked": (
        "It is one ZIP file, locked with a passphrase that you are told in another way. Open it with a "
        "program "
        "that knows AES, such as 7-Zip, WinZip, Keka or WinRAR.",
        "Es ist eine ZIP-Datei, verschlossen mit einem Kennwort, das Sie auf anderem Weg erfahren. Öffnen "
        "Sie "
        "sie mit einem Programm, das AES kennt, etwa 7-Zip, WinZip, Keka oder WinRAR.",
        "C’est un fichier ZIP, verrouillé par une phrase secrète qui vous parvient autrement. Ouvrez-le avec "
        "un "
        "programme qui connaît AES : 7-Zip, WinZip, Keka ou WinRAR.",
        "Es un archivo ZIP cerrado con una contraseña que recibe por otro camino. Ábralo con un programa que "
        "conozca AES, como 7-Zip, WinZip, Keka o WinRAR.",
    ),
    "deed": ("Download", "Herunterladen", "Télécharger", "Descargar"),
    "until": (
        "The link works until {until}.",
        "Der Link gilt bis {until}.",
        "Le lien est valable jusqu’au {until}.",
        "El enlace vale hasta el {until}.",
    ),
    "void": (
        "This link has run out or was replaced.",
        "Dieser Link ist abgelaufen oder wurde ersetzt.",
        "Ce lien a expiré ou a été remplacé.",
        "Este enlace ha caducado o fue sustituido.",
    ),
    "void_do": (
        "Ask {company} for a new one. Your request is not lost.",
        "Bitten Sie {company} um einen neuen. Ihre Anfrage ist nicht verloren.",
        "Demandez-en un nouveau à {company}. Votre demande n’est pas perdue.",
        "Pida uno nuevo a {company}. Su solicitud no se ha perdido.",
    ),
}
