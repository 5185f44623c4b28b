"""What partners call the records that their programs have brought: who pushed which under which id."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Json, Row, Session, jsonb, timestamp


class SourceRecord(Row, table=True):
    """A record of ours under the id that a client's `system` gave it; there is one for each.

    `digests`: a keyed hash for every field of what was pushed last, by which a later push is told from the same one.
    Its moments are days and its id is random: a card keeps no more of when it came.
    """

    __table_args__ = (
        sa.UniqueConstraint("client_key", "resource", "system", "source_id"),
        sa.Index("ix_source_record_record", "record_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    client_key: UUID = Field(foreign_key="client.id")
    county_id: UUID
    resource: str = Field(max_length=32)
    system: str = Field(max_length=32)
    source_id: str = Field(max_length=100)
    record_id: UUID
    digests: Json = Field(sa_type=jsonb)
    updated_at: datetime = Field(sa_type=timestamp)


async def hold_source(session: Session, key_hash: bytes) -> None:
    """Wait until nobody else pushes under this key, and keep others waiting until the transaction ends."""
    number = int.from_bytes(key_hash[:8], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.cast(number, sa.BigInteger))))


async def record_of_source(
    session: Session, client_key: UUID, resource: str, system: str, source_id: str
) -> SourceRecord | None:
    question = select(SourceRecord).where(
        SourceRecord.client_key == client_key,
        SourceRecord.resource == resource,
        col(SourceRecord.system) == system,
        col(SourceRecord.source_id) == source_id,
    )
    return (await session.exec(question.execution_options(populate_existing=True))).one_or_none()
