"""What auditors send and get."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from backend.api import examples
from backend.api.event import EventActor
from backend.api.shapes import Answer, Body, Why
from backend.domain.audit.read import Format

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]*$"), Field(examples=["9f86d081884c7d65"])]


class AuditedEvent(Answer):
    """One event as auditors read it: who (for whom), from where, why, and every change old to new, numbers masked."""

    id: UUID
    kind: str
    title: str
    sensitive: Annotated[bool, Field(description="Somebody read what is otherwise masked, or took it out.")]
    at: datetime
    actor: EventActor | None
    on_behalf_of: EventActor | None
    organization: EventActor | None
    subject_kind: str
    subject_id: UUID
    subject: Annotated[str | None, Field(description="What it was done to, as people call it; a member masked.")]
    origin: Annotated[str | None, Field(description="The address of a signed-in caller; never a sender's.")]
    reason: str | None
    data: dict[str, Any]


class AuditedPage(Answer):
    items: list[AuditedEvent]
    next_cursor: str | None


class KindOut(Answer):
    kind: str
    title: str
    sensitive: bool


class KindList(Answer):
    items: list[KindOut]


class LogPlace(Answer):
    transaction_id: int
    sequence: int


class SealNote(Answer):
    """A seal, as it is kept elsewhere; `guanbiao audit verify --against FILE` takes it as it is."""

    format: str
    number: int
    previous: Hash | None
    history: Hash
    first: LogPlace
    last: LogPlace
    count: int
    total: int
    root: Hash
    leaves_sha256: Hash
    columns: list[str]
    sealed_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    key: Hash
    signature: Hash
    hash: Hash


class SealRow(Answer):
    """One seal in the list: how many events it is over, and how many there were in all."""

    number: int
    sealed_at: datetime
    count: int
    total: int
    hash: Hash


class SealPage(Answer):
    items: list[SealRow]
    next_cursor: str | None


class ProofOut(Answer):
    """The proof of one event; `guanbiao audit verify-proof FILE` checks it away from the database."""

    format: str
    event: Annotated[str, Field(description="The event as it was sealed: the bytes that are hashed.")]
    place: int
    path: list[Hash]
    seal: SealNote
    head: SealNote | None
    history: list[Hash]


class CheckOut(Answer):
    """The last check of the log: over which seals, and what was found, in the caller's language."""

    at: datetime
    first: int
    last: int
    events: int
    seconds: float
    findings: list[str]


class SealDay(Answer):
    day: date
    events: int


class LogState(Answer):
    """How the log stands: what is sealed, what waits, and when it was last checked."""

    seals: int
    sealed: int
    unsealed: int
    waiting_since: datetime | None
    sealed_every_minutes: int
    head: SealNote | None
    fingerprint: Hash | None
    check: CheckOut | None
    days: list[SealDay]


class ExportIn(Body):
    """Which events, in which form, and why: the reason stands in the log."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"format": "xlsx", "reason": "年度审计", "organization_id": examples.TOWNSHIP}]}
    )

    format: Format
    reason: Annotated[Why, StringConstraints(max_length=500)]
    subject_kind: Annotated[str | None, StringConstraints(max_length=32)] = None
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    organization_id: UUID | None = None
    kinds: Annotated[
        list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=100, default_factory=list)
    ]
    sensitive: bool = False
    since: datetime | None = None
    until: datetime | None = None
    origin: Annotated[str | None, StringConstraints(max_length=64)] = None


MEDIA_TYPES: dict[Literal["xlsx", "csv", "ndjson"], str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
}
