"""Two entries of one problem: the one goes on, the other points to it."""

from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.rectification import OVER, Rectification
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, invalid
from backend.domain.event import record_about
from backend.domain.feedback.desk import is_about
from backend.domain.feedback.meant import units_out_of_item
from backend.domain.rectification.act import done
from backend.domain.rectification.find import rectification_for, refuse_own_unit, seen_rectification
from backend.domain.rectification.limit import day_in_force
from backend.domain.rectification.strictness import is_later, is_laxer
from backend.domain.run import Wish, run_is_over, standing_of


async def merge_rectification(
    session: Session, actor: Actor, moment: Moment, id: UUID, version: int, *, into_id: UUID, reason: str
) -> Rectification:
    """End an item that is another one's double; its own acts stay. Until its unit asks for closing.

    The other one asks at least as much: its source confirms if this one's does, it is as severe, people are asked, and
    its limit is no later: a limit moves by extension only.
    Raises NotFound, Forbidden (also for its own unit), Stale, Conflict when either is over, and Invalid at `/into_id`.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:act", version)
    refuse_own_unit(actor, item, organization)
    if into_id == item.id:
        raise invalid("/into_id", "merge_with_itself")
    target, _ = await seen_rectification(session, actor, into_id)
    if target.county_id != item.county_id:
        raise invalid("/into_id", "item_not_found")
    if target.status in OVER:
        raise Conflict("merge_target_over", number=target.number)
    if is_laxer(target, item):
        raise invalid("/into_id", "merge_target_laxer", number=target.number)
    place = await session.get_one(Organization, target.organization_id)
    if is_about(place.path, await units_out_of_item(session, item)):
        raise invalid("/into_id", "unit_complained_about", unit=place.name)
    standing = await standing_of(session, item.id, lock=True)
    other = await standing_of(session, target.id, share=True)
    limit, held_to = day_in_force(target, other.here.milestones), day_in_force(item, standing.here.milestones)
    if is_later(target, limit, item, held_to):
        raise invalid("/into_id", "merge_target_later", number=target.number)
    if standing.here.step is None:
        raise run_is_over(standing)
    item.merged_into_id = target.id
    # Whoever asked less of the one does not check the other, which stands for both.
    target.eased_by = sorted({*target.eased_by, *item.eased_by})
    wish = Wish(step=standing.here.step, outcome="withdrawn", reason=reason)
    data = await done(session, actor, moment, item, organization, wish)
    record_about(session, actor, moment, "rectification.merged", item, {**data, "into": target.number}, reason)
    return item
