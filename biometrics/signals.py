"""Facts this room announces inside the transaction that makes them true. Receivers do database work only."""

from django.dispatch import Signal

# A person failed too often: person (the holder's handle), where (str: "device:7", "reader:3"), until
# (datetime).
face_locked_out = Signal()
# An enrolled face did not open (AES-GCM said no): person (the holder's handle), template (UUID).
template_unreadable = Signal()
