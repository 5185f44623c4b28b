"""Who sees a card: finding one that is in sight, and one's to change."""

from uuid import UUID

from backend.db.base import Session
from backend.db.feedback import FeedbackCard, Sight, card_in
from backend.db.organization import Organization
from backend.domain.access import Actor
from backend.domain.errors import Forbidden, NotFound, Stale


def sight_of(actor: Actor, permission: str = "feedback:read") -> Sight:
    """How far the actor sees cards: as far as the permission reaches, less whatever is about the actor's own."""
    return Sight(actor.reach(permission), actor.own)


async def seen_card(
    session: Session, actor: Actor, id: UUID, permission: str = "feedback:read"
) -> tuple[FeedbackCard, Organization]:
    """The card and the organisation that it is with. Raises NotFound when it is missing or out of sight."""
    found = await card_in(session, sight_of(actor, permission), id)
    if found is None:
        raise NotFound("not_found")
    return found


async def card_for(
    session: Session, actor: Actor, id: UUID, permission: str, version: int | None = None, *, lock: bool = True
) -> tuple[FeedbackCard, Organization]:
    """The card, locked, for someone who holds `permission` where it is and has seen its `version`.

    Raises NotFound, Forbidden and, when somebody changed it since, Stale.
    """
    found = await card_in(session, sight_of(actor), id, lock=lock)
    if found is None:
        raise NotFound("not_found")
    card, organization = found
    if not actor.may(permission, organization.path):
        raise Forbidden("not_yours_to_change")
    if version is not None and card.version != version:
        raise Stale("stale")
    return card, organization


async def desk_card(
    session: Session, actor: Actor, id: UUID, permission: str, version: int | None = None
) -> tuple[FeedbackCard, Organization]:
    """The card, locked, and its desk, for someone who holds `permission` at the desk."""
    found = await card_in(session, sight_of(actor), id, lock=True)
    if found is None:
        raise NotFound("not_found")
    card, _ = found
    desk = await session.get_one(Organization, card.desk_id)
    if not actor.may(permission, desk.path):
        raise Forbidden("not_yours_to_change")
    if version is not None and card.version != version:
        raise Stale("stale")
    return card, desk
