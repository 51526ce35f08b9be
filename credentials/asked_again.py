"""Mail to people whom a new version of a notice asks again: what they said before has ended.

One message tells of the version, then one for each person: a mail that fails is sent again alone.
"""

from typing import Final

from compliance.law import PURPOSES, Act, Purpose
from compliance.models import ConsentRecord, Ended, NoticeVersion
from compliance.selectors import needs_asking
from credentials.mail_texts import Text
from credentials.mails import send, wallet_address
from credentials.models import Holder, HolderState
from credentials.services.consents import person_of
from ledger import services as ledger

ASK_ONE: Final = "mail.asked_again.holder"
# The notice's title follows the first part. A consent that ended opens nothing; an acknowledgement never did.
CONSENT: Final = {
    "en": Text(
        "{company} asks you again",
        (
            "Hello {name},",
            "what you agreed to has changed at {company}: {title}.",
            "Your agreement to the text before has ended. Read the new one in the wallet under “Privacy” "
            "and say there whether you agree: {address}",
            "You may say no, or nothing: nothing is captured then, and the way in without it stays open.",
        ),
    ),
    "de": Text(
        "{company} fragt Sie noch einmal",
        (
            "Guten Tag {name},",
            "bei {company} hat sich geändert, wozu Sie eingewilligt haben: {title}.",
            "Ihre Einwilligung in den alten Text ist beendet. Lesen Sie den neuen im Wallet unter "
            "„Datenschutz“ und sagen Sie dort, ob Sie einwilligen: {address}",
            "Sie müssen nicht: Dann wird nichts erhoben, und der Weg ohne Einwilligung bleibt offen.",
        ),
    ),
    "fr": Text(
        "{company} vous pose la question à nouveau",
        (
            "Bonjour {name},",
            "ce à quoi vous avez consenti chez {company} a changé : {title}.",
            "Votre consentement à l’ancien texte a pris fin. Lisez le nouveau dans le wallet, "
            "sous « Vie privée », et dites-y si vous consentez : {address}",
            "Rien ne vous y oblige : rien n’est alors recueilli, et le passage sans consentement reste "
            "ouvert.",
        ),
    ),
    "es": Text(
        "{company} le pregunta de nuevo",
        (
            "Hola, {name}:",
            "ha cambiado en {company} aquello a lo que dio su consentimiento: {title}.",
            "Su consentimiento al texto anterior ha terminado. Lea el nuevo en el wallet, en "
            "«Privacidad», y diga allí si consiente: {address}",
            "No está obligado: entonces no se recoge nada, y el paso sin consentimiento sigue abierto.",
        ),
    ),
}
READ: Final = {
    "en": Text(
        "A notice of {company} has changed",
        ("Hello {name},", "a notice of {company} has changed: {title}.", "Read it in the wallet: {address}"),
    ),
    "de": Text(
        "Ein Hinweis von {company} hat sich geändert",
        (
            "Guten Tag {name},",
            "ein Hinweis von {company} hat sich geändert: {title}.",
            "Lesen Sie ihn im Wallet: {address}",
        ),
    ),
    "fr": Text(
        "Un avis de {company} a changé",
        (
            "Bonjour {name},",
            "un avis de {company} a changé : {title}.",
            "Lisez-le dans le wallet : {address}",
        ),
    ),
    "es": Text(
        "Un aviso de {company} ha cambiado",
        ("Hola, {name}:", "ha cambiado un aviso de {company}: {title}.", "Léalo en el wallet: {address}"),
    ),
}


def tell_all(purpose: str, profile: str, number: int) -> None:
    """A message for each whose answer the version ended. In the outbox's transaction: all or none."""
    published = NoticeVersion.objects.filter(purpose=purpose, profile=profile, number=number).first()
    if published is None:
        return
    ended = ConsentRecord.objects.filter(
        purpose=purpose,
        notice__profile=profile,
        notice__number__lt=number,
        ended_how=Ended.ASKED_AGAIN,
        ended_at__gte=published.published_at,
    )
    people = set(ended.order_by().values_list("person", flat=True))
    for person in sorted(people):
        ledger.emit(ASK_ONE, {"holder": person, "notice": str(published.pk)})


def tell_one(handle: int, notice: str) -> None:
    """Nothing to somebody who has answered meanwhile, has left, was erased, or has no address."""
    holder = Holder.objects.filter(handle=handle).exclude(state=HolderState.OFFBOARDED).first()
    row = NoticeVersion.objects.filter(pk=notice).first()
    if holder is None or row is None or holder.subject.destroyed_at is not None or not holder.email:
        return
    purpose = Purpose(row.purpose)
    if purpose not in needs_asking(person_of(holder)):
        return
    own = NoticeVersion.objects.filter(
        purpose=row.purpose, profile=row.profile, number=row.number, language=holder.language
    ).first()
    facts = {"title": (own or row).title, "address": wallet_address()}
    texts = CONSENT if PURPOSES[purpose].act is Act.CONSENT else READ
    send(holder, texts[holder.language], facts, f"asked-again-{row.purpose}-{row.number}-{holder.handle}")
