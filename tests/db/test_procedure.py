"""What the database itself holds of runs: acts that stay, and copies that agree with the rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from backend.db.account import RoleGrant
from backend.db.base import utc_now
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun, awaiting, holders, is_overdue, light, task_light
from backend.domain.access import mark, named
from backend.domain.account import actor_now
from backend.domain.calendar import YELLOW_DAYS, end_of, last_second_of, overdue
from backend.domain.calendar import light as light_of
from tests.api.decisions import Walk

NOW = datetime(2026, 6, 9, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("table", ["procedure_act", "decision_text", "event"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET created_at = now()", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
async def test_nobody_changes_or_removes_what_was_done(county, database, owner, table: str, statement: str) -> None:
    walk = await Walk.start(county)
    await walk.pass_until("investigation")
    for whose, said in ((database, "permission denied"), (owner, "never changed or removed")):
        with pytest.raises(DBAPIError, match=said):
            async with whose.transaction() as session:
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


def a_run(county, **values: Any) -> ProcedureRun:
    return ProcedureRun(
        **{
            "procedure": "decision",
            "procedure_version": 1,
            "subject_kind": "test",
            "subject_id": uuid4(),
            "organization_id": county.branch.id,
            "county_id": county.county.id,
            "number": "1",
            "title": "",
            "started_at": NOW,
            "step": "investigation",
            **values,
        }
    )


@asynccontextmanager
async def stored(database, runs: list[ProcedureRun]) -> AsyncIterator[list[UUID]]:
    """The runs in their table for as long as it takes; no record system would know what to do with them."""
    async with database.transaction() as session:
        session.add_all(runs)
    ids = [run.id for run in runs]
    yield ids
    async with database.transaction() as session:
        await session.execute(sa.delete(ProcedureRun).where(col(ProcedureRun.id).in_(ids)))


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
    runs = [
        a_run(county, limit_at=limit, due_at=due, under_check=checking, step=step)
        for limit, due in zip(limits, reversed(limits), strict=True)
        for checking in (False, True)
        for step in ("investigation", None)
    ]
    async with stored(database, runs) as ids, database.reader() as reader:
        for now in moments:
            question = sa.select(
                col(ProcedureRun.limit_at),
                col(ProcedureRun.due_at),
                col(ProcedureRun.under_check),
                col(ProcedureRun.step).is_(None),
                light(now, YELLOW_DAYS),
                task_light(now, YELLOW_DAYS),
                sa.func.coalesce(is_overdue(now)),
            )
            rows = (await reader.execute(question.where(col(ProcedureRun.id).in_(ids)))).all()
            assert len(rows) == len(runs)
            for limit_at, due_at, checking, closed, shown, task_shown, late in rows:
                assert shown == light_of(limit_at, now, closed=closed, checking=checking), (limit_at, now)
                assert task_shown == light_of(due_at, now, closed=closed), (due_at, now)
                assert late == overdue(limit_at, now)


async def test_whom_a_run_waits_for_is_the_same_in_sql_and_python(county, database) -> None:
    """Those of a party, and none of those who are barred, by marks that stand for whole subtrees."""
    outsider = await county.account("clerk", county.office, "办公室的")
    visitor = await county.account("clerk", county.village, "两处任职的")
    secretary = await county.account("secretary", county.township, "书记甲")
    async with database.transaction() as session:
        for account, place in ((outsider, county.township), (visitor, county.township)):
            session.add(RoleGrant(account_id=account.id, role="clerk", organization_id=place.id))
        long_over = utc_now() - timedelta(days=3)
        session.add(
            RoleGrant(
                account_id=secretary.id,
                role="clerk",
                organization_id=county.branch.id,
                starts_at=long_over,
                ends_at=long_over + timedelta(days=1),
            )
        )
    parties: list[list[str]] = [
        [],
        [mark(county.office.path)],
        [mark(county.village.path)],
        [mark(county.branch.path)],
        [mark(county.township.path)],
        [str(outsider.id)],
        [named("书记甲")],
        [str(county.township.id), mark(county.office.path)],
        ["@nowhere"],
    ]
    runs = [
        a_run(county, roles=["clerk", "secretary"], only_for=only, not_for=barred, organization_id=county.township.id)
        for only in parties
        for barred in parties
    ]
    people = [outsider, visitor, secretary, county.accounts["clerk"], county.accounts["secretary"]]
    async with stored(database, runs) as ids, database.reader() as reader:
        actors = [await actor_now(reader, account.id, account.session_epoch) for account in people]
        question = (
            sa.select(col(ProcedureRun.id), holders(utc_now()))
            .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
            .where(col(ProcedureRun.id).in_(ids))
        )
        held = {run: {one["id"] for one in found} for run, found in (await reader.execute(question)).all()}
        for actor in actors:
            grants = [(grant.role, grant.path) for grant in actor.grants]
            mine = (
                sa.select(col(ProcedureRun.id))
                .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
                .where(col(ProcedureRun.id).in_(ids), awaiting(grants, sorted(actor.own)))
            )
            waiting = set((await reader.execute(mine)).scalars())
            for run in runs:
                may = not actor.own & set(run.not_for) and (not run.only_for or bool(actor.own & set(run.only_for)))
                assert (run.id in waiting) is may, (actor.name, run.only_for, run.not_for)
                assert (str(actor.account_id) in held[run.id]) is may, (actor.name, run.only_for, run.not_for)


async def test_holders_are_looked_for_further_up_when_nobody_near_may(county, database) -> None:
    above = await county.account("clerk", county.county, "县里的经办人")
    runs = [a_run(county, roles=["clerk"], not_for=[mark(county.township.path)])]
    async with stored(database, runs) as ids, database.reader() as reader:
        question = (
            sa.select(holders(utc_now()))
            .select_from(ProcedureRun)
            .join(Organization, col(Organization.id) == col(ProcedureRun.organization_id))
            .where(col(ProcedureRun.id).in_(ids))
        )
        assert (await reader.execute(question)).scalar_one() == [{"id": str(above.id), "name": "县里的经办人"}]
