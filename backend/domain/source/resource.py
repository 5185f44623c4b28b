"""What a program may bring: one line of data for each kind of record, by which `push.py` brings any of them."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.domain.access import Actor, Moment
from backend.domain.feedback.tracking import Receipt
from backend.domain.feedback.vault import Vault
from backend.domain.scene import Title


@dataclass(frozen=True, slots=True)
class SourceKey:
    """What a partner calls a record: `id` in its `system`; another client's same words mean another record."""

    client_key: UUID
    resource: str
    system: str
    id: str

    @property
    def text(self) -> str:
        return "\n".join((str(self.client_key), self.resource, self.system, self.id))


@dataclass(frozen=True, slots=True)
class Made:
    """A record that was just made, and the county that it is in."""

    id: UUID
    county_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands, as far as the program may see it. `over`: nothing of it changes any more."""

    number: str
    status: str
    version: int
    over: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a later push says otherwise: `fields`, of the whole `body`; `reason` is the partner's, "" without one."""

    id: UUID
    version: int
    fields: Collection[str]
    body: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A field that partners have words of their own for.

    `values` are ours with their titles; None where the value is an organisation's id. `outward`: the partner is told
    its word for our value, and sends none.
    """

    title: Title
    values: Mapping[str, Title] | None
    outward: bool = False


@dataclass(frozen=True, slots=True)
class Sourced:
    """A kind of record that programs bring.

    `permission` is what it takes to make one by hand, too. `read` makes a body of what was sent and raises Invalid at
    the fields; `told` is the JSON of a body that a later push is compared with. `changeable`: its fields that a later
    push may say otherwise; every other one stands as it was pushed first. `standing` is None for what is gone, or out
    of the program's sight. `receipt`: what the sender of a card follows it by, whenever it is brought again.
    `coded`: its fields that may come as the partner's own codes.
    """

    name: str
    permission: str
    changeable: frozenset[str]
    read: Callable[[Mapping[str, Any]], Any]
    told: Callable[[Any], dict[str, Any]]
    create: Callable[[Session, Vault, Actor, Moment, SourceKey, Any], Awaitable[Made]]
    change: Callable[[Session, Actor, Moment, SourceKey, Change], Awaitable[None]]
    standing: Callable[[Session, Actor, UUID], Awaitable[Standing | None]]
    title: Title
    coded: Mapping[str, Coded]
    receipt: Callable[[Vault, SourceKey], Receipt] | None = None
