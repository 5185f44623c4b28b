"""What a ledger may change of an item that is on record, and the change itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import OVER, DeadlineKind, RectificationStatus
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict
from backend.domain.event import changed, record_about
from backend.domain.ledger.rectification_row import Deadline
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.find import rectification_for, refuse_own_unit

_ALWAYS = frozenset({"category", "remark"})
# What is proposed until somebody assigns the item, and planned until the unit has handed in its plan.
_PROPOSED = frozenset({"responsible_leader", "responsible_person", "deadline"})
_UNPLANNED = (RectificationStatus.registered, RectificationStatus.assigned, RectificationStatus.signed_for)
_UNDER_WAY = (*_UNPLANNED, RectificationStatus.planned, RectificationStatus.rectifying)


def changeable(item: Any) -> frozenset[str]:
    """The columns that a ledger may change of an item as it stands now; what an act has settled is not among them."""
    if item.status in OVER:
        return frozenset()
    fields = set(_ALWAYS)
    if item.status is RectificationStatus.registered and item.assigned_on is None:
        fields |= _PROPOSED
    if item.status in _UNPLANNED:
        fields.add("measures")
    if item.status in _UNDER_WAY:
        fields.add("result")
    return frozenset(fields)


async def change_by_ledger(
    session: Session, actor: Actor, moment: Moment, id: UUID, changes: Mapping[str, Any]
) -> None:
    """Take over what a row says about an open item.

    Raises NotFound, Forbidden (also for its own unit), and Conflict for what has been settled meanwhile.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:write")
    refuse_own_unit(actor, item, organization)
    if changes.keys() - changeable(item):
        raise Conflict("settled_in_system")
    was, before = counted(item), stored({field: told(item, field) for field in changes})
    for field, value in changes.items():
        if field == "deadline":
            item.deadline_kind = DeadlineKind(value.kind) if value else None
            item.due_on = value.due_on if value else None
        else:
            setattr(item, field, value)
    item.updated_at = moment.now
    item.version += 1
    await session.flush()
    await count_rectification(session, was, counted(item))
    after = stored({field: told(item, field) for field in changes})
    record_about(session, actor, moment, "rectification.changed", item, changed(before, after))


def told(item: Any, field: str) -> Any:
    """What an item says in a column of the ledger."""
    if field != "deadline":
        return getattr(item, field)
    return Deadline(item.deadline_kind.value, item.due_on) if item.deadline_kind else None


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the database keeps them beside an import and as events tell them."""
    return {field: _plain(value) if isinstance(value, Deadline) else value for field, value in values.items()}


def _plain(limit: Deadline) -> list[str | None]:
    return [limit.kind, limit.due_on.isoformat() if limit.due_on else None]


def from_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The way back of `stored`."""
    return {
        field: Deadline(value[0], date.fromisoformat(value[1]) if value[1] else None)
        if field == "deadline" and value
        else value
        for field, value in values.items()
    }
