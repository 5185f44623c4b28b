"""What a sender may do with code and PIN: follow the card, rate the answer, withdraw it, add photos."""

import asyncio
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from backend.db.base import Session, utc_now
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_receipt import card_by_code, forget_tries_before, parts_of
from backend.db.feedback_vault import FeedbackPhoto, photos_of
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment, sender_of
from backend.domain.errors import Conflict, NotFound
from backend.domain.feedback.act import settle_act
from backend.domain.feedback.arrival import arrival, note_sender
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.entered import is_entered_by_handler
from backend.domain.feedback.merged import go_on_without, rate_merged
from backend.domain.feedback.photo import MOST_PHOTOS, drawn_anew, keep_photo
from backend.domain.feedback.tracking import delay_after, seconds_left
from backend.domain.feedback.vault import Vault
from backend.domain.run import Wish, standing_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code or PIN that opens nothing. `wait` is how many seconds nothing will be answered; 0 for a wrong try."""

    wait: int


async def card_opened(
    session: Session, vault: Vault, code: str, pin: str, real_now: datetime
) -> FeedbackCard | Refusal:
    """The card that code and PIN open; every wrong PIN doubles the time until the next try.

    `real_now` is the machine's clock, which no demonstration moves. A refusal has changed the card, so it is answered
    and not raised.
    """
    tracking = vault.tracking
    code_hash = tracking.code_hash(code)
    card = await card_by_code(session, code_hash)
    given = tracking.pin_hash(code, pin)
    if card is None:
        return Refusal(tracking.unknown_codes.wait(code_hash, real_now))
    if wait := seconds_left(card.next_try_at, real_now):
        return Refusal(wait)
    if card.pin_hash is None or not hmac.compare_digest(card.pin_hash, given):
        card.wrong_pins += 1
        card.next_try_at = real_now + delay_after(card.wrong_pins)
        return Refusal(0)
    if card.wrong_pins:
        card.wrong_pins, card.next_try_at = 0, None
    return card


async def forget_tries(session: Session, _: Moment) -> int:
    """Forget when a sender mistyped the PIN, once nobody has to wait for it any longer; returns on how many cards."""
    return await forget_tries_before(session, utc_now())


async def rate_card(
    session: Session,
    vault: Vault,
    moment: Moment,
    card: FeedbackCard,
    *,
    grade: int,
    comment: str = "",
    number: str | None = None,
) -> FeedbackCard:
    """Rate the answer to a card that is opened, or to the part of it with this number.

    Dissatisfied, the case is handled anew by itself, and reviewed from the third time on; of a card that was merged
    comes a case of its own again. Raises NotFound for a part
    that is none, Conflict and Unready while there is no answer to rate, and Conflict where who entered the card is of
    those who handled it: they have the code as well.
    """
    if number is not None and number != card.number:
        parts = {part.number: part for part in await parts_of(session, card.id)}
        if number not in parts:
            raise NotFound("not_found")
        card = parts[number]
    if card.merged_into_id is not None and card.sealed_at is None:
        part = await rate_merged(session, vault, arrival(moment), card, grade)
        note_sender(session, card, None, moment, "feedback.rated", {"grade": grade, "part": part is not None})
        return card
    if await is_entered_by_handler(session, card):
        raise Conflict("rating_by_call_back")
    record = {"grade": str(grade), "by": "sender", **({"comment": comment} if comment else {})}
    await _act(session, vault, moment, card, Wish(step="rating", outcome="done", record=record))
    note_sender(session, card, None, moment, "feedback.rated", {"grade": grade, "reopened": card.reopened})
    return card


async def withdraw_card(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, *, reason: str
) -> FeedbackCard:
    """Withdraw an opened card before it is answered; others who were merged into it go on without it.

    Raises Conflict and Unready afterwards.
    """
    if card.status in OVER:
        raise Conflict("card_over")
    standing = await standing_of(session, card.id, lock=True)
    step = standing.here.step or "triage"
    await _act(session, vault, moment, card, Wish(step=step, outcome="withdrawn", reason=reason))
    part = await go_on_without(session, vault, arrival(moment), card)
    note_sender(session, card, None, moment, "feedback.withdrawn", {"part": part is not None})
    return card


async def add_photo(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, data: bytes, *, id: UUID | None = None
) -> FeedbackPhoto:
    """Add a photo to an opened card that is still being dealt with; the same picture twice is one.

    `id` is for loaders that have to know it beforehand. Raises Conflict when the card is over or has nine, and Invalid
    for what is no picture.
    """
    drawn = await asyncio.to_thread(drawn_anew, data)
    content = vault.tracking.photo_hash(card.id, drawn.data)
    kept = await photos_of(session, card.id)
    for photo in kept:
        if photo.content_hash == content:
            return photo
    if card.status in OVER and card.status is not CardStatus.sealed:
        raise Conflict("card_over")
    if len(kept) >= MOST_PHOTOS:
        raise Conflict("photos_enough", most=MOST_PHOTOS)
    photo = FeedbackPhoto(
        id=id or uuid4(),
        card_id=card.id,
        place=len(kept) + 1,
        width=drawn.width,
        height=drawn.height,
        size=len(drawn.data),
        content_hash=content,
    )
    session.add(photo)
    note_sender(session, card, None, moment, "feedback.photo_added", {"photos": len(kept) + 1})
    # Row and event first: what cannot be recorded leaves no file either.
    await session.flush()
    await asyncio.to_thread(keep_photo, vault.photos, vault.cipher, photo.id, drawn.data)
    return photo


async def _act(session: Session, vault: Vault, moment: Moment, card: FeedbackCard, wish: Wish) -> None:
    if card.sealed_at is not None:
        raise Conflict("card_over")
    organization = await session.get_one(Organization, card.organization_id)
    standing = await standing_of(session, card.id, lock=True)
    last = standing.acts[-1].at if standing.acts else standing.run.started_at
    # The day is enough, unless somebody has acted since it began: acts keep their order.
    at = Moment(max(arrival(moment).now, last), None)
    sender: Actor = sender_of(card.id, organization.id, organization.path)
    await settle_act(session, vault, sender, at, card, organization, wish)
