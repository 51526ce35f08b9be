"""The mail to a host in whose name reception has invited: who comes and when, for their own calendar."""

from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from credentials.mail_texts import Text
from credentials.mails import send
from credentials.models import Holder
from vault.fields import ERASED
from visitors import calendar_files
from visitors.host_visits import TO_COME
from visitors.models import Visit
from visitors.notices.choices import ways_of
from visitors.notices.mail import guest_of, moment_at
from visitors.services.rearranging import sequence_of

TEXTS: Final = {
    "en": Text(
        "{guest} is invited in your name, {begins}",
        (
            "Hello {name},",
            "The reception of {company} has invited in your name, {site}:",
            "{visits}",
            "Guests with a mail address are told. The calendar file with this mail is for your own calendar.",
        ),
    ),
    "de": Text(
        "{guest} ist in Ihrem Namen eingeladen, {begins}",
        (
            "Guten Tag {name},",
            "der Empfang von {company} hat in Ihrem Namen eingeladen, {site}:",
            "{visits}",
            "Gäste mit Mailadresse wissen Bescheid. Die Datei ist für Ihren eigenen Kalender.",
        ),
    ),
    "fr": Text(
        "{guest} : invitation en votre nom, {begins}",
        (
            "Bonjour {name},",
            "L’accueil de {company} a invité en votre nom, {site} :",
            "{visits}",
            "Qui a une adresse e-mail est prévenu. Le fichier joint est pour votre propre agenda.",
        ),
    ),
    "es": Text(
        "{guest}: invitación en su nombre, {begins}",
        (
            "Hola {name}:",
            "La recepción de {company} ha invitado en su nombre, {site}:",
            "{visits}",
            "Quien tiene correo ya está avisado. El archivo adjunto es para su propio calendario.",
        ),
    ),
}
FILES: Final = {"en": "visits", "de": "besuche", "fr": "visites", "es": "visitas"}


def send_invited(host_id: str, visits: Sequence[str]) -> None:
    """One mail for all visits that were planned at once; nothing where none of them will take place."""
    host = Holder.objects.select_related("subject").filter(pk=host_id).first()
    if host is None or not host.is_active or not ways_of(host).mail:
        return
    # What was moved to another host meanwhile is none of this one's.
    rows = Visit.objects.select_related("holder__subject", "host__subject", "site").filter(
        pk__in=visits, host=host, state__in=TO_COME, closes__gt=timezone.now()
    )
    coming = [row for row in rows.order_by("begins", "handle") if row.holder.name != ERASED]
    if not coming:
        return
    language, first = host.language, coming[0]
    told = [f"{moment_at(row.begins, row.site, language)}: {guest_of(row)}" for row in coming]
    facts = {
        "guest": guest_of(first),
        "begins": moment_at(first.begins, first.site, language),
        "site": first.site.name,
        "visits": "\n".join(told),
    }
    calendar = calendar_files.for_host([(row, sequence_of(row)) for row in coming], language)
    name = f"host-invited-{first.pk}"
    send(host, TEXTS[language], facts, name, [(f"{FILES[language]}.ics", calendar)])
