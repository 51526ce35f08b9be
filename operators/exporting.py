"""What this room holds of somebody who signs in to the console. Never a password, a secret or a code."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import Q

from ledger.telling import deeds_about, deeds_by
from operators.models import Operator, PasswordLink, RecoveryDevice, TotpDevice
from vault.holdings import Asking, Cell, Table, exporter
from vault.telling import Four, moment, table, word, yes_no

ACCOUNT: Final[Four] = (
    "Your account in the console",
    "Ihr Konto in der Konsole",
    "Votre compte dans la console",
    "Su cuenta en la consola",
)
FACTORS: Final[Four] = ("Second factors", "Zweite Faktoren", "Seconds facteurs", "Segundos factores")
FACTORS_SAID: Final[Four] = (
    "Secrets and codes are not shown: with them somebody else could sign in as you.",
    "Geheimnisse und Codes stehen hier nicht: mit ihnen könnte sich jemand als Sie anmelden.",
    "Les secrets et codes ne figurent pas ici : avec eux, quelqu’un pourrait se connecter à votre place.",
    "No se muestran secretos ni códigos: con ellos otra persona podría entrar como usted.",
)
LINKS: Final[Four] = (
    "Links to a new password",
    "Links zu einem neuen Passwort",
    "Liens vers un nouveau mot de passe",
    "Enlaces a una nueva contraseña",
)
_KINDS: Final[Mapping[str, Four]] = {
    "TOTP": ("authenticator app", "Authenticator-App", "application d’authentification", "autenticador"),
    "RECOVERY": ("recovery codes", "Wiederherstellungscodes", "codes de secours", "códigos de recuperación"),
    "INVITE": ("invitation", "Einladung", "invitation", "invitación"),
    "RESET": ("forgotten password", "vergessenes Passwort", "mot de passe oublié", "contraseña olvidada"),
}
_ROLES: Final[Mapping[str, Four]] = {
    "OWNER": ("owner", "Inhaber", "propriétaire", "propietario"),
    "SECURITY": ("security", "Sicherheit", "sécurité", "seguridad"),
    "RECEPTION": ("reception", "Empfang", "accueil", "recepción"),
    "COMPLIANCE": ("compliance", "Datenschutz", "conformité", "cumplimiento"),
    "READ_ONLY": ("read only", "nur lesen", "lecture seule", "solo lectura"),
    "PLATFORM": ("platform", "Plattform", "plateforme", "plataforma"),
}


@exporter("operators", title="Account in the console", order=20)
def tables(asking: Asking) -> Iterator[Table]:
    """The account, that there is a second factor, links by mail, and what they did."""
    operator = Operator.objects.filter(subject=asking.subject).first()
    if operator is None:
        return
    row: tuple[Cell, ...] = (
        *(operator.name, operator.email, word(_ROLES, operator.role, asking.language)),
        *(yes_no(operator.is_active, asking.language), moment(operator.created_at)),
        moment(operator.last_login),
    )
    yield table(asking, "account", ACCOUNT, "name email role state created last_used", [row], given=True)
    yield table(asking, "factors", FACTORS, "kind created last_used", _factors(asking, operator),
                said=FACTORS_SAID)  # fmt: skip
    links = PasswordLink.objects.filter(operator=operator).order_by("expires_at")
    told = (
        (word(_KINDS, kind, asking.language), moment(until), moment(used))
        for kind, until, used in links.values_list("purpose", "expires_at", "used_at")
    )
    yield table(asking, "password_links", LINKS, "kind until last_used", told)
    yield deeds_about(asking, Q(data__operator=str(operator.pk)), {operator.actor})
    yield deeds_by(asking, {operator.actor})


def _factors(asking: Asking, operator: Operator) -> Iterator[tuple[Cell, ...]]:
    for kind, model in (("TOTP", TotpDevice), ("RECOVERY", RecoveryDevice)):
        for made, used in model.objects.filter(user=operator).values_list("created_at", "last_used_at"):
            yield word(_KINDS, kind, asking.language), moment(made), moment(used)
