"""64 clients act on the same 10 runs; then what sealing, feed, worker and dashboards cost the API meanwhile.

python -m benchmarks.concurrency [--clients 64] [--runs 10] [--seconds 30] [--rounds 3] [--note TEXT] [--out FOLDER]
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from benchmarks.beside import cost
from benchmarks.machine import machine
from benchmarks.place import Place, free_port, ours, place, serving
from benchmarks.race import TOO_LATE, Run, deadlocks, faults, race
from tests.api.rectifications import Walk
from tests.factories import make_county


async def begin(where: Place, count: int) -> tuple[list[Run], dict[str, str]]:
    """So many items of one township that wait to be assigned, and the tokens of those who act on them, by step."""
    async with where.app() as app:
        county = await make_county(app)
        runs = []
        for _ in range(count):
            walk = await Walk.start(county)
            runs.append(Run.of(walk.item, str(county.village.id)))
        clerk = walk.people["unit"]
        tokens = {"assignment": county.token(county.accounts["supervisor"]), "sign_for": county.token(clerk)}
        await county.close()
    return runs, tokens


@contextlib.asynccontextmanager
async def clients(ports: list[int], count: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients in turn of each replica, every one with a connection of its own."""
    async with contextlib.AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[number % len(ports)]}/api/v1", timeout=120)
            )
            for number in range(count)
        ]


async def compete(where: Place, ports: list[int], count: int, among: int, seconds: float) -> dict[str, Any]:
    runs, tokens = await begin(where, among)
    connection = await asyncpg.connect(where.addresses.owner)
    before = await deadlocks(connection)
    async with clients(ports, count) as opened:
        outcome = await race(opened, tokens, runs, seconds)
    found = {
        "clients": count,
        "runs": among,
        "seconds": round(outcome.seconds, 1),
        "won": outcome.statuses[200],
        "too_late": sum(outcome.statuses[status] for status in TOO_LATE),
        "statuses": {str(status): times for status, times in sorted(outcome.statuses.items())},
        "strange": outcome.strange[:20],
        "deadlocks": await deadlocks(connection) - before,
        "faults": await faults(connection, runs),
    }
    await connection.close()
    return found


def write(found: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "concurrency.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    about, raced, beside = found["machine"], found["race"], found["beside"]
    said = [
        "# Under concurrency",
        "",
        f"`python -m benchmarks.concurrency`, {found['at']}; {about['processor']}, {about['processors']} processors,"
        f" load before {about['load_before']}. {found['note']}".rstrip(),
        "",
        f"{raced['clients']} clients on {raced['runs']} runs of two replicas for {raced['seconds']} s:"
        f" {raced['won']} acts"
        f" done, {raced['too_late']} too late (409, 412), {len(raced['strange'])} answered otherwise;"
        f" {raced['deadlocks']} deadlocks; {len(raced['faults'])} faults of winners, versions, acts and events.",
        "",
        "| beside the API | pages/s alone | pages/s beside | cost |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {one['what']} | {one['alone']:.0f} | {one['beside']:.0f} | {one['cost']:.1%} |" for one in beside),
    ]
    (out / "concurrency.md").write_text("\n".join([*said, ""]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--clients", type=int, default=64)
    asked.add_argument("--runs", type=int, default=10)
    asked.add_argument("--seconds", type=float, default=30)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--note", default="")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "note": given.note,
    }
    with place() as where, contextlib.ExitStack() as stack:
        ports = [free_port(), free_port()]
        for port in ports:
            command, environment = ours(where, port)
            stack.enter_context(serving(command, port, environment, where.data / f"server-{port}.log"))
        found["race"] = asyncio.run(compete(where, ports, given.clients, given.runs, given.seconds))
        print(found["race"], flush=True)
        stack.close()
        found["beside"] = cost(where, given.seconds / 3, given.rounds)
    write(found, given.out)
    print((given.out / "concurrency.md").read_text())


if __name__ == "__main__":
    main()
