"""One's own record: every field with where it comes from, and who looked, by category of person and day."""

from dataclasses import dataclass
from datetime import date

from backend.db.base import Session
from backend.db.member import Member
from backend.db.member_record import Happened, Held, came_by_import, happened_to, read_of, roles_held
from backend.domain.access import Actor
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.event import ROSTER_READS, SENSITIVE_READS
from backend.domain.member_correction import FIELD_TITLES, own_member, shown
from backend.domain.member_row import fields_of

_REGISTERED, _CHANGED, _SETTLED = ("member.registered", "member.changed", "member.correction_settled")
_DEEDS = {
    "member.unmasked": "shown",
    "member.collision_seen": "collision",
    "ledger.exported": "exported",
    "ledger.exported_in_clear": "exported_in_clear",
    "ledger.result_taken": "result_taken",
    # What a snapshot shows has the same stars as an export.
    "snapshot.taken": "exported",
}


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field as its person reads it; `source` is `import`, `entry`, `change` or `correction`, `by` the roles."""

    field: str
    value: str | None
    source: str
    on: date
    by: list[str]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody had numbers shown in clear (`shown`), learned from elsewhere that the number is registered
    (`collision`), or took out a roster that has the person in it: with numbers starred (`exported`), in clear
    (`exported_in_clear`), or as a workbook that was brought in (`result_taken`)."""

    deed: str
    on: date
    by: list[str]
    fields: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class OwnRecord:
    member: Member
    fields: list[FieldShown]
    looks: list[Look]


async def view_own_record(session: Session, actor: Actor, cipher: FieldCipher) -> OwnRecord:
    """The record of whoever is signed in.  Raises NotFound `no_own_record`."""
    member = await own_member(session, actor)
    events = await happened_to(session, member.id, (_REGISTERED, _CHANGED, _SETTLED))
    looked = await read_of(session, "member", member.id, SENSITIVE_READS, ROSTER_READS)
    by = await roles_held(session, {event.actor_id for event in (*events, *looked) if event.actor_id})
    first = "import" if await came_by_import(session, member.id) else "entry"
    clear = fields_of(member, cipher)
    fields = [_field(field, shown(field, clear[field]), member, events, first, by) for field in FIELD_TITLES]
    looks = [
        Look(
            _DEEDS[event.kind],
            day_of(event.at),
            _roles(event, by),
            list(event.data.get("fields", ())),
            event.reason or "",
        )
        for event in looked
    ]
    return OwnRecord(member, fields, looks)


def _field(
    field: str, value: str | None, member: Member, events: list[Happened], first: str, by: list[Held]
) -> FieldShown:
    """The field with the last event that touched it."""
    for event in events:
        if event.kind in (_CHANGED, _SETTLED) and field in event.data:
            source = "change" if event.kind == _CHANGED else "correction"
            return FieldShown(field, value, source, day_of(event.at), _roles(event, by))
    made = next((event for event in events if event.kind == _REGISTERED), None)
    on = day_of(made.at if made else member.created_at)
    return FieldShown(field, value, first, on, _roles(made, by) if made else [])


def _roles(event: Happened, by: list[Held]) -> list[str]:
    """The roles that whoever did it held then."""
    at = event.created_at
    return sorted(
        {
            held.role
            for held in by
            if held.account_id == event.actor_id
            and held.starts_at <= at
            and (held.ends_at is None or held.ends_at > at)
        }
    )
