"""What a record system says when a person leaves: which of its records name them, and how another name comes there."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.db.base import Session
from backend.domain.access import Actor, Moment
from backend.domain.scene import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An open record that names somebody; `as_what` says as what."""

    kind: str
    id: UUID
    number: str
    title: str
    organization: str
    as_what: Title


class Keeper(Protocol):
    """One record system whose records name people. `paths` are where the person works or holds roles."""

    async def named(self, session: Session, name: str, paths: Collection[str]) -> list[Named]:
        """The open records there that name the person."""

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
        """Put the successor's name in the person's place, with an event for each record; returns what was changed."""
