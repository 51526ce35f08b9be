"""Purposes, needs and laws in words: for officers, and on the company's public page in four languages."""

from collections.abc import Mapping
from typing import Final

from compliance.law import Act, Basis, Need, Purpose
from vault.telling import Four, word

PURPOSES: Final = {
    Purpose.DOOR_RECORD: "Door record",
    Purpose.FACE: "Face",
    Purpose.PHOTO: "Photo",
    Purpose.VISITOR_DOCUMENTS: "Visitor documents",
}
BASES: Final = {Basis.CONSENT: "Consent", Basis.LEGITIMATE_INTEREST: "Legitimate interest"}
ACTS: Final = {Act.CONSENT: "agreed", Act.ACKNOWLEDGE: "have read it"}
NEEDS: Final = {
    Need.CONTROLLER: "The responsible company and where to write to",
    Need.NOTICE: "A published notice",
    Need.SCHEDULE: "A retention schedule on the public page",
    Need.DESTRUCTION: "A guideline for destroying on the public page",
    Need.DPIA: "An impact assessment, approved by a named role",
    Need.EQUAL_WAY: "An equal way in without a face at each door that takes one",
}
PUBLIC: Final = {
    "en": {
        "title": "Privacy",
        "lead": "How {company} treats the data of people who use its doors.",
        "controller": "Responsible",
        "contact": "Where to write to",
        "schedule": "Retention schedule",
        "destruction": "Guideline for destroying face data",
        "notices": "Notices",
        "processors": "Who handles data for us",
        "from_day": "From",
        "version": "Version {number}",
        "none": "{company} has not published anything here yet.",
    },
    "de": {
        "title": "Datenschutz",
        "lead": "Wie {company} mit den Daten der Menschen umgeht, die ihre Türen benutzen.",
        "controller": "Verantwortlich",
        "contact": "Wohin Sie schreiben können",
        "schedule": "Aufbewahrungsfristen",
        "destruction": "Richtlinie zur Vernichtung von Gesichtsdaten",
        "notices": "Hinweise",
        "processors": "Wer für uns Daten verarbeitet",
        "from_day": "Ab",
        "version": "Fassung {number}",
        "none": "{company} hat hier noch nichts veröffentlicht.",
    },
    "fr": {
        "title": "Vie privée",
        "lead": "Comment {company} traite les données des personnes qui utilisent ses portes.",
        "controller": "Responsable",
        "contact": "Où écrire",
        "schedule": "Durées de conservation",
        "destruction": "Règle de destruction des données du visage",
        "notices": "Avis",
        "processors": "Qui traite des données pour nous",
        "from_day": "À partir du",
        "version": "Version {number}",
        "none": "{company} n’a encore rien publié ici.",
    },
    "es": {
        "title": "Privacidad",
        "lead": "Cómo trata {company} los datos de las personas que usan sus puertas.",
        "controller": "Responsable",
        "contact": "Dónde escribir",
        "schedule": "Plazos de conservación",
        "destruction": "Norma para destruir los datos de la cara",
        "notices": "Avisos",
        "processors": "Quién trata datos para nosotros",
        "from_day": "A partir del",
        "version": "Versión {number}",
        "none": "{company} aún no ha publicado nada aquí.",
    },
}
_TOLD: Final[Mapping[str, Four]] = {
    Purpose.DOOR_RECORD: ("door record", "Türprotokoll", "registre des portes", "registro de puertas"),
    Purpose.FACE: ("face", "Gesicht", "visage", "rostro"),
    Purpose.PHOTO: ("photo", "Foto", "photo", "foto"),
    Purpose.VISITOR_DOCUMENTS: (
        "visitor documents",
        "Besucherdokumente",
        "documents des visiteurs",
        "documentos de visitantes",
    ),
}


def told_purpose(purpose: str, language: str) -> str:
    """A purpose as a person is told of it."""
    return word(_TOLD, purpose, language)
