"""What a person is told by mail of an erasure, in their language: subject, then paragraphs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    paragraphs: tuple[str, ...]


BEGUN: Final = {
    "en": Text(
        "{company} is erasing your data",
        (
            "Hello,",
            "you asked {company} to erase your data (request {number}). It is being done now: your "
            "access ends, "
            "and your name, address, phones, consents' words and face are destroyed.",
            "What stays is the door record with time, door and result under a number that leads to "
            "nobody, as "
            "the law allows it (GDPR Article 17(3)).",
            "Once every door has confirmed it you get a signed certificate by mail. After that this "
            "address is "
            "erased, too.",
            "You did not ask for this? Write to {company} at once: it cannot be undone.",
        ),
    ),
    "de": Text(
        "{company} löscht Ihre Daten",
        (
            "Guten Tag,",
            "Sie haben {company} gebeten, Ihre Daten zu löschen (Anfrage {number}). Das geschieht jetzt: "
            "Ihr "
            "Zugang endet, und Ihr Name, Ihre Adresse, Telefone, Worte zu Einwilligungen und Ihr Gesicht "
            "werden "
            "vernichtet.",
            "Es bleibt das Türprotokoll mit Zeit, Tür und Ergebnis unter einer Nummer, die zu niemandem "
            "führt, "
            "wie das Gesetz es erlaubt (DSGVO Artikel 17 Absatz 3).",
            "Sobald jede Tür es bestätigt hat, erhalten Sie eine signierte Bescheinigung per E-Mail. "
            "Danach wird "
            "auch diese Adresse gelöscht.",
            "Sie haben nicht darum gebeten? Schreiben Sie {company} sofort: Es lässt sich nicht "
            "rückgängig machen.",
        ),
    ),
    "fr": Text(
        "{company} efface vos données",
        (
            "Bonjour,",
            "vous avez demandé à {company} d’effacer vos données (demande {number}). C’est en cours : "
            "votre accès "
            "prend fin, et votre nom, votre adresse, vos téléphones, les mots de vos consentements et "
            "votre "
            "visage sont détruits.",
            "Reste le registre des portes avec l’heure, la porte et le résultat, sous un numéro qui ne "
            "mène à "
            "personne, comme la loi le permet (RGPD, article 17, paragraphe 3).",
            "Dès que chaque porte l’aura confirmé, vous recevrez un certificat signé par courriel. "
            "Ensuite, cette "
            "adresse sera effacée elle aussi.",
            "Vous ne l’avez pas demandé ? Écrivez tout de suite à {company} : cela ne peut pas être annulé.",
        ),
    ),
    "es": Text(
        "{company} está borrando sus datos",
        (
            "Hola:",
            "usted pidió a {company} que borrara sus datos (solicitud {number}). Se está haciendo ahora: "
            "su acceso "
            "termina, y su nombre, dirección, teléfonos, las palabras de sus consentimientos y su rostro "
            "se "
            "destruyen.",
            "Queda el registro de puertas con hora, puerta y resultado bajo un número que no lleva a "
            "nadie, como "
            "permite la ley (RGPD, artículo 17.3).",
            "Cuando cada puerta lo haya confirmado recibirá un certificado firmado por correo. Después "
            "se borrará "
            "también esta dirección.",
            "¿No lo pidió usted? Escriba enseguida a {company}: no se puede deshacer.",
        ),
    ),
}

CERTIFICATE: Final = {
    "en": Text(
        "Your data at {company} have been erased",
        (
            "Hello,",
            "your request {number} is closed: your data have been erased everywhere, and each reader has "
            "confirmed it. The certificate is attached, to read (PDF) and to verify (JSON).",
            "Keys are kept in backups for seven days at most: the erasure is final at the end of {final}.",
            "With this mail the company forgets this address as well.",
        ),
    ),
    "de": Text(
        "Ihre Daten bei {company} sind gelöscht",
        (
            "Guten Tag,",
            "Ihre Anfrage {number} ist abgeschlossen: Ihre Daten sind überall gelöscht, jeder Leser hat es "
            "bestätigt. Die Bescheinigung hängt an, zum Lesen (PDF) und zum Prüfen (JSON).",
            "Schlüssel liegen höchstens sieben Tage in Sicherungen: Endgültig ist die Löschung mit "
            "Ablauf des "
            "{final}.",
            "Mit dieser Nachricht vergisst die Firma auch diese Adresse.",
        ),
    ),
    "fr": Text(
        "Vos données chez {company} sont effacées",
        (
            "Bonjour,",
            "votre demande {number} est close : vos données sont effacées partout, et chaque lecteur l’a "
            "confirmé. "
            "Le certificat est joint, à lire (PDF) et à vérifier (JSON).",
            "Les clés restent sept jours au plus dans les sauvegardes : l’effacement est définitif à la "
            "fin du "
            "{final}.",
            "Avec ce courriel, l’entreprise oublie aussi cette adresse.",
        ),
    ),
    "es": Text(
        "Sus datos en {company} han sido borrados",
        (
            "Hola:",
            "su solicitud {number} está cerrada: sus datos se han borrado en todas partes y cada lector "
            "lo ha "
            "confirmado. Se adjunta el certificado, para leer (PDF) y para verificar (JSON).",
            "Las claves permanecen siete días como máximo en copias de seguridad: el borrado es "
            "definitivo al "
            "final del {final}.",
            "Con este correo la empresa olvida también esta dirección.",
        ),
    ),
}
