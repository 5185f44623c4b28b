"""What the demonstration does, and when: its parts tell their deeds as cues, one hand plays them in order of time."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from backend.db.base import Session


@dataclass(frozen=True, slots=True)
class Cue:
    """One deed: when it is done, and what does it."""

    at: datetime
    do: Callable[[], Awaitable[object]] = field(repr=False)


async def play_in_order(session: Session, cues: Iterable[Cue]) -> None:
    """Do everything in the order of time, as a county's log has it; deeds of one moment in the order given."""
    for cue in sorted(cues, key=attrgetter("at")):
        await cue.do()
        await session.flush()
