"""What changes in this room, and only here."""

from visitors.services.kiosks import (
    Setting,
    edit_kiosk,
    heard,
    leave_full_screen,
    unpair_kiosk,
    unpaired,
)
from visitors.services.moving import (
    accept_visit,
    admit,
    arrive,
    cancel,
    choose_way,
    expire_due,
    extend,
    refuse,
    sign_out,
)
from visitors.services.pairing import KioskProof, KioskTicket, PairedKiosk, pair, start_pairing
from visitors.services.planning import Guest, Plan, plan_visit

__all__ = [
    "Guest",
    "KioskProof",
    "KioskTicket",
    "PairedKiosk",
    "Plan",
    "Setting",
    "accept_visit",
    "admit",
    "arrive",
    "cancel",
    "choose_way",
    "edit_kiosk",
    "expire_due",
    "extend",
    "heard",
    "leave_full_screen",
    "pair",
    "plan_visit",
    "refuse",
    "sign_out",
    "start_pairing",
    "unpair_kiosk",
    "unpaired",
]
