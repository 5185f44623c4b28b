"""Files that prove something: what they are is in the database, their bytes lie under their own hash."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Row, Session
from backend.db.organization import Reach, within


class Attachment(Row, table=True):
    """One upload.  `sha256` (hex) names the stored bytes; two uploads of one file share them."""

    __table_args__ = (sa.Index("ix_attachment_organization", "organization_id", "created_at", "id"),)

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    name: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64, index=True)
    uploaded_by: UUID
    uploaded_by_name: str = Field(max_length=100)


async def attachment_in(session: Session, reach: Reach, id: UUID) -> Attachment | None:
    question = select(Attachment).where(Attachment.id == id, within(reach, col(Attachment.organization_id)))
    return (await session.exec(question)).one_or_none()


async def attachments_in(session: Session, reach: Reach, ids: list[UUID]) -> dict[UUID, Attachment]:
    question = select(Attachment).where(col(Attachment.id).in_(ids), within(reach, col(Attachment.organization_id)))
    return {attachment.id: attachment for attachment in await session.exec(question)}


async def attachments_by_id(session: Session, ids: list[UUID]) -> dict[UUID, Attachment]:
    """For those who already see what the attachments belong to."""
    found = await session.exec(select(Attachment).where(col(Attachment.id).in_(ids)))
    return {attachment.id: attachment for attachment in found}
