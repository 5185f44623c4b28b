"""What figures ask of the acts: how far a cohort of items has come, how long its steps took, and who did anything."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.figure import Area, keyed, shanghai_day, unit_key
from backend.db.organization import Organization
from backend.db.procedure import ProcedureAct, ProcedureRun
from backend.db.rectification import Rectification


class StepRow(NamedTuple):
    """Runs of a cohort that came to a step, left it forward, stand there now; days of those that left, all visits."""

    step: str
    reached: int
    done: int
    standing: int
    median: float | None
    p90: float | None


async def cohort_size(session: Session, area: Area, first: date, last: date) -> tuple[int, int]:
    """How many items were registered in the period, and how many of them are closed."""
    cohort = _cohort(area, first, last).subquery()
    question = sa.select(sa.func.count(), sa.func.count(cohort.c.closed_on)).select_from(cohort)
    size, closed = (await session.execute(question)).one()
    return size, closed


def _cohort(area: Area, first: date, last: date) -> sa.Select[Any]:
    columns: list[Any] = [ProcedureRun.id, ProcedureRun.step, ProcedureRun.started_at, Rectification.closed_on]
    return (
        sa.select(*columns)
        .select_from(Rectification)
        .join(Organization, col(Organization.id) == col(Rectification.organization_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(Rectification.id))
        .where(area.holds(col(Rectification.county_id)), col(Rectification.registered_on).between(first, last))
    )


async def cohort_steps(session: Session, area: Area, first: date, last: date) -> list[StepRow]:
    """The steps that items registered in the period came to.

    Every act is about the step that is open, so the time since the act before it was spent there; what lies between
    closing and reopening was spent nowhere.
    """
    cohort = _cohort(area, first, last).cte("cohort")
    before = sa.func.lag(col(ProcedureAct.at)).over(order_by=col(ProcedureAct.sequence))
    acts = (
        sa.select(
            col(ProcedureAct.step),
            col(ProcedureAct.outcome),
            sa.extract("epoch", col(ProcedureAct.at) - sa.func.coalesce(before, cohort.c.started_at)).label("seconds"),
        )
        .where(col(ProcedureAct.run_id) == cohort.c.id)
        .correlate(cohort)
        .subquery("act")
    )
    spent = sa.select(acts.c.step, acts.c.seconds, (acts.c.outcome == "done").label("done")).where(
        acts.c.outcome != "reopened"
    )
    here = sa.select(cohort.c.step, sa.literal(0), sa.literal(False)).where(cohort.c.step.is_not(None))
    both = sa.union_all(spent, here.correlate(cohort)).subquery("both")
    # Run by run, along the index: as many acts are read as the cohort did, however many there are.
    visit = (
        sa.select(both.c.step, sa.func.sum(both.c.seconds).label("seconds"), sa.func.bool_or(both.c.done).label("done"))
        .group_by(both.c.step)
        .correlate(cohort)
        .lateral("visit")
    )
    stands = cohort.c.step.is_not_distinct_from(visit.c.step)
    left = sa.and_(visit.c.done, sa.not_(stands))
    days = visit.c.seconds / 86_400
    question = (
        sa.select(
            visit.c.step,
            sa.func.count(),
            sa.func.count().filter(left),
            sa.func.count().filter(stands),
            sa.func.percentile_cont(0.5).within_group(days).filter(left),
            sa.func.percentile_cont(0.9).within_group(days).filter(left),
        )
        .select_from(cohort.join(visit, sa.true()))
        .group_by(visit.c.step)
    )
    return [StepRow(*row) for row in (await session.execute(question)).all()]


async def last_acts(session: Session, area: Area, first: datetime, end: datetime) -> dict[str, date]:
    """Unit -> the last day before `end`, from `first` on, on which somebody of it acted on an item."""
    at = (
        sa.select(col(ProcedureAct.at))
        .join(ProcedureRun, col(ProcedureRun.id) == col(ProcedureAct.run_id))
        .where(
            col(ProcedureAct.by_organization) == col(Organization.id),
            col(ProcedureRun.subject_kind) == "rectification",
            col(ProcedureAct.at) >= first,
            col(ProcedureAct.at) < end,
        )
        .order_by(col(ProcedureAct.at).desc())
    )
    return await _last_of_units(session, area, shanghai_day, at)


async def last_found(session: Session, area: Area, first: date, last: date) -> dict[str, date]:
    """Unit -> the last day in the period on which it registered an item."""
    day = (
        sa.select(col(Rectification.registered_on))
        .where(
            col(Rectification.registered_at_id) == col(Organization.id),
            col(Rectification.registered_on).between(first, last),
        )
        .order_by(col(Rectification.registered_on).desc())
    )
    return await _last_of_units(session, area, lambda found: found, day)


async def _last_of_units(
    session: Session, area: Area, day_of: Callable[[Any], Any], newest_first: sa.Select[Any]
) -> dict[str, date]:
    """One step into an index for every organisation, instead of all that happened in the period."""
    newest = newest_first.limit(1).correlate(Organization).lateral("newest")
    found = newest.c[0]
    question = (
        sa.select(unit_key(area.path).label("unit"), day_of(sa.func.max(found)))
        .select_from(Organization)
        .join(newest, sa.true())
        .where(area.holds(col(Organization.county_id)))
        .group_by(sa.literal_column("unit"))
    )
    return await keyed(session, question)
