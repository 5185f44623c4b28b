"""The kept counts of items: by status, and of those still open by category and by source."""

from dataclasses import dataclass
from uuid import UUID

from backend.db.base import Session
from backend.db.organization import tally_all
from backend.db.rectification import OVER, Rectification


@dataclass(frozen=True, slots=True)
class Counted:
    """Under what an item is counted."""

    organization_id: UUID
    status: str
    category: str
    source: str
    is_open: bool


def counted(item: Rectification) -> Counted:
    """Under what the item is counted as it is now."""
    return Counted(item.organization_id, item.status.value, item.category, item.source.value, item.status not in OVER)


async def count_rectification(session: Session, before: Counted | None, after: Counted | None) -> None:
    """Move an item's counts from `before` (None: it is new) to `after`, in the transaction of the verb."""
    if before == after:
        return
    changes: dict[str, dict[tuple[UUID, str], int]] = {}
    for one, difference in ((before, -1), (after, 1)):
        if one is None:
            continue
        keys = [("rectification", one.status)]
        if one.is_open:
            keys += [("rectification_open", one.category), ("rectification_source", one.source)]
        for subject, key in keys:
            place = changes.setdefault(subject, {})
            place[one.organization_id, key] = place.get((one.organization_id, key), 0) + difference
    for subject in sorted(changes):
        await tally_all(session, subject, changes[subject])
