"""A name in a note that means somebody else: the desk takes back what was only matched, and says why."""

from collections.abc import Collection, Sequence
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_family import family_of, mark_sealed
from backend.db.organization import organizations_by_id
from backend.domain.access import Actor, Moment, mark
from backend.domain.errors import Conflict, invalid
from backend.domain.event import changed
from backend.domain.feedback.arrival import note
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.effect import rewrite_run
from backend.domain.feedback.family import lifted_from
from backend.domain.feedback.kin import kin_of
from backend.domain.feedback.route import accounts_in, how_many, names_of
from backend.domain.feedback.sight import desk_card
from backend.domain.run import standing_of


async def lift_marks(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, ids: Sequence[UUID], reason: str
) -> FeedbackCard:
    """Say that these organisations and accounts, whose names stand in the sender's words, are not meant.

    Only what was matched is lifted, never whom the sender or the desk has chosen, and only while the card is sorted;
    the name is not matched again. It goes from the card's family the way it came, but not where it was set as well.
    Nobody lifts a mark of their own: the card is out of their sight. Raises NotFound, Forbidden, Stale, Conflict once
    the card is sorted, and Invalid for somebody who was not matched.
    """
    card, _ = await desk_card(session, actor, id, "feedback:act", version)
    if card.status is not CardStatus.received:
        raise Conflict("card_sorted_already")
    units = await organizations_by_id(session, ids)
    lifted = [mark(units[one].path) if one in units else str(one) for one in ids]
    for place, one in enumerate(lifted):
        if one not in card.about_matched:
            raise invalid(f"/ids/{place}", "mark_not_matched")
    meant = [one for one in card.about if one not in lifted]
    unsaid = await names_of(session, accounts_in(lifted)) - await names_of(session, accounts_in(meant))
    gone = {*lifted, *unsaid}
    family = await family_of(session, card.id)
    goes = lifted_from(card.id, gone, kin_of(family))
    card.about_own = [one for one in card.about_own if one not in gone]
    card.about_lifted = sorted({*card.about_lifted, *lifted})
    for kin in family:
        if kin is card or kin.id in goes:
            before = {"about": how_many(kin.about)}
            await _without(session, moment, kin, goes.get(kin.id, frozenset()))
            told = changed(before, {"about": how_many(kin.about)})
            note(session, kin, actor, moment, "feedback.mark_lifted", told, reason)
    return card


async def _without(session: Session, moment: Moment, card: FeedbackCard, gone: Collection[str]) -> None:
    card.about = [one for one in card.about if one not in gone]
    card.about_matched = [one for one in card.about_matched if one not in gone]
    card.about_lifted = sorted({*card.about_lifted, *(one for one in gone if one[:1] != "=")})
    card.updated_at = moment.now
    card.version += 1
    if card.sealed_at is not None:
        await mark_sealed(session, card.id, card.about)
    elif card.status not in OVER:
        await rewrite_run(session, card, await standing_of(session, card.id, lock=True), moment)
