"""Items that name a person who leaves."""

from collections.abc import Collection

from backend.db.base import Session
from backend.db.organization import Organization
from backend.db.rectification import Rectification
from backend.db.rectification_handover import items_naming
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.event import changed, record_about
from backend.domain.handover.keeper import Named
from backend.domain.rectification.facts import facts_of
from backend.domain.run import rewrite_copies, standing_of
from backend.domain.scene import Title

_FIELDS: dict[str, Title] = {
    "responsible_leader": {"zh-CN": "责任领导", "en": "responsible leader"},
    "responsible_person": {"zh-CN": "责任人", "en": "responsible person"},
}


class RectificationKeeper:
    """The ledger names the leader and the person of every item by name, as the paper ledger does."""

    async def named(self, session: Session, name: str, paths: Collection[str]) -> list[Named]:
        return [
            _named(item, organization, name) for item, organization in await items_naming(session, name, sorted(paths))
        ]

    async def name_successor(
        self,
        session: Session,
        actor: Actor,
        moment: Moment,
        name: str,
        successor: str,
        paths: Collection[str],
        reason: str,
    ) -> list[Named]:
        found = []
        for item, organization in await items_naming(session, name, sorted(paths), lock=True):
            found.append(_named(item, organization, name))
            old = {field: getattr(item, field) for field in _FIELDS}
            new = {field: successor if text == name else text for field, text in old.items()}
            item.responsible_leader, item.responsible_person = new["responsible_leader"], new["responsible_person"]
            item.updated_at = moment.now
            item.version += 1
            # Who bears a name that the item gives may not judge it, and that is kept with its run.
            standing = await standing_of(session, item.id, lock=True)
            rewrite_copies(standing, await facts_of(session, item, actor, day_of(moment.now)), moment)
            record_about(session, actor, moment, "rectification.changed", item, {**changed(old, new), "reason": reason})
        return found


def _named(item: Rectification, organization: Organization, name: str) -> Named:
    as_what = next(title for field, title in _FIELDS.items() if getattr(item, field) == name)
    return Named(
        kind="rectification",
        id=item.id,
        number=item.number,
        title=item.problem[:200],
        organization=organization.name,
        as_what=as_what,
    )
