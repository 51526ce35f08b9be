"""What rights, events and alarms are called when a person is told of them, in four languages."""

from collections.abc import Mapping
from typing import Final

from access.models import AlarmKind
from vault.telling import Four

GRANTS: Final[Four] = (
    "Where you may go",
    "Wohin Sie dürfen",
    "Où vous pouvez aller",
    "Adónde puede ir",
)
EVENTS: Final[Four] = ("Door record", "Türprotokoll", "Registre des portes", "Registro de puertas")
EVENTS_SAID: Final[Four] = (
    "Each time a code of yours was shown at a door. Times are those of the site.",
    "Jedes Mal, wenn Ihr Code an einer Tür gezeigt wurde. Zeiten gelten am Standort.",
    "Chaque présentation d’un de vos codes à une porte. Les heures sont celles du site.",
    "Cada vez que se mostró un código suyo en una puerta. Las horas son las de la sede.",
)
PRESENCE: Final[Four] = (
    "Where you were last counted in or out",
    "Wo Sie zuletzt als drinnen oder draußen gezählt wurden",
    "Où vous avez été compté présent ou absent en dernier",
    "Dónde se le contó dentro o fuera por última vez",
)
SECOND: Final[Four] = (
    "Entries into an area you had not left",
    "Eintritte in einen Bereich, den Sie nicht verlassen hatten",
    "Entrées dans une zone que vous n’aviez pas quittée",
    "Entradas en una zona de la que no había salido",
)
ALARMS: Final[Four] = (
    "Alarms about you",
    "Alarme über Sie",
    "Alarmes vous concernant",
    "Alarmas sobre usted",
)
NOTES: Final[Four] = (
    "Notes on these alarms",
    "Notizen zu diesen Alarmen",
    "Notes sur ces alarmes",
    "Notas sobre estas alarmas",
)
GRANTED: Final[Four] = ("opened", "geöffnet", "ouvert", "abierto")
REFUSED: Final[Four] = ("not opened", "nicht geöffnet", "non ouvert", "no abierto")
GONE: Final[Four] = (
    "a door that is gone",
    "eine Tür, die es nicht mehr gibt",
    "une porte disparue",
    "una puerta que ya no existe",
)
SIDES: Final[Mapping[str, Four]] = {
    "Entry": ("entry", "Eingang", "entrée", "entrada"),
    "Exit": ("exit", "Ausgang", "sortie", "salida"),
}
STATES: Final[Mapping[str, Four]] = {
    "OPEN": ("open", "offen", "ouverte", "abierta"),
    "ACKNOWLEDGED": ("seen", "gesehen", "vue", "vista"),
    "CLOSED": ("closed", "erledigt", "close", "cerrada"),
}
KINDS: Final[Mapping[str, Four]] = {
    AlarmKind.TOO_FAR_APART: (
        "your phone at two sites sooner than anybody travels",
        "Ihr Telefon an zwei Standorten, schneller als jemand reist",
        "votre téléphone sur deux sites plus vite qu’on ne voyage",
        "su teléfono en dos sedes antes de lo que se tarda en viajar",
    ),
    AlarmKind.CODE_USED_TWICE: (
        "one code opened two doors",
        "ein Code öffnete zwei Türen",
        "un code a ouvert deux portes",
        "un código abrió dos puertas",
    ),
    AlarmKind.PASSED_AFTER_REVOCATION: (
        "a revoked phone opened a door without network",
        "ein entzogenes Telefon öffnete eine Tür ohne Netz",
        "un téléphone révoqué a ouvert une porte sans réseau",
        "un teléfono revocado abrió una puerta sin red",
    ),
    AlarmKind.ENTERED_TWICE: (
        "an area entered twice without leaving",
        "ein Bereich zweimal betreten, ohne ihn zu verlassen",
        "une zone entrée deux fois sans sortie",
        "una zona en la que entró dos veces sin salir",
    ),
    AlarmKind.FACE_LOCKED_OUT: (
        "a face was refused too often",
        "ein Gesicht wurde zu oft abgelehnt",
        "un visage refusé trop souvent",
        "un rostro rechazado demasiadas veces",
    ),
    AlarmKind.TEMPLATE_UNREADABLE: (
        "the enrolled face cannot be read",
        "das erfasste Gesicht ist nicht lesbar",
        "le visage enregistré est illisible",
        "no se puede leer el rostro registrado",
    ),
}
