"""A case that shows a problem becomes an item of the rectification ledger, with one act, and both stay linked."""

from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.rectification import Rectification, RectificationSource, RectificationStatus, Severity
from backend.domain.access import Actor, Moment
from backend.domain.condition.wording import holds_personal_data
from backend.domain.errors import Conflict, invalid
from backend.domain.feedback.accusing import words_accuse
from backend.domain.feedback.arrival import note
from backend.domain.feedback.repeat import LEDGER_CATEGORIES
from backend.domain.feedback.sight import desk_card
from backend.domain.feedback.subject import may_be_about_somebody
from backend.domain.rectification.category import Category
from backend.domain.rectification.register import NewRectification, register_rectification
from backend.domain.run import standing_of


async def convert_card(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    problem: str,
    severity: Severity,
    category: Category | None = None,
    item_id: UUID | None = None,
) -> FeedbackCard:
    """Register the problem that a card shows, at its desk.

    `item_id` is for loaders that have to know it beforehand. Raises NotFound, Forbidden, Stale, and Conflict when it
    was done before, or when the card is about somebody: an item does not carry whom it is about, so that they would be
    given it, see it and close it. Such a card stays one, and others handle it. Invalid when the `problem`, which more
    people read than the card, has a number in it by which somebody can be reached or known, or accuses somebody.
    """
    card, desk = await desk_card(session, actor, id, "feedback:act", version)
    before = await session.get(Rectification, card.rectification_id) if card.rectification_id else None
    # An item that was withdrawn gives the card back: nobody loses what a sender said by a withdrawal.
    if before is not None and before.status is not RectificationStatus.withdrawn:
        raise Conflict("converted_already")
    if await _is_about_somebody(session, card):
        raise Conflict("card_about_somebody")
    if holds_personal_data(problem):
        raise invalid("/problem", "problem_holds_number")
    if words_accuse(problem):
        raise invalid("/problem", "problem_accuses")
    new = NewRectification(
        organization_id=desk.id,
        source=RectificationSource.feedback,
        problem=problem,
        category=category or LEDGER_CATEGORIES[card.category],
        severity=severity,
        feedback_card_id=card.id,
    )
    item = await register_rectification(session, actor, moment, new, id=item_id)
    card.rectification_id = item.id
    card.updated_at = moment.now
    card.version += 1
    note(session, card, actor, moment, "feedback.converted")
    return card


async def _is_about_somebody(session: Session, card: FeedbackCard) -> bool:
    """Whether it is, or may be for all that the desk has said at sorting."""
    if card.about or not may_be_about_somebody(card):
        return bool(card.about)
    sorted_as = (await standing_of(session, card.id)).here.of("triage").record or {}
    return not sorted_as.get("about_nobody")
