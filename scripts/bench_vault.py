"""Measure what the second lock costs: the same reads of the same rows with the vault's policies and without them.

python -m scripts.bench_vault [ROWS]     both in one run and in turns, so compare the ratio
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import asyncpg

from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import migrate_now
from backend.db.row_security import vaulted

TIMES, SCANS = 2_000, 15
NAMED = "SELECT set_config('guanbiao.vault', $1, true)"


async def measure(owner: str, application: str, rows: int) -> None:
    keeper = await asyncpg.connect(owner)
    for table in ("plain_rows", "vault_rows"):
        await keeper.execute(f"CREATE TABLE {table} (key uuid PRIMARY KEY, body bytea NOT NULL)")
        await keeper.execute(
            f"INSERT INTO {table} SELECT md5(n::text)::uuid, convert_to(repeat(md5(n::text), 4), 'UTF8')"  # noqa: S608 - names above
            f" FROM generate_series(1, {rows}) n"
        )
        await keeper.execute(f"GRANT SELECT ON {table} TO PUBLIC")
    for statement in vaulted("vault_rows", "key"):
        await keeper.execute(statement)
    await keeper.execute("ANALYZE")
    keys = [row["key"] for row in await keeper.fetch(f"SELECT key FROM plain_rows LIMIT {TIMES}")]  # noqa: S608 - tables named above
    await keeper.close()
    reader = await asyncpg.connect(application)
    one: dict[str, list[float]] = {"plain_rows": [], "vault_rows": []}
    for key in keys:
        for table, taken in one.items():
            taken.append(await opened(reader, table, key))
    said("one row by its name", one)
    for what, rest in (("a page of 200", "ORDER BY key LIMIT 200"), (f"all {rows:,}", "")):
        many: dict[str, list[float]] = {"plain_rows": [], "vault_rows": []}
        for _ in range(SCANS):
            for table, taken in many.items():
                taken.append(await scanned(reader, f"SELECT count(body) FROM (SELECT body FROM {table} {rest}) found"))  # noqa: S608 - tables named above
        said(what, many)
    await reader.close()


async def opened(reader: "asyncpg.Connection[asyncpg.Record]", table: str, key: UUID) -> float:
    """Seconds for one reading as a verb does it; without the lock nothing has to be named."""
    begun = time.perf_counter()
    async with reader.transaction():
        if table == "vault_rows":
            await reader.execute(NAMED, str(key))
        assert await reader.fetchval(f"SELECT body FROM {table} WHERE key = $1", key)  # noqa: S608 - tables named above
    return time.perf_counter() - begun


async def scanned(reader: "asyncpg.Connection[asyncpg.Record]", question: str) -> float:
    async with reader.transaction():
        await reader.execute(NAMED, "keeper")
        begun = time.perf_counter()
        assert await reader.fetchval(question)
        return time.perf_counter() - begun


def said(what: str, taken: dict[str, list[float]]) -> None:
    plain, vault = (statistics.median(taken[table]) * 1000 for table in ("plain_rows", "vault_rows"))
    print(f"{what}: {plain:.2f} ms without, {vault:.2f} ms with, {vault / plain:.1f} times")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as addresses:
        migrate_now(addresses)
        asyncio.run(measure(addresses.owner, addresses.application, rows))


if __name__ == "__main__":
    main()
