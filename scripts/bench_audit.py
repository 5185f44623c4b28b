"""Measure sealing and `guanbiao audit verify` on a log of so many events, in a database of its own.

python -m scripts.bench_audit [EVENTS]     1,000,000 unless said otherwise, which take 2 GB below the temp folder

The events are those that the verbs of a roster and of a ledger of problems record, all columns filled as they fill
them.  The server keeps its ordinary settings.  What is told of the server is the time of its processes.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from backend.db.base import new_id, utc_now
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate_now, open_database
from backend.db.event import insert_events
from backend.db.roles import Addresses
from backend.domain.access import Actor, Moment
from backend.domain.audit.seal import seal_events
from backend.domain.event import changed, event_row
from backend.domain.signing import load_or_create_key

TEMPLATES = 1000
_TICK = os.sysconf("SC_CLK_TCK")


def template(number: int) -> dict[str, Any]:
    """One event as its verb records it: somebody on a roster, or a step of an item of the ledger."""
    actor = Actor(new_id(), "林秋实", new_id(), ())
    moment = Moment(utc_now(), new_id().hex, "10.20.30.40")
    place: dict[str, Any] = {"county_id": new_id(), "organization_id": new_id(), "subject_id": new_id()}
    if number % 5:
        said = {
            "name": "查**",
            "id_number": "9999**********0024",
            "phone": "199****0355",
            "sex": "female",
            "birth_date": "1967-04-19",
            "education": "小学",
            "category": "农牧渔民",
            "status": "full",
            "joined_on": "1987-04-19",
            "is_mobile": False,
            "organization": f"第{number}村党支部",
        }
        data = changed({}, said)
        row = event_row(actor, moment, "member.registered", data=data, **place)
    else:
        act = {"step": "rectifying", "outcome": "done", "to": "verification", "result": None, "evidence": []}
        data = {
            "act": act,
            **changed({"status": "rectifying", "step": "rectifying"}, {"status": "close_requested", "step": "closing"}),
        }
        row = event_row(actor, moment, "rectification.acted", data=data, reason="已整改到位，申请销号。", **place)
    return {"id": new_id(), "created_at": moment.now, **row}


async def fill(addresses: Addresses, events: int) -> None:
    """`TEMPLATES` real events, copied under new ids in transactions of several sizes until there are enough."""
    database = open_database(addresses.application, pool_size=1)
    async with database.transaction() as session:
        await insert_events(session, [template(number) for number in range(TEMPLATES)])
    await database.close()
    connection = await asyncpg.connect(addresses.owner)
    columns = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'event'::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attname NOT IN ('id', 'transaction_id', 'sequence', 'request_id')"
    )
    names = ", ".join(row["attname"] for row in columns)
    while (missing := events - await connection.fetchval("SELECT count(*) FROM event")) > 0:
        await connection.execute(
            f"INSERT INTO event (id, request_id, {names}) SELECT gen_random_uuid(), md5(random()::text), {names}"  # noqa: S608 - names of our own columns
            f" FROM (SELECT * FROM event ORDER BY sequence LIMIT {min(TEMPLATES, missing)}) AS kept"
            f" CROSS JOIN generate_series(1, {max(1, min(20, missing // TEMPLATES))})"
        )
    await connection.execute("ANALYZE event")
    await connection.close()


async def seal(addresses: Addresses, data: Path) -> int:
    key, seals = load_or_create_key(data), 0
    database = open_database(addresses.application, pool_size=1)
    while True:
        async with database.transaction() as session:
            if not await seal_events(session, Moment(utc_now()), key=key):
                break
        seals += 1
    await database.close()
    return seals


def server_seconds(data: Path) -> float:
    """Processor time of the server and all of its processes that have ended."""
    pid = int((data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICK


def verify(addresses: Addresses, data: Path) -> str:
    """The command, as an operator runs it."""
    environment = os.environ | {
        "GUANBIAO_DATA": str(data),
        "GUANBIAO_DATABASE_URL": addresses.application,
        "GUANBIAO_MIGRATION_URL": addresses.owner,
    }
    command = [sys.executable, "-m", "backend.cli", "audit", "verify"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout.strip().splitlines()[-1]


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with EmbeddedPostgres(data) as addresses:
            migrate_now(addresses)
            begun = time.monotonic()
            asyncio.run(fill(addresses, events))
            print(f"{events:,} events written in {time.monotonic() - begun:.1f} s")
            begun, before = time.monotonic(), time.process_time()
            seals = asyncio.run(seal(addresses, data))
            wall, used_here = time.monotonic() - begun, time.process_time() - before
            print(f"sealed in {wall:.1f} s, {used_here:.1f} s of processor; {seals} seals")
            size = asyncio.run(sizes(addresses))
            print(f"events with their indexes {size['event']:,} MB, seals {size['audit_seal']:,} MB")
            begun, server, own = time.monotonic(), server_seconds(data), resource.getrusage(resource.RUSAGE_CHILDREN)
            said = verify(addresses, data)
            wall = time.monotonic() - begun
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(said)
            print(
                f"verified in {wall:.1f} s; processor"
                f" {used.ru_utime + used.ru_stime - own.ru_utime - own.ru_stime:.1f} s of the command,"
                f" {server_seconds(data) - server:.1f} s of the server; {used.ru_maxrss / 1024:.0f} MB at most"
            )


async def sizes(addresses: Addresses) -> dict[str, int]:
    connection = await asyncpg.connect(addresses.owner)
    found = {
        table: await connection.fetchval("SELECT pg_total_relation_size($1::text::regclass) / 1000000", table)
        for table in ("event", "audit_seal")
    }
    await connection.close()
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
