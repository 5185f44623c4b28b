"""What is said of an item's time is the same in SQL and in Python."""

import itertools
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import sqlalchemy as sa
from sqlmodel import col

from backend.db.procedure import ProcedureRun
from backend.db.rectification import DeadlineKind, Rectification
from backend.db.rectification_light import (
    handed_in_late_days,
    item_is_overdue,
    item_light,
    others_are_late,
    overdue_days,
    step_late_days,
)
from backend.domain.calendar import YELLOW_DAYS, end_of, last_second_of, overdue
from backend.domain.rectification import light as rule
from backend.domain.rectification.limit import kept_limit
from tests.api.rectifications import Walk
from tests.db.test_procedure import a_run, stored

NOW = datetime(2026, 6, 9, 2, 30, tzinfo=UTC)
TODAY = date(2026, 6, 9)
# As every list asks: a run with its item, which alone knows the limit of what waits to be assigned.
WITH_ITEM = sa.outerjoin(ProcedureRun, Rectification, col(Rectification.id) == col(ProcedureRun.subject_id))
STEPS = [("assignment", False), ("sign_for", False), ("plan_approval", False), ("rectifying", False)]
STEPS += [("verification", True), ("closing", True), (None, False)]


async def test_an_items_light_and_lateness_are_the_same_in_sql_and_python(county, database) -> None:
    limits = [last_second_of(TODAY + timedelta(days=n)) for n in (-9, -1, 0, 6, 7, 8)] + [None]
    runs = [
        a_run(county, step=step, under_check=checking, limit_at=limit, due_at=due, behind_at=behind)
        for step, checking in STEPS
        for limit, due in zip(limits, reversed(limits), strict=True)
        for behind in (None, limits[1], limits[2])
    ]
    run = ProcedureRun
    async with stored(database, runs) as ids, database.reader() as reader:
        for now in (NOW, end_of(TODAY), end_of(TODAY) - timedelta(microseconds=1)):
            question = sa.select(
                col(run.step),
                col(run.under_check),
                col(run.limit_at),
                col(run.due_at),
                col(run.behind_at),
                item_light(now, YELLOW_DAYS),
                item_is_overdue(now),
                overdue_days(now),
                step_late_days(now),
                others_are_late(now),
            ).select_from(WITH_ITEM)
            rows = (await reader.execute(question.where(col(run.id).in_(ids)))).all()
            assert len(rows) == len(runs)
            for step, checking, limit_at, due_at, behind_at, light, late, days, step_days, others in rows:
                limit = rule.own_limit(step, limit_at, checking=checking)
                assert light == rule.light_within(limit, step, now, checking=checking, behind_at=behind_at)
                assert late == overdue(limit, now)
                assert days == rule.days_past(limit, now)
                assert step_days == (rule.days_past(due_at, now) if step else 0)
                theirs = step in ("assignment", "plan_approval", "verification", "closing")
                assert others == (theirs and overdue(due_at, now))


async def test_a_kept_limit_of_an_item_to_be_assigned_is_the_same_in_sql_and_python(county, database) -> None:
    """Set by a ledger before the item came, or by the assignment that was given back, extended or not; or by nobody."""
    walk = await Walk.start(county)
    days = [None, *(TODAY + timedelta(days=n) for n in (-9, -1, 0, 7, 8))]
    assigned = [None, TODAY - timedelta(days=30)]
    milestones = [None, TODAY]
    kinds = ("dated", "standing", None)
    for original, due, kind, assigned_on, milestone in itertools.product(days, days[:3], kinds, assigned, milestones):
        columns = {
            "original_due_on": original,
            "due_on": due,
            "deadline_kind": DeadlineKind(kind) if kind else None,
            "assigned_on": assigned_on,
            "milestone_due_on": milestone,
        }
        changed = sa.update(Rectification).where(Rectification.id == walk.item["id"])
        async with database.transaction() as session:
            await session.execute(changed.values(**columns))
        for now in (NOW, end_of(TODAY), end_of(TODAY) - timedelta(microseconds=1)):
            asked = (item_light(now, YELLOW_DAYS), item_is_overdue(now), overdue_days(now))
            question = sa.select(*asked).select_from(WITH_ITEM)
            async with database.reader() as reader:
                found = await reader.execute(question.where(ProcedureRun.subject_id == walk.item["id"]))
                light, late, past = found.one()
            kept = kept_limit(SimpleNamespace(**columns))
            limit = rule.own_limit("assignment", None, checking=False, kept_on=kept)
            assert light == rule.light_within(limit, "assignment", now, checking=False)
            assert (late, past) == (overdue(limit, now), rule.days_past(limit, now))


async def test_how_late_an_item_was_handed_in_is_the_same_in_sql_and_python(county, database) -> None:
    walk = await Walk.start(county)
    for asked in (None, TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=4)):
        for due in (None, TODAY):
            changed = sa.update(Rectification).where(Rectification.id == walk.item["id"])
            async with database.transaction() as session:
                await session.execute(changed.values(close_requested_on=asked, due_on=due))
            async with database.reader() as reader:
                found = await reader.execute(
                    sa.select(handed_in_late_days()).where(Rectification.id == walk.item["id"])
                )
                assert found.scalar_one() == rule.handed_in_late_days(asked, due)
