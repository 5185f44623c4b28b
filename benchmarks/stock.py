"""What the contestants are measured on: one county with its villages, people who work there, and a ledger of items."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from backend.api.token import TokenIssuer
from backend.db.account import Account
from backend.db.organization import Organization
from backend.domain.access import mark
from backend.domain.organization import spelling_columns
from benchmarks.cast import Casting, lines, pour
from benchmarks.mould import Mould, item_moulds
from benchmarks.place import Place
from tests.factories import make_account, make_organization

TOWNSHIPS, VILLAGES = 20, 50
STEPS: tuple[str | None, ...] = ("assignment", "sign_for", "plan", "rectifying", "verification", None)
"""Where the items stand; None: closed."""

_READY = STEPS.index("sign_for")
_SHARES = (4, 6, 10, 20, 10, 50)
_DAYS = 300
_CLOSED_DAYS = 40


@dataclass
class Stock:
    """`ready` are items that wait to be signed for, (id, version, clerk), in the order in which they may be used up."""

    path: str
    reader: Account
    clerks: list[Account]
    items: list[str] = field(default_factory=list)
    ready: list[tuple[str, int, int]] = field(default_factory=list)
    loaded: dict[str, int] = field(default_factory=dict)

    def token(self, issuer: TokenIssuer, account: Account) -> str:
        """An access token as signing in gives one; it lives for ten minutes."""
        return issuer.issue(account.id, account.id, account.session_epoch)


async def fill(place: Place, *, items: int, ready: int) -> Stock:
    """Load `items` items in all stages, and `ready` more that wait to be signed for, each by the clerk of its village.

    The items are cast from moulds (mould.py), the tree and the accounts are made as tests make theirs.
    """
    moulds = await item_moulds(place, STEPS)
    villages: list[dict[str, str]] = []
    async with place.app() as app, app.state.database.transaction() as session:
        county = await _organization(session, "标尺县委", "county_committee", None)
        reader = await make_account(session, "supervisor", county, "单向荣")
        clerks = []
        for number in range(TOWNSHIPS):
            township = await _organization(session, f"标尺{number + 1}镇党委", "township_committee", county)
            office = await _organization(session, f"标尺{number + 1}镇党政综合办公室", "office", township)
            await make_account(session, "supervisor", township, "查静宜")
            for place_number in range(VILLAGES):
                village = await _organization(session, f"第{place_number + 1}村", "village", township)
                clerks.append(await make_account(session, "clerk", village, "解小满"))
                villages.append(places_of(county.id, township=township, office=office, village=village))
    stock = Stock(county.path, reader, clerks)
    await _pour_items(place, stock, moulds, villages, items, ready)
    return stock


async def _organization(session: Any, name: str, kind: str, parent: Organization | None) -> Organization:
    spelling = {key: value for key, value in spelling_columns(name).items() if key in ("pinyin", "initials")}
    return await make_organization(session, name, kind, parent, **spelling)


def places_of(county_id: UUID, **organizations: Organization) -> dict[str, str]:
    """What is filled in for the organisations of a mould."""
    found = {"county": str(county_id)}
    for name, organization in organizations.items():
        found |= {name: str(organization.id), f"{name}_mark": mark(organization.path)}
    return found


async def _pour_items(
    place: Place, stock: Stock, moulds: list[Mould], villages: list[dict[str, str]], items: int, ready: int
) -> None:
    drawn, casting = random.Random(2), Casting(moulds)
    written: dict[str, list[str]] = defaultdict(list)
    columns = {sheet.table: sheet.columns for mould in moulds for sheet in mould.sheets}
    for number in range(items + ready):
        is_ready = number >= items
        which = _READY if is_ready else drawn.choices(range(len(STEPS)), _SHARES)[0]
        # What is closed was closed in the course of a year; what is open has not been open for long.
        days = drawn.randrange(_DAYS) if STEPS[which] is None else drawn.randrange(_CLOSED_DAYS)
        village = number % len(villages)
        key, mould, fills = casting.cast(which, 0 if is_ready else days, villages[village])
        for sheet in mould.sheets:
            written[sheet.table].append(lines(sheet, fills))
        if is_ready:
            stock.ready.append((key, mould.version, village))
        else:
            stock.items.append(key)
    connection = await asyncpg.connect(place.addresses.owner)
    for table in columns:
        await pour(connection, table, columns[table], iter(written[table]))
        stock.loaded[table] = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own tables
    await pour_tally(connection, casting.tally)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def pour_tally(connection: asyncpg.Connection, tally: Mapping[tuple[str, str, str], int]) -> None:
    """Write the kept counts, of organisations that had none."""
    records: Iterator[Any] = ((UUID(key), *about, count) for (key, *about), count in tally.items())
    names = ["organization_id", "subject", "status", "count"]
    await connection.copy_records_to_table("organization_tally", columns=names, records=records)


def fill_now(place: Place, *, items: int, ready: int) -> Stock:
    return asyncio.run(fill(place, items=items, ready=ready))
