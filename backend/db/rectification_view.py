"""Items as lists show them, and what lists can be narrowed by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.feedback import Sight, card_number
from backend.db.organization import Organization, Reach, below, under
from backend.db.procedure import ProcedureRun, holders, step_title
from backend.db.rectification import (
    DeadlineKind,
    Rectification,
    RectificationRelook,
    RectificationSource,
    RectificationStatus,
    Severity,
)
from backend.db.rectification_light import (
    handed_in_late_days,
    item_is_overdue,
    item_light,
    overdue_days,
    step_late_days,
)


class Mention(NamedTuple):
    """A part of the number or the problem, folded, and the grams of it, which the index serves."""

    folded: str
    grams: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationFilter:
    """What a list is narrowed to; None narrows nothing. `path` is that of an organisation and all below it."""

    path: str | None = None
    q: Mention | None = None
    source: RectificationSource | None = None
    category: str | None = None
    severity: Severity | None = None
    status: RectificationStatus | None = None
    step: str | None = None
    light: str | None = None
    deadline_kind: DeadlineKind | None = None
    registered_at_id: UUID | None = None
    responsible_unit_id: UUID | None = None
    responsible_person: str | None = None
    responsible_leader: str | None = None
    source_document: str | None = None
    source_clause: str | None = None
    measures: str | None = None
    result: str | None = None
    remark: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    original_due_from: date | None = None
    original_due_to: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    overdue: bool | None = None
    supervised: bool | None = None
    affects_people: bool | None = None
    has_extension: bool | None = None
    systemic: bool | None = None
    relapsed: bool | None = None
    relook: bool | None = None


_REGISTERED_AT, _UNIT = sa.orm.aliased(Organization), sa.orm.aliased(Organization)


def rectification_rows(
    reach: Reach, sight: Sight, now: datetime, real_now: datetime, yellow_days: int, titles: Mapping[str, str]
) -> sa.Select[Any]:
    """The items within reach; `now` is the county's clock, `real_now` the machine's, by which grants hold.

    `sight` is how far the reader sees feedback cards: an item that came from one that is out of sight names none.
    """
    registered_at, unit = _REGISTERED_AT, _UNIT
    item = Rectification
    columns: tuple[Any, ...] = (
        col(item.id),
        col(item.number),
        _named(Organization).label("organization"),
        _named(registered_at).label("registered_at"),
        col(item.registered_on),
        col(item.source),
        col(item.severity),
        col(item.category),
        col(item.problem),
        sa.case((col(unit.id).is_(None), sa.null()), else_=_named(unit)).label("responsible_unit"),
        _text(item.responsible_leader).label("responsible_leader"),
        _text(item.responsible_person).label("responsible_person"),
        col(item.deadline_kind),
        col(item.original_due_on),
        col(item.due_on),
        col(item.status),
        col(ProcedureRun.step),
        step_title(titles).label("step_title"),
        item_light(now, yellow_days).label("light"),
        overdue_days(now).label("overdue_days"),
        step_late_days(now).label("step_late_days"),
        handed_in_late_days().label("handed_in_late_days"),
        holders(real_now).label("holders"),
        col(item.extensions),
        col(item.supervised_at).is_not(None).label("supervised"),
        col(item.systemic),
        _relapsed().label("relapsed"),
        col(item.affects_people),
        card_number(sight, col(item.feedback_card_id)).label("feedback_card_number"),
        col(item.closed_on),
        col(item.version),
        col(item.created_at),
        col(item.updated_at),
    )
    return (
        sa.select(*columns)
        .join(Organization, col(Organization.id) == col(item.organization_id))
        .join(registered_at, col(registered_at.id) == col(item.registered_at_id))
        .outerjoin(unit, col(unit.id) == sa.func.coalesce(col(item.responsible_unit_id), col(item.proposed_unit_id)))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(item.id))
        .where(under(reach))
    )


def narrowed(question: sa.Select[Any], wanted: RectificationFilter, now: datetime, yellow_days: int) -> sa.Select[Any]:
    """The rows that are wanted. What is overdue is said by the function that colours the lights."""
    item = Rectification
    if wanted.path is not None:
        question = question.where(below(wanted.path))
    if wanted.q is not None:
        question = question.where(_mentioning(wanted.q))
    same = {
        item.source: wanted.source,
        item.category: wanted.category,
        item.severity: wanted.severity,
        item.status: wanted.status,
        ProcedureRun.step: wanted.step,
        item.deadline_kind: wanted.deadline_kind,
        item.registered_at_id: wanted.registered_at_id,
        item.affects_people: wanted.affects_people,
        item.systemic: wanted.systemic,
    }
    question = question.where(*(col(column) == value for column, value in same.items() if value is not None))
    holding = {
        item.responsible_person: wanted.responsible_person,
        item.responsible_leader: wanted.responsible_leader,
        item.source_document: wanted.source_document,
        item.source_clause: wanted.source_clause,
        item.measures: wanted.measures,
        item.result: wanted.result,
        item.remark: wanted.remark,
    }
    question = question.where(
        *(sa.func.strpos(col(column), text) > 0 for column, text in holding.items() if text is not None)
    )
    if wanted.responsible_unit_id is not None:
        unit = sa.func.coalesce(col(item.responsible_unit_id), col(item.proposed_unit_id))
        question = question.where(unit == wanted.responsible_unit_id)
    spans = (
        (item.due_on, wanted.due_from, wanted.due_to),
        (item.original_due_on, wanted.original_due_from, wanted.original_due_to),
        (item.registered_on, wanted.registered_from, wanted.registered_to),
        (item.closed_on, wanted.closed_from, wanted.closed_to),
    )
    for column, first, last in spans:
        question = question.where(*([col(column) >= first] if first else ()), *([col(column) <= last] if last else ()))
    asked = (
        (wanted.overdue, item_is_overdue(now)),
        (wanted.supervised, col(item.supervised_at).is_not(None)),
        (wanted.has_extension, col(item.extensions) > 0),
        (wanted.relapsed, _relapsed()),
        (wanted.relook, _relook_due()),
    )
    question = question.where(*(held if yes else ~held for yes, held in asked if yes is not None))
    return question if wanted.light is None else question.where(item_light(now, yellow_days) == wanted.light)


def _mentioning(wanted: Mention) -> sa.ColumnElement[bool]:
    """Match items whose number or problem contains what is wanted."""
    plain = sa.func.lower(sa.func.normalize(col(Rectification.problem), sa.literal_column("NFKC")))
    bare = sa.func.regexp_replace(plain, r"[\s·]", "", "g")
    in_problem = sa.and_(col(Rectification.grams).contains(list(wanted.grams)), sa.func.strpos(bare, wanted.folded) > 0)
    return sa.or_(in_problem, sa.func.strpos(sa.func.lower(col(Rectification.number)), wanted.folded) > 0)


def _relapsed() -> sa.ColumnElement[bool]:
    return sa.or_(col(Rectification.relapse_of_id).is_not(None), col(ProcedureRun.round) > 1)


def _relook_due() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(RectificationRelook.rectification_id) == col(Rectification.id), col(RectificationRelook.found).is_(None)
    )


def _named(table: Any) -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", table.id, "name", table.name)


def _text(column: Any) -> sa.ColumnElement[Any]:
    return sa.func.nullif(column, "")
