"""The application's own role tries everything; what it may not do is refused by PostgreSQL, not by our code."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from backend.db.base import new_id
from backend.db.embedded import APPLICATION
from backend.db.engine import MIGRATION_LOCK, NotMigrated, head_revision, migrate, open_database
from backend.db.guards import guards_altered
from backend.db.roles import (
    SEARCH_PATH,
    SETTINGS,
    Addresses,
    RoleUnfit,
    is_verifier_of,
    role_of,
    verifier,
    wanted_rights,
)
from backend.db.tables import all_tables
from tests.rosters import fresh_database

KEPT = "SELECT relname FROM pg_class c WHERE EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid"
KEPT += " AND t.tgname = c.relname || '_append_only') ORDER BY 1"


def database_of(addresses: Addresses) -> str:
    return addresses.application.rpartition("/")[2].partition("?")[0]


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


async def refused(connection: asyncpg.Connection, statement: str) -> str:
    """What PostgreSQL says to one statement in a transaction of its own; empty when it was done (and is undone)."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as error:
        return f"{error.sqlstate} {error}"
    finally:
        await transaction.rollback()
    return ""


async def append_only_tables(connection: asyncpg.Connection) -> Sequence[str]:
    return [row[0] for row in await connection.fetch(KEPT)]


ATTACKS = (
    "UPDATE {table} SET created_at = now()",
    "UPDATE ONLY {table} SET id = id WHERE false",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "INSERT INTO {table} (id) SELECT id FROM {table} ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "SELECT 1 FROM {table} FOR UPDATE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER {table}_append_only",
    "DROP TRIGGER {table}_append_only ON {table}",
    "CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION {table}_is_append_only CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "ALTER TABLE {table} OWNER TO current_user",
    "ALTER TABLE {table} RENAME TO gone",
    "ALTER TABLE {table} ADD COLUMN mine text",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "DROP TABLE {table} CASCADE",
    "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    "CREATE TABLE public.{table}_copy AS SELECT * FROM {table}",
    "CREATE INDEX ON {table} (id)",
    "GRANT UPDATE ON {table} TO current_user; UPDATE {table} SET id = id",
)
ELSEWHERE = (
    "SET session_replication_role = replica",
    "SET ROLE guanbiao",
    "SET SESSION AUTHORIZATION guanbiao",
    "ALTER ROLE current_user SUPERUSER",
    "CREATE ROLE another",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE event (id uuid)",
    "CREATE TEMPORARY VIEW event AS SELECT 1",
    "CREATE TEMPORARY SEQUENCE event_sequence_seq",
    "INSERT INTO audit_check (created_at) VALUES (now() + interval '1 day')",
    "UPDATE alembic_version SET version_num = '0000'",
    "SELECT setval(pg_get_serial_sequence('event', 'sequence'), 1)",
    "SELECT rolpassword FROM pg_authid",
)


async def test_what_is_append_only_is_so_for_the_application_whatever_it_sends(server: Addresses) -> None:
    async with connected(server.application) as connection:
        tables = await append_only_tables(connection)
        assert {"event", "procedure_act", "decision_text", "rectification_correction"} <= set(tables)
        done = [
            (table, attack)
            for table in tables
            for attack in ATTACKS
            if not (said := await refused(connection, attack.format(table=table))).startswith(("42501", "42P17"))
            or "already exists" in said
        ]
    assert done == []


@pytest.mark.parametrize("attack", ELSEWHERE)
async def test_the_application_does_not_get_round_its_rights(server: Addresses, attack: str) -> None:
    async with connected(server.application) as connection:
        assert (await refused(connection, attack)).startswith("42501")


