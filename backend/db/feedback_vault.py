"""What is kept of senders and sealed reports: encrypted, in tables of their own, and found only by name here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select

from backend.db.base import Session, Table, erasable, timestamp
from backend.db.encrypted import encrypted
from backend.db.feedback import FeedbackCard, Sight
from backend.db.organization import Organization, within
from backend.db.row_security import KEEPER, open_vault, vaulted


class FeedbackContact(Table, table=True):
    """How a sender who wants to be reached can be.  Ciphertexts are bound to the card."""

    __table_args__ = erasable("how to reach a sender is kept no longer than it is needed")

    card_id: UUID = Field(primary_key=True, foreign_key="feedback_card.id")
    name_ciphertext: bytes = Field(sa_column_kwargs=encrypted("feedback_contact.name"))
    phone_ciphertext: bytes = Field(sa_column_kwargs=encrypted("feedback_contact.phone"))


# The migration installs these: one row opens at a time, by the card's name.
VAULTED = (*vaulted("feedback_contact", "card_id"), *vaulted("sealed_report", "card_id"))


class FeedbackPhoto(Table, table=True):
    """A photo of a card: drawn anew without metadata, and kept encrypted in a file named by `id`.

    `content_hash` is keyed; by it the same picture sent twice is one.
    """

    __table_args__ = (sa.UniqueConstraint("card_id", "content_hash"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    card_id: UUID = Field(foreign_key="feedback_card.id")
    place: int
    width: int
    height: int
    size: int
    content_hash: bytes


class SealedReport(Table, table=True):
    """A report of misconduct: everything that was said and by whom, in one ciphertext.

    It is read by discipline officers at or above `organization_id`, which lies above whoever it is about.
    """

    card_id: UUID = Field(primary_key=True, foreign_key="feedback_card.id")
    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    about: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    payload: bytes = Field(sa_column_kwargs=encrypted("sealed_report.payload"))
    sealed_on: date
    handed_over_to: str = Field(default="", max_length=200)
    handed_over_on: date | None = None
    handed_over_by: UUID | None = None
    reading_count: int = 0
    last_read_at: datetime | None = Field(default=None, sa_type=timestamp)


async def contact_of(session: Session, card_id: UUID) -> FeedbackContact | None:
    await open_vault(session, card_id)
    return (await session.exec(select(FeedbackContact).where(FeedbackContact.card_id == card_id))).one_or_none()


async def photos_of(session: Session, card_id: UUID) -> list[FeedbackPhoto]:
    """The photos of a card that the caller may see, in the order in which they came."""
    question = select(FeedbackPhoto).where(FeedbackPhoto.card_id == card_id)
    return list(await session.exec(question.order_by(col(FeedbackPhoto.place))))


async def give_photos(session: Session, old_id: UUID, card_id: UUID) -> None:
    """Have the photos of one card go with another one."""
    question = sa.update(FeedbackPhoto).where(col(FeedbackPhoto.card_id) == old_id).values(card_id=card_id)
    await session.execute(question)


def sealed_within(sight: Sight) -> sa.ColumnElement[bool]:
    """Match the sealed reports that an officer may know of: those placed within reach that are not about them."""
    own = sa.cast(sorted(sight.own), ARRAY(sa.Text))
    return sa.and_(
        within(sight.reach, col(SealedReport.organization_id)),
        sa.not_(col(SealedReport.about).op("&&", is_comparison=True)(own)),
    )


async def sealed_report_in(session: Session, sight: Sight, card_id: UUID) -> tuple[SealedReport, FeedbackCard] | None:
    """The report and its card, held for a change."""
    await open_vault(session, card_id)
    question = (
        select(SealedReport, FeedbackCard)
        .join(FeedbackCard, col(FeedbackCard.id) == col(SealedReport.card_id))
        .where(SealedReport.card_id == card_id, sealed_within(sight))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


def sealed_rows(sight: Sight) -> sa.Select[Any]:
    """The sealed reports that an officer may read, as lists show them: nothing of what was said.

    The vault has to be open, for the one or for all.
    """
    organization = sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name))
    return (
        sa.select(
            col(SealedReport.card_id).label("id"),
            col(FeedbackCard.number),
            organization.label("organization"),
            col(FeedbackCard.channel),
            col(FeedbackCard.status),
            col(FeedbackCard.received_on),
            col(SealedReport.sealed_on),
            sa.func.nullif(col(SealedReport.handed_over_to), "").label("handed_over_to"),
            col(SealedReport.handed_over_on),
            col(SealedReport.reading_count),
            col(FeedbackCard.version),
        )
        .join(FeedbackCard, col(FeedbackCard.id) == col(SealedReport.card_id))
        .join(Organization, col(Organization.id) == col(SealedReport.organization_id))
        .where(sealed_within(sight))
    )


async def forget_contacts(session: Session, card_ids: Sequence[UUID]) -> None:
    """Remove contact details, which a sealed report keeps inside itself."""
    await open_vault(session, KEEPER)
    await session.execute(sa.delete(FeedbackContact).where(col(FeedbackContact.card_id).in_(card_ids)))
