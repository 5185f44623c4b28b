"""What an act on a card's run brings about in the card: its unit, its reply, its grade, its days."""

from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardKind, FeedbackCard, Urgency, chain_of
from backend.db.organization import Organization
from backend.domain.access import Moment
from backend.domain.calendar import day_of
from backend.domain.feedback.choice import OVER
from backend.domain.feedback.desk import seal_place
from backend.domain.feedback.repeat import raise_repeats
from backend.domain.feedback.seal import seal_card
from backend.domain.feedback.subject import facts_of, status_of, title_of
from backend.domain.feedback.vault import Vault
from backend.domain.run import Acted, Standing, rewrite_copies


async def follow_run(session: Session, vault: Vault | None, moment: Moment, card: FeedbackCard, acted: Acted) -> None:
    """Bring the card, and what lists read of its run, in line with the act that was just done."""
    standing = acted.after
    act = standing.acts[-1]
    today = day_of(moment.now)
    record: dict[str, Any] = act.record or {}
    if act.step == "triage" and act.outcome == "done":
        await _sorted(session, vault, moment, card, record)
    elif act.outcome == "returned" and act.to == "triage":
        card.handling_unit_id, card.kind, card.organization_id = None, None, card.desk_id
    elif act.step == "reply_approval" and act.outcome == "done":
        card.public_reply = _in_force(standing, "processing")["public_reply"]
        card.answered_on = card.answered_on or today
        # What is said about somebody stays between the two sides.
        card.published = bool(record.get("publish")) and not card.about
    elif act.step == "rating" and record:
        card.grade = int(record["grade"]) if record["grade"] != "none" else None
        card.rated_on = today
    elif act.step == "review" and act.outcome == "done":
        card.public_reply = f"{card.public_reply}\n\n{record['statement']}"
    if act.outcome == "returned" and act.step in ("rating", "review"):
        card.reopened += 1
        card.published = False
    card.status = status_of(standing.here)
    card.closed_on = today if card.status in OVER else None
    due = standing.here.of("processing").due_at
    card.answer_due_on = day_of(due) if due else None
    card.updated_at = moment.now
    card.version += 1
    await rewrite_run(session, card, standing, moment)
    if act.step == "triage" and card.handling_unit_id is not None:
        await raise_repeats(session, moment, card)


async def _sorted(
    session: Session, vault: Vault | None, moment: Moment, card: FeedbackCard, record: dict[str, Any]
) -> None:
    outcome = record["outcome"]
    card.category = record.get("category", card.category)
    card.urgency = Urgency(record.get("urgency", card.urgency))
    if outcome == "accept":
        card.kind = CardKind(record["kind"])
        card.handling_unit_id = card.organization_id = UUID(record["handling_unit_id"])
    elif outcome in ("not_accept", "transfer"):
        card.public_reply = f"{record['reason']}\n{record['where_to_go']}"
        card.answered_on = card.answered_on or day_of(moment.now)
    elif outcome == "merge":
        card.merged_into_id = UUID(record["merged_into_id"])
    elif outcome == "seal":
        assert vault
        await seal_card(session, vault, moment, card, await seal_at(session, card))


async def seal_at(session: Session, card: FeedbackCard) -> Organization:
    """Above the desk that has seen it, for all there know what it said; at the top, the county's own officers."""
    chain = await chain_of(session, (await session.get_one(Organization, card.desk_id)).path)
    return seal_place(chain, chain[-1]) or chain[-1]


async def rewrite_run(session: Session, card: FeedbackCard, standing: Standing, moment: Moment) -> None:
    """Bring what lists read of the run in line with the card: where it is, what it is about, who is barred."""
    place = await session.get_one(Organization, card.place_id)
    standing.run.organization_id = card.organization_id
    standing.run.title = title_of(card.category, place.name)
    # The act may have changed what the facts say, such as which unit handles the card.
    rewrite_copies(standing, await facts_of(session, card), moment)
    await session.flush()


def _in_force(standing: Standing, step: str) -> dict[str, Any]:
    return dict(standing.here.of(step).record or {})
