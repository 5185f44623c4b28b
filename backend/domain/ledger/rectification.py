"""The ledger of problems: which item a row means is told by its number, else by unit, source and the problem itself.

A workbook enters problems and proposes; what has been assigned, prolonged or closed since is said by acts, so a row
that contradicts them is refused, and a problem that a workbook calls closed waits to be recognised by somebody else.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, Versioned
from backend.db.organization import Organization, Reach
from backend.db.rectification import DeadlineKind, Rectification, RectificationSource
from backend.db.rectification_ledger import acted_on, is_gone, ledger_lines
from backend.db.rectification_view import RectificationFilter, narrowed
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS, day_of, shipped_calendar
from backend.domain.crypto import FieldCipher
from backend.domain.ledger.adapter import Asked, Part, Progress, Scope
from backend.domain.ledger.rectification_change import change_by_ledger, from_stored
from backend.domain.ledger.rectification_match import TEXTS, recognise
from backend.domain.ledger.rectification_row import Closing, Deadline
from backend.domain.ledger.rectification_row import Progress as Standing
from backend.domain.ledger.row import Mask, Planned
from backend.domain.procedures.rectification.owning import MIN_DAYS_AHEAD
from backend.domain.procedures.registry import procedure
from backend.domain.rectification.act import act_on_rectification
from backend.domain.rectification.assignment import Assignment, assign_rectifications
from backend.domain.rectification.category import Category
from backend.domain.rectification.counts import count_rectification, counted
from backend.domain.rectification.light import days_past, handed_in_late_days, light_within, own_limit
from backend.domain.rectification.limit import kept_limit
from backend.domain.rectification.register import NewRectification, register_rectification
from backend.domain.run import Wish

key: str = "rectification"
permission: str = "rectification:write"
read_permission: str = "rectification:read"
clear_permission: str | None = None
founds: bool = False
masks: Mapping[str, Mask] = {}
# Somebody typed the values of these: they may hold anybody's name, and belong into no log.
_PEOPLE = {"responsible_person", "responsible_leader"}
_TYPED = {"q", "source_document", "source_clause", "measures", "result", "remark"} | _PEOPLE
filters: Mapping[str, bool] = {
    each.name: each.name not in _TYPED for each in fields(RectificationFilter) if each.name != "path"
}
table: type[Versioned] = Rectification
parts: Sequence[Part] = (Part("procedure_run", "subject_id"),)
undone: str = "rectification.import_undone"

# Of these an item's state says which are still open to a ledger; see `changeable`.
CHANGEABLE = (*TEXTS, "deadline")

_ASSIGNED_BY_LEDGER = "按导入的整改台账交办"
_LIMIT_OF_LEDGER = "原台账已定此时限"
_OVER_TITLES = {"closed": "已销号", "merged": "已并入其他事项", "withdrawn": "已撤回"}


def mentions(texts: Mapping[str, str]) -> Sequence[str]:
    """The responsible unit, without the parent that may stand before it."""
    return [texts.get("responsible_unit", "").rpartition("/")[2]]


def root(values: Mapping[str, Any]) -> None:
    """Problems found no county."""


async def judge(session: Session, actor: Actor, cipher: FieldCipher, scope: Scope, rows: Sequence[Planned]) -> None:
    """Recognise items; see `recognise` for the codes."""
    await recognise(session, actor, scope, rows)


async def create(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rows: Sequence[Planned],
    progress: Progress,
) -> None:
    """Register the problems, and assign those whose rows name everything that an assignment asks for.

    Where the actor may not assign, or a rule is against it, the item stays registered with what the row proposes.
    """
    today = day_of(moment.now)
    complete: dict[UUID, Planned] = {}
    for place, row in enumerate(rows, 1):
        if row.record_id is None:
            continue
        await register_rectification(session, actor, moment, _new(row, today), id=row.record_id)
        if _can_be_assigned(row, today):
            complete[row.record_id] = row
        await progress(place)
    await _assign(session, actor, moment, complete, today)


def _new(row: Planned, today: date) -> NewRectification:
    values = row.values
    said: Deadline = values["deadline"]
    since: date = values["registered_on"][0] if values.get("registered_on") else today
    return NewRectification(
        organization_id=values["organization_id"],
        source=RectificationSource(values["source"]),
        problem=values["problem"],
        category=Category(values.get("category") or Category.other),
        responsible_unit_id=UUID(values["responsible_unit"]),
        responsible_leader=values.get("responsible_leader") or "",
        responsible_person=values.get("responsible_person") or "",
        deadline_kind=DeadlineKind(said.kind),
        due_on=said.due_on,
        measures=values.get("measures") or "",
        result=values.get("result") or "",
        remark=values.get("remark") or "",
        claimed_closed=values.get("closing") is not None,
        # Whoever kept the ledger set its limit; bringing it in late neither moves that nor lets it begin anew.
        limit_is_set=True,
        registered_on=since,
    )


def _can_be_assigned(row: Planned, today: date) -> bool:
    values, said = row.values, row.values["deadline"]
    named = values.get("responsible_leader") and values.get("responsible_person")
    return bool(named and values.get("closing") is None and (said.due_on is None or said.due_on >= today))


async def _assign(
    session: Session, actor: Actor, moment: Moment, complete: Mapping[UUID, Planned], today: date
) -> None:
    calendar = shipped_calendar()
    soon = {
        item_id
        for item_id, row in complete.items()
        if (due := row.values["deadline"].due_on) and calendar.days_between(today, due, "working") < MIN_DAYS_AHEAD
    }
    for ids, emergency in ((complete.keys() - soon, ""), (soon, _LIMIT_OF_LEDGER)):
        wanted = Assignment(reason=_ASSIGNED_BY_LEDGER, emergency=emergency)
        assigned = [each.id for each in await assign_rectifications(session, actor, moment, list(ids), wanted)]
        for item in (await _items(session, assigned)).values():
            complete[item.id].record_version = item.version


async def _items(session: Session, ids: Sequence[UUID]) -> dict[UUID, Rectification]:
    found = await session.execute(sa.select(Rectification).where(col(Rectification.id).in_(ids)))
    return {item.id: item for item in found.scalars()}


async def update(session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, rows: Sequence[Planned]) -> None:
    for row in rows:
        if row.record_id is not None:
            await change_by_ledger(session, actor, moment, row.record_id, row.changes)


async def restore(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    records: Sequence[tuple[UUID, Mapping[str, Any]]],
) -> None:
    for record_id, before in records:
        await change_by_ledger(session, actor, moment, record_id, from_stored(before))


async def take_back(session: Session, actor: Actor, moment: Moment, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Withdraw the items that were assigned. Raises Forbidden for somebody who may not."""
    found = await acted_on(session, ids)
    for item_id, step in found.items():
        wish = Wish(step=step or "", outcome="withdrawn", reason="撤销导入")
        await act_on_rectification(session, actor, moment, item_id, None, wish, undoing=True)
    await session.flush()
    return tuple(found)


