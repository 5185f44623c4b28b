"""What a month's bulletin on rectifications counts: kept counts where there are any, else small questions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.organization import Organization, OrganizationTally, Reach, below, under
from backend.db.procedure import ProcedureRun
from backend.db.rectification import (
    OVER,
    Rectification,
    RectificationRelook,
    RectificationSource,
    RelookFound,
    Severity,
)
from backend.db.rectification_ledger import is_gone
from backend.db.rectification_light import handed_in_late_days, item_is_overdue, others_are_late

_ITEM = Rectification


async def kept_counts(reader: AsyncConnection, reach: Reach, path: str, subject: str) -> dict[str, int]:
    """The kept counts of a subject at and below `path`, by status; nothing where there is none."""
    question = (
        sa.select(col(OrganizationTally.status), sa.func.sum(col(OrganizationTally.count)))
        .join(Organization, col(Organization.id) == col(OrganizationTally.organization_id))
        .where(under(reach), below(path), col(OrganizationTally.subject) == subject)
        .group_by(col(OrganizationTally.status))
    )
    return {status: int(count) for status, count in await reader.execute(question) if count}


async def flow_by_source(
    reader: AsyncConnection, reach: Reach, path: str, first: date, last: date
) -> dict[RectificationSource, tuple[int, int]]:
    """How many items of each source were registered and closed from `first` to `last`.

    What was withdrawn before anybody was given it never was."""
    registered = col(_ITEM.registered_on).between(first, last)
    closed = col(_ITEM.closed_on).between(first, last)
    question = (
        sa.select(
            col(_ITEM.source),
            sa.func.count().filter(registered),
            sa.func.count().filter(closed),
        )
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(
            under(reach),
            below(path),
            sa.or_(registered, closed),
            ~is_gone(),
        )
        .group_by(col(_ITEM.source))
    )
    return {source: (begun, ended) for source, begun, ended in await reader.execute(question)}


async def units_with_open_items(
    reader: AsyncConnection, reach: Reach, path: str, now: datetime
) -> list[tuple[str, int, int]]:
    """The units that have open items, in the order of the tree: name, how many, and with how many of them they are late
    or were when they handed them in."""
    late_with = sa.or_(item_is_overdue(now), handed_in_late_days() > 0)
    question = (
        sa.select(col(Organization.name), sa.func.count(), sa.func.count().filter(late_with), col(Organization.path))
        .join(_ITEM, col(_ITEM.organization_id) == col(Organization.id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(_ITEM.id))
        .where(under(reach), below(path), col(_ITEM.status).not_in(OVER), col(_ITEM.assigned_on).is_not(None))
        .group_by(col(Organization.id))
        .order_by(col(Organization.path))
    )
    return [(name, count, late) for name, count, late, _ in await reader.execute(question)]


async def open_figures(reader: AsyncConnection, reach: Reach, path: str, now: datetime) -> Mapping[str, int]:
    """Of the open items: `overdue`, `handed_in_late`, `others_late`, `extended` and `supervised`."""
    question = (
        sa.select(
            sa.func.count().filter(item_is_overdue(now)).label("overdue"),
            sa.func.count().filter(handed_in_late_days() > 0).label("handed_in_late"),
            sa.func.count().filter(others_are_late(now)).label("others_late"),
            sa.func.count().filter(col(_ITEM.extensions) > 0).label("extended"),
            sa.func.count().filter(col(_ITEM.supervised_at).is_not(None)).label("supervised"),
        )
        .select_from(_ITEM)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(_ITEM.id))
        .where(under(reach), below(path), col(_ITEM.status).not_in(OVER))
    )
    return dict((await reader.execute(question)).one()._mapping)


async def closed_in_time(reader: AsyncConnection, reach: Reach, path: str, first: date, last: date) -> tuple[int, int]:
    """How many items with a limit were closed in the period, and of how many the closing was asked for within the
    original limit."""
    in_time = col(_ITEM.close_requested_on) <= col(_ITEM.original_due_on)
    question = (
        sa.select(sa.func.count(), sa.func.count().filter(in_time))
        .select_from(_ITEM)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(
            under(reach),
            below(path),
            col(_ITEM.closed_on).between(first, last),
            col(_ITEM.original_due_on).is_not(None),
            col(_ITEM.close_requested_on).is_not(None),
        )
    )
    limited, kept = (await reader.execute(question)).one()
    return limited, kept


async def relapses(reader: AsyncConnection, reach: Reach, path: str, first: datetime, end: datetime) -> int:
    """How many closed items were looked at again from `first` until `end` and found to be back."""
    question = (
        sa.select(sa.func.count())
        .select_from(RectificationRelook)
        .join(Organization, col(Organization.id) == col(RectificationRelook.organization_id))
        .where(
            under(reach),
            below(path),
            col(RectificationRelook.found) == RelookFound.relapsed,
            col(RectificationRelook.done_at) >= first,
            col(RectificationRelook.done_at) < end,
        )
    )
    return int((await reader.execute(question)).scalar_one())


async def good_cases(
    reader: AsyncConnection, reach: Reach, path: str, first: date, last: date, limit: int
) -> list[tuple[str, str, str]]:
    """Unit, problem and result of items closed in the period in time, the grave ones and those of people first.

    What somebody has told in confidence is no example to be held up: nothing that came from a feedback card.
    """
    weight = sa.case({Severity.major.value: 0, Severity.important.value: 1}, value=col(_ITEM.severity), else_=2)
    columns: list[Any] = [col(Organization.name), col(_ITEM.problem), col(_ITEM.result)]
    question = (
        sa.select(*columns)
        .join(Organization, col(Organization.id) == col(_ITEM.organization_id))
        .where(
            under(reach),
            below(path),
            col(_ITEM.closed_on).between(first, last),
            col(_ITEM.close_requested_on) <= col(_ITEM.original_due_on),
            col(_ITEM.feedback_card_id).is_(None),
            col(_ITEM.result) != "",
        )
        .order_by(weight, col(_ITEM.affects_people).desc(), col(_ITEM.closed_on), col(_ITEM.number))
        .limit(limit)
    )
    return [(unit, problem, result) for unit, problem, result in await reader.execute(question)]
