"""What an auditor may read of the log, the proof of one event, and taking events out of the house."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.audit import last_seal, leaf_of, seal_hashes, seal_of
from backend.db.audit_view import NEWEST_FIRST, Asked, events_seen
from backend.db.base import Session
from backend.db.event import Event, Position, after
from backend.db.feedback import FeedbackCard, seen
from backend.db.feedback_vault import SealedReport, sealed_within
from backend.db.organization import Organization, organization_in
from backend.db.row_security import KEEPER, open_vault
from backend.domain.access import Actor, Moment
from backend.domain.audit.proof import proof_of
from backend.domain.audit.statement import Note, note_of
from backend.domain.errors import Conflict, NotFound
from backend.domain.event import WITHOUT_TIME, record
from backend.domain.feedback.sight import sight_of
from backend.domain.ledger.scope import topmost

READ, EXPORT = "audit:read", "audit:export"

SEALED_EVERY = 5
"""Minutes between two rounds of sealing."""

MOST_EXPORTED = 50_000
"""Events in one file; a longer time is exported in parts."""

Format = Literal["xlsx", "csv", "ndjson"]


def _cards(actor: Actor, permission: str) -> sa.ColumnElement[bool]:
    """Events of cards that the auditor is not complained about in; of sealed ones too: who read them is audited."""
    sight = sight_of(actor, permission)
    open_ones = sa.select(col(FeedbackCard.id)).where(seen(sight))
    sealed = sa.select(col(SealedReport.card_id)).where(sealed_within(sight))
    return sa.or_(col(Event.subject_id).in_(open_ones), col(Event.subject_id).in_(sealed))


SIGHTS: Mapping[str, Callable[[Actor, str], sa.ColumnElement[bool]]] = {"feedback": _cards}
"""What must hold of an event, beside reach, where a record system hides more than its reach does."""


def audited(actor: Actor, asked: Asked, path: str | None = None, permission: str = READ) -> sa.Select[Any]:
    """The events that this auditor sees of those asked for, unordered; to be asked where the vault is open."""
    sights = {kind: sight(actor, permission) for kind, sight in SIGHTS.items()}
    return events_seen(actor.reach(permission), sights, asked, path)


async def audited_place(session: Session, actor: Actor, id: UUID | None, permission: str = READ) -> str | None:
    """The path of the organisation that an auditor narrows the log to. Raises NotFound."""
    if id is None:
        return None
    found = await organization_in(session, actor.reach(permission), id)
    if found is None:
        raise NotFound("not_found")
    return found.path


async def waiting_seen(reader: AsyncConnection, actor: Actor, last: Position) -> tuple[int, datetime | None]:
    """How many events the auditor sees that no seal is over, and since when the first of them waits.

    What senders do is left out: whoever asks again and again would see when somebody came.
    """
    question = (
        audited(actor, Asked())
        .where(after(last), col(Event.kind).not_in(sorted(WITHOUT_TIME)))
        .with_only_columns(sa.func.count(), sa.func.min(col(Event.created_at)), maintain_column_froms=True)
    )
    count, since = (await reader.execute(question)).one()
    return count, since


async def prove_event(reader: AsyncConnection, actor: Actor, id: UUID) -> dict[str, Any]:
    """The proof that an event stands in the log as it was sealed; see `proof_of`.

    Raises NotFound for one that the auditor does not see, Conflict `event_not_sealed` while its seal is to come, and
    `proof_withheld` where the proof would tell when somebody came who was promised that nobody knows.
    """
    kind = (
        await reader.execute(
            audited(actor, Asked())
            .where(col(Event.id) == id)
            .with_only_columns(col(Event.kind), maintain_column_froms=True)
        )
    ).scalar_one_or_none()
    if kind is None:
        raise NotFound("not_found")
    if kind in WITHOUT_TIME:
        raise Conflict("proof_withheld")
    seal, head = await seal_of(reader, id), await last_seal(reader)
    if seal is None or head is None:
        raise Conflict("event_not_sealed", minutes=SEALED_EVERY)
    leaf = await leaf_of(reader, id, seal.columns)
    return proof_of(leaf or "", id.bytes, seal, head, await seal_hashes(reader, head.number))


@dataclass(frozen=True, slots=True)
class Exported:
    """Events for a file, the newest first; `note` is the newest seal, against which they can be checked later."""

    organization: Organization
    rows: Sequence[Mapping[str, Any]]
    note: Note | None


async def export_events(
    session: Session,
    actor: Actor,
    moment: Moment,
    asked: Asked,
    *,
    format: Format,
    reason: str,
    id: UUID | None = None,
) -> Exported:
    """Take the events asked for out of the house; that this was done, by whom and why, is an event itself.

    `id` is the event's, for loaders that have to know it beforehand.
    Raises NotFound for an organisation out of reach, and Conflict `export_too_large`.
    """
    path = await audited_place(session, actor, asked.organization_id, EXPORT)
    organization = await topmost(session, actor.reach(EXPORT))
    if path is not None and asked.organization_id is not None:
        organization = await session.get_one(Organization, asked.organization_id)
    if organization is None:
        raise NotFound("not_found")
    # Which cards are sealed is asked of all of them at once.
    await open_vault(session, KEEPER)
    order = [one.column.desc() if one.descending else one.column for one in NEWEST_FIRST]
    question = audited(actor, asked, path, EXPORT).order_by(*order).limit(MOST_EXPORTED + 1)
    rows = [dict(row) for row in (await session.execute(question)).mappings()]
    if len(rows) > MOST_EXPORTED:
        raise Conflict("export_too_large", most=MOST_EXPORTED)
    newest = await last_seal(session)
    event = record(
        session,
        actor,
        moment,
        "audit.exported",
        county_id=organization.county_id,
        organization_id=organization.id,
        subject_id=organization.id,
        data={"format": format, "events": len(rows), "filters": _told(asked)},
        reason=reason,
    )
    event.id = id or event.id
    return Exported(organization, rows, note_of(newest) if newest is not None else None)


def _told(asked: Asked) -> dict[str, Any]:
    """The filters as an event carries them."""
    given = {name: getattr(asked, name) for name in Asked.__slots__ if name != "rosters"}
    return {
        name: sorted(value)
        if name in ("kinds", "reads")
        else value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
        for name, value in given.items()
        if value
    }
