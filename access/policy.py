"""What a decision reads, in two statements: the doors of a company, and the people who stand at one.

The hot path calls these on connections of its own, so they are SQL text and pure builders, no querysets; both
are to be run inside the REPEATABLE READ snapshot in which the policy counter was read. Schema names come
from the registry and are quoted as identifiers.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple, TypedDict

from psycopg import sql

from access.models import Area, Side, SpecialRule
from sallyport.rules import (
    Assurance,
    CredentialFacts,
    DeviceFacts,
    DoorPolicy,
    GrantFacts,
    Interval,
    Schedule,
    Watch,
)

DOORS_SQL = """
SELECT json_build_object(
  'schedules', (SELECT coalesce(json_agg(json_build_object('id', id, 'intervals', intervals,
        'special_rule', special_rule, 'special_intervals', special_intervals)), '[]')
        FROM {schema}.access_schedule),
  'special_days', (SELECT coalesce(json_agg(json_build_array(site_id, date)), '[]')
        FROM {schema}.access_specialday),
  'rules', (SELECT coalesce(json_agg(json_build_array(r.access_point_id, r.schedule_id, lr.accesslevel_id)
        ORDER BY lr.accesslevel_id, r.schedule_id), '[]')
        FROM {schema}.access_accessrule r
        JOIN {schema}.access_accesslevel_rules lr ON lr.accessrule_id = r.id
        {of_rules}),
  'points', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'handle', p.handle, 'door', d.id,
        'mode', d.mode, 'unlock_schedule', d.unlock_schedule_id, 'area', a.id, 'assurance', a.assurance,
        'unlock_age', a.unlock_age_minutes, 'challenge', a.door_challenge, 'lockdown', a.lockdown,
        'side', p.side, 'passback', a.passback, 'passback_minutes', a.passback_minutes,
        'capacity', a.capacity,
        'offline_mode', a.offline_mode, 'offline_trust_hours', a.offline_trust_hours,
        'site', s.id, 'zone', s.time_zone)), '[]')
        FROM {schema}.access_accesspoint p
        JOIN {schema}.access_door d ON d.id = p.door_id
        JOIN {schema}.access_area a ON a.id = d.area_id
        JOIN {schema}.access_site s ON s.id = a.site_id
        {of_points})
)
"""

PEOPLE_SQL = """
SELECT c.handle, c.state, h.state, h.kind,
       extract(epoch FROM c.valid_from)::bigint, extract(epoch FROM c.valid_until)::bigint, c.profile,
       (SELECT coalesce(json_agg(json_build_array(g.level_id, extract(epoch FROM g.valid_from)::bigint,
               extract(epoch FROM g.valid_until)::bigint) ORDER BY g.id), '[]')
        FROM {schema}.access_accessgrant g WHERE g.holder_id = h.id),
       (SELECT coalesce(json_agg(json_build_array(d.handle, d.state)), '[]')
        FROM {schema}.credentials_device d WHERE d.holder_id = h.id),
       EXISTS (SELECT FROM {schema}.compliance_consentrecord r WHERE r.subject_id = h.subject_id
               AND r.purpose = 'face' AND r.act = 'consent' AND r.ended_at IS NULL)
FROM {schema}.credentials_credential c
JOIN {schema}.credentials_holder h ON h.id = c.holder_id
WHERE c.handle = ANY(%s)
"""


# Of company and area: nobody goes in or out there until the transaction ends. `commit_watched` takes it too.
LOCK_AREA = "SELECT pg_advisory_xact_lock((%s::bigint << 32) | %s::bigint)"

# Of people at a door into an area that keeps watch; counted only where there is a capacity.
INSIDE_SQL = """
SELECT floor(extract(epoch FROM p.at))::bigint,
       CASE WHEN a.counted THEN (SELECT count(*) FROM {schema}.access_presence o
                                  WHERE o.area_id = a.area AND o.inside) ELSE 0 END
  FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) WITH ORDINALITY AS a(area, credential, counted, n)
  LEFT JOIN {schema}.credentials_credential c ON c.handle = a.credential
  LEFT JOIN {schema}.access_presence p ON p.area_id = a.area AND p.holder_id = c.holder_id AND p.inside
 ORDER BY a.n
