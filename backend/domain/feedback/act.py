"""Acting on the steps of a card."""

from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_family import family_of, items_made_of
from backend.db.feedback_receipt import merged_with
from backend.db.organization import Organization
from backend.db.rectification import rectification_held
from backend.domain.access import Actor, Moment
from backend.domain.event import changed
from backend.domain.feedback.arrival import note
from backend.domain.feedback.category import CATEGORIES
from backend.domain.feedback.check import card_problems_of, rerouted
from backend.domain.feedback.effect import follow_run, seal_at
from backend.domain.feedback.meant import weigh
from backend.domain.feedback.merged import go_on_without
from backend.domain.feedback.sight import card_for
from backend.domain.feedback.spread import leave_desk, set_marks
from backend.domain.feedback.subject import facts_of, subject_of
from backend.domain.feedback.vault import Vault
from backend.domain.rectification.withdraw_from import move_up
from backend.domain.run import Acted, Judged, Wish, add_act, judge_act, refuse, standing_of

_KINDS = {"seal": "feedback.sealed", "merge": "feedback.merged"}


async def act_on_card(
    session: Session, vault: Vault, actor: Actor, moment: Moment, id: UUID, version: int, wish: Wish
) -> FeedbackCard:
    """Do one act on the open step.

    Raises NotFound, Stale, Forbidden when the step is for other people, Conflict when the run is over, and Unready
    with everything that is still missing.
    """
    card, organization = await card_for(session, actor, id, "feedback:act", version)
    old = card.status.value
    acted = await settle_act(session, vault, actor, moment, card, organization, wish)
    if card.status is CardStatus.merged:
        # Before its event, which has to say whom it is about now: who loses sight of it is told by that.
        await set_marks(session, actor, moment, card)
    note_act(session, actor, moment, card, acted, old)
    if card.status is CardStatus.merged:
        await _take_along(session, actor, moment, card)
    elif card.status is CardStatus.sealed:
        await _leave(session, vault, actor, moment, card)
    return card


async def _leave(session: Session, vault: Vault, actor: Actor, moment: Moment, card: FeedbackCard) -> None:
    """A card was sealed: whatever else holds its words went along, and so does what the ledger says of it; whoever was
    merged into it gets an answer of their own."""
    gone = [one for one in await family_of(session, card.id) if one.sealed_at == moment.now]
    for one in gone:
        if one is not card:
            note(session, one, actor, moment, "feedback.sealed")
    place = await seal_at(session, card)
    for key in await items_made_of(session, [one.id for one in gone]):
        item = await rectification_held(session, key)
        if item is not None:
            await move_up(session, actor, moment, item, place)
    await go_on_without(session, vault, moment, card, actor)


async def _take_along(session: Session, actor: Actor, moment: Moment, card: FeedbackCard) -> None:
    """Whoever was merged into a card waits for the answer to the one that it goes into now."""
    for other in await merged_with(session, card.id):
        other.merged_into_id, other.updated_at = card.merged_into_id, moment.now
        other.version += 1
        note(session, other, actor, moment, "feedback.merged")


async def merge_card(
    session: Session,
    vault: Vault,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    into_id: UUID,
    reason: str,
) -> FeedbackCard:
    """Have a card that is still to be sorted handled together with another one, whose answer its sender will see."""
    record = {"outcome": "merge", "merged_into_id": str(into_id), "reason": reason}
    return await act_on_card(
        session, vault, actor, moment, id, version, Wish(step="triage", outcome="done", record=record)
    )


async def judge_card_act(session: Session, actor: Actor, moment: Moment, id: UUID, version: int, wish: Wish) -> Judged:
    """What `act_on_card` would refuse; nothing changes."""
    card, organization = await card_for(session, actor, id, "feedback:act", version, lock=False)
    place = await session.get_one(Organization, card.place_id)
    subject = subject_of(card, organization, place.name)
    standing = await standing_of(session, card.id)
    wish = rerouted(standing.here, wish)
    judged = await judge_act(session, actor, moment, subject, wish, lambda: facts_of(session, card))
    more = await card_problems_of(session, actor, card, standing, wish, moment.now)
    return Judged((*judged.problems, *more), judged.remarks)


async def settle_act(
    session: Session,
    vault: Vault | None,
    actor: Actor,
    moment: Moment,
    card: FeedbackCard,
    organization: Organization,
    wish: Wish,
    *,
    called: bool = False,
) -> Acted:
    """Do the act, with all that it brings about in the card; whoever calls this records the event.

    Only what seals a card needs the `vault`. `called` tells that a call which reached the sender is stored with it.
    """
    place = await session.get_one(Organization, card.place_id)
    subject = subject_of(card, organization, place.name)
    standing = await standing_of(session, card.id, lock=True)
    wish = rerouted(standing.here, wish)
    if wish.step == "triage" and wish.outcome == "done":
        given = (wish.record or {}).get("category")
        found = await weigh(session, card, given if given in CATEGORIES else None)
        if found:
            await set_marks(session, actor, moment, card, matched=found, in_act=True)
    if problems := await card_problems_of(session, actor, card, standing, wish, moment.now, called=called):
        # Who may not act at all learns of that first.
        judged = await judge_act(session, actor, moment, subject, wish, lambda: facts_of(session, card))
        refuse([*judged.problems, *problems])
    acted = await add_act(session, actor, moment, subject, wish, lambda: facts_of(session, card))
    if wish.step == "triage":
        # Who was found by name at sorting may work beside those who sorted it.
        await leave_desk(session, card)
    await follow_run(session, vault, moment, card, acted)
    return acted


def note_act(
    session: Session, actor: Actor, moment: Moment, card: FeedbackCard, acted: Acted, old: str, kind: str | None = None
) -> None:
    """Record an act. Neither its record nor its reason is told: they may repeat what the sender said."""
    act = acted.after.acts[-1]
    kind = kind or (_KINDS.get(act.result or "") if act.step == "triage" else None) or "feedback.acted"
    told = {"step": act.step, "outcome": act.outcome, "to": act.to, "result": act.result}
    states = changed({"status": old}, {"status": card.status.value})
    note(session, card, actor, moment, kind, {"act": told, **states})
