"""Loading a tree with its people and their work by COPY: indexes afterwards, foreign keys not asked about."""

import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from backend.domain.keys import load_cipher
from benchmarks.cast import Casting, lines, pour
from benchmarks.growth import tree
from benchmarks.growth.people import COLUMNS, STAY, Roster
from benchmarks.growth.tree import Village
from benchmarks.mould import Mould, card_moulds, item_moulds
from benchmarks.place import Place
from benchmarks.stock import pour_tally

STEPS: tuple[str | None, ...] = ("assignment", "sign_for", "plan", "rectifying", "verification", None)
READY = STEPS.index("sign_for")
_ITEM_SHARES, _CARD_SHARES = (3, 4, 6, 12, 5, 70), (5, 10, 85)
_OPEN_DAYS, _CLOSED_DAYS = 40, 1_000
_CHUNK = 1_000
LOADED = ("organization", "member", "member_branch", "rectification", "feedback_card", "procedure_run")
BUILT = (*LOADED, "procedure_act", "event", "rectification_evidence")


@dataclass
class Size:
    members: int
    items: int
    cards: int


@dataclass
class Land:
    """What was loaded: the villages, and for each some items that wait to be signed for."""

    villages: list[Village]
    ready: list[tuple[str, int, Village]] = field(default_factory=list)
    items: list[tuple[str, Village]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


async def load(place: Place, villages: list[Village], size: Size) -> Land:
    items, cards = await item_moulds(place, STEPS), await card_moulds(place)
    land = Land(villages)
    connection = await asyncpg.connect(place.addresses.owner)
    await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
    await connection.execute("SET synchronous_commit = off; SET statement_timeout = 0")
    async with without_indexes(connection, land):
        await _timed(land, "organisations", _pour_tree(connection, villages))
        await _timed(land, "members", _pour_members(connection, place, villages, size.members))
        await _timed(land, "items", _pour_records(connection, land, Casting(items), size.items, _ITEM_SHARES))
        await _timed(land, "cards", _pour_records(connection, land, Casting(cards, "FK"), size.cards, _CARD_SHARES))
    began = time.monotonic()
    await connection.execute("VACUUM ANALYZE")
    land.seconds["vacuum"] = time.monotonic() - began
    for table in BUILT:
        land.rows[table] = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own tables
    await connection.close()
    return land


async def _timed(land: Land, what: str, work: Any) -> None:
    began = time.monotonic()
    await work
    land.seconds[what] = time.monotonic() - began
    print(f"  {what}: {land.seconds[what]:.0f} s", flush=True)


@asynccontextmanager
async def without_indexes(connection: asyncpg.Connection, land: Land) -> AsyncIterator[None]:
    """Let the tables be filled without the indexes that no constraint needs, and build these afterwards."""
    indexes = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)",
        list(BUILT),
    )
    for index in indexes:
        await connection.execute(f'DROP INDEX "{index["indexname"]}"')
    yield
    began = time.monotonic()
    for index in indexes:
        await connection.execute(index["indexdef"])
    land.seconds["indexes"] = time.monotonic() - began


async def _pour_tree(connection: asyncpg.Connection, villages: Sequence[Village]) -> None:
    def nodes() -> Iterator[str]:
        known = set()
        for village in villages:
            for node in (village.county, village.township, village.office, village.node, village.branch):
                if node.id not in known:
                    known.add(node.id)
                    yield node.line()

    await pour(connection, "organization", tree.COLUMNS, nodes())
    since = "'2020-01-01'"
    await connection.execute(
        "INSERT INTO organization_name (id, created_at, organization_id, name, valid_from)"  # noqa: S608 - a constant
        f" SELECT gen_random_uuid(), created_at, id, name, {since} FROM organization o WHERE NOT EXISTS"
        " (SELECT FROM organization_name n WHERE n.organization_id = o.id)"
    )
    await connection.execute(
        "INSERT INTO organization_place (id, created_at, organization_id, parent_id, valid_from)"  # noqa: S608 - constants
        f" SELECT gen_random_uuid(), created_at, id, parent_id, {since} FROM organization o WHERE NOT EXISTS"
        " (SELECT FROM organization_place p WHERE p.organization_id = o.id)"
    )
    await connection.execute("SELECT setval('organization_segment', 500000000)")


async def _pour_members(connection: asyncpg.Connection, place: Place, villages: list[Village], members: int) -> None:
    roster = Roster(load_cipher(place.data))
    for people, stays in roster.chunks(villages, members):
        await pour(connection, "member", COLUMNS, iter([people]))
        await pour(connection, "member_branch", STAY, iter([stays]))
    await pour_tally(connection, roster.tally)


async def _pour_records(
    connection: asyncpg.Connection, land: Land, casting: Casting, count: int, shares: Sequence[int]
) -> None:
    drawn, columns = random.Random(4), {s.table: s.columns for m in casting.moulds for s in m.sheets}
    is_item = "rectification" in columns
    for start in range(0, count, _CHUNK):
        written: dict[str, list[str]] = {table: [] for table in columns}
        for number in range(start, min(start + _CHUNK, count)):
            which = drawn.choices(range(len(shares)), shares)[0]
            village = land.villages[number % len(land.villages)]
            key, mould, fills = casting.cast(which, _days(drawn, casting.moulds[which]), village.fills())
            for sheet in mould.sheets:
                written[sheet.table].append(lines(sheet, fills))
            if is_item and which == READY:
                land.ready.append((key, mould.version, village))
            elif is_item:
                land.items.append((key, village))
        for table, texts in written.items():
            await pour(connection, table, columns[table], iter(texts))
    await pour_tally(connection, casting.tally)


def _days(drawn: random.Random, mould: Mould) -> int:
    return drawn.randrange(_CLOSED_DAYS if mould.step is None else _OPEN_DAYS)