async def test_nothing_that_the_application_sets_for_itself_changes_what_a_name_means(server: Addresses) -> None:
    addresses = await fresh_database(server)
    async with connected(addresses.application) as connection:
        assert await connection.fetchval("SHOW search_path") == SEARCH_PATH, "the database says it for whoever does not"
        await connection.execute(f"ALTER ROLE {APPLICATION} IN DATABASE {database_of(addresses)} SET search_path = x")
    database = open_database(addresses.application, pool_size=1)
    async with database.reader() as reader:
        assert (await reader.execute(sa.text("SHOW search_path"))).scalar_one() == SEARCH_PATH
        assert (await reader.execute(sa.text("SELECT count(*) FROM event"))).scalar_one() == 0
        assert await guards_altered(reader) == [f"setting search_path of role {APPLICATION}"]
    await database.close()
    await migrate(addresses)
    async with connected(addresses.application) as connection:
        assert await connection.fetchval("SHOW search_path") == SEARCH_PATH, "a migration takes it back"


@pytest.mark.parametrize("pgbouncer", [False, True])
async def test_nothing_of_the_application_waits_for_ever(server: Addresses, pgbouncer: bool) -> None:
    """Through a pooler no connection says anything at its start: the database does."""
    addresses = await fresh_database(server)
    database = open_database(addresses.application, pgbouncer=pgbouncer, pool_size=1)
    for opened in (database.reader, database.transaction):
        async with opened() as session:
            found = {name: (await session.execute(sa.text(f"SHOW {name}"))).scalar_one() for name in SETTINGS}
            assert found == {
                "search_path": SEARCH_PATH,
                "lock_timeout": "30s",
                "statement_timeout": "10min",
                "idle_in_transaction_session_timeout": "5min",
            }
            assert await guards_altered(await session.connection() if opened == database.transaction else session) == []
    await database.close()


