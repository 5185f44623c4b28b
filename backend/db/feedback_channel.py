"""The doors by which feedback comes: printed batches with their tokens, the box and its openings, the hotline."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.account import Account
from backend.db.base import Row, Session, Table, choice, timestamp
from backend.db.client import Client
from backend.db.feedback import FeedbackCard
from backend.db.organization import Organization, OrganizationStatus, Reach, under


class BatchKind(StrEnum):
    poster = "poster"
    opinion_card = "opinion_card"
    satisfaction_card = "satisfaction_card"


class CallDirection(StrEnum):
    came_in = "came_in"
    call_back = "call_back"


class OpeningState(StrEnum):
    """Whether the second opener has confirmed an opening; `typed`: from before they were asked, only their name."""

    waiting = "waiting"
    confirmed = "confirmed"
    objected = "objected"
    typed = "typed"


class FeedbackBatch(Row, table=True):
    """Posters or cards printed for a place.  `token` is what their QR code holds: random, and no id."""

    __table_args__ = (
        sa.UniqueConstraint("county_id", "number"),
        sa.UniqueConstraint("token"),
        sa.Index("ix_feedback_batch_organization", "organization_id", "created_at", "id"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    number: str = Field(max_length=32)
    kind: BatchKind = Field(sa_type=choice(BatchKind))
    window: str = Field(default="", max_length=100)
    count: int
    token: str = Field(max_length=32)
    made_by: UUID
    made_by_name: str = Field(max_length=100)


class BoxOpening(Row, table=True):
    """One opening of a suggestion box by two people: whether its seal was whole, and how many slips were in it.

    Whoever records it is the first opener; the second one, `opener_b_id`, confirms it or objects to it.
    """

    __table_args__ = (
        sa.Index("ix_box_opening_organization", "organization_id", "opened_at", "id"),
        sa.Index("ix_box_opening_waiting", "opener_b_id", postgresql_where=sa.text("state = 'waiting'")),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    number: str = Field(max_length=32)
    box_no: str = Field(max_length=32)
    location: str = Field(max_length=200)
    seal_no: str = Field(max_length=64)
    seal_whole: bool
    new_seal_no: str = Field(max_length=64)
    opener_a: str = Field(max_length=50)
    opener_b: str = Field(max_length=50)
    opener_b_id: UUID | None = Field(default=None, foreign_key="account.id")
    state: OpeningState = Field(default=OpeningState.waiting, sa_type=choice(OpeningState))
    answered_at: datetime | None = Field(default=None, sa_type=timestamp)
    objection: str = Field(default="", max_length=1000)
    opened_at: datetime = Field(sa_type=timestamp)
    slips: int
    remark: str = Field(default="", max_length=1000)
    recorded_by: UUID
    recorded_by_name: str = Field(max_length=100)


class HotlineCall(Table, table=True):
    """A call that brought a card, or that asked its sender back.

    Of an anonymous caller only the day of the call is kept, as its first moment, and how long it was. Who took it is
    an account, or the program of a hotline.
    """

    __table_args__ = (sa.Index("ix_hotline_call_card", "card_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    card_id: UUID = Field(foreign_key="feedback_card.id")
    direction: CallDirection = Field(sa_type=choice(CallDirection))
    started_at: datetime = Field(sa_type=timestamp)
    seconds: int
    reached: bool
    note: str = Field(default="", max_length=1000)
    grade: int | None = Field(default=None, sa_type=sa.SmallInteger)
    operator_id: UUID | None = Field(default=None, foreign_key="account.id")
    operator_client: UUID | None = Field(default=None, foreign_key="client.id")


async def batch_of_token(session: Session, token: str) -> tuple[FeedbackBatch, Organization] | None:
    """The batch and the place that a QR code leads to; anybody may ask."""
    question = (
        select(FeedbackBatch, Organization)
        .join(Organization, col(Organization.id) == col(FeedbackBatch.organization_id))
        .where(FeedbackBatch.token == token, Organization.status == OrganizationStatus.active)
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def batch_in(session: Session, reach: Reach, id: UUID) -> tuple[FeedbackBatch, Organization] | None:
    question = (
        select(FeedbackBatch, Organization)
        .join(Organization, col(Organization.id) == col(FeedbackBatch.organization_id))
        .where(FeedbackBatch.id == id, under(reach))
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def opening_of(session: Session, opener_b_id: UUID, id: UUID) -> BoxOpening | None:
    """The opening that this account is the second opener of, locked."""
    question = select(BoxOpening).where(BoxOpening.id == id, BoxOpening.opener_b_id == opener_b_id)
    return (await session.exec(question.with_for_update())).one_or_none()


async def last_seal(session: Session, organization_id: UUID, box_no: str) -> str | None:
    """The number of the seal that was put on a box when it was opened last; others wait until whoever asks is done.

    An opening that its second opener objected to does not count: it is recorded anew.
    """
    key = f"box opening {organization_id} {box_no}"
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    question = (
        select(BoxOpening.new_seal_no)
        .where(
            BoxOpening.organization_id == organization_id,
            BoxOpening.box_no == box_no,
            BoxOpening.state != OpeningState.objected,
        )
        .order_by(col(BoxOpening.opened_at).desc(), col(BoxOpening.id).desc())
        .limit(1)
    )
    return (await session.exec(question)).one_or_none()


async def entered_from(session: Session, opening_id: UUID) -> int:
    """How many slips of an opening have been entered as cards."""
    question = sa.select(sa.func.count()).where(col(FeedbackCard.box_opening_id) == opening_id)
    return int((await session.execute(question)).scalar_one())


async def calls_of(session: Session, card_id: UUID) -> list[tuple[HotlineCall, str]]:
    """The calls about a card that the caller may see, each with its operator's name."""
    question = (
        select(HotlineCall, sa.func.coalesce(col(Account.name), col(Client.name)))
        .outerjoin(Account, col(Account.id) == col(HotlineCall.operator_id))
        .outerjoin(Client, col(Client.id) == col(HotlineCall.operator_client))
        .where(HotlineCall.card_id == card_id)
        .order_by(col(HotlineCall.started_at))
    )
    return [(call, name) for call, name in await session.exec(question)]


