"""The sender of a merged card rates the answer, too; dissatisfied, the card becomes a case of its own again.

So it does when the sender of the main card takes that back, and when that is sealed.
"""

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_receipt import merged_with
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict
from backend.domain.feedback.arrival import note, note_sender
from backend.domain.feedback.choice import DISSATISFIED
from backend.domain.feedback.entered import is_entered_by_handler
from backend.domain.feedback.split import Part, part_of
from backend.domain.feedback.vault import Vault

_ANSWERED = frozenset({CardStatus.replied, CardStatus.under_review, CardStatus.closed})


async def answer_to_rate(session: Session, card: FeedbackCard) -> FeedbackCard | None:
    """The card whose answer the sender of a merged one may rate now: once it is answered, and once."""
    if card.merged_into_id is None or card.rated_on is not None:
        return None
    main = await session.get_one(FeedbackCard, card.merged_into_id)
    if main.sealed_at is not None or main.status not in _ANSWERED:
        return None
    return main if not await is_entered_by_handler(session, card, main) else None


async def rate_merged(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, grade: int
) -> FeedbackCard | None:
    """Rate the main card's answer for the sender of this one; returns the case that dissatisfaction makes of it.

    The main case stays as its own sender rates it. Raises Conflict while there is no answer to rate, and afterwards.
    """
    main = await answer_to_rate(session, card)
    if main is None:
        raise Conflict("card_over")
    card.grade, card.rated_on = grade, day_of(moment.now)
    card.version += 1
    return await _case_of_its_own(session, vault, moment, card) if grade in DISSATISFIED else None


async def go_on_without(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, actor: Actor | None = None
) -> FeedbackCard | None:
    """A main card was taken back by its sender, or sealed by `actor`: those who were merged into it go on as one case;
    None where there are none."""
    others = await merged_with(session, card.id)
    if not others:
        return None
    part = await _case_of_its_own(session, vault, moment, others[0], actor)
    for other in others[1:]:
        other.merged_into_id = part.id
        other.version += 1
        if actor is not None:
            note(session, other, actor, moment, "feedback.merged")
            continue
        # A sender brought it about: its place among other events must not tell when.
        note_sender(session, other, None, moment, "feedback.regrouped")
    return part


async def _case_of_its_own(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, actor: Actor | None = None
) -> FeedbackCard:
    """What is about whom its main card was about stays so: it is the same matter."""
    part = await part_of(session, vault, moment, card, Part(card.content, card.category), day_of(moment.now))
    if actor is None:
        note_sender(session, part, None, moment, "feedback.regrouped")
    else:
        note(session, part, actor, moment, "feedback.split")
    return part
