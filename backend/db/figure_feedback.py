"""What figures ask of feedback cards: through the one sight that all staff ask by, so that nobody learns from a number
of a card about themselves. No kept count answers here: a total less a list would tell.
"""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard, Sight, about_others, seen
from backend.db.figure import Area, keyed, unit_key
from backend.db.organization import Organization

_CARD = FeedbackCard
_UNANSWERED = (CardStatus.received, CardStatus.accepted, CardStatus.processing, CardStatus.replying)

sa.Index("ix_feedback_card_figure_received", col(_CARD.county_id), col(_CARD.received_on))
sa.Index("ix_feedback_card_figure_answered", col(_CARD.county_id), col(_CARD.answered_on))
sa.Index("ix_feedback_card_figure_rated", col(_CARD.county_id), col(_CARD.rated_on))


def _cards(sight: Sight, area: Area, place: Any, *columns: Any) -> Any:
    """Cards within sight whose `place` lies in the area; merged ones count where they were merged into."""
    return (
        sa.select(*columns)
        .select_from(_CARD)
        .join(Organization, col(Organization.id) == place)
        .where(area.holds(col(_CARD.county_id)), seen(sight), col(_CARD.merged_into_id).is_(None))
    )


def _path(area: Area, split: bool) -> Any:
    """The path that a count is told under: of each organisation's own, or of the whole area."""
    return (col(Organization.path) if split else sa.literal(area.path)).label("place")


class Answered(NamedTuple):
    """How many cards of a place were answered on a day, and how many of them within their own limit."""

    path: str
    received_on: date
    answered_on: date
    cards: int
    within: int


async def answers(
    session: Session, sight: Sight, area: Area, first: date, last: date, *, split: bool
) -> list[Answered]:
    """The cards answered in the period."""
    days = (col(_CARD.received_on), col(_CARD.answered_on))
    in_time = sa.func.count().filter(col(_CARD.answered_on) <= col(_CARD.answer_due_on))
    question = (
        _cards(sight, area, col(_CARD.organization_id), _path(area, split), *days, sa.func.count(), in_time)
        .where(col(_CARD.answered_on).between(first, last))
        .group_by(sa.literal_column("place"), *days)
    )
    return [Answered(*row) for row in await session.execute(question)]


async def unanswered(
    session: Session, sight: Sight, area: Area, today: date, *, split: bool
) -> list[tuple[str, int, int]]:
    """By path: cards that wait for an answer, and how many of them beyond the last day for it."""
    # Days are compared here, not moments: on the last day itself nothing is late.
    late = sa.func.count().filter(col(_CARD.answer_due_on) < today)
    question = (
        _cards(sight, area, col(_CARD.organization_id), _path(area, split), sa.func.count(), late)
        .where(col(_CARD.status).in_(_UNANSWERED), col(_CARD.answered_on).is_(None))
        .group_by(sa.literal_column("place"))
    )
    return [(path, waiting, overdue) for path, waiting, overdue in await session.execute(question)]


async def ratings(
    session: Session, sight: Sight, area: Area, first: date, last: date, *, split: bool
) -> dict[tuple[str, date, int | None], int]:
    """(path, day, grade) -> senders whose latest rating fell into the period; None for those not rated in time."""
    kinds = (col(_CARD.rated_on), col(_CARD.grade))
    question = (
        _cards(sight, area, col(_CARD.organization_id), _path(area, split), *kinds, sa.func.count())
        .where(col(_CARD.rated_on).between(first, last))
        .group_by(sa.literal_column("place"), *kinds)
    )
    found = Counter({(path, day, grade): count for path, day, grade, count in await session.execute(question)})
    return found + await _ratings_by_others(session, sight, area, first, last, split=split)


async def _ratings_by_others(
    session: Session, sight: Sight, area: Area, first: date, last: date, *, split: bool
) -> "Counter[tuple[str, date, int | None]]":
    """The same of senders whose cards were merged: they rate the main card's answer, so it counts where that is with.

    Whom it left dissatisfied has a case of their own again; once they have rated the answer to that, it alone counts.
    """
    merged: Any = sa.orm.aliased(_CARD)
    again: Any = sa.orm.aliased(_CARD)
    kinds = (merged.rated_on, merged.grade)
    anew = sa.exists().where(
        again.split_from_id == merged.id, again.content == merged.content, again.rated_on.is_not(None)
    )
    question = (
        _cards(sight, area, col(_CARD.organization_id), _path(area, split), *kinds, sa.func.count())
        .join(merged, merged.merged_into_id == col(_CARD.id))
        .where(
            merged.rated_on.between(first, last), merged.sealed_at.is_(None), about_others(sight, merged.about), ~anew
        )
        .group_by(sa.literal_column("place"), *kinds)
    )
    return Counter({(path, day, grade): count for path, day, grade, count in await session.execute(question)})


async def by_channel_and_category(
    session: Session, sight: Sight, area: Area, first: date, last: date, *, split: bool
) -> dict[tuple[str, date, str, str], int]:
    """(path, day, channel, category) -> cards received in the period, by the place that they are from."""
    kinds = (col(_CARD.received_on), col(_CARD.channel), col(_CARD.category))
    question = (
        _cards(sight, area, col(_CARD.place_id), _path(area, split), *kinds, sa.func.count())
        .where(col(_CARD.received_on).between(first, last))
        .group_by(sa.literal_column("place"), *kinds)
    )
    return {(path, day, channel, key): n for path, day, channel, key, n in await session.execute(question)}


async def last_received(session: Session, sight: Sight, area: Area, first: date, last: date) -> dict[str, date]:
    """Unit -> the last day in the period on which a card came from it."""
    question = (
        _cards(sight, area, col(_CARD.place_id), unit_key(area.path).label("unit"), sa.func.max(col(_CARD.received_on)))
        .where(col(_CARD.received_on).between(first, last))
        .group_by(sa.literal_column("unit"))
    )
    return await keyed(session, question)


async def last_answers(session: Session, sight: Sight, area: Area, first: date, last: date) -> dict[str, date]:
    """Unit -> the last day in the period on which it answered a card."""
    unit = unit_key(area.path).label("unit")
    question = (
        _cards(sight, area, col(_CARD.organization_id), unit, sa.func.max(col(_CARD.answered_on)))
        .where(col(_CARD.answered_on).between(first, last))
        .group_by(sa.literal_column("unit"))
    )
    return await keyed(session, question)
