"""A run of the model procedure on real tables: what is stored of its ways, and how they are answered."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.api.run import RunOut, run_out
from backend.db.base import new_id
from backend.db.procedure import ProcedureRun, holders_of_run
from backend.domain.access import SYSTEM, Actor, Grant, Moment, mark, sender_of
from backend.domain.errors import Conflict, Forbidden, Unready
from backend.domain.procedures import registry
from backend.domain.procedures.registry import indexed
from backend.domain.run import Acted, Subject, Wish, add_act, options_of, standing_of, start_run
from backend.domain.scene import Facts
from tests.domain.model_paths import PATHS, PROCEDURE

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Matter:
    """One run, the people around it, and a clock that only goes on."""

    def __init__(self, county, severity: str = "general") -> None:
        self.county, self.now, self.id = county, NOW, new_id()
        self.facts = Facts(
            subject={"severity": severity}, parties={"unit": frozenset({mark(county.office.path), "城建办"})}
        )
        self.unit = self.actor("una", "doer", county.office.path)
        self.doer = self.actor("ann", "doer", county.justice_office.path)
        self.boss = self.actor("dan", "boss", county.justice_office.path)
        self.checker = self.actor("cai", "checker", county.justice_office.path)

    def actor(self, name: str, role: str, home: str) -> Actor:
        grant = Grant(role, self.county.township.id, self.county.township.path)
        return Actor(new_id(), name, None, (grant,), path=home)

    @property
    def subject(self) -> Subject:
        place = self.county.township
        return Subject(
            kind="test",
            id=self.id,
            county_id=self.county.county.id,
            organization_id=place.id,
            path=place.path,
            number="T-1",
            title="t",
        )

    async def start(self) -> "Matter":
        async with self.county.app.state.database.transaction() as session:
            await start_run(session, Moment(self.now), PROCEDURE, self.subject, self.facts)
        return self

    async def act(self, actor: Actor, step: str, outcome: str = "done", **values: Any) -> Acted:
        async def facts() -> Facts:
            return self.facts

        self.now += timedelta(hours=1)
        wish = Wish(step=step, outcome=outcome, **values)
        async with self.county.app.state.database.transaction() as session:
            return await add_act(session, actor, Moment(self.now), self.subject, wish, facts)

    async def run(self) -> ProcedureRun:
        async with self.county.app.state.database.transaction() as session:
            return (await standing_of(session, self.id)).run

    async def shown(self, actor: Actor) -> RunOut:
        async with self.county.app.state.database.transaction() as session:
            standing = await standing_of(session, self.id)
            found = options_of(standing, actor, self.subject, self.facts, self.now)
            held = await holders_of_run(session, self.id, self.now)
        return run_out(standing, found, held, {}, "en", self.now)


@pytest.fixture
async def matter(county, database, monkeypatch: pytest.MonkeyPatch):
    steps = [{key: part for key, part in step.items() if key != "evidence_at_least"} for step in PATHS["steps"]]
    monkeypatch.setattr(registry, "_shipped", lambda: indexed([{**PATHS, "steps": steps}]))
    yield await Matter(county).start()
    async with database.transaction() as session:
        # Nobody removes acts, so what nobody knows the procedure of is put out of every list instead.
        await session.execute(
            sa.update(ProcedureRun).where(col(ProcedureRun.procedure) == "paths").values(step=None, limit_at=None)
        )


async def test_copies_say_for_whom_a_run_waits_and_what_its_limit_is(matter: Matter) -> None:
    run = await matter.run()
    assert (run.step, run.started_step, run.only_for, run.under_check) == ("sort", "sort", [], False)
    await matter.act(matter.doer, "sort", record={"kind": "large", "due_on": "2026-04-01"})
    run = await matter.run()
    assert (run.step, run.only_for) == ("sign", [mark(matter.county.office.path)])
    assert run.limit_at == datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)
    assert run.due_at != run.limit_at
    with pytest.raises(Forbidden, match="party_only"):
        await matter.act(matter.doer, "sign")
    await matter.act(matter.unit, "sign")
    await matter.act(matter.unit, "work")
    run = await matter.run()
    assert (run.step, run.under_check, run.only_for) == ("proof", True, [])
    # Both people by what they are called, too: a namesake is taken for the same person.
    assert set(run.not_for) == {
        mark(matter.county.office.path),
        *(str(matter.unit.account_id), "=una"),
        *(str(matter.doer.account_id), "=ann"),
    }
    assert (await matter.shown(matter.checker)).light == "blue"


async def test_an_extension_waits_for_whoever_grants_it_and_is_answered_with_the_first_limit(matter: Matter) -> None:
    await matter.act(matter.doer, "sort", record={"kind": "large", "due_on": "2026-04-01"})
    await matter.act(matter.unit, "sign")
    await matter.act(matter.unit, "work", "noted", record={"text": "begun"})
    await matter.act(matter.unit, "work", "extended", record={"until": "2026-04-10"}, reason="rain")
    run = await matter.run()
    assert (run.roles, run.only_for) == (["boss"], [])
    assert set(run.not_for) == {mark(matter.county.office.path), str(matter.unit.account_id), "=una"}
    shown = await matter.shown(matter.boss)
    assert shown.pending
    assert (shown.pending.kind, str(shown.pending.until)) == ("extension", "2026-04-10")
    await matter.act(matter.boss, "work", "extended", record={"until": "2026-04-08"})
    shown = await matter.shown(matter.unit)
    step = next(step for step in shown.steps if step.key == "work")
    (extension,) = step.extensions
    assert (str(extension.until), extension.reason, extension.asked_by.name) == ("2026-04-08", "rain", "una")
    assert extension.approved_by
    assert extension.approved_by.name == "dan"
    assert step.original_due_at == datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)
    assert shown.limit_at == step.due_at == datetime(2026, 4, 8, 15, 59, 59, tzinfo=UTC)
    assert [act.outcome for act in step.acts] == ["noted", "extended", "extended"]


async def test_a_closed_run_is_reopened_on_the_same_trail(matter: Matter) -> None:
    done = await matter.act(matter.doer, "sort", record={"kind": "small"})
    assert done.after.here.step == "sign"
    await matter.act(matter.unit, "sign")
    await matter.act(matter.unit, "work")
    passed = await matter.act(matter.checker, "proof")
    assert (passed.after.acts[-1].to, passed.after.here.of("second").state) == ("rate", "passed")
    with pytest.raises(Forbidden):
        await matter.act(sender_of(matter.id, matter.county.township.id, matter.county.township.path), "rate")
    rated = await matter.act(SYSTEM, "rate", record={"grade": "good"})
    assert (rated.after.here.state, rated.after.run.result) == ("closed", "small")
    assert [step.state for step in (await matter.shown(matter.boss)).steps] == [
        *("passed", "done", "done", "done", "done", "passed", "done", "passed")
    ]
    with pytest.raises(Conflict):
        await matter.act(matter.boss, "rate", record={"grade": "good"})
    with pytest.raises(Unready):
        await matter.act(matter.boss, "work", "reopened")
    again = await matter.act(matter.boss, "work", "reopened", reason="it is back")
    assert (again.after.here.step, again.after.run.round, again.after.run.closed_at) == ("work", 2, None)
    assert isinstance(again.after.acts[-1].by, UUID)
