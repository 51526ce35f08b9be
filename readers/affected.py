"""Which readers can be named when something was open at one."""

from readers.models import Reader
from vault.affected import READER, Choice, places


@places(READER)
def readers() -> list[Choice]:
    """All that ever were: a retired one may have leaked before."""
    return [Choice(row.handle, f"{row.name} ({row.handle})") for row in Reader.objects.order_by("handle")]
