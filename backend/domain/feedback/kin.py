"""Cards as their family sees them, and what they are about when one is born into it."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from backend.db.base import Session
from backend.db.feedback import FeedbackCard
from backend.db.feedback_family import family_of
from backend.domain.feedback.family import Kin, Marks, marks_of


def kin_of(family: Sequence[FeedbackCard]) -> list[Kin]:
    """The cards of a family by what the rule looks at."""
    said = {one.id: one.content for one in family}
    return [
        Kin(
            id=one.id,
            whole=one.split_from_id,
            main=one.merged_into_id,
            entire=one.split_from_id is not None and bool(one.content) and said.get(one.split_from_id) == one.content,
            own=frozenset(one.about_own),
            matched=frozenset(one.about_own) & frozenset(one.about_matched),
            lifted=frozenset(one.about_lifted),
        )
        for one in family
    ]


async def marks_at_birth(session: Session, whole: FeedbackCard, content: str, lifted: Collection[str]) -> Marks:
    """Whom a part of a card is about before anybody has said anything of the part itself; of those whom its whole is
    only about by name, `lifted` are not meant in it."""
    part = Kin(uuid4(), whole.id, entire=content == whole.content, lifted=frozenset(lifted))
    return marks_of([*kin_of(await family_of(session, whole.id)), part])[part.id]
