"""What happens by itself: an answer that nobody rated in time is closed as not rated, and never as satisfied."""

from backend.db.base import Session
from backend.db.feedback_due import unrated_cards
from backend.domain.access import SYSTEM, Moment
from backend.domain.feedback.act import note_act, settle_act
from backend.domain.run import Wish

_AT_ONCE = 100


async def settle_unrated(session: Session, moment: Moment) -> int:
    """Close the cards whose time for a rating is over, at most a hundred of them; returns how many it was."""
    found = await unrated_cards(session, moment.now, _AT_ONCE)
    wish = Wish(step="rating", outcome="done", record={"grade": "none", "by": "nobody"})
    for card, organization in found:
        old = card.status.value
        acted = await settle_act(session, None, SYSTEM, moment, card, organization, wish)
        note_act(session, SYSTEM, moment, card, acted, old, "feedback.settled")
    return len(found)
