"""Finding an item: out of sight, in sight, and one's to change."""

from uuid import UUID

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.rectification import Rectification, rectification_in
from backend.domain.access import Actor, mark
from backend.domain.errors import Forbidden, NotFound, Stale
from backend.domain.feedback.desk import COUNTY, TOWNSHIP


async def seen_rectification(
    session: Session, actor: Actor, id: UUID, permission: str = "rectification:read"
) -> tuple[Rectification, Organization]:
    """The item and the organisation it is with. Raises NotFound when it is missing or out of the permission's reach."""
    found = await rectification_in(session, actor.reach(permission), id)
    if found is None:
        raise NotFound("not_found")
    return found


async def rectification_for(
    session: Session, actor: Actor, id: UUID, permission: str, version: int | None = None, *, lock: bool = True
) -> tuple[Rectification, Organization]:
    """The item, locked, for someone who holds `permission` there and has seen its `version`.

    Raises NotFound, Forbidden and, when somebody changed it since, Stale.
    """
    found = await rectification_in(session, actor.reach("rectification:read"), id, lock=lock)
    if found is None:
        raise NotFound("not_found")
    item, organization = found
    if not actor.may(permission, organization.path):
        raise Forbidden("not_yours_to_change")
    if version is not None and item.version != version:
        raise Stale("stale")
    return item, organization


def refuse_own_unit(actor: Actor, item: Rectification, organization: Organization) -> None:
    """Raise Forbidden for whoever is of the unit that has to put the item right: it decides nothing about it."""
    if item.assigned_on is not None and mark(organization.path) in actor.own:
        raise Forbidden("own_item")


async def refuse_proposed_unit(session: Session, actor: Actor, item: Rectification) -> None:
    """Raise Forbidden for whoever is of the unit that an item is to be given to; where none is named, of the one that
    it is registered at, unless that is a township or the county."""
    if item.proposed_unit_id is None:
        place = await session.get_one(Organization, item.organization_id)
        # A township or a county registers what others are to put right.
        if place.kind not in TOWNSHIP | COUNTY and mark(place.path) in actor.own:
            raise Forbidden("own_item")
        return
    unit = await session.get_one(Organization, item.proposed_unit_id)
    if mark(unit.path) in actor.own:
        raise Forbidden("own_item")
