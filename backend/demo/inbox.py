"""What the demonstration finds in people's inboxes on its first morning, and what one member calls wrong."""

from collections.abc import Iterator, Mapping
from functools import partial

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account
from backend.db.base import Session
from backend.db.notice import Notice
from backend.demo.calendar import LAST_ROUND, at
from backend.demo.cue import Cue
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id
from backend.domain.member_correction import ask_correction
from backend.domain.notice.send import send_notices

MEMBER = "曾广耀"
_DISPUTED = at("2026-11-19 19:20")


def inbox_cues(session: Session, people: Mapping[str, Actor], cipher: FieldCipher) -> Iterator[Cue]:
    """Let a member ask for a correction of the own record, and tell everybody of the limits of that morning."""
    yield Cue(_DISPUTED, partial(_dispute, session, people["member"], cipher))
    yield Cue(LAST_ROUND, partial(_tell, session, people["clerk"]))


async def _dispute(session: Session, member: Actor, cipher: FieldCipher) -> None:
    await session.execute(
        sa.update(Account).where(col(Account.username) == "member").values(member_id=demo_id("member", MEMBER))
    )
    await ask_correction(
        session,
        member,
        Moment(_DISPUTED),
        cipher,
        field="native_place",
        should="澄湖县榆桥镇",
        evidence="户口簿首页。",
        id=demo_id("member_correction", f"{MEMBER}/native_place"),
    )


async def _tell(session: Session, clerk: Actor) -> None:
    while await send_notices(session, Moment(LAST_ROUND)):
        await session.flush()
    # The documentation names one notice, whose id no loader can know beforehand.
    first = sa.select(col(Notice.id)).where(col(Notice.account_id) == clerk.account_id).limit(1)
    await session.execute(
        sa.update(Notice).where(col(Notice.id) == first.scalar_subquery()).values(id=demo_id("notice", "clerk/1"))
    )
