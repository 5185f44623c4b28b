"""Calling a sender back: whether the answer is good is asked by somebody who did not give it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import Anonymity, FeedbackCard
from backend.db.feedback_channel import CallDirection
from backend.db.organization import Organization
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, Invalid, Problem
from backend.domain.feedback.act import settle_act
from backend.domain.feedback.arrival import note
from backend.domain.feedback.sight import desk_card
from backend.domain.feedback.store import call_row
from backend.domain.feedback.vault import Vault
from backend.domain.run import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """A call to a sender. `grade` (1 to 5) is the sender's word for the answer, given on the phone."""

    started_at: datetime
    ended_at: datetime
    reached: bool
    note: str = ""
    grade: int | None = None
    comment: str = ""


async def call_back(
    session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, version: int, call: CallBack
) -> FeedbackCard:
    """Put a call on record, and with a grade rate the answer for the sender.

    Raises NotFound, Stale, Forbidden also for who handled the card or approved its reply, Conflict where nobody left a
    number, Unready while there is no answer to rate, and Invalid.
    """
    card, _ = await desk_card(session, actor, id, "feedback:contact", version)
    if card.anonymity is Anonymity.anonymous:
        raise Conflict("nobody_to_call")
    problems = []
    if not call.started_at <= call.ended_at <= moment.now:
        problems.append(Problem("/ended_at", "call_times_wrong"))
    if call.grade is not None and not call.reached:
        problems.append(Problem("/grade", "grade_without_call"))
    if problems:
        raise Invalid("invalid", problems=problems)
    row = call_row(
        card,
        actor,
        call.started_at,
        call.ended_at,
        CallDirection.call_back,
        reached=call.reached,
        note=call.note,
        grade=call.grade,
    )
    if call.grade is not None:
        record = {"grade": str(call.grade), "by": "call_back", **({"comment": call.comment} if call.comment else {})}
        organization = await session.get_one(Organization, card.organization_id)
        wish = Wish(step="rating", outcome="done", record=record)
        await settle_act(session, vault, actor, moment, card, organization, wish, called=True)
    else:
        card.updated_at = moment.now
        card.version += 1
    session.add(row)
    note(session, card, actor, moment, "feedback.called", {"reached": call.reached, "grade": call.grade})
    return card
