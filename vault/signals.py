"""What this app announces."""

from django.dispatch import Signal

# In the transaction that changes them: verb (str), by (who, as the ledger names one who acts), handle (the
# new set's key id or None), data (handles, times and flags, JSON). Database work only.
code_keys_changed = Signal()
