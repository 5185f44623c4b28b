"""What the desk does beside the steps: reading a contact, saying whom a card is about, moving it to another desk."""

from collections.abc import Collection
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard, Urgency, chain_of
from backend.db.feedback_family import root_of
from backend.db.feedback_vault import contact_of
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, NotFound, invalid
from backend.domain.event import changed
from backend.domain.feedback.arrival import note
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.desk import COUNTY, TOWNSHIP, choose_desk
from backend.domain.feedback.effect import rewrite_run
from backend.domain.feedback.meant import units_out, weigh
from backend.domain.feedback.route import accounts_in, chosen_marks, how_many, route_of
from backend.domain.feedback.sight import card_for, desk_card
from backend.domain.feedback.spread import leave_unit, set_marks
from backend.domain.feedback.vault import Contact, Vault, opened_contact
from backend.domain.run import standing_of


async def read_contact(session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, reason: str) -> Contact:
    """How the sender of a card can be reached. That somebody looked, and why, is an event.

    Raises NotFound also for a card whose sender left nothing, Forbidden for others than the desk and who calls back.
    """
    card, _ = await desk_card(session, actor, id, "feedback:contact")
    kept = await contact_of(session, (await root_of(session, card)).id)
    if kept is None:
        raise NotFound("no_contact")
    note(session, card, actor, moment, "feedback.contact_read", reason=reason)
    return opened_contact(vault.cipher, kept)


async def change_card(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    category: str | None = None,
    urgency: Urgency | None = None,
    about_ids: Collection[UUID] = (),
    about_accounts: Collection[UUID] = (),
) -> FeedbackCard:
    """Correct how a card is sorted, and say whom it is about.

    Whom it is about is only ever added to: what somebody must not see is not shown again by a later change; and it is
    said of a card in any state, since it may still be read. A desk or a unit that turns out to be complained about
    loses the card at once. Raises NotFound, Forbidden, Stale, and Conflict where one that is over would be sorted.
    """
    card, _ = await card_for(session, actor, id, "feedback:write", version)
    if card.status in OVER and (category is not None or urgency is not None):
        raise Conflict("card_over")
    if category is not None and category not in CATEGORIES:
        raise invalid("/category", "category_unknown")
    before = {"category": card.category, "urgency": card.urgency.value, "about": how_many(card.about)}
    card.category, card.urgency = category or card.category, urgency or card.urgency
    chosen = await _chosen(session, card, about_ids, about_accounts) if about_ids or about_accounts else frozenset()
    found = await weigh(session, card) if category is not None else set()
    if chosen or found:
        await set_marks(session, actor, moment, card, chosen=chosen, matched=found)
    if category is not None:
        await leave_unit(session, actor, moment, card)
    after = {"category": card.category, "urgency": card.urgency.value, "about": how_many(card.about)}
    await _rewritten(session, moment, card)
    # How many are named, never who: the log is read by more people than the card.
    note(session, card, actor, moment, "feedback.changed", changed(before, after))
    return card


async def _chosen(
    session: Session, card: FeedbackCard, ids: Collection[UUID], accounts: Collection[UUID]
) -> frozenset[str]:
    """The marks of whom the desk has chosen. What is still to be dealt with needs somebody impartial above them."""
    if card.status in OVER:
        return await chosen_marks(session, card.county_id, ids, accounts)
    return (await route_of(session, card.place_id, ids, {*accounts_in(card.about), *accounts})).about


async def move_card(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, desk_id: UUID, reason: str
) -> FeedbackCard:
    """Give a card that is still to be sorted to another desk of the county.

    Raises NotFound, Forbidden, Stale, and Conflict once it is sorted.
    """
    card, _ = await desk_card(session, actor, id, "feedback:act", version)
    if card.status is not CardStatus.received:
        raise Conflict("card_sorted_already")
    desk = await session.get(Organization, desk_id)
    if desk is None or desk.county_id != card.county_id or desk.kind not in TOWNSHIP | COUNTY:
        raise invalid("/desk_id", "desk_not_found")
    # People who are meant may have come to the desk since, and whoever sorts beside them is no judge of them.
    if found := await weigh(session, card):
        await set_marks(session, actor, moment, card, matched=found)
    chain = await chain_of(session, desk.path)
    if choose_desk(chain, await units_out(session, card)) != desk:
        raise invalid("/desk_id", "unit_complained_about", unit=desk.name)
    old = await session.get_one(Organization, card.desk_id)
    card.desk_id = card.organization_id = desk.id
    await _rewritten(session, moment, card)
    data = {"desk": {"old": old.name, "new": desk.name}}
    note(session, card, actor, moment, "feedback.moved", data, reason)
    return card


async def _rewritten(session: Session, moment: Moment, card: FeedbackCard) -> None:
    standing = await standing_of(session, card.id, lock=True)
    card.updated_at = moment.now
    card.version += 1
    await rewrite_run(session, card, standing, moment)
