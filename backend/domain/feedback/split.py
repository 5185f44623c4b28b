"""A card that speaks of several things becomes several; its sender follows them all with the one code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_family import note_on
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, invalid
from backend.domain.feedback.accusing import accuses, is_of_conduct
from backend.domain.feedback.arrival import note
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.kin import marks_at_birth
from backend.domain.feedback.meant import weigh
from backend.domain.feedback.new import NewCard
from backend.domain.feedback.route import Route, named_again
from backend.domain.feedback.sight import card_for
from backend.domain.feedback.spread import set_marks
from backend.domain.feedback.store import store_card
from backend.domain.feedback.vault import Vault


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a card speaks of."""

    content: str
    category: str


async def split_card(
    session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, version: int, parts: Sequence[Part]
) -> list[FeedbackCard]:
    """Make a card of every part; the card itself stays, word for word, for what is left.

    The parts are about whom the card is about, but for what it came to be about by another part of it; and about whom
    their own words name, once they accuse somebody. Raises NotFound, Forbidden, Stale, Conflict once it is sorted, and
    Invalid.
    """
    card, _ = await card_for(session, actor, id, "feedback:write", version)
    if card.status is not CardStatus.received:
        raise Conflict("card_sorted_already")
    for place, each in enumerate(parts):
        if each.category not in CATEGORIES:
            raise invalid(f"/parts/{place}/category", "category_unknown")
    made = [await part_of(session, vault, moment, card, part, card.received_on) for part in parts]
    for part in made:
        if found := await weigh(session, part):
            await set_marks(session, actor, moment, part, matched=found)
        # A record of its own, which readers of the log have to learn of. They need not see the whole, so none is named.
        note(session, part, actor, moment, "feedback.split")
    card.updated_at = moment.now
    card.version += 1
    note(session, card, actor, moment, "feedback.split", {"parts": len(made)})
    return made


async def _not_meant(session: Session, card: FeedbackCard, part: Part) -> set[str]:
    """Who of those found by name in the words of a card is not meant by a part that accuses nobody: whose names it
    does not have. It stays with its ordinary unit, for which it was split off."""
    lifted, said = set(card.about_lifted), await note_on(session, card)
    if accuses(card.wish, is_of_conduct(card.wish, part.category, part.content, said)):
        return lifted
    return lifted | (set(card.about_matched) - await named_again(session, card.place_id, said, part.content))


async def part_of(
    session: Session, vault: Vault, moment: Moment, card: FeedbackCard, part: Part, received_on: date
) -> FeedbackCard:
    """Store a part of a card as a card of its own, which the sender follows with the same code. It takes the marks
    that reach it, and what the sender wrote of whom it is about is read from its whole."""
    lifted = await _not_meant(session, card, part)
    marks = await marks_at_birth(session, card, part.content, lifted)
    desk = await session.get_one(Organization, card.desk_id)
    route = Route(await session.get_one(Organization, card.place_id), desk, desk, marks.about, marks.matched)
    new = NewCard(
        submission_id=uuid4(),
        place_id=card.place_id,
        channel=card.channel,
        wish=card.wish,
        content=part.content,
        body={},
        category=part.category,
        voice=card.voice,
        location_text=card.location_text,
        urgency=card.urgency,
        received_on=received_on,
    )
    made = await store_card(session, vault, moment, new, route)
    # The contact stays with the card; whoever may read it finds it from the part.
    made.split_from_id, made.anonymity, made.about_lifted = card.id, card.anonymity, sorted(lifted)
    made.noted = card.noted
    if part.content == card.content:
        made.of_conduct = card.of_conduct
    await session.flush()
    return made
