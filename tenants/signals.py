"""What this app announces."""

from django.dispatch import Signal

# In the transaction that changes it: company (CompanyRef), before, after (CompanyState). Database work only.
company_state_changed = Signal()
