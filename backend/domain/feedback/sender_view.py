"""A card as its sender sees it with code and PIN: days, the answer, and what may be done. No name of any staff."""

from dataclasses import dataclass
from datetime import date

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_receipt import parts_of
from backend.db.feedback_vault import photos_of
from backend.domain.calendar import day_of
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.entered import is_entered_by_handler
from backend.domain.feedback.merged import answer_to_rate
from backend.domain.feedback.photo import MOST_PHOTOS
from backend.domain.run import standing_of
from backend.domain.scene import Title


@dataclass(frozen=True, slots=True)
class SenderStep:
    """A step that has begun; `on` is the day when it was finished, or nothing while it is open."""

    title: Title
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderView:
    """`reply` is the answer to read: of the card that this one was merged into, when it was."""

    card: FeedbackCard
    reply: str | None
    replied_on: date | None
    steps: list[SenderStep]
    can_rate: bool
    can_withdraw: bool
    photos: int
    can_add_photos: bool
    parts: list["SenderView"]


async def view_for_sender(session: Session, card: FeedbackCard) -> SenderView:
    """What the sender of an opened card is told."""
    main = await session.get(FeedbackCard, card.merged_into_id) if card.merged_into_id else None
    # The reply of a card that was sealed meanwhile is no longer anybody's.
    told = main if main is not None and main.sealed_at is None else card
    photos = len(await photos_of(session, card.id))
    is_open = card.status not in OVER
    return SenderView(
        card=card,
        reply=told.public_reply or None,
        replied_on=told.answered_on if told.public_reply else None,
        steps=await _steps(session, card),
        can_rate=await _can_rate(session, card),
        can_withdraw=is_open and card.status not in (CardStatus.replied, CardStatus.under_review),
        photos=photos,
        can_add_photos=photos < MOST_PHOTOS and (is_open or card.status is CardStatus.sealed),
        parts=[await view_for_sender(session, part) for part in await parts_of(session, card.id)],
    )


async def _can_rate(session: Session, card: FeedbackCard) -> bool:
    if card.status is CardStatus.merged:
        return await answer_to_rate(session, card) is not None
    return card.status is CardStatus.replied and not await is_entered_by_handler(session, card)


async def _steps(session: Session, card: FeedbackCard) -> list[SenderStep]:
    if card.sealed_at is not None:
        return []
    standing = await standing_of(session, card.id)
    found = []
    for state in standing.here.steps:
        if state.state in ("open", "done"):
            closed = day_of(state.closed_at) if state.closed_at else None
            found.append(SenderStep(standing.procedure.step(state.key).title, closed))
    return found
