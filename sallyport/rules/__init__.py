"""Who may pass which door when: one engine for the server, the reader program and the nightly re-run."""

from sallyport.rules.engine import Decision, decide, decide_again, refuse
from sallyport.rules.facts import (
    Assurance,
    CredentialFacts,
    CredentialState,
    DeviceFacts,
    DeviceState,
    DoorMode,
    DoorPolicy,
    GrantFacts,
    HolderKind,
    HolderState,
    Presentation,
    SecondFactor,
    effective_levels,
    next_change,
)
from sallyport.rules.schedules import Interval, LocalTime, Schedule, is_open, local_time

__all__ = [
    "Assurance",
    "CredentialFacts",
    "CredentialState",
    "Decision",
    "DeviceFacts",
    "DeviceState",
    "DoorMode",
    "DoorPolicy",
    "GrantFacts",
    "HolderKind",
    "HolderState",
    "Interval",
    "LocalTime",
    "Presentation",
    "Schedule",
    "SecondFactor",
    "decide",
    "decide_again",
    "effective_levels",
    "is_open",
    "local_time",
    "next_change",
    "refuse",
]
