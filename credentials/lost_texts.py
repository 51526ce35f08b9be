"""What the pages of a lost phone say, in the four languages. Every key stands in each."""

from typing import Final

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Lost phone",
        "ask_lead": "Type the mail address that {company} knows you by. You get a link with which you can "
        "revoke your phone, so that it opens no door any more.",
        "email": "E-mail address",
        "email_wrong": "Type a mail address, such as name@company.example.",
        "ask_deed": "Send the link",
        "no_mail": "You cannot read your mail? Tell your company: they can revoke the phone at once.",
        "sent_title": "Look into your mail",
        "sent": "If {company} knows this address, a link is on its way. It works once, for 30 minutes.",
        "sent_hint": "Nothing there after some minutes? Look into the folder for unwanted mail, or tell your "
        "company.",
        "use_title": "Revoke a lost phone",
        "use": "Go on to see your phones at {company}. The link works once, and in this browser only.",
        "use_deed": "Show my phones",
        "phones_title": "Your phones, {name}",
        "phones": "A revoked phone opens no door any more. This cannot be undone: for a phone that you find "
        "again you need a new invitation.",
        "unnamed": "A phone without a name",
        "used": "Last used {at}",
        "never": "Never used",
        "awaiting": "Not confirmed yet",
        "revoke": "Revoke this phone",
        "revoke_all": "Revoke all",
        "none": "You have no phone here that could open a door.",
        "done": "The phone is revoked. No door opens to it any more.",
        "done_all": "Your phones are revoked. No door opens to them any more.",
        "void_title": "This link was used or has run out",
        "void": "Ask for a new one. It is sent to the mail address that {company} knows you by.",
        "void_deed": "Ask for a new link",
    },
    "de": {
        "title": "Telefon verloren",
        "ask_lead": "Geben Sie die Mailadresse ein, unter der {company} Sie kennt. Sie erhalten einen Link, "
        "mit dem Sie Ihr Telefon sperren: Dann öffnet es keine Tür mehr.",
        "email": "E-Mail-Adresse",
        "email_wrong": "Geben Sie eine Mailadresse ein, etwa name@firma.example.",
        "ask_deed": "Link senden",
        "no_mail": "Sie können Ihre Mails nicht lesen? Sagen Sie Ihrer Firma Bescheid: Sie kann das Telefon "
        "sofort sperren.",
        "sent_title": "Sehen Sie in Ihre Mails",
        "sent": "Wenn {company} diese Adresse kennt, ist ein Link unterwegs. Er gilt 30 Minuten, einmal.",
        "sent_hint": "Nach einigen Minuten noch nichts da? Sehen Sie im Ordner für unerwünschte Mails nach, "
        "oder sagen Sie Ihrer Firma Bescheid.",
        "use_title": "Ein verlorenes Telefon sperren",
        "use": "Weiter zu Ihren Telefonen bei {company}. Der Link gilt einmal und nur in diesem Browser.",
        "use_deed": "Meine Telefone zeigen",
        "phones_title": "Ihre Telefone, {name}",
        "phones": "Ein gesperrtes Telefon öffnet keine Tür mehr. Das lässt sich nicht zurücknehmen: Für ein "
        "wiedergefundenes Telefon brauchen Sie eine neue Einladung.",
        "unnamed": "Ein Telefon ohne Namen",
        "used": "Zuletzt benutzt: {at}",
        "never": "Noch nie benutzt",
        "awaiting": "Noch nicht bestätigt",
        "revoke": "Dieses Telefon sperren",
        "revoke_all": "Alle sperren",
        "none": "Sie haben hier kein Telefon, das eine Tür öffnen könnte.",
        "done": "Das Telefon ist gesperrt. Keine Tür öffnet sich ihm mehr.",
        "done_all": "Ihre Telefone sind gesperrt. Keine Tür öffnet sich ihnen mehr.",
        "void_title": "Dieser Link wurde benutzt oder ist abgelaufen",
        "void": "Fordern Sie einen neuen an. Er geht an die Mailadresse, unter der {company} Sie kennt.",
        "void_deed": "Neuen Link anfordern",
    },
    "fr": {
        "title": "Téléphone perdu",
        "ask_lead": "Saisissez l’adresse e-mail sous laquelle {company} vous connaît. Vous recevrez un lien "
        "pour révoquer votre téléphone : il n’ouvrira plus aucune porte.",
        "email": "Adresse e-mail",
        "email_wrong": "Saisissez une adresse e-mail, par exemple nom@entreprise.example.",
        "ask_deed": "Envoyer le lien",
        "no_mail": "Vous ne pouvez pas lire vos e-mails ? Prévenez votre entreprise : elle peut révoquer le "
        "téléphone aussitôt.",
        "sent_title": "Consultez vos e-mails",
        "sent": "Si {company} connaît cette adresse, un lien est en route. Il sert une fois, pendant "
        "30 minutes.",
        "sent_hint": "Rien après quelques minutes ? Regardez dans le dossier des indésirables, ou prévenez "
        "votre entreprise.",
        "use_title": "Révoquer un téléphone perdu",
        "use": "Continuez pour voir vos téléphones chez {company}. Le lien sert une fois, dans ce navigateur "
        "seulement.",
        "use_deed": "Montrer mes téléphones",
        "phones_title": "Vos téléphones, {name}",
        "phones": "Un téléphone révoqué n’ouvre plus aucune porte. C’est définitif : pour un téléphone "
        "retrouvé, il vous faut une nouvelle invitation.",
        "unnamed": "Un téléphone sans nom",
        "used": "Dernière utilisation : {at}",
        "never": "Jamais utilisé",
        "awaiting": "Pas encore confirmé",
        "revoke": "Révoquer ce téléphone",
        "revoke_all": "Tout révoquer",
        "none": "Vous n’avez ici aucun téléphone qui puisse ouvrir une porte.",
        "done": "Le téléphone est révoqué. Aucune porte ne s’ouvre plus à lui.",
        "done_all": "Vos téléphones sont révoqués. Aucune porte ne s’ouvre plus à eux.",
        "void_title": "Ce lien a été utilisé ou a expiré",
        "void": "Demandez-en un nouveau. Il est envoyé à l’adresse sous laquelle {company} vous connaît.",
        "void_deed": "Demander un nouveau lien",
    },
    "es": {
        "title": "Teléfono perdido",
        "ask_lead": "Escriba la dirección de correo con la que {company} le conoce. Recibirá un enlace para "
        "revocar su teléfono: ya no abrirá ninguna puerta.",
        "email": "Dirección de correo",
        "email_wrong": "Escriba una dirección de correo, como nombre@empresa.example.",
        "ask_deed": "Enviar el enlace",
        "no_mail": "¿No puede leer su correo? Avise a su empresa: puede revocar el teléfono de inmediato.",
        "sent_title": "Mire su correo",
        "sent": "Si {company} conoce esta dirección, un enlace va en camino. Sirve una vez, durante "
        "30 minutos.",
        "sent_hint": "¿Nada tras unos minutos? Mire en la carpeta de correo no deseado, o avise a su "
        "empresa.",
        "use_title": "Revocar un teléfono perdido",
        "use": "Continúe para ver sus teléfonos en {company}. El enlace sirve una vez, solo en este "
        "navegador.",
        "use_deed": "Mostrar mis teléfonos",
        "phones_title": "Sus teléfonos, {name}",
        "phones": "Un teléfono revocado ya no abre ninguna puerta. No se puede deshacer: para un teléfono "
        "que reaparezca necesita una nueva invitación.",
        "unnamed": "Un teléfono sin nombre",
        "used": "Último uso: {at}",
        "never": "Nunca usado",
        "awaiting": "Aún sin confirmar",
        "revoke": "Revocar este teléfono",
        "revoke_all": "Revocar todos",
        "none": "No tiene aquí ningún teléfono que pueda abrir una puerta.",
        "done": "El teléfono está revocado. Ya no se le abre ninguna puerta.",
        "done_all": "Sus teléfonos están revocados. Ya no se les abre ninguna puerta.",
        "void_title": "Este enlace ya se usó o ha caducado",
        "void": "Pida uno nuevo. Se envía a la dirección de correo con la que {company} le conoce.",
        "void_deed": "Pedir un nuevo enlace",
    },
}


def texts(language: str, **facts: str) -> dict[str, str]:
    """All texts of a language with what is known filled in; other gaps stay for `said`."""
    found = TEXTS.get(language, TEXTS["en"])
    return {name: _filled(text, facts) for name, text in found.items()}


def _filled(text: str, facts: dict[str, str]) -> str:
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", fact)
    return text
