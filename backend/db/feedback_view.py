"""Feedback cards as lists show them, and what they can be narrowed by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.db.feedback import Anonymity, CardStatus, CardWish, FeedbackCard, Sight, Voice, seen
from backend.db.organization import Organization, Reach, below, within
from backend.db.procedure import ProcedureRun, holders, is_overdue, light, step_title
from backend.db.rectification import Rectification

EXCERPT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """`path`: the organisation that cards are with, and all below it."""

    path: str | None = None
    channel: str | None = None
    voice: Voice | None = None
    category: str | None = None
    wish: CardWish | None = None
    status: CardStatus | None = None
    step: str | None = None
    light: str | None = None
    overdue: bool | None = None
    place_id: UUID | None = None
    anonymity: Anonymity | None = None
    received_from: date | None = None
    received_to: date | None = None
    reopened: bool | None = None
    converted: bool | None = None


async def cards_about(reader: AsyncConnection, own: Collection[str], ids: Collection[UUID]) -> set[UUID]:
    """Those of some cards that are about whoever is known by `own`."""
    marks = sa.cast(sorted(own), ARRAY(sa.Text))
    question = sa.select(col(FeedbackCard.id)).where(
        col(FeedbackCard.id).in_(ids), col(FeedbackCard.about).op("&&", is_comparison=True)(marks)
    )
    return set((await reader.execute(question)).scalars())


_PLACE, _DESK = sa.orm.aliased(Organization), sa.orm.aliased(Organization)


def card_rows(
    sight: Sight, items: Reach, now: datetime, real_now: datetime, yellow_days: int, titles: Mapping[str, str]
) -> sa.Select[Any]:
    """The cards within sight; `now` is the county's clock, `real_now` the machine's. Only the day of coming is told.

    `items` is how far the reader sees the ledger: a card whose item is out of sight names none.
    """
    place, desk = _PLACE, _DESK
    item = (
        sa.select(col(Rectification.number))
        .where(
            col(Rectification.id) == col(FeedbackCard.rectification_id),
            within(items, col(Rectification.organization_id)),
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            col(FeedbackCard.id),
            col(FeedbackCard.number),
            _named(Organization).label("organization"),
            _named(place).label("place"),
            _named(desk).label("desk"),
            col(FeedbackCard.channel),
            col(FeedbackCard.voice),
            col(FeedbackCard.wish),
            col(FeedbackCard.category),
            sa.func.left(col(FeedbackCard.content), EXCERPT).label("excerpt"),
            col(FeedbackCard.anonymity),
            col(FeedbackCard.urgency),
            col(FeedbackCard.received_on),
            col(FeedbackCard.status),
            col(ProcedureRun.step),
            step_title(titles).label("step_title"),
            light(now, yellow_days).label("light"),
            col(ProcedureRun.limit_at).label("due_at"),
            holders(real_now).label("holders"),
            col(FeedbackCard.grade),
            col(FeedbackCard.reopened),
            item.label("rectification_number"),
            col(FeedbackCard.version),
        )
        .join(Organization, col(Organization.id) == col(FeedbackCard.organization_id))
        .join(place, col(place.id) == col(FeedbackCard.place_id))
        .join(desk, col(desk.id) == col(FeedbackCard.desk_id))
        .join(ProcedureRun, col(ProcedureRun.subject_id) == col(FeedbackCard.id))
        .where(seen(sight))
    )


def _named(organization: Any) -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", col(organization.id), "name", col(organization.name))


_EQUAL = {
    "channel": FeedbackCard.channel,
    "voice": FeedbackCard.voice,
    "category": FeedbackCard.category,
    "wish": FeedbackCard.wish,
    "status": FeedbackCard.status,
    "step": ProcedureRun.step,
    "place_id": FeedbackCard.place_id,
    "anonymity": FeedbackCard.anonymity,
}


def narrowed(query: sa.Select[Any], asked: CardFilter, now: datetime, yellow_days: int) -> sa.Select[Any]:
    """`card_rows` narrowed by every filter that is given."""
    given = {name: getattr(asked, name) for name in _EQUAL}
    found = [col(_EQUAL[name]) == value for name, value in given.items() if value is not None]
    if asked.path is not None:
        found.append(below(asked.path))
    if asked.light is not None:
        found.append(light(now, yellow_days) == asked.light)
    if asked.overdue is not None:
        found.append(is_overdue(now) if asked.overdue else ~is_overdue(now))
    if asked.received_from is not None:
        found.append(col(FeedbackCard.received_on) >= asked.received_from)
    if asked.received_to is not None:
        found.append(col(FeedbackCard.received_on) <= asked.received_to)
    if asked.reopened is not None:
        found.append((col(FeedbackCard.reopened) > 0) == asked.reopened)
    if asked.converted is not None:
        found.append(col(FeedbackCard.rectification_id).is_not(None) == asked.converted)
    return query.where(*found)


def says(folded: str, grams: Sequence[str]) -> sa.ColumnElement[bool]:
    """Match cards whose number or content holds `folded`; the grams of it are what the index serves."""
    plain = sa.func.lower(sa.func.normalize(col(FeedbackCard.content), sa.literal_column("NFKC")))
    bare = sa.func.regexp_replace(plain, r"[\s·]", "", "g")
    in_content = sa.and_(col(FeedbackCard.grams).contains(list(grams)), sa.func.strpos(bare, folded) > 0)
    return sa.or_(in_content, sa.func.strpos(sa.func.lower(col(FeedbackCard.number)), folded) > 0)
