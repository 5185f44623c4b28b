"""Which units stay out of a matter: those complained about, where whoever is meant works, and where conduct is blamed
of somebody whom nobody has named."""

from collections.abc import Collection

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_family import cards_of_item, note_on
from backend.db.feedback_receipt import paths_held, workplaces
from backend.db.organization import Organization
from backend.db.rectification import Rectification
from backend.domain.access import mark
from backend.domain.feedback.accusing import accuses, is_of_conduct
from backend.domain.feedback.desk import COUNTY, TOWNSHIP
from backend.domain.feedback.route import accounts_in, named_again


async def units_out(session: Session, card: FeedbackCard, *, of_conduct: bool | None = None) -> set[str]:
    """The marks of the units that do not handle a card, nor sort it.

    In the office of somebody who is meant nobody would be left, or only those who work for that person. `of_conduct`
    takes the place of what the card says of itself.
    """
    found = {*card.about, *await offices_of(session, card.about)}
    if card.of_conduct if of_conduct is None else of_conduct:
        found |= await unnamed_at(session, card)
    return found


async def offices_of(session: Session, about: Collection[str]) -> set[str]:
    """The marks of where the people work whom a card is about."""
    found = await workplaces(session, accounts_in(about))
    return {mark(one.path) for one in found.values() if one is not None}


async def unnamed_at(session: Session, card: FeedbackCard) -> set[str]:
    """The mark of the village or window that a card is from: how somebody behaved whom it does not name, was there.

    A township or a county is not one place, and its desk ends nothing of the kind alone (`check`).
    """
    place = await session.get_one(Organization, card.place_id)
    return set() if place.kind in TOWNSHIP | COUNTY else {mark(place.path)}


async def units_out_of_item(session: Session, item: Rectification) -> set[str]:
    """The marks of the units that an item is not given to: those that stay out of the cards whose words it may repeat,
    and, since an item is seen by reach alone, wherever somebody who is meant holds a role below the county."""
    found: set[str] = set()
    for card in await cards_of_item(session, item.id):
        found |= await units_out(session, card)
        held = await paths_held(session, accounts_in(card.about))
        found |= {mark(path) for path in held if path.rstrip("/").count("/")}
    return found


async def weigh(session: Session, card: FeedbackCard, category: str | None = None) -> set[str]:
    """Say anew whether a card accuses somebody, as it is or would be in another category, and return whom its words
    name that it is not about yet. What once spoke of conduct does so for good, however it is sorted."""
    words = await note_on(session, card)
    if is_of_conduct(card.wish, category or card.category, card.content, words):
        card.of_conduct = True
    content = card.content if accuses(card.wish, card.of_conduct) else ""
    return await named_again(session, card.place_id, words, content) - {*card.about, *card.about_lifted}
