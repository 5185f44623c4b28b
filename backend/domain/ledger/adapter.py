"""What one ledger brings to the mechanism."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from backend.db.base import Session, Versioned
from backend.db.ledger import KnownPlace
from backend.db.organization import Organization, Reach
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.ledger.row import Mask, Planned

Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Scope:
    """Where an import takes place: the county (None when the file brings a new one), the organisation that it is listed
    under, and the active organisations within the actor's reach and above it."""

    county: Organization | None
    organization_id: UUID | None
    places: tuple[KnownPlace, ...]
    today: date


class Part(NamedTuple):
    """A table whose rows belong to a record wholly, and its column that names the record."""

    table: str
    column: str


class Root(NamedTuple):
    """A row of a file that stands at the top of a county."""

    name: str
    region_code: str | None


class Mentions(NamedTuple):
    """What a file says about its county: the names of organisations in it, folded, and its rows without a parent."""

    names: Sequence[str]
    roots: Sequence[Root]


class Adapter(Protocol):
    """One ledger.

    `permission` is needed where a record stands.  `founds`: a file may bring a county of its own, and its rows may name
    organisations above the actor's reach, which stay as they are.  `masks` are for the columns that are not masked by
    what they look like.  `table` is where the records lie, `parts` what is removed with them, `undone` the event of a
    record that an undo removes.
    """

    key: str
    permission: str
    founds: bool
    masks: Mapping[str, Mask]
    table: type[Versioned]
    parts: Sequence[Part]
    undone: str

    def mentions(self, texts: Mapping[str, str]) -> Sequence[str]:
        """The names of organisations in a row, given as texts by column key."""
        ...

    def root(self, values: Mapping[str, Any]) -> Root | None:
        """What a row says that stands at the top of a county; None for every other row."""
        ...

    async def judge(self, session: Session, cipher: FieldCipher, scope: Scope, rows: Sequence[Planned]) -> None:
        """Find the records that rows mean, and set each row's action, record, changes and refusals."""
        ...

    async def create(
        self,
        session: Session,
        actor: Actor,
        moment: Moment,
        cipher: FieldCipher,
        rows: Sequence[Planned],
        progress: Progress,
    ) -> None:
        """Create the records of `rows` under the ids that they carry, each with its event."""
        ...

    async def update(
        self, session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, rows: Sequence[Planned]
    ) -> None:
        """Apply the `changes` of `rows`, each with its event."""
        ...

    async def restore(
        self,
        session: Session,
        actor: Actor,
        moment: Moment,
        cipher: FieldCipher,
        records: Sequence[tuple[UUID, Mapping[str, Any]]],
    ) -> None:
        """Give records the fields back that an update took (`before`), each with its event."""
        ...

    async def forget(self, session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Undo what creating these records counted elsewhere; returns per record what its event says: `id`,
        `county_id`, `organization_id`."""
        ...

    def records(self, session: Session, reach: Reach, path: str) -> AsyncIterator[Mapping[str, Any]]:
        """The records at and below `path`, masked, as the ledger exports them (values by column key)."""
        ...
