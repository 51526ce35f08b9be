"""What this room's states are called when a person is told of them, in four languages."""

from collections.abc import Mapping
from typing import Final

from vault.telling import Four

PERSON: Final[Four] = ("You", "Sie", "Vous", "Usted")
PASSES: Final[Four] = (
    "What your codes stand for",
    "Wofür Ihre Codes stehen",
    "Ce que représentent vos codes",
    "Qué representan sus códigos",
)
PHONES: Final[Four] = ("Your phones", "Ihre Telefone", "Vos téléphones", "Sus teléfonos")
PHONES_SAID: Final[Four] = (
    "The keys of your phones are in the phones. The company holds what it needs to check them, and no more.",
    "Die Schlüssel liegen in Ihren Telefonen. Das Unternehmen hat nur, was es zum Prüfen braucht.",
    "Les clés sont dans vos téléphones. L’entreprise ne détient que de quoi les vérifier.",
    "Las claves están en sus teléfonos. La empresa solo tiene lo necesario para comprobarlas.",
)
PASSKEYS: Final[Four] = (
    "Passkeys of your phones",
    "Passkeys Ihrer Telefone",
    "Clés d’accès de vos téléphones",
    "Claves de acceso de sus teléfonos",
)
INVITATIONS: Final[Four] = ("Invitations", "Einladungen", "Invitations", "Invitaciones")
DAY_PASSES: Final[Four] = ("Day passes", "Tagespässe", "Laissez-passer d’un jour", "Pases de un día")
LOST: Final[Four] = (
    "Links for a lost phone",
    "Links für ein verlorenes Telefon",
    "Liens pour un téléphone perdu",
    "Enlaces para un teléfono perdido",
)
KINDS: Final[Mapping[str, Four]] = {
    "EMPLOYEE": ("employee", "angestellt", "employé", "empleado"),
    "CONTRACTOR": ("contractor", "Auftragnehmer", "prestataire", "contratista"),
    "VISITOR": ("visitor", "Besuch", "visiteur", "visitante"),
}
STATES: Final[Mapping[str, Four]] = {
    "ACTIVE": ("active", "aktiv", "actif", "activo"),
    "SUSPENDED": ("suspended", "gesperrt", "suspendu", "suspendido"),
    "OFFBOARDED": ("off-boarded", "ausgeschieden", "parti", "dado de baja"),
    "ISSUED": ("issued", "ausgestellt", "émis", "emitido"),
    "REVOKED": ("revoked", "entzogen", "révoqué", "revocado"),
    "LOST": ("lost", "verloren", "perdu", "perdido"),
    "EXPIRED": ("expired", "abgelaufen", "expiré", "caducado"),
    "AWAITING": ("awaits confirmation", "wartet auf Bestätigung", "à confirmer", "por confirmar"),
    "OPEN": ("open", "offen", "ouvert", "abierto"),
    "USED": ("used", "benutzt", "utilisé", "usado"),
    "WITHDRAWN": ("withdrawn", "zurückgezogen", "retiré", "retirado"),
    "EXHAUSTED": (
        "too many wrong codes",
        "zu viele falsche Codes",
        "trop de codes erronés",
        "demasiados errores",
    ),
}
