"""A log of its own with sealed events, and every way to tamper with it that a superuser has."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.audit import AuditSeal, last_seal
from backend.db.base import new_id
from backend.db.engine import Database, open_database
from backend.db.event import Event, insert_events
from backend.db.roles import Addresses
from backend.domain.access import Moment
from backend.domain.audit import seal
from backend.domain.audit.statement import Note, note_of
from backend.domain.audit.verify import Checked, verify_log
from backend.domain.signing import SigningKey, load_or_create_key
from tests.rosters import fresh_database

BEGAN = datetime(2026, 11, 1, 1, 2, 3, 456789, tzinfo=UTC)


def row(number: int = 0, **columns: Any) -> dict[str, Any]:
    """An event with something in every column that it brings."""
    at = BEGAN + timedelta(seconds=number)
    return {
        "id": new_id(),
        "created_at": at,
        "kind": "member.changed",
        "county_id": new_id(),
        "organization_id": new_id(),
        "subject_kind": "member",
        "subject_id": new_id(),
        "actor_id": new_id(),
        "actor_name": f"陶明{number}",
        "on_behalf_of_id": new_id(),
        "on_behalf_of_name": "甄红",
        "origin": "198.51.100.7",
        "reason": "核对档案",
        "at": at,
        "data": {"phone": {"old": None, "new": "199****0001"}, "share": 1.0, "number": number},
        "request_id": new_id().hex,
        **columns,
    }


@dataclass
class Log:
    """Sealed in batches of `batch`; `ids` are all events in their order, the last ones not sealed."""

    addresses: Addresses
    owner: Database
    database: Database
    key: SigningKey
    batch: int
    ids: list[UUID] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    async def write(self, *transactions: Sequence[dict[str, Any]]) -> None:
        for rows in transactions:
            async with self.database.transaction() as session:
                await insert_events(session, rows)
            self.ids += [one["id"] for one in rows]

    async def seal(self, key: SigningKey | None = None) -> int:
        """Seal all that can be sealed, and note every head; returns how many events that were."""
        sealed = 0
        while True:
            async with self.database.transaction() as session:
                part = await seal.seal_events(session, Moment(BEGAN), key=key or self.key, batch=self.batch)
                newest = await last_seal(session)
            if not part:
                return sealed
            sealed += part
            assert newest is not None
            self.notes.append(note_of(newest))

    @property
    def sealed(self) -> int:
        return self.notes[-1].statement.total

    @asynccontextmanager
    async def tampering(self) -> AsyncIterator[AsyncConnection]:
        """What a superuser does with the guards off; undone at the end."""
        async with self.owner.engine.connect() as connection:
            await guards(connection, "DISABLE")
            yield connection
            await connection.rollback()

    async def check(self, connection: AsyncConnection, **options: Any) -> Checked:
        options.setdefault("keys", [self.key.fingerprint])
        await guards(connection, "ENABLE")
        checked = await verify_log(connection, **options)
        await guards(connection, "DISABLE")
        return checked

    async def found(self, connection: AsyncConnection, **options: Any) -> list[tuple[str, dict[str, Any]]]:
        checked = await self.check(connection, **options)
        return [(one.code.removeprefix("audit_"), dict(one.detail)) for one in checked.findings]


async def guards(connection: AsyncConnection, verb: str) -> None:
    # A trigger cannot be switched while a statement of it is still to be checked.
    for table in ("event", "audit_seal"):
        await connection.execute(sa.text(f"ALTER TABLE {table} {verb} TRIGGER {table}_append_only"))


async def make_log(server: Addresses, folder: Path, events: int = 40, batch: int = 8, tail: int = 3) -> Log:
    addresses = await fresh_database(server)
    log = Log(
        addresses,
        open_database(addresses.owner, pool_size=1),
        open_database(addresses.application, pool_size=4),
        load_or_create_key(folder),
        batch,
    )
    numbers = iter(range(events))
    # Transactions of one, two and three events.
    sizes = [1, 2, 3] * events
    while rows := [row(number) for number in islice(numbers, sizes.pop())]:
        await log.write(rows)
    await log.seal()
    await log.write(*[[row(events + number)] for number in range(tail)])
    return log


async def close(log: Log) -> None:
    await log.owner.close()
    await log.database.close()


async def change(connection: AsyncConnection, table: str, column: str, value: str, where: str) -> None:
    """Set a column to an expression, which the test itself says."""
    await connection.execute(sa.text(f'UPDATE {table} SET "{column}" = {value} WHERE {where}'))  # noqa: S608 - names of our own tables


async def place_of(connection: AsyncConnection, id: UUID) -> tuple[str, int]:
    found = await connection.execute(
        sa.select(sa.cast(col(Event.transaction_id), sa.Text), col(Event.sequence)).where(col(Event.id) == id)
    )
    transaction_id, sequence = found.one()
    return transaction_id, sequence


async def put_at(connection: AsyncConnection, id: UUID, place: tuple[str, int]) -> None:
    """Give an event another place; the number is always the database's own, so the row is written anew."""
    await connection.execute(
        sa.text("CREATE TEMPORARY TABLE moved ON COMMIT DROP AS SELECT * FROM event WHERE id = :id"), {"id": id}
    )
    await connection.execute(sa.text("DELETE FROM event WHERE id = :id"), {"id": id})
    await connection.execute(
        sa.text("UPDATE moved SET transaction_id = CAST(CAST(:transaction_id AS text) AS xid8), sequence = :sequence"),
        {"transaction_id": place[0], "sequence": place[1]},
    )
    await connection.execute(sa.text("INSERT INTO event OVERRIDING SYSTEM VALUE SELECT * FROM moved"))
    await connection.execute(sa.text("DROP TABLE moved"))


async def seals(connection: AsyncConnection) -> Collection[AuditSeal]:
    rows = (await connection.execute(sa.select(AuditSeal.__table__).order_by(AuditSeal.__table__.c.number))).mappings()
    return [AuditSeal(**one) for one in rows]