async def forget(session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    items = await _items(session, ids)
    for item in items.values():
        await count_rectification(session, counted(item), None)
    return [
        {"id": item.id, "county_id": item.county_id, "organization_id": item.organization_id} for item in items.values()
    ]


async def in_clear(
    session: Session, cipher: FieldCipher, ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, str | None]]:
    """Nothing in this ledger is starred."""
    return {}


async def records(session: Session, reach: Reach, asked: Asked) -> AsyncIterator[Mapping[str, Any]]:
    question = narrowed(
        ledger_lines(reach), RectificationFilter(path=asked.path, **asked.filters), asked.now, YELLOW_DAYS
    )
    if "status" not in asked.filters:
        question = question.where(~is_gone())
    number = col(Rectification.number)
    question = question.order_by(col(Organization.path), col(Rectification.created_at), sa.func.length(number), number)
    async for line in await session.stream(question):
        yield {
            **{name: getattr(line, name) or None for name in _COPIED},
            "category": line.category,
            "source": line.source.value,
            "responsible_unit": line.unit,
            "deadline": _deadline(line),
            "progress": _progress(line, asked),
            "closed_on": _closing(line),
        }


_COPIED = ("number", "problem", "measures", "responsible_leader", "responsible_person", "result", "remark")


def _deadline(line: sa.Row[Any]) -> Deadline | None:
    if line.deadline_kind is None:
        return None
    if line.deadline_kind is not DeadlineKind.dated:
        return Deadline(line.deadline_kind.value)
    moved = line.original_due_on if line.original_due_on != line.due_on else None
    return Deadline(line.deadline_kind.value, line.due_on, moved)


def _progress(line: sa.Row[Any], asked: Asked) -> Standing:
    limit = own_limit(line.step, line.limit_at, checking=line.under_check, kept_on=kept_limit(line))
    colour = light_within(limit, line.step, asked.now, checking=line.under_check, behind_at=line.behind_at)
    handed_in_late = handed_in_late_days(line.close_requested_on, line.due_on or line.milestone_due_on)
    if line.step is None:
        return Standing(_OVER_TITLES.get(line.status.value, ""), colour, handed_in_late=handed_in_late)
    step = procedure(line.procedure, line.procedure_version).step(line.step)
    left = (day_of(limit) - day_of(asked.now)).days if limit else None
    step_late = days_past(line.due_at, asked.now) if limit is None else 0
    return Standing(step.title["zh-CN"], colour, left, handed_in_late, step_late)


def _closing(line: sa.Row[Any]) -> Closing | None:
    """The day of closing; until it is recognised, that a ledger called the problem closed."""
    if line.closed_on:
        return Closing(line.closed_on)
    return Closing() if line.claimed_closed and line.step == "recognition" else None
