"""Which columns hold ciphertexts, said once at the column, and their rows in batches for whoever changes the keys.

A column is marked by `Field(sa_column_kwargs=encrypted(...))`; everything that has to do with every encrypted column
(change of keys, the data map, the house tests) reads the marks, so that a new column joins by being marked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from backend.db.base import Session
from backend.db.row_security import KEEPER, open_vault

_MARK = "encrypted"


def encrypted(place: str, *, hashed: str | None = None) -> dict[str, Any]:
    """Mark a column of ciphertexts bound to `place` and the row's primary key; `hashed` is the column of its hashes."""
    return {"info": {_MARK: {"place": place, "hashed": hashed}}}


def encrypted_within(row: str, **places: str) -> dict[str, Any]:
    """Mark a column of JSON objects in which the members `places` are ciphertexts in base64, bound to their place and
    to the id in column `row`."""
    return {"info": {_MARK: {"row": row, "within": places}}}


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A marked column.  `within`: places by the members of a JSON object, empty for a plain column of bytes."""

    column: sa.Column[Any]
    place: str
    row: sa.Column[Any]
    hashed: sa.Column[Any] | None
    within: dict[str, str]

    @property
    def table(self) -> sa.Table:
        found = self.column.table
        assert isinstance(found, sa.Table)
        return found

    @property
    def key(self) -> tuple[sa.Column[Any], ...]:
        return tuple(self.table.primary_key.columns)

    def __str__(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def encrypted_columns(metadata: sa.MetaData = SQLModel.metadata) -> Iterator[EncryptedColumn]:
    """Every marked column of every table, in the order of their names."""
    for _, table in sorted(metadata.tables.items()):
        for column in table.columns:
            if (mark := column.info.get(_MARK)) is None:
                continue
            if "within" in mark:
                yield EncryptedColumn(column, "", table.c[mark["row"]], None, dict(mark["within"]))
            else:
                (row,) = table.primary_key.columns
                hashed = table.c[mark["hashed"]] if mark["hashed"] else None
                yield EncryptedColumn(column, mark["place"], row, hashed, {})


async def rows_after(session: Session, of: EncryptedColumn, after: Sequence[Any] | None, limit: int) -> list[Any]:
    """The next rows that have something in the column, after the primary key `after`, locked until the transaction
    ends; each is its key, the id that it is bound to, and what it holds."""
    await open_vault(session, KEEPER)
    question = (
        sa.select(*of.key, of.row.label("_row"), of.column.label("_held"))
        .where(of.column.is_not(None))
        .order_by(*of.key)
        .limit(limit)
        .with_for_update()
    )
    if after is not None:
        question = question.where(sa.tuple_(*of.key) > sa.tuple_(*after))
    return list(await session.execute(question))


async def put_ciphertexts(
    session: Session, of: EncryptedColumn, rows: Sequence[tuple[Sequence[Any], Any, bytes | None]]
) -> None:
    """Write what the rows with these keys hold from now on, and the hash beside it.  No version rises: nothing that
    anybody could see has changed."""
    if not rows:
        return
    given = [
        {f"key_{place}": part for place, part in enumerate(key)} | {"held": held, "hash": hashed}
        for key, held, hashed in rows
    ]
    values: dict[str, Any] = {of.column.name: sa.bindparam("held", type_=of.column.type)}
    if of.hashed is not None:
        values[of.hashed.name] = sa.bindparam("hash", type_=of.hashed.type)
    same = (part == sa.bindparam(f"key_{place}", type_=part.type) for place, part in enumerate(of.key))
    await open_vault(session, KEEPER)
    connection = await session.connection()
    await connection.execute(sa.update(of.table).where(*same).values(values), given)


async def count_under_others(session: Session, of: EncryptedColumn, head: bytes) -> int:
    """How many rows of a plain column begin otherwise than what is encrypted now."""
    await open_vault(session, KEEPER)
    begins = sa.func.substr(of.column, 1, len(head))
    question = sa.select(sa.func.count()).select_from(of.table).where(of.column.is_not(None), begins != head)
    found: int = (await session.execute(question)).scalar_one()
    return found


async def older_transactions(session: Session, seconds: float) -> int:
    """How many other transactions of this database run that began more than `seconds` ago."""
    age: sa.ColumnElement[float] = sa.literal_column("extract(epoch FROM clock_timestamp() - xact_start)")
    question = (
        sa.select(sa.func.count())
        .select_from(sa.table("pg_stat_activity"))
        .where(
            sa.literal_column("datname") == sa.func.current_database(),
            sa.literal_column("pid") != sa.func.pg_backend_pid(),
            sa.literal_column("backend_type") == "client backend",
            sa.literal_column("xact_start").is_not(None),
            age > seconds,
        )
    )
    found: int = (await session.execute(question)).scalar_one()
    return found


def row_id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