"""


class Doors(TypedDict):
    """The one JSON value that `doors_statement` returns."""

    schedules: list[dict[str, Any]]
    special_days: list[tuple[int, str]]
    rules: list[tuple[int, int, int]]
    points: list[dict[str, Any]]


class Person(NamedTuple):
    """One row of `people_statement`: a credential, its holder's state and grants, the holder's phones, and
    whether the holder has agreed to the face.
    """

    handle: int
    state: str
    holder_state: str
    holder_kind: str
    valid_from: int | None
    valid_until: int | None
    profile: int
    grants: list[tuple[int, int | None, int | None]]
    devices: list[tuple[int, str]]
    face_consent: bool

    def credential_facts(self) -> CredentialFacts:
        """What the rules want to know of the credential."""
        grants = tuple(GrantFacts(*grant) for grant in self.grants)
        return CredentialFacts(*self[:7], grants=grants, face_consent=self.face_consent)

    def device_facts(self) -> dict[int, DeviceFacts]:
        """Device handle → what the rules want to know of it."""
        return {handle: DeviceFacts(handle, state, self.handle) for handle, state in self.devices}


def doors_statement(schema: str) -> sql.Composed:
    """Takes no parameters; returns one row of one JSON value, see `Doors`."""
    return _doors(schema, "", "")


def one_door_statement(schema: str) -> sql.Composed:
    """The same of one access point, whose handle is an outer statement's `me.access_point_id`."""
    ours = "SELECT id FROM {schema}.access_accesspoint WHERE handle = me.access_point_id"
    return _doors(schema, f"WHERE r.access_point_id = ({ours})", "WHERE p.handle = me.access_point_id")


def people_statement(schema: str) -> sql.Composed:
    """Takes one parameter, the list of credential handles; returns rows as `Person` names them."""
    return sql.SQL(PEOPLE_SQL).format(schema=sql.Identifier(schema))


def inside_statement(schema: str) -> sql.Composed:
    """Takes areas, credential handles and whether to count; a row (since, people) for each, in order."""
    return sql.SQL(INSIDE_SQL).format(schema=sql.Identifier(schema))


def build_doors(read: Doors) -> dict[int, DoorPolicy]:
    """Access point handle → its policy."""
    schedules = {row["id"]: _schedule(row) for row in read["schedules"]}
    special_days: dict[int, set[int]] = {}
    for site, date in read["special_days"]:
        special_days.setdefault(site, set()).add(dt.date.fromisoformat(date).toordinal())
    levels: dict[int, dict[int, tuple[Schedule, ...]]] = {}
    for point, schedule, level in read["rules"]:
        here = levels.setdefault(point, {})
        here[level] = (*here.get(level, ()), schedules[schedule])
    return {
        row["handle"]: DoorPolicy(
            access_point=row["handle"],
            door=row["door"],
            area=row["area"],
            site_zone=row["zone"],
            special_days=frozenset(special_days.get(row["site"], ())),
            mode=row["mode"],
            unlock_schedule=schedules.get(row["unlock_schedule"]),
            area_lockdown=row["lockdown"],
            assurance=Assurance(row["assurance"]),
            levels=levels.get(row["id"], {}),
            unlock_age=None if row["unlock_age"] is None else 60 * row["unlock_age"],
            challenge=row["challenge"],
            watch=_watch(row),
        )
        for row in read["points"]
    }


def _watch(point: Mapping[str, Any]) -> Watch | None:
    """What the area keeps watch over at this side of the door; a side that is not known leads in."""
    if point["passback"] == Area.Passback.OFF and point["capacity"] is None:
        return None
    seconds = 60 * (point["passback_minutes"] or 0)
    return Watch(point["side"] != Side.EXIT, point["passback"], seconds, point["capacity"])


def _doors(schema: str, of_rules: LiteralString, of_points: LiteralString) -> sql.Composed:
    named = sql.Identifier(schema)
    parts = {"of_rules": of_rules, "of_points": of_points}
    return sql.SQL(DOORS_SQL).format(
        schema=named, **{name: sql.SQL(text).format(schema=named) for name, text in parts.items()}
    )


def _schedule(row: Mapping[str, Any]) -> Schedule:
    own_hours = row["special_rule"] == SpecialRule.OWN_HOURS
    # Own hours without any are none: the core would read the empty list as a day like any other.
    closed = row["special_rule"] == SpecialRule.CLOSED or (own_hours and not row["special_intervals"])
    return Schedule(
        id=row["id"],
        intervals=tuple(Interval(*span) for span in row["intervals"]),
        on_special=tuple((start, end) for start, end in row["special_intervals"]) if own_hours else (),
        closed_on_special=closed,
    )