def _organization() -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", col(Organization.id), "name", col(Organization.name)).label("organization")


def batch_rows(reach: Reach) -> sa.Select[Any]:
    """The batches within reach; `returned` is how many of their cards came back.

    A card that is about somebody, or sealed, is not counted: who sees the batch need not see that card.
    """
    returned = (
        sa.select(sa.func.count())
        .where(
            col(FeedbackCard.batch_id) == col(FeedbackBatch.id),
            col(FeedbackCard.sealed_at).is_(None),
            sa.func.cardinality(col(FeedbackCard.about)) == 0,
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            col(FeedbackBatch.id),
            col(FeedbackBatch.number),
            _organization(),
            col(FeedbackBatch.kind),
            sa.func.nullif(col(FeedbackBatch.window), "").label("window"),
            col(FeedbackBatch.count),
            col(FeedbackBatch.token),
            returned.label("returned"),
            col(FeedbackBatch.made_by_name).label("made_by"),
            col(FeedbackBatch.created_at),
        )
        .join(Organization, col(Organization.id) == col(FeedbackBatch.organization_id))
        .where(under(reach))
    )


def _openings() -> sa.Select[Any]:
    return sa.select(
        col(BoxOpening.id),
        col(BoxOpening.number),
        _organization(),
        col(BoxOpening.box_no),
        col(BoxOpening.location),
        col(BoxOpening.seal_no),
        col(BoxOpening.seal_whole),
        col(BoxOpening.new_seal_no),
        col(BoxOpening.opener_a),
        col(BoxOpening.opener_b),
        col(BoxOpening.state),
        col(BoxOpening.answered_at),
        sa.func.nullif(col(BoxOpening.objection), "").label("objection"),
        col(BoxOpening.opened_at),
        col(BoxOpening.slips),
        sa.func.nullif(col(BoxOpening.remark), "").label("remark"),
        col(BoxOpening.recorded_by_name).label("recorded_by"),
        col(BoxOpening.created_at),
    ).join(Organization, col(Organization.id) == col(BoxOpening.organization_id))


def opening_rows(reach: Reach) -> sa.Select[Any]:
    """The openings of boxes within reach."""
    return _openings().where(under(reach))


def openings_of(opener_b_id: UUID) -> sa.Select[Any]:
    """The openings that this account is the second opener of, wherever the box hangs."""
    return _openings().where(col(BoxOpening.opener_b_id) == opener_b_id)
