"""What this room holds of a person: what they said to notices and asked for, holds and restrictions."""

from collections.abc import Iterator, Mapping
from typing import Final

from compliance.models import CasePerson, CaseStep, ConsentRecord, LegalHold, Restriction
from compliance.purpose_texts import told_purpose
from compliance.selectors import told_of
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import Four, doer, moment, table, word

CONSENTS: Final[Four] = (
    "What you said to notices",
    "Was Sie zu Hinweisen gesagt haben",
    "Vos réponses aux avis",
    "Sus respuestas a los avisos",
)
CASES: Final[Four] = ("Your requests", "Ihre Anfragen", "Vos demandes", "Sus solicitudes")
STEPS: Final[Four] = (
    "What was done about your requests",
    "Was mit Ihren Anfragen geschah",
    "Ce qui a été fait de vos demandes",
    "Qué se hizo con sus solicitudes",
)
HOLDS: Final[Four] = (
    "Data kept for legal claims",
    "Für Rechtsansprüche zurückgehaltene Daten",
    "Données conservées pour des actions en justice",
    "Datos conservados para reclamaciones",
)
RESTRICTIONS: Final[Four] = (
    "Restrictions of processing",
    "Einschränkungen der Verarbeitung",
    "Limitations du traitement",
    "Limitaciones del tratamiento",
)
WORDS: Final[Mapping[str, Four]] = {
    "access": ("access", "Auskunft", "accès", "acceso"),
    "portability": ("portability", "Datenübertragung", "portabilité", "portabilidad"),
    "rectification": ("rectification", "Berichtigung", "rectification", "rectificación"),
    "erasure": ("erasure", "Löschung", "effacement", "supresión"),
    "restriction": ("restriction", "Einschränkung", "limitation", "limitación"),
    "objection": ("objection", "Widerspruch", "opposition", "oposición"),
    "withdrawal": ("withdrawal", "Widerruf", "retrait", "retirada"),
    "UNCONFIRMED": ("not confirmed", "nicht bestätigt", "non confirmée", "sin confirmar"),
    "IDENTITY": (
        "identity is checked",
        "Identität wird geprüft",
        "identité à vérifier",
        "identidad por comprobar",
    ),
    "OPEN": ("in work", "in Arbeit", "en cours", "en curso"),
    "REVIEW": ("looked through", "wird durchgesehen", "en relecture", "en revisión"),
    "ANSWERED": ("answered", "beantwortet", "répondue", "respondida"),
    "CLOSED": ("closed", "abgeschlossen", "close", "cerrada"),
    "REFUSED": ("refused", "abgelehnt", "refusée", "denegada"),
    "consent": ("agreed", "zugestimmt", "accepté", "aceptado"),
    "acknowledge": ("read", "gelesen", "lu", "leído"),
    "withdrawn": ("withdrawn", "widerrufen", "retiré", "retirado"),
    "asked_again": ("a new notice asks again", "ein neuer Hinweis fragt neu", "nouvel avis", "nuevo aviso"),
    "profile_changed": ("another law applies", "anderes Recht gilt", "autre droit", "otra ley"),
    "renewed": ("given anew", "neu erteilt", "renouvelé", "renovado"),
    "offboarded": ("you left", "Sie sind ausgeschieden", "vous êtes parti", "usted se fue"),
    "kiosk": ("at a kiosk", "an einem Kiosk", "à une borne", "en un quiosco"),
    "desk": ("at a desk", "am Empfang", "à l’accueil", "en recepción"),
    "phone": ("on your phone", "auf Ihrem Telefon", "sur votre téléphone", "en su teléfono"),
}


@exporter("compliance", title="Consents and requests", order=50)
def tables(asking: Asking) -> Iterator[Table]:
    """Consents with the exact words shown; requests and what was done about them; holds; restrictions."""
    columns = "at purpose kind version title text said signed where proof ended ended_how"
    yield table(asking, "consents", CONSENTS, columns, _consents(asking), given=True)
    yield table(asking, "requests", CASES, "since number kind state message* until ended", _cases(asking))
    yield table(asking, "request_steps", STEPS, "at number deed by note*", _steps(asking))
    holds = LegalHold.objects.filter(subject=asking.subject).order_by("asked_at")
    held = ((moment(one.asked_at), one.reason, moment(one.ended_at)) for one in holds)
    yield table(asking, "legal_holds", HOLDS, "since reason* ended", held)
    limits = Restriction.objects.filter(subject=asking.subject).order_by("since")
    rows = ((moment(since), moment(ended)) for since, ended in limits.values_list("since", "lifted_at"))
    yield table(asking, "restrictions", RESTRICTIONS, "since ended", rows)


def _consents(asking: Asking) -> Iterator[tuple[Cell, ...]]:
    language = asking.language
    rows = ConsentRecord.objects.filter(subject=asking.subject).select_related("notice", "subject")
    for row in rows.order_by("given_at", "id"):
        told = told_of(row)
        yield (
            *(moment(row.given_at), told_purpose(row.purpose, language), word(WORDS, row.act, language)),
            *(row.notice.number, row.notice.title, row.notice.text),
            *(told.get("pressed", ""), told.get("signed_name", "")),
            *(word(WORDS, _where(row), language), row.sha256),
            *(moment(row.ended_at), word(WORDS, row.ended_how, language)),
        )


def _where(row: ConsentRecord) -> str:
    if row.at_kiosk:
        return "kiosk"
    return "desk" if row.at_desk else "phone"


def _cases(asking: Asking) -> Iterator[tuple[Cell, ...]]:
    rows = CasePerson.objects.filter(subject=asking.subject).select_related("case__applicant")
    for row in rows.order_by("case__number"):
        case = row.case
        yield (
            *(moment(case.received_at), case.number, word(WORDS, case.kind, asking.language)),
            *(word(WORDS, case.state, asking.language), case.message),
            *(moment(case.answer_by), moment(case.closed_at)),
        )


def _steps(asking: Asking) -> Iterator[tuple[Cell, ...]]:
    cases = CasePerson.objects.filter(subject=asking.subject)
    you = {f"holder:{number}" for number in cases.values_list("number", flat=True)}
    rows = CaseStep.objects.filter(case__in=cases.values("case")).select_related("case__applicant")
    for row in rows.order_by("at", "id"):
        by = doer(row.by, you, asking.language)
        yield moment(row.at), row.case.number, row.verb.replace("_", " "), by, row.note
