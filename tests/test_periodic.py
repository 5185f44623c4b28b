"""What workers do by themselves: by the clock, in parts, once with two workers, and none of it lost."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend import worker
from backend.db.audit import AuditCheck
from backend.db.base import Session, new_id, utc_now
from backend.db.engine import Database, open_database
from backend.db.event import Event
from backend.db.roles import Addresses
from backend.domain.access import Moment
from backend.periodic import Periodic, periodic
from backend.settings import Settings
from backend.worker import run_worker, sweep
from tests.rosters import fresh_database


@pytest.fixture
def made(data: Path) -> Settings:
    return Settings(data=data, worker=False)


async def test_a_sweep_goes_on_until_nothing_is_left(made: Settings, dsn: str) -> None:
    left, seen = [3, 2, 0, 9], []

    async def part(_: Session, moment: Moment) -> int:
        seen.append(moment.now)
        return left[len(seen) - 1]

    assert await sweep(made, dsn, Periodic("parts", "* * * * *", part)) == 5
    assert len(seen) == 3
    assert all(moment.tzinfo for moment in seen)


async def test_what_was_done_stays_when_a_later_part_fails(made: Settings, dsn: str, owner: Database) -> None:
    async with owner.transaction() as session:
        await session.execute(sa.text("CREATE TABLE swept (part integer)"))
        await session.execute(sa.text("GRANT INSERT ON swept TO PUBLIC"))
    done = 0

    async def part(session: Session, _: Moment) -> int:
        nonlocal done
        done += 1
        await session.execute(sa.text("INSERT INTO swept VALUES (:part)"), {"part": done})
        if done == 2:
            raise RuntimeError
        return 1

    with pytest.raises(RuntimeError):
        await sweep(made, dsn, Periodic("parts", "* * * * *", part))
    async with owner.transaction() as session:
        kept = (await session.execute(sa.text("SELECT part FROM swept"))).scalars().all()
        await session.execute(sa.text("DROP TABLE swept"))
    assert kept == [1]


async def test_every_periodic_task_finds_nothing_to_do_in_an_empty_county(made: Settings, dsn: str) -> None:
    tasks = periodic(made)
    assert len({task.key for task in tasks}) == len(tasks) >= 4
    for task in tasks:
        await sweep(made, dsn, task)


async def test_two_workers_take_turns_at_a_task(made: Settings, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task every second, two workers: no round is done by both, and rounds go on when one of them leaves."""
    rounds, running, together = 0, 0, 0

    async def part(_: Session, __: Moment) -> int:
        nonlocal rounds, running, together
        running += 1
        together = max(together, running)
        await asyncio.sleep(0.05)
        running -= 1
        rounds += 1
        return 0

    monkeypatch.setattr(worker, "periodic", lambda _: (Periodic("every_second", "* * * * * *", part),))
    stops = [asyncio.Event(), asyncio.Event()]
    workers = [asyncio.create_task(run_worker(made, dsn, stop)) for stop in stops]
    try:
        await until(lambda: rounds >= 2)
        stops[0].set()
        await asyncio.wait_for(workers[0], 20)
        seen = rounds
        await until(lambda: rounds > seen)
    finally:
        for stop in stops:
            stop.set()
        await asyncio.wait_for(asyncio.gather(*workers), 20)
    assert together == 1


async def until(holds) -> None:
    """Poll a state, for at most thirty seconds."""
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that")


async def test_the_log_is_sealed_and_checked_by_workers_once_a_day(server: Addresses, tmp_path: Path) -> None:
    address = (await fresh_database(server)).application
    own = Settings(data=tmp_path, worker=False)
    tasks = {task.key: task for task in periodic(own)}
    database = open_database(address, pool_size=1)
    async with database.transaction() as session:
        session.add(Event(kind="demo.clock_moved", subject_kind="demo", subject_id=new_id(), at=utc_now()))
    await sweep(own, address, tasks["audit_check"])
    assert await sweep(own, address, tasks["audit_seal"]) == 1
    for _ in range(2):
        await sweep(own, address, tasks["audit_check"])
    async with database.transaction() as session:
        checks = (await session.execute(sa.select(AuditCheck))).scalars().all()
    await database.close()
    assert [(check.events, check.findings) for check in checks] == [(1, [])]
