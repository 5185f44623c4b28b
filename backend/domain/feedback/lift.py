"""A name in a note that means somebody else: the desk takes back what was only matched, and says why."""

from collections.abc import Sequence
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.organization import organizations_by_id
from backend.domain.access import Actor, Moment, mark
from backend.domain.errors import Conflict, invalid
from backend.domain.event import changed
from backend.domain.feedback.arrival import note
from backend.domain.feedback.effect import rewrite_run
from backend.domain.feedback.route import accounts_in, how_many, names_of
from backend.domain.feedback.sight import desk_card
from backend.domain.run import standing_of


async def lift_marks(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, ids: Sequence[UUID], reason: str
) -> FeedbackCard:
    """Say that these organisations and accounts, whose names stand in the note, are not meant.

    Only what was matched is lifted, never whom the sender or the desk has chosen, and only while the card is sorted;
    the name is not matched again. Nobody lifts a mark of their own: the card is out of their sight. Raises NotFound,
    Forbidden, Stale, Conflict once the card is sorted, and Invalid for somebody who was not matched.
    """
    card, _ = await desk_card(session, actor, id, "feedback:act", version)
    if card.status is not CardStatus.received:
        raise Conflict("card_sorted_already")
    units = await organizations_by_id(session, ids)
    lifted = [mark(units[one].path) if one in units else str(one) for one in ids]
    for place, one in enumerate(lifted):
        if one not in card.about_matched:
            raise invalid(f"/ids/{place}", "mark_not_matched")
    before = {"about": how_many(card.about)}
    meant = [one for one in card.about if one not in lifted]
    unsaid = await names_of(session, accounts_in(lifted)) - await names_of(session, accounts_in(meant))
    card.about = [one for one in meant if one not in unsaid]
    card.about_matched = [one for one in card.about_matched if one not in lifted]
    card.about_lifted = sorted({*card.about_lifted, *lifted})
    card.updated_at = moment.now
    card.version += 1
    await rewrite_run(session, card, await standing_of(session, card.id, lock=True), moment)
    note(session, card, actor, moment, "feedback.mark_lifted", changed(before, {"about": how_many(card.about)}), reason)
    return card
