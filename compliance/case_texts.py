"""What the public pages of a request say, and its kinds as people are told them, in the four languages."""

from typing import Final

from compliance.models import CaseKind

KINDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "access": "tell me what you hold about me",
        "portability": "give me my data to take along",
        "rectification": "correct my data",
        "erasure": "erase my data",
        "restriction": "restrict the use of my data",
        "objection": "I object to the use of my data",
        "withdrawal": "I withdraw my consent",
    },
    "de": {
        "access": "sagen Sie mir, was Sie über mich haben",
        "portability": "geben Sie mir meine Daten zum Mitnehmen",
        "rectification": "berichtigen Sie meine Daten",
        "erasure": "löschen Sie meine Daten",
        "restriction": "schränken Sie die Nutzung meiner Daten ein",
        "objection": "ich widerspreche der Nutzung meiner Daten",
        "withdrawal": "ich widerrufe meine Einwilligung",
    },
    "fr": {
        "access": "dites-moi ce que vous détenez sur moi",
        "portability": "donnez-moi mes données à emporter",
        "rectification": "rectifiez mes données",
        "erasure": "effacez mes données",
        "restriction": "limitez l’usage de mes données",
        "objection": "je m’oppose à l’usage de mes données",
        "withdrawal": "je retire mon consentement",
    },
    "es": {
        "access": "díganme qué tienen sobre mí",
        "portability": "denme mis datos para llevármelos",
        "rectification": "corrijan mis datos",
        "erasure": "supriman mis datos",
        "restriction": "limiten el uso de mis datos",
        "objection": "me opongo al uso de mis datos",
        "withdrawal": "retiro mi consentimiento",
    },
}

