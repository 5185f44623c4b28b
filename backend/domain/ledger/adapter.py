"""What one ledger brings to the mechanism."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


class Asked(NamedTuple):
    """What an export is asked for: `path` and all below it, as of the county's clock, narrowed by the ledger's own
    `filters`."""

    path: str
    now: datetime
    filters: Mapping[str, Any]


class Adapter(Protocol):
    """One ledger.

    `permission` is needed where a record stands, `read_permission` to see its list and so to take it out,
    `clear_permission` to take out what is otherwise starred; None where nothing is.  `founds`: a file may bring a
    county of its own, and its rows may name organisations above the actor's reach, which stay as they are.  `masks` are
    for the columns that are not masked by what they look like.  `filters` narrow an export, each with whether the log
    may say its value, which else is somebody's words.  `table` is where the records lie, `parts` what is removed with
    them, `undone` the event of a record that an undo removes.
    """

    key: str
    permission: str
    read_permission: str
    clear_permission: str | None
    founds: bool
    masks: Mapping[str, Mask]
    filters: Mapping[str, bool]
    table: type[Versioned]
    parts: Sequence[Part]
    undone: str

    def mentions(self, texts: Mapping[str, str]) -> Sequence[str]:
        """The names of organisations in a row, given as texts by column key."""
        ...

    def root(self, values: Mapping[str, Any]) -> Root | None:
        """What a row says that stands at the top of a county; None for every other row."""
        ...

    async def judge(
        self, session: Session, actor: Actor, cipher: FieldCipher, scope: Scope, rows: Sequence[Planned]
    ) -> None:
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
        """Create the records of `rows` under the ids that they carry, each with its event.

        A record that has changed since it was created leaves its version in the row.
        """
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

    async def take_back(self, session: Session, actor: Actor, moment: Moment, ids: Sequence[UUID]) -> Collection[UUID]:
        """Take back those created records that cannot be removed, because acts of people stand in them, each with its
        event; returns which they are.  All others are forgotten and removed."""
        ...

    async def forget(self, session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Undo what creating these records counted elsewhere; returns per record what its event says: `id`,
        `county_id`, `organization_id`."""
        ...

    async def in_clear(
        self, session: Session, cipher: FieldCipher, ids: Sequence[UUID]
    ) -> Mapping[UUID, Mapping[str, str | None]]:
        """What is starred in the records with these ids, in clear, by column key."""
        ...

    def records(self, session: Session, reach: Reach, asked: Asked) -> AsyncIterator[Mapping[str, Any]]:
        """The records that are asked for, masked, as the ledger exports them (values by column key, and `id`)."""
        ...
