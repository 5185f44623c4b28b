"""Many rows at once: COPY, in the transaction of the session."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import asyncpg
import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from backend.db.base import Session


async def copy_rows(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write `rows` (column -> value, all with the same columns) with COPY: some ten times as fast as INSERT.

    Columns that are left out take the defaults of the database, never those of the model.  Raises DBAPIError with
    the SQLSTATE of the driver, as any other statement would.
    """
    if not rows:
        return
    await session.flush()
    columns = list(rows[0])
    described: sa.Table = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    documents = {name for name in columns if isinstance(described.c[name].type, sa.JSON)}
    # The common case is one pass in C; rows with documents are copied once more for their text.
    fields = itemgetter(*columns) if len(columns) > 1 else lambda row: (row[columns[0]],)
    records = map(fields, map(partial(_documents_as_text, documents), rows) if documents else rows)
    connection = await session.connection()
    # The driver's transaction starts with the first statement; COPY goes past the layer that would start it.
    await connection.execute(sa.select(1))
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    try:
        await driver.copy_records_to_table(described.name, columns=columns, records=records)
    except asyncpg.PostgresError as error:
        raise DBAPIError("COPY", None, error) from error


def _documents_as_text(documents: Iterable[str], row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: orjson.dumps(row[name]).decode() for name in documents if row[name] is not None}
    return {**row, **texts}
