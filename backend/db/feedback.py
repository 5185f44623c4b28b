"""Feedback cards: what people say, who it is about, where it stands; and the one question that all staff ask by.

Nothing here tells who sent a card: contact details lie apart (`feedback_vault`), every moment of a sender is kept as
the day only, and the ids are random, because an id made of the time would tell it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped
from sqlmodel import Field, col, select

from backend.db.base import Session, Versioned, choice, timestamp
from backend.db.held import found_with_organization
from backend.db.organization import Organization, Reach, within
from backend.db.procedure import ProcedureAct, ProcedureRun


class Voice(StrEnum):
    """Who speaks: the four sides that judge the work."""

    masses = "masses"
    leaders = "leaders"
    organisations = "organisations"
    departments = "departments"


class CardWish(StrEnum):
    answer = "answer"
    action = "action"
    praise = "praise"
    complaint = "complaint"
    misconduct = "misconduct"


class Anonymity(StrEnum):
    anonymous = "anonymous"
    contact = "contact"


class Urgency(StrEnum):
    normal = "normal"
    urgent = "urgent"


class CardKind(StrEnum):
    """How much work an answer is; the limit of handling follows from it."""

    answer = "answer"
    request = "request"
    complex = "complex"


class CardStatus(StrEnum):
    received = "received"
    accepted = "accepted"
    processing = "processing"
    replying = "replying"
    replied = "replied"
    under_review = "under_review"
    closed = "closed"
    not_accepted = "not_accepted"
    transferred = "transferred"
    merged = "merged"
    withdrawn = "withdrawn"
    sealed = "sealed"
    handed_over = "handed_over"


class FeedbackCard(Versioned, table=True):
    """One thing that somebody said.

    `place_id` is where it comes from or is about, `desk_id` whose staff sort it, `organization_id` whose it is now: the
    desk's, and from acceptance on the handling unit's. `about` are the marks (`@segment`) of organisations, the ids of
    accounts and the names (`=name`) of people that are complained about; `about_matched` those among them that were
    only found by name in the sender's words, `about_lifted` those that the desk has said are not meant, `about_own`
    those that were set on this card itself: all others came from its family (`domain.feedback.family`). `of_conduct`:
    it speaks, or once spoke, of how somebody behaved. `noted`: its sender wrote whom it is about; a part has no
    `about_note` of its own, which is read from its whole. `content` and `about_note` never change; a trigger lets them
    only be emptied when the card is sealed. `grade` is 1 (worst) to 5;
    `rated_on` without a grade means that nobody rated in time.
    The hashes are keyed: of the sender's submission, of its body, of the code and PIN, and of the text alone.
    """

    __table_args__ = (
        sa.UniqueConstraint("county_id", "number"),
        sa.UniqueConstraint("submission_hash"),
        sa.UniqueConstraint("code_hash"),
        sa.UniqueConstraint("batch_id", "printed_number"),
        sa.Index("ix_feedback_card_organization", "organization_id", sa.desc("received_on"), sa.desc("id")),
        sa.Index("ix_feedback_card_desk", "desk_id", sa.desc("received_on"), sa.desc("id")),
        sa.Index("ix_feedback_card_received", sa.desc("received_on"), sa.desc("id")),
        sa.Index("ix_feedback_card_place", "place_id", "category", "received_on"),
        sa.Index("ix_feedback_card_text", "text_hash", "received_on"),
        sa.Index("ix_feedback_card_merged", "merged_into_id", postgresql_where=sa.text("merged_into_id IS NOT NULL")),
        sa.Index("ix_feedback_card_split", "split_from_id", postgresql_where=sa.text("split_from_id IS NOT NULL")),
        sa.Index("ix_feedback_card_grams", "grams", postgresql_using="gin"),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        sa.CheckConstraint("opinion BETWEEN 1 AND 5", name="opinion"),
        sa.CheckConstraint("sealed_at IS NULL OR (content = '' AND about_note = '')", name="sealed_is_empty"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    desk_id: UUID = Field(foreign_key="organization.id")
    place_id: UUID = Field(foreign_key="organization.id")
    number: str = Field(max_length=32)
    channel: str = Field(max_length=32)
    voice: Voice = Field(default=Voice.masses, sa_type=choice(Voice))
    wish: CardWish = Field(sa_type=choice(CardWish))
    category: str = Field(max_length=32)
    content: str = ""
    about_note: str = Field(default="", max_length=500)
    location_text: str = Field(default="", max_length=200)
    grams: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    anonymity: Anonymity = Field(sa_type=choice(Anonymity))
    about: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    about_matched: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    about_lifted: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    about_own: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    of_conduct: bool = False
    noted: bool = False
    urgency: Urgency = Field(default=Urgency.normal, sa_type=choice(Urgency))
    kind: CardKind | None = Field(default=None, sa_type=choice(CardKind))
    handling_unit_id: UUID | None = Field(default=None, foreign_key="organization.id")
    status: CardStatus = Field(default=CardStatus.received, sa_type=choice(CardStatus))
    opinion: int | None = Field(default=None, sa_type=sa.SmallInteger)
    grade: int | None = Field(default=None, sa_type=sa.SmallInteger)
    reopened: int = 0
    merged_into_id: UUID | None = Field(default=None, foreign_key="feedback_card.id")
    split_from_id: UUID | None = Field(default=None, foreign_key="feedback_card.id")
    rectification_id: UUID | None = None
    batch_id: UUID | None = Field(default=None, foreign_key="feedback_batch.id")
    printed_number: str | None = Field(default=None, max_length=32)
    box_opening_id: UUID | None = Field(default=None, foreign_key="box_opening.id")
    received_on: date
    answer_due_on: date | None = None
    answered_on: date | None = None
    rated_on: date | None = None
    closed_on: date | None = None
    sealed_at: datetime | None = Field(default=None, sa_type=timestamp)
    public_reply: str = ""
    published: bool = False
    submission_hash: bytes | None = None
    body_hash: bytes | None = None
    text_hash: bytes | None = None
    code_hash: bytes | None = None
    pin_hash: bytes | None = None
    wrong_pins: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=timestamp)


# What people said stays as they said it; sealing empties it here, because it is kept encrypted from then on.
CONTENT_IS_KEPT = (
    """
    CREATE FUNCTION feedback_card_content_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.content <> OLD.content OR NEW.about_note <> OLD.about_note)
            AND NOT (NEW.content = '' AND NEW.about_note = '' AND NEW.sealed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'what people said is never changed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER feedback_card_content_is_kept BEFORE UPDATE ON feedback_card
    FOR EACH ROW EXECUTE FUNCTION feedback_card_content_is_kept()
    """,
)


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees, and what they go by where people are barred; `domain.feedback.sight` makes one."""

    reach: Reach
    own: frozenset[str]


def seen(sight: Sight) -> sa.ColumnElement[bool]:
    """Match the cards that somebody may know of: within reach, not sealed, and not about them or above them.

    Whatever staff read of cards goes through this: lists, single cards, photos, search and counts alike.
    """
    card = FeedbackCard
    return sa.and_(
        sa.or_(within(sight.reach, col(card.organization_id)), within(sight.reach, col(card.desk_id))),
        about_others(sight, col(card.about)),
        col(card.sealed_at).is_(None),
    )


def about_others(sight: Sight, about: Mapped[list[str]]) -> sa.ColumnElement[bool]:
    """Match the cards whose column `about` names neither somebody nor whoever is above them."""
    own = sa.cast(sorted(sight.own), ARRAY(sa.Text))
    meant: sa.ColumnElement[bool] = about.op("&&", is_comparison=True)(own)
    return sa.not_(meant)


async def card_in(
    session: Session, sight: Sight, id: UUID, *, lock: bool = False
) -> tuple[FeedbackCard, Organization] | None:
    """The card with the organisation that it is with; `lock` keeps every other change away until the end."""
    return await found_with_organization(session, FeedbackCard, id, seen(sight), lock=lock)


async def is_evidence_out_of_sight(session: Session, sight: Sight, county_id: UUID, attachment_id: UUID) -> bool:
    """Whether a file was brought as proof to a card of the county that somebody may not know of."""
    card, run, act = FeedbackCard, ProcedureRun, ProcedureAct
    proof = col(act.evidence).op("@>", is_comparison=True)(sa.cast([{"id": str(attachment_id)}], JSONB))
    question = sa.exists().where(
        col(act.run_id) == col(run.id),
        col(run.subject_id) == col(card.id),
        col(card.county_id) == county_id,
        proof,
        sa.not_(seen(sight)),
    )
    return bool((await session.execute(sa.select(question))).scalar_one())


async def cards_in(session: Session, sight: Sight, *which: sa.ColumnElement[bool]) -> list[FeedbackCard]:
    """The cards within sight that match, by number."""
    question = select(FeedbackCard).where(seen(sight), *which).order_by(col(FeedbackCard.number))
    return list(await session.exec(question))


def card_number(sight: Sight, card_id: Any) -> sa.ScalarSelect[str]:
    """The number of the card that a column of an outer query points at; null where it is out of sight."""
    return sa.select(col(FeedbackCard.number)).where(col(FeedbackCard.id) == card_id, seen(sight)).scalar_subquery()


async def chain_of(session: Session, path: str) -> list[Organization]:
    """The organisation at `path` and all above it, the nearest first."""
    parts = path.rstrip("/").split("/")
    prefixes = ["/".join(parts[:length]) + "/" for length in range(1, len(parts) + 1)]
    question = select(Organization).where(col(Organization.path).in_(prefixes))
    return sorted(await session.exec(question), key=lambda found: -len(found.path))


async def organizations_marked(session: Session, county_id: UUID, segments: Sequence[str]) -> list[Organization]:
    """The organisations of a county whose own path segments these are."""
    own = sa.func.split_part(sa.func.rtrim(col(Organization.path), "/"), "/", -1)
    question = select(Organization).where(Organization.county_id == county_id, own.in_(segments))
    return list(await session.exec(question.order_by(col(Organization.path))))
