"""Cards that an office entered: who entered one was shown its code, and could rate in the sender's place."""

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_family import root_of
from backend.db.feedback_receipt import entered_by
from backend.db.organization import Organization
from backend.domain.run import standing_of

_ANSWERING = frozenset({"processing", "reply_approval"})


async def is_entered_by_handler(session: Session, card: FeedbackCard, main: FeedbackCard | None = None) -> bool:
    """Whether whoever entered the card works in the unit that handles it, or wrote or approved its reply; where it was
    merged, that of the `main` card.

    Its rating is then asked for by somebody else, who calls the sender back; without one it counts as not rated.
    """
    found = await entered_by(session, (await root_of(session, card)).id)
    if found is None or card.sealed_at is not None:
        return False
    account, workplace = found
    case = main or card
    if case.handling_unit_id is not None:
        unit = await session.get_one(Organization, case.handling_unit_id)
        if workplace.startswith(unit.path):
            return True
    acts = (await standing_of(session, case.id)).acts
    return any(act.step in _ANSWERING and account in (act.by, act.on_behalf_of) for act in acts)
