"""A card as its run sees it: what lists of tasks show of it, and who its parties are."""

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.organization import Organization
from backend.domain.access import mark
from backend.domain.feedback.category import CATEGORIES
from backend.domain.procedure.trail import Position
from backend.domain.run import Subject
from backend.domain.scene import Facts

PROCEDURE = "feedback"

_OPEN_STEPS = {
    "triage": CardStatus.received,
    "sign_for": CardStatus.accepted,
    "processing": CardStatus.processing,
    "reply_approval": CardStatus.replying,
    "rating": CardStatus.replied,
    "review": CardStatus.under_review,
}
_RESULTS = {
    "accept": CardStatus.closed,
    "not_accept": CardStatus.not_accepted,
    "transfer": CardStatus.transferred,
    "merge": CardStatus.merged,
    "seal": CardStatus.sealed,
}


def status_of(here: Position) -> CardStatus:
    """The status that a position stands for: read off it, never set."""
    if here.state == "withdrawn":
        return CardStatus.withdrawn
    return _OPEN_STEPS[here.step] if here.step else _RESULTS[here.result or "accept"]


def subject_of(card: FeedbackCard, organization: Organization, place: str) -> Subject:
    """The card as its run sees it. The title says what it is about and where, and nothing that anybody wrote."""
    return Subject(
        kind="feedback",
        id=card.id,
        county_id=card.county_id,
        organization_id=card.organization_id,
        path=organization.path,
        number=card.number,
        title=title_of(card.category, place),
    )


def title_of(category: str, place: str) -> str:
    return f"{CATEGORIES[category]['zh-CN']} · {place}"[:200]


def may_be_about_somebody(card: FeedbackCard) -> bool:
    """Whether somebody is complained about, or the sender wrote whom it is about where nobody could match it, or how
    somebody behaved."""
    return bool(card.about) or card.noted or card.of_conduct


async def facts_of(session: Session, card: FeedbackCard) -> Facts:
    """The facts at this moment: who is complained about, and which unit handles it."""
    handling: frozenset[str] = frozenset()
    if card.handling_unit_id is not None:
        unit = await session.get_one(Organization, card.handling_unit_id)
        handling = frozenset({mark(unit.path), str(unit.id)})
    return Facts(
        subject={"wish": card.wish.value, "anonymity": card.anonymity.value, "urgency": card.urgency.value},
        parties={"complained_about": frozenset(card.about), "handling_unit": handling},
        prefill={"triage": {"category": card.category, "urgency": card.urgency.value}},
    )
