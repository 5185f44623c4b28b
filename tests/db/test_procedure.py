"""What the database itself holds of runs: acts that stay, and copies that agree with the rules."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from backend.db.procedure import ProcedureRun, is_overdue, light
from backend.domain.calendar import YELLOW_DAYS, end_of, last_second_of, overdue
from backend.domain.calendar import light as light_of
from tests.api.decisions import Walk

NOW = datetime(2026, 6, 9, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("table", ["procedure_act", "decision_text", "event"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET created_at = now()", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
async def test_nobody_changes_or_removes_what_was_done(county, database, table: str, statement: str) -> None:
    walk = await Walk.start(county)
    await walk.pass_until("investigation")
    with pytest.raises(DBAPIError, match="never changed or removed"):
        async with database.transaction() as session:
            await session.execute(sa.text(statement.format(table=table)))


async def test_nobody_slips_a_second_act_into_one_place(county, database) -> None:
    walk = await Walk.start(county)
    await walk.pass_until("investigation")
    copied = (
        "INSERT INTO procedure_act SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*"
    )
    with pytest.raises(DBAPIError, match="uq_procedure_act_run_id_sequence"):
        async with database.transaction() as session:
            await session.execute(sa.text(f"{copied} FROM procedure_act a LIMIT 1"))


async def test_lights_and_overdue_are_the_same_in_sql_and_python(county, database) -> None:
    """Due today is not overdue; the day changes at midnight in Shanghai, not in London."""
    today = (NOW + timedelta(hours=8)).date()
    limits = [last_second_of(today + timedelta(days=n)) for n in range(-9, 12)] + [
        None,
        NOW,
        NOW + timedelta(microseconds=1),
    ]
    moments = [NOW + timedelta(hours=n) for n in (-3, 0, 5, 13, 14, 21)]
    moments += [end_of(today), end_of(today) - timedelta(microseconds=1)]
    async with database.transaction() as session:
        runs = [
            ProcedureRun(
                procedure="decision",
                procedure_version=1,
                subject_kind="test",
                subject_id=uuid4(),
                organization_id=county.branch.id,
                county_id=county.county.id,
                number=str(place),
                title="",
                started_at=NOW,
                step="investigation",
                due_at=limit,
            )
            for place, limit in enumerate(limits)
        ]
        session.add_all(runs)
    ids = [run.id for run in runs]
    async with database.reader() as reader:
        for now in moments:
            question = sa.select(col(ProcedureRun.due_at), light(now, YELLOW_DAYS), sa.func.coalesce(is_overdue(now)))
            rows = (await reader.execute(question.where(col(ProcedureRun.id).in_(ids)))).all()
            assert len(rows) == len(limits)
            for due_at, shown, late in rows:
                assert (shown, late) == (light_of(due_at, now), overdue(due_at, now)), (due_at, now)
    async with database.transaction() as session:
        await session.execute(sa.delete(ProcedureRun).where(col(ProcedureRun.id).in_(ids)))
