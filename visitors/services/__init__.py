"""What changes in this room, and only here."""

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
from visitors.services.planning import Guest, Plan, plan_visit

__all__ = [
    "Guest",
    "Plan",
    "accept_visit",
    "admit",
    "arrive",
    "cancel",
    "choose_way",
    "expire_due",
    "extend",
    "plan_visit",
    "refuse",
    "sign_out",
]
