"""Many clients on the same few runs: whoever comes first does the step, everybody else is told that it has been done.

Items go round: a supervisor assigns, the unit's clerk sends back.  All clients act on what one of them saw last, so
that most of them come too late.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from backend.db.base import utc_now
from backend.domain.calendar import day_of

TOO_LATE = (409, 412)


@dataclass
class Run:
    """An item as one of the clients saw it last; `begun_at` is its version at the beginning."""

    id: str
    unit: str
    version: int
    step: str
    begun_at: int
    won: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, item: Mapping[str, Any], unit: str) -> "Run":
        return cls(item["id"], unit, item["version"], item["procedure"]["step"], item["version"])

    def act(self) -> dict[str, Any]:
        if self.step == "sign_for":
            return {"step": "sign_for", "outcome": "returned", "to": "assignment", "reason": "不属于本单位职责范围"}
        record = {
            "responsible_unit_id": self.unit,
            "responsible_leader": "任思远",
            "responsible_person": "曾立德",
            "deadline_kind": "dated",
            "due_on": (day_of(utc_now()) + timedelta(days=40)).isoformat(),
        }
        return {"step": "assignment", "outcome": "done", "record": record}


@dataclass
class Outcome:
    """What was answered how often, and every answer that is neither a success nor "too late"."""

    statuses: Counter[int] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def race(
    clients: Sequence[httpx.AsyncClient], tokens: Mapping[str, str], runs: Sequence[Run], seconds: float
) -> Outcome:
    """Let every client act on any of the runs until the time is over; `tokens` are by step."""
    outcome, drawn = Outcome(), random.Random(7)
    begun = time.monotonic()

    async def act(client: httpx.AsyncClient) -> None:
        while time.monotonic() - begun < seconds:
            run = drawn.choice(runs)
            version, headers = (
                run.version,
                {"authorization": f"Bearer {tokens[run.step]}", "if-match": f'"{run.version}"'},
            )
            answer = await client.post(f"/rectifications/{run.id}/acts", json=run.act(), headers=headers)
            outcome.statuses[answer.status_code] += 1
            if answer.is_success:
                run.won[version] += 1
                seen = answer.json()
                if seen["version"] > run.version:
                    run.version, run.step = seen["version"], seen["procedure"]["step"]
            elif answer.status_code not in TOO_LATE:
                outcome.strange.append(f"{answer.status_code} {answer.text[:300]}")

    await asyncio.gather(*(act(client) for client in clients))
    outcome.seconds = time.monotonic() - begun
    return outcome


async def faults(connection: asyncpg.Connection, runs: Sequence[Run]) -> list[str]:
    """What does not fit together afterwards: winners, versions, acts and events of each run."""
    found = []
    for run in runs:
        doubled = [version for version, times in run.won.items() if times > 1]
        if doubled:
            found.append(f"{run.id}: several did the step of version {doubled}")
        wanted = list(range(run.begun_at, run.begun_at + len(run.won)))
        if sorted(run.won) != wanted:
            found.append(f"{run.id}: the versions that were acted on leave one out: {sorted(run.won)}")
        stored = await connection.fetchrow(
            "SELECT version,"
            " (SELECT count(*) FROM event WHERE subject_id = r.id AND kind = 'rectification.acted') AS events,"
            " (SELECT count(*) FROM procedure_act WHERE run_id = p.id) AS acts"
            " FROM rectification r JOIN (SELECT id, subject_id FROM procedure_run) AS p ON p.subject_id = r.id"
            " WHERE r.id = $1",
            UUID(run.id),
        )
        expected = run.begun_at + len(run.won)
        if stored["version"] != expected:
            found.append(f"{run.id}: version {stored['version']} after {len(run.won)} acts from {run.begun_at}")
        if not stored["events"] == stored["acts"] == expected - 1:
            found.append(f"{run.id}: {stored['acts']} acts and {stored['events']} events, {expected - 1} were answered")
    return found


async def deadlocks(connection: asyncpg.Connection) -> int:
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    return int(await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
