"""What is refused because somebody elsewhere has the number is told to the auditors before it is answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.db.base import Session
from backend.db.engine import Database
from backend.db.member import members_with_number
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Invalid
from backend.domain.identity import normalize_id_number
from backend.domain.member_collision import Way, is_collision, refuse_prying, tell_collisions
from backend.domain.member_row import ID_NUMBER


@asynccontextmanager
async def telling_collisions(
    session: Session,
    database: Database,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    way: Way,
    number: str | None,
) -> AsyncIterator[None]:
    """Let something be done with a citizen number; None: with none, so that nothing is learned.

    Raises Busy for somebody who learned of too many.  The event has a transaction of its own, since the refusal ends
    that of the deed; an answer whose event cannot be stored is not given.
    """
    if number is None:
        yield
        return
    await refuse_prying(session, actor)
    try:
        yield
    except Invalid as refused:
        if is_collision(refused):
            hashes = cipher.search_hashes(normalize_id_number(number), ID_NUMBER)
            async with database.transaction() as other:
                await tell_collisions(other, actor, moment, await members_with_number(other, hashes), way)
        raise
