"""Taking in a card: from its sender, who stays unknown, or by somebody in an office for the one who said it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_channel import CallDirection
from backend.db.feedback_receipt import cards_saying, known_submission
from backend.db.organization import Organization
from backend.domain.access import SYSTEM, Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, Invalid, Refused
from backend.domain.feedback.act import settle_act
from backend.domain.feedback.arrival import arrival, note_sender
from backend.domain.feedback.check import IN_HAND
from backend.domain.feedback.door import door_problems
from backend.domain.feedback.new import NewCard, card_problems
from backend.domain.feedback.route import Route, accusing, route_of
from backend.domain.feedback.store import call_row, store_card
from backend.domain.feedback.tracking import Receipt
from backend.domain.feedback.vault import Vault
from backend.domain.run import Wish

SAME_WORDS = 20
"""When the same words come the twentieth time within an hour, they and all that follow go into their first card."""

_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A card that is in, with what its sender follows it by. `again`: it had come before, and nothing changed."""

    card: FeedbackCard
    receipt: Receipt
    again: bool


async def receive_card(
    session: Session,
    vault: Vault,
    moment: Moment,
    new: NewCard,
    *,
    id: UUID | None = None,
    receipt: Receipt | None = None,
) -> Received:
    """Take in what a sender sends. Nothing about the sender is kept but what the card itself says.

    Sending the same submission again gives the same answer. `id` and `receipt` are for loaders that have to know them
    beforehand. Raises Conflict for another card under its id, and Invalid
    for what cannot be taken in, such as a complaint above which there is nobody in this county.
    """
    return await _taken_in(session, vault, None, moment, new, id, receipt)


async def enter_card(
    session: Session,
    vault: Vault,
    actor: Actor,
    moment: Moment,
    new: NewCard,
    *,
    id: UUID | None = None,
    receipt: Receipt | None = None,
) -> Received:
    """Take in what somebody said on paper, by phone, in person or by letter.

    Raises Forbidden where the actor may not enter cards, and what `receive_card` raises.
    """
    return await _taken_in(session, vault, actor, moment, new, id, receipt)


async def enter_cards(
    session: Session, vault: Vault, actor: Actor, moment: Moment, cards: Sequence[NewCard | Refused]
) -> list[Received | Refused]:
    """Take in a heap of cards, each on its own: one that is refused keeps none of the others out."""
    entered: list[Received | Refused] = []
    for card in cards:
        if isinstance(card, Refused):
            entered.append(card)
            continue
        try:
            async with session.begin_nested():
                entered.append(await enter_card(session, vault, actor, moment, card))
        except Refused as refused:
            entered.append(refused)
    return entered


async def _taken_in(
    session: Session,
    vault: Vault,
    actor: Actor | None,
    moment: Moment,
    new: NewCard,
    id: UUID | None,
    given: Receipt | None,
) -> Received:
    tracking = vault.tracking
    receipt, submission = given or tracking.receipt(new.submission_id), tracking.submission_hash(new.submission_id)
    body = tracking.body_hash(new.body)
    known = await known_submission(session, submission)
    if known is not None:
        if known.body_hash != body:
            raise Conflict("submission_differs")
        return Received(known, receipt, again=True)
    route = await route_of(
        session,
        new.place_id,
        new.about_ids,
        new.about_accounts,
        new.about_note,
        accusing(new.wish, new.category, new.content, new.about_note),
    )
    if actor is not None and not actor.may("feedback:write", route.place.path):
        raise Forbidden("not_yours_to_change")
    problems = card_problems(new, moment.now, by_sender=actor is None)
    problems += await door_problems(session, new, route.place.id)
    if problems:
        raise Invalid("invalid", problems=problems)
    card = await store_card(session, vault, moment, new, route, id)
    card.submission_hash, card.body_hash = submission, body
    card.code_hash = tracking.code_hash(receipt.code)
    card.pin_hash = tracking.pin_hash(receipt.code, receipt.pin)
    if new.call is not None and actor is not None:
        session.add(call_row(card, actor, new.call.started_at, new.call.ended_at, CallDirection.came_in))
    first = await _first_saying_the_same(session, card, moment)
    if first is not None:
        await _merge_by_itself(session, vault, moment, card, route, first)
    kind = "feedback.received" if actor is None else "feedback.entered"
    data = {"number": card.number, "channel": card.channel, "merged": first is not None}
    note_sender(session, card, actor, moment, kind, data)
    return Received(card, receipt, again=False)


async def _first_saying_the_same(session: Session, card: FeedbackCard, moment: Moment) -> FeedbackCard | None:
    """The card into which this one goes, when the same words have come too often for anybody to sort them one by one.

    Which hour a card came in is not known, so that its day stands for it.
    """
    if card.text_hash is None:
        return None
    same = await cards_saying(session, card.text_hash, day_of(moment.now - _AN_HOUR))
    others = [other for other in same if other.id != card.id]
    if len(others) + 1 < SAME_WORDS:
        return None
    # Once all of them are answered, whoever says it now wants an answer of their own.
    return next((other for other in others if other.status in IN_HAND), None)


async def _merge_by_itself(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, route: Route, first: FeedbackCard
) -> None:
    # The same words about the same: it is about whom that is about, and brings nobody new.
    card.about = sorted({*card.about, *first.about})
    desk: Organization = route.desk
    record = {"outcome": "merge", "merged_into_id": str(first.id), "reason": "同样内容多次反映，自动合并办理。"}
    wish = Wish(step="triage", outcome="done", record=record)
    await settle_act(session, vault, SYSTEM, arrival(moment), card, desk, wish)
