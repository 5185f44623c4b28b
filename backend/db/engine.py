"""Connections: one engine that writes in transactions, one that reads in autocommit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker, create_async_engine

from backend.db.base import Session
from backend.db.event_order import keep_order
from backend.db.roles import SETTINGS, TIMEOUTS, Addresses, role_of, settle_rights

MIGRATIONS = Path(__file__).parent / "migrations"

# Any constant will do, as long as no other program on this database server locks the same number.
MIGRATION_LOCK = 0x6775616E


@dataclass(frozen=True, slots=True)
class Database:
    """The two ways to the database.

    `writer` is for verbs: one transaction per request or job.  `reader` is for plain reads: every statement
    is its own snapshot, which spares the BEGIN and ROLLBACK round trips.
    """

    engine: AsyncEngine
    reader_engine: AsyncEngine
    sessions: async_sessionmaker[Session]

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection]:
        async with self.reader_engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with self.sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def async_dsn(dsn: str) -> str:
    """Name the asyncpg driver in a plain PostgreSQL address."""
    for plain in ("postgres://", "postgresql://"):
        if dsn.startswith(plain):
            return "postgresql+asyncpg://" + dsn.removeprefix(plain)
    return dsn


def open_database(dsn: str, *, pgbouncer: bool = False, pool_size: int = 10) -> Database:
    """Make the engines; nothing connects before the first question.

    `pgbouncer` is for a pooler in transaction mode, where a prepared statement does not survive its
    transaction: no statement cache, and names that cannot meet.
    """
    # What a connection says at its start goes before whatever a role was set to, by itself too.
    server_settings = {"timezone": "UTC", "application_name": "guanbiao", **SETTINGS}
    arguments: dict[str, Any] = {}
    if pgbouncer:
        arguments |= {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
        arguments["prepared_statement_name_func"] = lambda: f"__asyncpg_{uuid4()}__"
    else:
        # A generic plan made village pages 50 to 200 times slower; planning costs a fraction of a millisecond.
        server_settings["plan_cache_mode"] = "force_custom_plan"
        arguments["server_settings"] = server_settings
    engine = create_async_engine(
        async_dsn(dsn),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_recycle=1800,
        # An exception's text would otherwise quote the row that was written.
        hide_parameters=True,
        connect_args=arguments,
    )
    return Database(
        engine=engine,
        reader_engine=engine.execution_options(isolation_level="AUTOCOMMIT"),
        sessions=async_sessionmaker(engine, class_=Session, expire_on_commit=False),
    )


@asynccontextmanager
async def opened(dsn: str, *, pgbouncer: bool) -> AsyncIterator[Database]:
    """A database for one job."""
    database = open_database(dsn, pgbouncer=pgbouncer, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def head_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


async def current_revision(connection: AsyncConnection) -> str | None:
    """Return the revision that the database is at, or None before the first migration."""
    return await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())


class NotMigrated(Exception):
    """The database is at another revision than this program needs, and this role may not change that."""


async def migrate(addresses: Addresses) -> None:
    """Bring the database to the newest revision and the application's role to its rights.

    Replicas that start together wait for one another. With the application's address alone, a database that is at the
    newest revision already is left as it is.

    Raises NotMigrated when it is not and the role is not the tables' owner, RoleUnfit when the application's role
    cannot be given its rights.
    """
    # Without a cache of statements this works through a pooler in transaction mode too.
    engine = create_async_engine(
        async_dsn(addresses.owner),
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args={"statement_cache_size": 0, "prepared_statement_cache_size": 0},
    )
    try:
        async with engine.connect() as guard:
            await _take_time(guard)
            await guard.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
            try:
                async with engine.begin() as connection:
                    await _take_time(connection)
                    await _migrate(connection, addresses)
            finally:
                await guard.execute(sa.select(sa.func.pg_advisory_unlock(MIGRATION_LOCK)))
    finally:
        await engine.dispose()


async def _take_time(connection: AsyncConnection) -> None:
    """Let a transaction wait for other replicas, and a table be rewritten, for as long as it takes."""
    for name in TIMEOUTS:
        await connection.execute(sa.text(f"SET LOCAL {name} = 0"))


async def _migrate(connection: AsyncConnection, addresses: Addresses) -> None:
    if not (await connection.execute(sa.text(_MAY_MIGRATE))).scalar_one():
        stands, needed = await current_revision(connection), head_revision()
        if stands != needed:
            raise NotMigrated(
                f"the database is at revision {stands or 'none'} and this program needs {needed}: "
                "run `guanbiao migrate` with GUANBIAO_MIGRATION_URL, the address of the tables' owner"
            )
        return
    await connection.run_sync(_upgrade)
    await keep_order(connection)
    if role_of(addresses.application) != role_of(addresses.owner):
        await settle_rights(connection, addresses.application)


_MAY_MIGRATE = """
    SELECT coalesce(
        (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('public.alembic_version')),
        has_schema_privilege('public', 'CREATE'))
"""


def _upgrade(connection: sa.Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migrate_now(addresses: Addresses) -> None:
    asyncio.run(migrate(addresses))
