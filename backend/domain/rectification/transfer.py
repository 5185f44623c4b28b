"""An item that is with the wrong unit: given back to be assigned to another one, which signs for it."""

from uuid import UUID

from backend.db.base import Session
from backend.db.organization import OrganizationStatus, organizations_held
from backend.db.rectification import Rectification
from backend.domain.access import Actor, Moment
from backend.domain.errors import Conflict, invalid
from backend.domain.event import record_about
from backend.domain.rectification.act import done
from backend.domain.rectification.find import rectification_for
from backend.domain.run import Wish, run_is_over, standing_of


async def transfer_rectification(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    responsible_unit_id: UUID,
    responsible_leader: str = "",
    responsible_person: str = "",
    reason: str,
) -> Rectification:
    """Give an item back so that it is assigned to another unit, which is proposed with it.

    It stays with the unit that has it until somebody assigns it; the other one agrees by signing for it. Raises
    NotFound, Forbidden, Stale, Conflict when it is over or not assigned yet, and Invalid at `/responsible_unit_id`.
    """
    item, organization = await rectification_for(session, actor, id, "rectification:act", version)
    reach = actor.reach("organization:read")
    unit = (await organizations_held(session, reach, {responsible_unit_id})).get(responsible_unit_id)
    if unit is None or unit.county_id != item.county_id:
        raise invalid("/responsible_unit_id", "unit_not_found")
    if unit.status is not OrganizationStatus.active:
        raise invalid("/responsible_unit_id", "organization_over", name=unit.name)
    if unit.id == item.responsible_unit_id:
        raise invalid("/responsible_unit_id", "unit_has_it", name=unit.name)
    standing = await standing_of(session, item.id, lock=True)
    if standing.here.step is None:
        raise run_is_over(standing)
    if standing.here.step == "assignment":
        raise Conflict("not_assigned_yet")
    wish = Wish(step=standing.here.step, outcome="returned", to="assignment", reason=reason)
    # Known before the act, so that nobody of that unit is asked to assign it to themselves.
    item.proposed_unit_id = unit.id
    data = await done(session, actor, moment, item, organization, wish)
    item.responsible_leader, item.responsible_person = responsible_leader, responsible_person
    record_about(session, actor, moment, "rectification.transferred", item, {**data, "to_unit": unit.name}, reason)
    return item
