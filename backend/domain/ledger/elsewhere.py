"""A workbook tells of each number whether it is registered where its reader sees nothing: told, and limited."""

from collections.abc import Sequence

from backend.db.base import Session
from backend.domain.access import Actor, Moment
from backend.domain.ledger.row import Planned
from backend.domain.member_collision import hold_prying, learned_of, out_of_sight, tell_collisions


async def tell_rows_elsewhere(session: Session, actor: Actor, moment: Moment, rows: Sequence[Planned]) -> None:
    """Record whom the rows tell of, up to the limit of an hour.

    Beyond it every row that would be known out of sight, or is known nowhere, is refused with `collisions_seen` alone,
    so that the two are not told apart.
    """
    if not any(row.elsewhere or row.unknown for row in rows):
        return
    await hold_prying(session, actor)
    learned = await learned_of(session, actor)
    unseen = await out_of_sight(session, actor, [row.elsewhere for row in rows if row.elsewhere])
    told = []
    for row in rows:
        is_unseen = row.elsewhere in unseen
        if is_unseen and (row.elsewhere in learned.people or not learned.is_enough):
            assert row.elsewhere is not None
            learned.people.add(row.elsewhere)
            told.append(row.elsewhere)
        elif is_unseen or (row.unknown and learned.is_enough):
            row.withhold("id_number", "collisions_seen", minutes=learned.minutes)
    await tell_collisions(session, actor, moment, told, "import")