async def test_a_migration_waits_for_another_as_long_as_that_takes(server: Addresses) -> None:
    addresses = await fresh_database(server)
    async with connected(addresses.owner) as owner:
        await owner.execute(f"ALTER DATABASE {database_of(addresses)} SET lock_timeout = 1")
    async with connected(addresses.owner) as first:
        await first.fetchval("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        waiting = asyncio.create_task(migrate(addresses))
        while not await first.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert not waiting.done(), waiting.exception()
            await asyncio.sleep(0.01)
        await first.fetchval("SELECT pg_sleep(0.05)")
        assert not waiting.done()
        await first.fetchval("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
        await waiting
    async with connected(addresses.application) as connection:
        assert await connection.fetchval("SHOW lock_timeout") == "30s"


async def test_even_the_owner_is_held_by_the_trigger(server: Addresses) -> None:
    async with connected(server.owner) as connection:
        for table in await append_only_tables(connection):
            for attack in ("UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"):
                assert "never changed or removed" in await refused(connection, attack.format(table)), table


async def test_nobody_chooses_the_place_of_an_event(county, database) -> None:
    row = "INSERT INTO event (id, created_at, kind, subject_kind, subject_id, at, data{more}) {over} VALUES"
    row += " ('{id}', now(), 'x', 'x', '{id}', now(), '{{}}'{value})"
    for more, over, value in (
        (", transaction_id", "", ", '1'"),
        (", sequence", "OVERRIDING SYSTEM VALUE", ", 1"),
    ):
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            async with database.transaction() as session:
                await session.execute(sa.text(row.format(more=more, over=over, value=value, id=new_id())))


async def test_the_application_deletes_only_where_a_table_says_why(server: Addresses) -> None:
    async with connected(server.application) as connection:
        for name, table in all_tables().tables.items():
            said = await refused(connection, f'DELETE FROM "{name}" WHERE false')  # noqa: S608 - our own names
            assert (said == "") == ("erasable" in table.info), name


HELD = """
    SELECT c.relname, array_agg(what) FILTER (WHERE has_table_privilege($1, c.oid, what))
    FROM pg_class c,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) what
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1
"""


async def test_every_right_is_one_that_is_wanted(server: Addresses) -> None:
    async with connected(server.application) as connection:
        kept = set(await append_only_tables(connection))
        for table, held in await connection.fetch(HELD, APPLICATION):
            wanted = wanted_rights(table, append_only=table in kept)
            # A row of the log is brought column by column, where the database fills the others.
            by_column = {"INSERT"} if table in ("event", "audit_check") else set()
            assert set(held or ()) == wanted - by_column, table


async def test_migrate_puts_right_what_an_earlier_hand_gave_and_sends_nothing_twice(server: Addresses) -> None:
    made = await fresh_database(server)
    async with connected(made.owner) as owner:
        await owner.execute(f"GRANT UPDATE, TRUNCATE ON event TO {APPLICATION}; GRANT ALL ON decision TO {APPLICATION}")
        await owner.execute(f"GRANT INSERT (sequence) ON event TO {APPLICATION}")
        await owner.execute(f"REVOKE SELECT ON member FROM {APPLICATION}")  # noqa: S608 - no query of anybody
        await migrate(made)
        acl = "SELECT relname, relacl::text, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        before = sorted(await owner.fetch(acl))
        await migrate(made)
        assert sorted(await owner.fetch(acl)) == before
    async with connected(made.application) as connection:
        for attack in (
            "UPDATE event SET id = id",
            "DELETE FROM decision",
            "INSERT INTO event (sequence) OVERRIDING SYSTEM VALUE VALUES (1)",
        ):
            assert (await refused(connection, attack)).startswith("42501")
        assert await connection.fetchval("SELECT count(*) FROM member") == 0


async def test_the_application_s_address_alone_serves_a_current_database_and_no_other(server: Addresses) -> None:
    made = await fresh_database(server)
    alone = Addresses(made.application, made.application)
    await migrate(alone)
    async with connected(made.owner) as owner:
        await owner.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(NotMigrated, match=f"revision 0001 and this program needs {head_revision()}"):
        await migrate(alone)


async def empty_database(server: Addresses, role: str) -> Addresses:
    """A database without tables, and its addresses with `role` as the application's."""
    name = f"test_{new_id().hex}"
    async with connected(server.owner) as owner:
        await owner.execute(f'CREATE DATABASE "{name}"')
    url = sa.engine.make_url(server.owner).set(database=name)
    application = url.set(username=role, password="it's a p:ss")
    return Addresses(*(one.render_as_string(hide_password=False) for one in (url, application)))


async def test_migrate_makes_a_missing_role_without_ever_sending_its_password(server: Addresses) -> None:
    made = await empty_database(server, f"app_{new_id().hex}")
    await migrate(made)
    async with connected(made.application) as connection:
        assert await connection.fetchval("SELECT count(*) FROM organization") == 0
        assert (await refused(connection, "DELETE FROM event")).startswith("42501")
    async with connected(made.owner) as owner:
        role = role_of(made.application)
        kept = await owner.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", role)
        assert is_verifier_of("it's a p:ss", kept)
        await owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "IN ROLE guanbiao"])
async def test_migrate_refuses_a_role_that_could_undo_the_rules(server: Addresses, power: str) -> None:
    made = await empty_database(server, f"app_{new_id().hex}")
    async with connected(made.owner) as owner:
        await owner.execute(f"CREATE ROLE {role_of(made.application)} LOGIN {power}")
        with pytest.raises(RoleUnfit, match="a role of its own"):
            await migrate(made)
        await owner.execute(f"DROP ROLE {role_of(made.application)}")


def test_an_address_without_a_role_is_refused() -> None:
    with pytest.raises(RoleUnfit):
        role_of("postgresql://server/guanbiao")


@pytest.mark.parametrize("kept", [None, "", "md5abc", "SCRAM-SHA-256$x:y$z", verifier("another")])
def test_no_other_text_is_taken_for_a_verifier(kept: Any) -> None:
    assert not is_verifier_of("secret", kept)
    assert is_verifier_of("secret", verifier("secret"))
