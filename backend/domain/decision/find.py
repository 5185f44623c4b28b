"""Finding a decision: out of sight, in sight, and one's to change."""

from uuid import UUID

from backend.db.base import Session
from backend.db.decision import Decision, decision_in
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.errors import Forbidden, NotFound, Stale


async def seen_decision(
    session: Session, actor: Actor, id: UUID, permission: str = "decision:read"
) -> tuple[Decision, Organization]:
    """The decision and its organisation. Raises NotFound when it is missing or out of the permission's reach."""
    found = await decision_in(session, actor.reach(permission), id)
    if found is None:
        raise NotFound("not_found")
    return found


async def decision_for(
    session: Session, actor: Actor, id: UUID, permission: str, version: int | None = None, *, lock: bool = True
) -> tuple[Decision, Organization]:
    """The decision, locked, for someone who holds `permission` there and has seen its `version`.

    Raises NotFound, Forbidden and, when somebody changed it since, Stale.
    """
    found = await decision_in(session, actor.reach("decision:read"), id, lock=lock)
    if found is None:
        raise NotFound("not_found")
    decision, organization = found
    if not actor.may(permission, organization.path):
        raise Forbidden("not_yours_to_change")
    if version is not None and decision.version != version:
        raise Stale("stale")
    return decision, organization
