"""Facts this room announces inside the transaction that makes them true. Receivers do database work only."""

from django.dispatch import Signal

# Consents that no longer hold: purpose (law.Purpose), subjects (UUIDs of vault.Subject), how (models.Ended).
# Whoever keeps something that rests on them destroys it here, in the same transaction.
consents_ended = Signal()
