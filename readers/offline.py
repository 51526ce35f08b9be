"""What readers that may be cut off are told, read in one statement each: one statement is one snapshot.

The policy's number and what stands under it must be of one moment. Unqualified names are those of the company
that is entered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import connection
from psycopg import sql

from access.policy import Doors, build_doors, one_door_statement
from sallyport.offline import Gone
from sallyport.rules import DoorPolicy
from tenants import context

DEFAULT_LIFE: Final = 30  # seconds, as credentials.CodePolicy has it before its row is written

# No pass lives longer than 24 hours, so what ended before that is dead by itself; an hour more for clocks
# that differ and for transactions that take their time. What has no such moment is never left out.
_BUNDLE: Final = sql.SQL("""
SELECT c.epoch, c.seq, ({door}),
       (SELECT code_life FROM credentials_codepolicy WHERE id = 1),
       (SELECT coalesce(json_agg(json_build_array(number, levels)), '[]') FROM access_profile
         WHERE levels && ARRAY(
               SELECT lr.accesslevel_id FROM access_accesspoint p
                 JOIN access_accessrule r ON r.access_point_id = p.id
                 JOIN access_accesslevel_rules lr ON lr.accessrule_id = r.id
                WHERE p.handle = me.access_point_id)),
       ARRAY(SELECT handle FROM credentials_credential WHERE state <> 'ACTIVE'
                AND state IN ('REVOKED', 'LOST')
                AND (ended_at IS NULL OR ended_at > now() - interval '25 hours')),
       ARRAY(SELECT handle FROM credentials_credential WHERE state <> 'ACTIVE'
                AND state NOT IN ('REVOKED', 'LOST')
                AND (ended_at IS NULL OR ended_at > now() - interval '25 hours')),
       ARRAY(SELECT c.handle FROM credentials_holder h
               JOIN credentials_credential c ON c.holder_id = h.id AND c.state = 'ACTIVE'
              WHERE h.state <> 'ACTIVE'),
       ARRAY(SELECT handle FROM credentials_device WHERE state <> 'ACTIVE'
                AND (revoked_at IS NULL OR revoked_at > now() - interval '25 hours'))
  FROM readers_reader me JOIN ledger_policycounter c ON c.id = 1
 WHERE me.handle = %s
""")

# Of a holder only what is alive: a change of state or name would else tell all that ever ended.
_TOUCHED: Final = """
WITH touched AS MATERIALIZED (
    SELECT c.handle, c.state, h.state AS holder, c.profile
      FROM credentials_credential c JOIN credentials_holder h ON h.id = c.holder_id
     WHERE c.handle = ANY(%(credentials)s)
     UNION
    SELECT c.handle, c.state, h.state, c.profile
      FROM credentials_holder h JOIN credentials_credential c ON c.holder_id = h.id
     WHERE h.handle = ANY(%(holders)s) AND c.state NOT IN ('REVOKED', 'LOST', 'EXPIRED')
)
SELECT 'credential', handle, NULL::bigint[],
       CASE WHEN state IN ('REVOKED', 'LOST') THEN 'revoked' WHEN state <> 'ACTIVE' THEN 'suspended'
            WHEN holder <> 'ACTIVE' THEN 'inactive' ELSE '' END FROM touched
 UNION ALL
SELECT 'device', handle, NULL, state FROM credentials_device WHERE handle = ANY(%(devices)s)
 UNION ALL
SELECT 'profile', number, levels, '' FROM access_profile
 WHERE number = ANY(%(profiles)s) OR number IN (SELECT profile FROM touched)
"""


@dataclass(frozen=True, slots=True)
class BundleRead:
    """What a reader's bundle is made from, all of one moment. Seconds for `trust` and `life`."""

    epoch: int
    seq: int
    door: DoorPolicy
    mode: str
    trust: int
    life: int
    profiles: dict[int, tuple[int, ...]]
    gone: Gone


@dataclass(frozen=True, slots=True)
class Touched:
    """Where what changed stands now: list by credential, gone by device, levels by profile."""

    credentials: dict[int, str]
    devices: dict[int, bool]
    profiles: dict[int, tuple[int, ...]]


def read_bundle(reader: int) -> BundleRead:
    """All that the reader must know to decide alone, but for keys. Raises LookupError for no reader."""
    statement = _BUNDLE.format(door=one_door_statement(context.current().schema)).as_string(None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [reader])
        row = cursor.fetchone()
    if row is None:
        raise LookupError("no reader, or no policy counter")
    epoch, seq, doors, life, profiles, *gone = row
    read: Doors = doors
    (point,) = read["points"]
    (door,) = build_doors(read).values()
    return BundleRead(
        epoch=epoch,
        seq=seq,
        door=door,
        mode=point["offline_mode"],
        trust=3600 * int(point["offline_trust_hours"]),
        life=DEFAULT_LIFE if life is None else life,
        # Levels without a rule here open nothing here: a reader need not know who has them.
        profiles={one: tuple(level for level in levels if level in door.levels) for one, levels in profiles},
        gone=Gone(*(frozenset(handles) for handles in gone)),
    )


def read_touched(
    *,
    credentials: Collection[int],
    holders: Collection[int],
    devices: Collection[int],
    profiles: Collection[int],
) -> Touched:
    """Where these and the credentials of these holders stand now; what is in no row opens nothing."""
    found = Touched(
        dict.fromkeys(credentials, "revoked"), dict.fromkeys(devices, True), dict.fromkeys(profiles, ())
    )
    asked = {"credentials": credentials, "holders": holders, "devices": devices, "profiles": profiles}
    if not any(asked.values()):
        return found
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {name: list(handles) for name, handles in asked.items()})
        for kind, handle, levels, state in cursor.fetchall():
            if kind == "credential":
                found.credentials[handle] = state
            elif kind == "device":
                found.devices[handle] = state != "ACTIVE"
            else:
                found.profiles[handle] = tuple(levels)
    return found
