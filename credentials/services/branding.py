"""The company's colours for codes and passes."""

from django.db import transaction

from credentials.paper import Branding
from ledger import services as ledger


@transaction.atomic
def set_branding(*, by: str, **values: str) -> Branding:
    """Change foreground, background, accent or logo_text. Raises ValidationError for unreadable colours."""
    branding = Branding.objects.select_for_update().filter(pk=1).first() or Branding()
    changed = {field: value for field, value in values.items() if getattr(branding, field) != value}
    if not changed:
        return branding
    for field, value in changed.items():
        setattr(branding, field, value)
    branding.full_clean()
    branding.save()
    colours = {field: value for field, value in changed.items() if field != "logo_text"}
    told = {"fields": sorted(changed), **colours}
    ledger.record(actor=by, verb="branding_changed", subject_kind="branding", handle=1, data=told)
    return branding
