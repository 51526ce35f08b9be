"""What mails about a request say, in the four languages: subject, then paragraphs.

`{address}` stands in a paragraph of its own. `{words}` is what the officer wrote, as it is. Every kind of
mail stands in each language; tests/compliance/test_case_mails.py holds that.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in one language."""

    subject: str
    paragraphs: tuple[str, ...]


_EN: Final = {
    "confirm": Words(
        "Confirm your request to {company}",
        (
            "Hello,",
            "somebody, you we think, sent {company} a request about personal data ({kind}) and gave this "
            "address. Open this page and confirm it; only then is it taken up:",
            "{address}",
            "The link works for 7 days. It was not you? Then do nothing: the request is forgotten.",
        ),
    ),
    "received": Words(
        "{company} has received your request no. {number}",
        (
            "Hello {name},",
            "{company} has received your request ({kind}) of {received}. Its number is {number}.",
            "We find out first whether it is you who asks, then look for what we hold. You have an answer by "
            "{due}.",
        ),
    ),
    "in_your_name": Words(
        "A request about your data at {company}",
        (
            "Hello {name},",
            "somebody asked {company} in your name for something about your data ({kind}, no. {number}), "
            "from "
            "another mail address than the one we know you by.",
            "Nothing leaves before we know who asks. It was not you? Then tell {company} now.",
        ),
    ),
    "extended": Words(
        "Your request no. {number}: we need longer",
        (
            "Hello {name},",
            "{company} needs longer for your request ({kind}). You have an answer by {due}. The reason:",
            "{words}",
            "You may complain to the authority for data protection, and go to court.",
        ),
    ),
    "refused": Words(
        "Your request no. {number}",
        (
            "Hello {name},",
            "{company} does not carry out your request ({kind}). The reason:",
            "{words}",
            "You may complain to the authority for data protection, and go to court.",
        ),
    ),
    "nothing_held": Words(
        "Your request no. {number}: we hold nothing about you",
        (
            "Hello {name},",
            "{company} looked for data about you under the name and the mail address of your request "
            "({kind}) "
            "and found nothing.",
            "You are known here by another name or address? Then answer to this with it. You may complain to "
            "the authority for data protection, and go to court.",
        ),
    ),
    "decided_yes": Words(
        "Your objection no. {number}",
        ("Hello {name},", "{company} follows your objection:", "{words}"),
    ),
    "decided_no": Words(
        "Your objection no. {number}",
        (
            "Hello {name},",
            "{company} does not follow your objection. The reason:",
            "{words}",
            "You may complain to the authority for data protection, and go to court.",
        ),
    ),
    "restricted": Words(
        "Your request no. {number}: your data are restricted",
        (
            "Hello {name},",
            "{company} keeps your data from now on and does nothing else with them, but where the law asks "
            "for "
            "it or your claims or those of others depend on it. You are told before this ends.",
        ),
    ),
    "lifting": Words(
        "Your request no. {number}: the restriction is to end",
        (
            "Hello {name},",
            "{company} will end the restriction of your data. The reason:",
            "{words}",
            "You do not agree? Then answer to {company} before it ends.",
        ),
    ),
    "corrected": Words(
        "Your request no. {number}: your data are corrected",
        ("Hello {name},", "{company} has corrected your data as you asked.", "{words}"),
    ),
    "withdrawn": Words(
        "Your request no. {number}: your consent is withdrawn",
        (
            "Hello {name},",
            "what you had agreed to at {company} is withdrawn. You get a receipt for each consent.",
        ),
    ),
    "closed": Words(
        "Your request no. {number} is closed",
        (
            "Hello {name},",
            "{company} has closed your request ({kind}). You do not agree with the answer? Then tell us; "
            "you may "
            "complain to the authority for data protection, and go to court.",
        ),
    ),
}
_DE: Final = {
    "confirm": Words(
        "Bestätigen Sie Ihr Anliegen an {company}",
        (
            "Guten Tag,",
            "jemand, vermutlich Sie, hat {company} ein Anliegen zu persönlichen Daten gesandt ({kind}) und "
            "diese "
            "Adresse angegeben. Öffnen Sie diese Seite und bestätigen Sie es; erst dann wird es bearbeitet:",
            "{address}",
            "Der Link gilt 7 Tage. Das waren nicht Sie? Dann tun Sie nichts: Das Anliegen wird vergessen.",
        ),
    ),
    "received": Words(
        "{company} hat Ihr Anliegen Nr. {number} erhalten",
        (
            "Guten Tag {name},",
            "{company} hat Ihr Anliegen ({kind}) vom {received} erhalten. Es hat die Nummer {number}.",
            "Wir stellen zuerst fest, ob Sie es sind, und sehen dann nach, was wir haben. Sie erhalten bis "
            "zum "
            "{due} eine Antwort.",
        ),
    ),
    "in_your_name": Words(
        "Ein Anliegen zu Ihren Daten bei {company}",
        (
            "Guten Tag {name},",
            "jemand hat {company} in Ihrem Namen um etwas gebeten, das Ihre Daten betrifft ({kind}, Nr. "
            "{number}), von einer anderen Mailadresse als der, unter der wir Sie kennen.",
            "Nichts geht hinaus, bevor wir wissen, wer fragt. Das waren nicht Sie? Dann sagen Sie {company} "
            "jetzt "
            "Bescheid.",
        ),
    ),
    "extended": Words(
        "Ihr Anliegen Nr. {number}: Wir brauchen länger",
        (
            "Guten Tag {name},",
            "{company} braucht für Ihr Anliegen ({kind}) länger. Sie erhalten bis zum {due} eine Antwort. "
            "Der "
            "Grund:",
            "{words}",
            "Sie können sich bei der Datenschutzaufsicht beschweren und vor Gericht gehen.",
        ),
    ),
    "refused": Words(
        "Ihr Anliegen Nr. {number}",
        (
            "Guten Tag {name},",
            "{company} führt Ihr Anliegen ({kind}) nicht aus. Der Grund:",
            "{words}",
            "Sie können sich bei der Datenschutzaufsicht beschweren und vor Gericht gehen.",
        ),
    ),
    "nothing_held": Words(
        "Ihr Anliegen Nr. {number}: Wir haben nichts über Sie",
        (
            "Guten Tag {name},",
            "{company} hat unter dem Namen und der Mailadresse Ihres Anliegens ({kind}) nach Daten über Sie "
            "gesucht und nichts gefunden.",
            "Man kennt Sie hier unter einem anderen Namen oder einer anderen Adresse? Dann antworten Sie "
            "damit. "
            "Sie können sich bei der Datenschutzaufsicht beschweren und vor Gericht gehen.",
        ),
    ),
    "decided_yes": Words(
        "Ihr Widerspruch Nr. {number}",
        ("Guten Tag {name},", "{company} folgt Ihrem Widerspruch:", "{words}"),
    ),
    "decided_no": Words(
        "Ihr Widerspruch Nr. {number}",
        (
            "Guten Tag {name},",
            "{company} folgt Ihrem Widerspruch nicht. Der Grund:",
            "{words}",
            "Sie können sich bei der Datenschutzaufsicht beschweren und vor Gericht gehen.",
        ),
    ),
    "restricted": Words(
        "Ihr Anliegen Nr. {number}: Ihre Daten sind eingeschränkt",
        (
            "Guten Tag {name},",
            "{company} bewahrt Ihre Daten von jetzt an auf und tut sonst nichts mit ihnen, außer wo das "
            "Gesetz es "
            "verlangt oder Ansprüche davon abhängen. Bevor das endet, sagen wir es Ihnen.",
        ),
    ),
    "lifting": Words(
        "Ihr Anliegen Nr. {number}: Die Einschränkung soll enden",
        (
            "Guten Tag {name},",
            "{company} wird die Einschränkung Ihrer Daten beenden. Der Grund:",
            "{words}",
            "Sie sind nicht einverstanden? Dann antworten Sie {company}, bevor sie endet.",
        ),
    ),
    "corrected": Words(
        "Ihr Anliegen Nr. {number}: Ihre Daten sind berichtigt",
        ("Guten Tag {name},", "{company} hat Ihre Daten berichtigt, wie Sie es wünschten.", "{words}"),
    ),
    "withdrawn": Words(
        "Ihr Anliegen Nr. {number}: Ihre Einwilligung ist widerrufen",
        (
            "Guten Tag {name},",
            "worin Sie bei {company} eingewilligt hatten, ist widerrufen. Für jede Einwilligung erhalten "
            "Sie eine "
            "Bestätigung.",
        ),
    ),
    "closed": Words(
        "Ihr Anliegen Nr. {number} ist abgeschlossen",
        (
            "Guten Tag {name},",
            "{company} hat Ihr Anliegen ({kind}) abgeschlossen. Sie sind mit der Antwort nicht "
            "einverstanden? "
            "Dann sagen Sie es uns; Sie können sich bei der Datenschutzaufsicht beschweren und vor Gericht "
            "gehen.",
        ),
    ),
}
_FR: Final = {
    "confirm": Words(
        "Confirmez votre demande à {company}",
        (
            "Bonjour,",
            "quelqu’un, vous sans doute, a envoyé à {company} une demande sur des données personnelles "
            "({kind}) "
            "en donnant cette adresse. Ouvrez cette page et confirmez ; la demande n’est traitée qu’ensuite "
            ":",
            "{address}",
            "Le lien vaut 7 jours. Ce n’était pas vous ? Ne faites rien : la demande est oubliée.",
        ),
    ),
    "received": Words(
        "{company} a reçu votre demande n° {number}",
        (
            "Bonjour {name},",
            "{company} a reçu votre demande ({kind}) du {received}. Elle porte le numéro {number}.",
            "Nous vérifions d’abord que c’est bien vous, puis nous cherchons ce que nous détenons. Vous "
            "aurez une "
            "réponse au plus tard le {due}.",
        ),
    ),
    "in_your_name": Words(
        "Une demande sur vos données chez {company}",
        (
            "Bonjour {name},",
            "quelqu’un a adressé en votre nom une demande sur vos données à {company} ({kind}, n° {number}), "
            "depuis une autre adresse que celle sous laquelle nous vous connaissons.",
            "Rien ne sort avant que nous sachions qui demande. Ce n’était pas vous ? Prévenez {company} "
            "maintenant.",
        ),
    ),
    "extended": Words(
        "Votre demande n° {number} : il nous faut plus de temps",
        (
            "Bonjour {name},",
            "{company} a besoin de plus de temps pour votre demande ({kind}). Vous aurez une réponse au "
            "plus tard "
            "le {due}. La raison :",
            "{words}",
            "Vous pouvez vous plaindre à l’autorité de protection des données et saisir la justice.",
        ),
    ),
    "refused": Words(
        "Votre demande n° {number}",
        (
            "Bonjour {name},",
            "{company} ne donne pas suite à votre demande ({kind}). La raison :",
            "{words}",
            "Vous pouvez vous plaindre à l’autorité de protection des données et saisir la justice.",
        ),
    ),
    "nothing_held": Words(
        "Votre demande n° {number} : nous ne détenons rien sur vous",
        (
            "Bonjour {name},",
            "{company} a cherché des données sur vous sous le nom et l’adresse de votre demande ({kind}) et "
            "n’a "
            "rien trouvé.",
            "On vous connaît ici sous un autre nom ou une autre adresse ? Répondez en les donnant. Vous "
            "pouvez "
            "vous plaindre à l’autorité de protection des données et saisir la justice.",
        ),
    ),
    "decided_yes": Words(
        "Votre opposition n° {number}",
        ("Bonjour {name},", "{company} donne suite à votre opposition :", "{words}"),
    ),
    "decided_no": Words(
        "Votre opposition n° {number}",
        (
            "Bonjour {name},",
            "{company} ne donne pas suite à votre opposition. La raison :",
            "{words}",
            "Vous pouvez vous plaindre à l’autorité de protection des données et saisir la justice.",
        ),
    ),
    "restricted": Words(
        "Votre demande n° {number} : vos données sont limitées",
        (
            "Bonjour {name},",
            "{company} conserve désormais vos données et n’en fait rien d’autre, sauf si la loi l’exige ou "
            "si des "
            "droits en dépendent. Vous serez prévenu avant que cela cesse.",
        ),
    ),
    "lifting": Words(
        "Votre demande n° {number} : la limitation va prendre fin",
        (
            "Bonjour {name},",
            "{company} va mettre fin à la limitation de vos données. La raison :",
            "{words}",
            "Vous n’êtes pas d’accord ? Répondez à {company} avant qu’elle prenne fin.",
        ),
    ),
    "corrected": Words(
        "Votre demande n° {number} : vos données sont rectifiées",
        ("Bonjour {name},", "{company} a rectifié vos données comme vous le demandiez.", "{words}"),
    ),
    "withdrawn": Words(
        "Votre demande n° {number} : votre consentement est retiré",
        (
            "Bonjour {name},",
            "ce que vous aviez accepté chez {company} est retiré. Vous recevez un reçu pour chaque "
            "consentement.",
        ),
    ),
    "closed": Words(
        "Votre demande n° {number} est close",
        (
            "Bonjour {name},",
            "{company} a clos votre demande ({kind}). La réponse ne vous convient pas ? Dites-le-nous ; vous "
            "pouvez vous plaindre à l’autorité de protection des données et saisir la justice.",
        ),
    ),
}
_ES: Final = {
    "confirm": Words(
        "Confirme su solicitud a {company}",
        (
            "Hola:",
            "alguien, usted suponemos, envió a {company} una solicitud sobre datos personales ({kind}) y "
            "dio esta "
            "dirección. Abra esta página y confírmela; solo entonces se tramita:",
            "{address}",
            "El enlace sirve durante 7 días. ¿No fue usted? No haga nada: la solicitud se olvida.",
        ),
    ),
    "received": Words(
        "{company} ha recibido su solicitud n.º {number}",
        (
            "Hola, {name}:",
            "{company} ha recibido su solicitud ({kind}) del {received}. Su número es {number}.",
            "Primero comprobamos que es usted y después buscamos lo que tenemos. Tendrá una respuesta a más "
            "tardar "
            "el {due}.",
        ),
    ),
    "in_your_name": Words(
        "Una solicitud sobre sus datos en {company}",
        (
            "Hola, {name}:",
            "alguien pidió en su nombre a {company} algo sobre sus datos ({kind}, n.º {number}), desde otra "
            "dirección que la que conocemos de usted.",
            "Nada sale antes de saber quién pregunta. ¿No fue usted? Avise a {company} ahora.",
        ),
    ),
    "extended": Words(
        "Su solicitud n.º {number}: necesitamos más tiempo",
        (
            "Hola, {name}:",
            "{company} necesita más tiempo para su solicitud ({kind}). Tendrá una respuesta a más tardar el "
            "{due}. "
            "El motivo:",
            "{words}",
            "Puede reclamar ante la autoridad de protección de datos y acudir a los tribunales.",
        ),
    ),
    "refused": Words(
        "Su solicitud n.º {number}",
        (
            "Hola, {name}:",
            "{company} no lleva a cabo su solicitud ({kind}). El motivo:",
            "{words}",
            "Puede reclamar ante la autoridad de protección de datos y acudir a los tribunales.",
        ),
    ),
    "nothing_held": Words(
        "Su solicitud n.º {number}: no tenemos nada sobre usted",
        (
            "Hola, {name}:",
            "{company} buscó datos sobre usted con el nombre y la dirección de su solicitud ({kind}) y no "
            "encontró "
            "nada.",
            "¿Se le conoce aquí por otro nombre u otra dirección? Responda con ellos. Puede reclamar ante la "
            "autoridad de protección de datos y acudir a los tribunales.",
        ),
    ),
    "decided_yes": Words(
        "Su oposición n.º {number}",
        ("Hola, {name}:", "{company} acepta su oposición:", "{words}"),
    ),
    "decided_no": Words(
        "Su oposición n.º {number}",
        (
            "Hola, {name}:",
            "{company} no acepta su oposición. El motivo:",
            "{words}",
            "Puede reclamar ante la autoridad de protección de datos y acudir a los tribunales.",
        ),
    ),
    "restricted": Words(
        "Su solicitud n.º {number}: sus datos están limitados",
        (
            "Hola, {name}:",
            "{company} conserva desde ahora sus datos y no hace nada más con ellos, salvo donde la ley lo "
            "exija o "
            "dependan de ellos derechos. Se le avisará antes de que termine.",
        ),
    ),
    "lifting": Words(
        "Su solicitud n.º {number}: la limitación va a terminar",
        (
            "Hola, {name}:",
            "{company} pondrá fin a la limitación de sus datos. El motivo:",
            "{words}",
            "¿No está de acuerdo? Responda a {company} antes de que termine.",
        ),
    ),
    "corrected": Words(
        "Su solicitud n.º {number}: sus datos están corregidos",
        ("Hola, {name}:", "{company} ha corregido sus datos como usted pidió.", "{words}"),
    ),
    "withdrawn": Words(
        "Su solicitud n.º {number}: su consentimiento está retirado",
        (
            "Hola, {name}:",
            "lo que había aceptado en {company} está retirado. Recibirá un comprobante de cada "
            "consentimiento.",
        ),
    ),
    "closed": Words(
        "Su solicitud n.º {number} está cerrada",
        (
            "Hola, {name}:",
            "{company} ha cerrado su solicitud ({kind}). ¿No está de acuerdo con la respuesta? Díganoslo; "
            "puede "
            "reclamar ante la autoridad de protección de datos y acudir a los tribunales.",
        ),
    ),
}
MAILS: Final[dict[str, dict[str, Words]]] = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES}
