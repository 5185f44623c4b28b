"""Giving many items to a unit at once: every item is judged by itself and answers for itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.rectification import DeadlineKind, Rectification
from backend.domain.access import Actor, Moment
from backend.domain.errors import Problem, Refused
from backend.domain.rectification.act import act_on_rectification
from backend.domain.rectification.find import rectification_for
from backend.domain.run import Wish

BULK_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What items are to be given with; what is None is taken from what each item proposes itself."""

    responsible_unit_id: UUID | None = None
    responsible_leader: str | None = None
    responsible_person: str | None = None
    deadline_kind: DeadlineKind | None = None
    due_on: date | None = None
    emergency: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of one item: `refusal` is the one reason why it was not assigned, None when it was."""

    id: UUID
    number: str | None
    refusal: Problem | None


async def assign_rectifications(
    session: Session, actor: Actor, moment: Moment, ids: Sequence[UUID], wanted: Assignment
) -> list[Assigned]:
    """Assign each of the items, or say for each why not; those that can be assigned are.

    They are taken in one order, so that two people who assign the same items at once do not wait for each other.
    """
    found: dict[UUID, Assigned] = {}
    for key in sorted(dict.fromkeys(ids), key=str):
        number = None
        try:
            async with session.begin_nested():
                item, _ = await rectification_for(session, actor, key, "rectification:act")
                number = item.number
                wish = Wish(step="assignment", outcome="done", reason=wanted.reason, record=_record(item, wanted))
                await act_on_rectification(session, actor, moment, key, None, wish)
                found[key] = Assigned(key, number, None)
        except Refused as refused:
            first = refused.problems[0] if refused.problems else Problem("", refused.code, refused.params)
            found[key] = Assigned(key, number, first)
    return [found[key] for key in dict.fromkeys(ids)]


def _record(item: Rectification, wanted: Assignment) -> dict[str, Any]:
    """The record of one item's assignment: what was wanted for all, or else what the item proposes."""
    unit = wanted.responsible_unit_id or item.proposed_unit_id or item.responsible_unit_id
    kind = wanted.deadline_kind or item.deadline_kind
    due = wanted.due_on or (item.due_on if wanted.deadline_kind in (None, item.deadline_kind) else None)
    known = {
        "responsible_unit_id": str(unit) if unit else None,
        "responsible_leader": wanted.responsible_leader or item.responsible_leader,
        "responsible_person": wanted.responsible_person or item.responsible_person,
        "deadline_kind": kind.value if kind else None,
        "due_on": due.isoformat() if due and kind is not DeadlineKind.standing else None,
        "emergency": {"reason": wanted.emergency} if wanted.emergency else None,
    }
    return {key: value for key, value in known.items() if value}
