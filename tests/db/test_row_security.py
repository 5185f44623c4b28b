"""The vault: ways to reach a sender, and sealed reports, open one by one, whatever is asked."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from backend.db.base import Session
from backend.db.row_security import KEEPER, open_vault
from tests.api.feedbacks import Case, about, ok
from tests.api.test_feedback_sealed import reported

TABLES = ("feedback_contact", "sealed_report")
CONTACT = {"name": "陶秀英", "phone": "19900003355"}


@pytest.fixture
async def kept(county: Any) -> dict[str, list[UUID]]:
    """Two rows in each table of the vault; the application may add them without opening it."""
    county.app.state.throttles.clear()
    cases = [await Case.sent(county, contact=CONTACT, content=f"路灯坏了，第{n}盏。") for n in range(2)]
    for n in range(2):
        await reported(county, content=f"经手的账目对不上，第{n}笔。", about=about(county.village))
    listed = ok(await county.client("discipline_officer").get("/sealed-reports")).json()["items"]
    county.app.state.throttles.clear()
    return {"feedback_contact": [UUID(c.id) for c in cases], "sealed_report": [UUID(row["id"]) for row in listed]}


async def keys(session: Session, table: str, among: list[UUID]) -> set[UUID]:
    found = await session.execute(sa.text(f"SELECT card_id FROM {table}"))  # noqa: S608 - one of two names
    return {row[0] for row in found} & set(among)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {0}",
        "SELECT count(*) FROM {0}",
        "UPDATE {0} SET card_id = card_id",
        "DELETE FROM {0}",
        "SELECT 1 FROM feedback_card JOIN {0} ON id = card_id",
    ],
)
async def test_a_closed_vault_refuses_and_hides_nothing_silently(database, kept, table: str, statement: str) -> None:
    assert kept
    # A sealed report is never deleted by the application, opened or not.
    said = "permission denied" if (table, statement[:6]) == ("sealed_report", "DELETE") else "the vault is closed"
    for before in (None, KEEPER):
        if before:
            # What an earlier transaction of the same connection opened is closed again.
            async with database.transaction() as session:
                await open_vault(session, KEEPER)
        with pytest.raises(DBAPIError, match=said):
            async with database.transaction() as session:
                await session.execute(sa.text(statement.format(table)))
    with pytest.raises(DBAPIError, match=said):
        async with database.reader() as reader:
            await reader.execute(sa.text(statement.format(table)))


@pytest.mark.parametrize("table", TABLES)
async def test_whoever_names_one_row_gets_that_one(database, kept, table: str) -> None:
    one, other = kept[table]
    async with database.transaction() as session:
        await open_vault(session, one)
        assert await keys(session, table, kept[table]) == {one}
        await open_vault(session, other)
        assert await keys(session, table, kept[table]) == {other}
        # A name in the WHERE is no name: only what was opened counts.
        changed = f"UPDATE {table} SET card_id = card_id WHERE card_id = :one"  # noqa: S608 - one of two names
        assert (await session.execute(sa.text(changed), {"one": one})).rowcount == 0
        await open_vault(session, KEEPER)
        assert await keys(session, table, kept[table]) == {one, other}


@pytest.mark.parametrize("table", TABLES)
async def test_row_security_cannot_be_switched_off(database, kept, table: str) -> None:
    assert kept
    for statement in (
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"DROP POLICY {table}_select_by_name ON {table}",
    ):
        with pytest.raises(DBAPIError, match="must be owner"):
            async with database.transaction() as session:
                await session.execute(sa.text(statement))
    async with database.transaction() as session:
        await session.execute(sa.text("SET LOCAL row_security = off"))
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(sa.text(f"SELECT * FROM {table}"))  # noqa: S608 - one of two names


async def test_every_vaulted_table_is_locked_for_every_verb(database) -> None:
    async with database.reader() as reader:
        locked = await reader.execute(
            sa.text(
                "SELECT c.relname, array_agg(p.polcmd::text ORDER BY p.polcmd::text) FROM pg_class c"
                " JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relrowsecurity GROUP BY 1"
            )
        )
        assert {name: "".join(verbs) for name, verbs in locked} == dict.fromkeys(TABLES, "adrw")
