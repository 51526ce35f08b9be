"""Facts this room announces inside the transaction that makes them true. Receivers do database work only."""

from django.dispatch import Signal

visit_planned = Signal()  # visit, by
visit_arrived = Signal()  # visit, by: stands at reception and has to be admitted
visit_admitted = Signal()  # visit, by
visit_ended = Signal()  # visit, state, by: signed out, expired, refused or cancelled
