"""What is kept of when a sender did something: the day.

Neither the hour nor the request's id is stored, by which a proxy's log could be searched for an address; and the ids
of what is stored are random, because the ids of other records begin with the time.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from backend.db.base import Session
from backend.db.feedback import Anonymity, FeedbackCard
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.event import record_about


def arrival(moment: Moment) -> Moment:
    """The moment as far as it may be kept with what a sender does."""
    return Moment(start_of(day_of(moment.now)), None)


def note(
    session: Session,
    card: FeedbackCard,
    actor: Actor,
    moment: Moment,
    kind: str,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Record what staff did with a card. `data` never holds what anybody said or how they are reached."""
    record_about(
        session,
        actor,
        moment,
        kind,
        card,
        data=data,
        reason=reason,
    )


def note_sender(
    session: Session,
    card: FeedbackCard,
    actor: Actor | None,
    moment: Moment,
    kind: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Record what a sender did, or what was entered for one: with the day, and under an id that tells no time."""
    by_office = actor is not None and actor.account_id != card.id
    told = moment if by_office and card.anonymity is Anonymity.contact else arrival(moment)
    event = record_about(
        session,
        actor,
        told,
        kind,
        card,
        data=data,
    )
    event.id, event.created_at = uuid4(), told.now
