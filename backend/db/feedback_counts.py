"""How many cards there are and how they were rated: always of the cards within somebody's sight, never of kept counts.

A kept total less a list would tell people of cards about themselves.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from backend.db.feedback import FeedbackCard, Sight, seen
from backend.db.organization import Organization, below


def counted_cards(sight: Sight, path: str, first: date, last: date, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """How many cards came from `first` to `last`, at and below `path`, by `columns`; merged ones count with their main
    card."""
    return (
        sa.select(*columns, sa.func.count().label("count"))
        .select_from(FeedbackCard)
        .join(Organization, col(Organization.id) == col(FeedbackCard.organization_id))
        .where(
            seen(sight),
            below(path),
            col(FeedbackCard.received_on).between(first, last),
            col(FeedbackCard.merged_into_id).is_(None),
        )
        .group_by(*columns)
    )


def satisfaction_counts(sight: Sight, path: str, first: date, last: date) -> sa.Select[int | None, int]:
    """How often each grade (1 to 5) was given to the answers rated from `first` to `last`; null: nobody rated."""
    return (
        sa.select(col(FeedbackCard.grade), sa.func.count().label("count"))
        .select_from(FeedbackCard)
        .join(Organization, col(Organization.id) == col(FeedbackCard.organization_id))
        .where(seen(sight), below(path), col(FeedbackCard.rated_on).between(first, last))
        .group_by(col(FeedbackCard.grade))
    )
