"""Tags that every template uses: icons, state pills, times, dressed form fields. See docs/look.md."""

from datetime import datetime

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# State → (kind of pill, icon, word). A colour never stands alone: the word and the sign say the same.
PILLS = {
    "ACTIVE": ("good", "check", "Active"),
    "ISSUED": ("wait", "hourglass", "Issued"),
    "AWAITING": ("wait", "hourglass", "Waiting for approval"),
    "SUSPENDED": ("wait", "player-pause", "Suspended"),
    "OFFBOARDED": ("plain", "door-exit", "Off-boarded"),
    "REVOKED": ("bad", "ban", "Revoked"),
    "LOST": ("bad", "ban", "Lost"),
    "EXPIRED": ("plain", "clock", "Expired"),
    "RETIRED": ("plain", "power", "Retired"),
    "DEACTIVATED": ("plain", "power", "Deactivated"),
    "INVITED": ("wait", "mail", "Invited"),
    "EXPECTED": ("wait", "hourglass", "Expected"),
    "ON_SITE": ("good", "user-check", "On site"),
    "SIGNED_OUT": ("plain", "logout", "Signed out"),
    "CANCELLED": ("plain", "x", "Cancelled"),
    "OPEN": ("bad", "alert-triangle", "Open"),
    "ACKNOWLEDGED": ("wait", "eye", "Acknowledged"),
    "CLOSED": ("plain", "check", "Closed"),
    "GRANTED": ("good", "lock-open", "Granted"),
    "DENIED": ("bad", "ban", "Refused"),
    "ONLINE": ("good", "wifi", "Online"),
    "OFFLINE": ("bad", "wifi-off", "Offline"),
    "BEHIND": ("wait", "refresh", "Catching up"),
    "NEVER": ("plain", "plug-connected-x", "Never heard"),
    "IN_FORCE": ("good", "check", "In force"),
    "LAID_IN": ("wait", "hourglass", "Laid in ahead"),
    "REFUSED": ("bad", "ban", "Refused"),
    "LOCKDOWN": ("bad", "lock", "Lockdown"),
    "NORMAL": ("plain", "door", "Normal"),
    "UNLOCKED_BY_SCHEDULE": ("gate", "lock-open", "Unlocked by schedule"),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite. With `label` it is read aloud, without it is decoration."""
    address = f"{static('vendor/tabler-icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', address
    )


@register.filter
def lines(text: str) -> list[str]:
    """A help text's lines: the first stands beside its field, the others are shown when asked for."""
    return text.split("\n") if "\n" in text else [text]


@register.simple_tag
def pill(state: object, word: str = "") -> SafeString:
    """The state as a pill: colour, sign and word together. `word` replaces the usual one."""
    key = str(getattr(state, "value", state)).upper()
    kind, sign, usual = PILLS.get(key, ("plain", "info-circle", key.replace("_", " ").capitalize()))
    return format_html('<span class="pill pill-{}">{}{}</span>', kind, icon(sign), word or usual)


@register.filter
def when(value: datetime | int | None) -> SafeString | str:
    """A moment as `today 14:20` in the viewer's zone; without scripts in UTC, and said so."""
    if value is None or value == "":
        return "never"
    moment = (
        datetime.fromtimestamp(value, tz=timezone.get_default_timezone()) if isinstance(value, int) else value
    )
    return format_html(
        '<local-time><time datetime="{}">{} UTC</time></local-time>',
        moment.isoformat(timespec="seconds"),
        moment.strftime("%-d %b %Y %H:%M"),
    )


@register.filter
def ago(value: datetime | None) -> str:
    """How long since: "40 s", "11 min", "3 h", "2 days"."""
    if value is None:
        return "never"
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {'day' if unit == 'days' and count == 1 else unit}"
    return f"{seconds} s"


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The form's control with the classes of the house."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect):
        dress = "form-check-input"
    elif isinstance(widget, Select):
        dress = "form-select"
    else:
        dress = "form-control"
    own = str(widget.attrs.get("class", ""))
    attrs: dict[str, str | bool] = {"class": f"{dress} {own}".strip()}
    if isinstance(widget, Textarea):
        attrs["rows"] = str(widget.attrs.get("rows", 4))
    return field.as_widget(attrs=attrs)


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the label stands behind the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several controls under one legend."""
    return bool(getattr(field.field.widget, "use_fieldset", False))