PUBLIC: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Your data: ask",
        "lead": "Whoever uses the doors of {company} may ask what is held about them, and have it corrected, "
        "erased or restricted. It costs nothing.",
        "kind": "What do you want?",
        "name": "Your name",
        "email": "Your mail address",
        "email_hint": "If you can, the one that {company} knows you by: then we know that it is you.",
        "message": "Anything we should know (optional)",
        "wrong": "Say what you want, your name, and an address such as name@company.example.",
        "deed": "Send the request",
        "sent_title": "Look into your mail",
        "sent": "A link is on its way to the address you gave. Your request is taken up once you have "
        "opened it "
        "and confirmed.",
        "confirm_title": "Confirm your request",
        "confirm": "You asked {company}: {kind}.",
        "confirm_deed": "It was me, take it up",
        "done_title": "Your request is on its way",
        "done": "It has the number {number}. You have an answer by {due}, and a mail that says so now.",
        "void_title": "This link was used or has run out",
        "void": "If you have had no mail about your request since, ask again.",
        "link": "Ask about your data",
    },
    "de": {
        "title": "Ihre Daten: fragen",
        "lead": "Wer die Türen von {company} benutzt, kann fragen, was über ihn gespeichert ist, und es "
        "berichtigen, löschen oder einschränken lassen. Es kostet nichts.",
        "kind": "Was möchten Sie?",
        "name": "Ihr Name",
        "email": "Ihre Mailadresse",
        "email_hint": "Wenn möglich die, unter der {company} Sie kennt: Dann wissen wir, dass Sie es sind.",
        "message": "Was wir noch wissen sollten (freiwillig)",
        "wrong": "Geben Sie an, was Sie möchten, Ihren Namen und eine Adresse wie name@firma.example.",
        "deed": "Anliegen senden",
        "sent_title": "Sehen Sie in Ihre Mails",
        "sent": "Ein Link ist an die angegebene Adresse unterwegs. Ihr Anliegen wird bearbeitet, sobald Sie "
        "ihn "
        "geöffnet und bestätigt haben.",
        "confirm_title": "Bestätigen Sie Ihr Anliegen",
        "confirm": "Sie baten {company}: {kind}.",
        "confirm_deed": "Das war ich, bitte bearbeiten",
        "done_title": "Ihr Anliegen ist unterwegs",
        "done": "Es hat die Nummer {number}. Bis zum {due} erhalten Sie eine Antwort, und jetzt eine Mail "
        "darüber.",
        "void_title": "Dieser Link wurde benutzt oder ist abgelaufen",
        "void": "Wenn Sie seitdem keine Mail zu Ihrem Anliegen erhalten haben, fragen Sie noch einmal.",
        "link": "Nach Ihren Daten fragen",
    },
    "fr": {
        "title": "Vos données : demander",
        "lead": "Quiconque utilise les portes de {company} peut demander ce qui est détenu sur lui, et le "
        "faire "
        "rectifier, effacer ou limiter. C’est gratuit.",
        "kind": "Que souhaitez-vous ?",
        "name": "Votre nom",
        "email": "Votre adresse e-mail",
        "email_hint": "Si possible celle sous laquelle {company} vous connaît : nous saurons que c’est vous.",
        "message": "Ce que nous devrions savoir (facultatif)",
        "wrong": "Indiquez votre souhait, votre nom et une adresse comme nom@entreprise.example.",
        "deed": "Envoyer la demande",
        "sent_title": "Consultez vos e-mails",
        "sent": "Un lien est en route vers l’adresse indiquée. Votre demande est traitée dès que vous "
        "l’avez ouvert "
        "et confirmé.",
        "confirm_title": "Confirmez votre demande",
        "confirm": "Vous avez demandé à {company} : {kind}.",
        "confirm_deed": "C’était moi, traitez-la",
        "done_title": "Votre demande est en route",
        "done": "Elle porte le numéro {number}. Vous aurez une réponse au plus tard le {due}, et un e-mail "
        "maintenant.",
        "void_title": "Ce lien a été utilisé ou a expiré",
        "void": "Si vous n’avez reçu depuis aucun e-mail sur votre demande, demandez de nouveau.",
        "link": "Demander pour vos données",
    },
    "es": {
        "title": "Sus datos: preguntar",
        "lead": "Quien usa las puertas de {company} puede preguntar qué se guarda sobre él y hacer que se "
        "corrija, "
        "se suprima o se limite. No cuesta nada.",
        "kind": "¿Qué desea?",
        "name": "Su nombre",
        "email": "Su dirección de correo",
        "email_hint": "Si puede, la que {company} conoce: así sabemos que es usted.",
        "message": "Algo que debamos saber (opcional)",
        "wrong": "Indique qué desea, su nombre y una dirección como nombre@empresa.example.",
        "deed": "Enviar la solicitud",
        "sent_title": "Mire su correo",
        "sent": "Un enlace va en camino a la dirección indicada. Su solicitud se tramita cuando lo haya "
        "abierto y "
        "confirmado.",
        "confirm_title": "Confirme su solicitud",
        "confirm": "Usted pidió a {company}: {kind}.",
        "confirm_deed": "Fui yo, tramítenla",
        "done_title": "Su solicitud está en camino",
        "done": "Tiene el número {number}. Tendrá una respuesta a más tardar el {due}, y ahora un correo.",
        "void_title": "Este enlace ya se usó o ha caducado",
        "void": "Si desde entonces no recibió ningún correo sobre su solicitud, pregunte de nuevo.",
        "link": "Preguntar por sus datos",
    },
}


def texts(language: str, **facts: str) -> dict[str, str]:
    """All texts of a language with what is known filled in; other gaps stay."""
    found = dict(PUBLIC.get(language, PUBLIC["en"]))
    for gap, fact in facts.items():
        found = {name: text.replace(f"{{{gap}}}", fact) for name, text in found.items()}
    return found


def kind_in(kind: str, language: str) -> str:
    """A kind of request as whoever makes it says it."""
    return KINDS.get(language, KINDS["en"])[CaseKind(kind).value]
