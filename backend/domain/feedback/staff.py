"""What the desk does beside the steps: reading a contact, saying whom a card is about, moving it to another desk."""

from collections.abc import Collection
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard, Urgency
from backend.db.feedback_receipt import whole_of
from backend.db.feedback_vault import contact_of
from backend.db.kept_answer import forget_answers
from backend.db.organization import Organization
from backend.db.rectification import rectification_held
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, NotFound, invalid
from backend.domain.event import changed
from backend.domain.feedback.act import settle_act
from backend.domain.feedback.arrival import note
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.desk import COUNTY, TOWNSHIP, is_about
from backend.domain.feedback.effect import rewrite_run
from backend.domain.feedback.route import accounts_in, how_many, marks_of, route_of
from backend.domain.feedback.sight import card_for, desk_card
from backend.domain.feedback.vault import Contact, Vault, opened_contact
from backend.domain.rectification.withdraw_from import keep_from
from backend.domain.run import Wish, standing_of

_ANSWERED = frozenset({CardStatus.replying, CardStatus.replied, CardStatus.under_review})
_STEPS = {CardStatus.accepted: "sign_for", CardStatus.processing: "processing"}


async def read_contact(session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, reason: str) -> Contact:
    """How the sender of a card can be reached. That somebody looked, and why, is an event.

    Raises NotFound also for a card whose sender left nothing, Forbidden for others than the desk and who calls back.
    """
    card, _ = await desk_card(session, actor, id, "feedback:contact")
    kept = await contact_of(session, card.split_from_id or card.id)
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

    Whom it is about is only ever added to: what somebody must not see is not shown again by a later change. A desk or a
    unit that turns out to be complained about loses the card at once. Raises NotFound, Forbidden, Stale and Conflict.
    """
    card, organization = await card_for(session, actor, id, "feedback:write", version)
    if card.status in OVER:
        raise Conflict("card_over")
    if category is not None and category not in CATEGORIES:
        raise invalid("/category", "category_unknown")
    before = {"category": card.category, "urgency": card.urgency.value, "about": how_many(card.about)}
    card.category, card.urgency = category or card.category, urgency or card.urgency
    if about_ids or about_accounts:
        await _mark(session, actor, moment, card, organization, about_ids, about_accounts)
        await _mark_whole(session, actor, moment, card, about_ids, about_accounts)
    after = {"category": card.category, "urgency": card.urgency.value, "about": how_many(card.about)}
    await _rewritten(session, moment, card)
    # How many are named, never who: the log is read by more people than the card.
    note(session, card, actor, moment, "feedback.changed", changed(before, after))
    return card


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
    if is_about(desk.path, card.about):
        raise invalid("/desk_id", "unit_complained_about", unit=desk.name)
    old = await session.get_one(Organization, card.desk_id)
    card.desk_id = card.organization_id = desk.id
    await _rewritten(session, moment, card)
    data = {"desk": {"old": old.name, "new": desk.name}}
    note(session, card, actor, moment, "feedback.moved", data, reason)
    return card


async def _mark(
    session: Session,
    actor: Actor,
    moment: Moment,
    card: FeedbackCard,
    organization: Organization,
    ids: Collection[UUID],
    accounts: Collection[UUID],
) -> None:
    people = {*accounts_in(card.about), *accounts}
    route = await route_of(session, card.place_id, ids, people)
    about = {*card.about, *route.about}
    unit = await session.get(Organization, card.handling_unit_id) if card.handling_unit_id else None
    if unit is not None and is_about(unit.path, about):
        if card.status not in (CardStatus.accepted, CardStatus.processing):
            raise Conflict("unit_answered_already", unit=unit.name)
        wish = Wish(step=_STEPS[card.status], outcome="returned", to="triage", reason="承办单位被反映，收回重新分办。")
        await settle_act(session, None, actor, moment, card, organization, wish)
    card.about, card.printed_number = sorted(about), None
    # What was answered about it before lies with whoever asked, and they may be meant.
    await forget_answers(session, [card.id, *([card.rectification_id] if card.rectification_id else [])])
    if card.rectification_id is not None:
        item = await rectification_held(session, card.rectification_id)
        if item is not None:
            await keep_from(session, actor, moment, item, about | await marks_of(session, people))
    desk = await session.get_one(Organization, card.desk_id)
    if len(route.desk.path) < len(desk.path):
        if card.organization_id == card.desk_id:
            card.organization_id = route.desk.id
        card.desk_id = route.desk.id


async def _mark_whole(
    session: Session,
    actor: Actor,
    moment: Moment,
    part: FeedbackCard,
    ids: Collection[UUID],
    accounts: Collection[UUID],
) -> None:
    """Whom a part is about, its whole is about: what the part says stands there, word for word."""
    whole = await whole_of(session, part)
    if whole is None or whole.sealed_at is not None or set(part.about) <= set(whole.about):
        return
    organization = await session.get_one(Organization, whole.organization_id)
    before = how_many(whole.about)
    if whole.status in OVER or whole.status in _ANSWERED:
        # Who answered it has read it; nobody of theirs reads it, or acts on it, from now on.
        whole.about, whole.printed_number = sorted({*whole.about, *part.about}), None
        await forget_answers(session, [whole.id])
    else:
        await _mark(session, actor, moment, whole, organization, ids, accounts)
    await _rewritten(session, moment, whole)
    note(
        session, whole, actor, moment, "feedback.changed", changed({"about": before}, {"about": how_many(whole.about)})
    )


async def _rewritten(session: Session, moment: Moment, card: FeedbackCard) -> None:
    standing = await standing_of(session, card.id, lock=True)
    card.updated_at = moment.now
    card.version += 1
    await rewrite_run(session, card, standing, moment)
