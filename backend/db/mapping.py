"""What partners' codes mean here, and the records that wait until somebody has said it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col, select

from backend.db.base import Json, Session, Versioned, choice, erasable, jsonb
from backend.db.client import Client
from backend.db.encrypted import encrypted
from backend.db.organization import Organization, Reach, under


class CodeMapping(Versioned, table=True):
    """One word of a partner: in `field` of `resource`, its `code` is our `value`.

    `organization_id` is what the client reaches: whoever maps codes there may.
    """

    __table_args__ = (
        sa.UniqueConstraint("client_key", "resource", "field", "code"),
        sa.Index("ix_code_mapping_organization", "organization_id", "id"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    client_key: UUID = Field(foreign_key="client.id")
    resource: str = Field(max_length=32)
    field: str = Field(max_length=32)
    code: str = Field(max_length=64)
    value: str = Field(max_length=64)


class WaitingState(StrEnum):
    """`refused`: its codes are known, and the record was refused all the same."""

    waiting = "waiting"
    refused = "refused"
    dismissed = "dismissed"


class WaitingRecord(Versioned, table=True):
    """A record that a client brought and that could not come in yet; it goes when it has come in.

    `place` is the order in which they came; later ones under the same id wait behind it. `unknown` lists
    `{"field": ..., "code": ...}`; `problem` says why it was refused, `reason` why it was dismissed. `body` is a
    ciphertext of all that was sent.
    """

    __table_args__ = (
        sa.Index("ix_waiting_record_source", "client_key", "resource", "system", "source_id", "place"),
        sa.Index("ix_waiting_record_organization", "organization_id", "state", "place"),
        erasable("it goes when it has come in, or has long been dismissed"),
    )

    place: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(), unique=True, nullable=False)
    )
    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    client_key: UUID = Field(foreign_key="client.id")
    resource: str = Field(max_length=32)
    system: str = Field(max_length=32)
    source_id: str = Field(max_length=100)
    body: bytes = Field(sa_column_kwargs=encrypted("waiting_record.body"))
    body_hash: bytes
    unknown: list[dict[str, str]] = Field(default_factory=list, sa_type=jsonb)
    state: WaitingState = Field(default=WaitingState.waiting, sa_type=choice(WaitingState))
    problem: Json | None = Field(default=None, sa_type=jsonb)
    reason: str = Field(default="", max_length=1000)


MOST_CODES = 200
_OPEN = (WaitingState.waiting, WaitingState.refused)


async def values_of(session: Session, client_key: UUID, resource: str, codes: Mapping[str, str]) -> dict[str, str]:
    """What the codes of a record mean, by field; those that nobody has mapped are missing."""
    question = sa.select(col(CodeMapping.field), col(CodeMapping.value)).where(
        col(CodeMapping.client_key) == client_key,
        col(CodeMapping.resource) == resource,
        sa.tuple_(col(CodeMapping.field), col(CodeMapping.code)).in_(list(codes.items())),
    )
    return {row.field: row.value for row in await session.execute(question)} if codes else {}


async def words_for(session: Session, client_key: UUID, resource: str, field: str) -> dict[str, str]:
    """The partner's words for our values of a field."""
    question = sa.select(col(CodeMapping.value), col(CodeMapping.code)).where(
        col(CodeMapping.client_key) == client_key,
        col(CodeMapping.resource) == resource,
        col(CodeMapping.field) == field,
    )
    return {row.value: row.code for row in await session.execute(question.order_by(col(CodeMapping.id)))}


async def mapping_of(session: Session, client_key: UUID, resource: str, field: str, code: str) -> CodeMapping | None:
    question = select(CodeMapping).where(
        CodeMapping.client_key == client_key,
        CodeMapping.resource == resource,
        col(CodeMapping.field) == field,
        col(CodeMapping.code) == code,
    )
    return (await session.exec(question)).one_or_none()


async def mapping_in(session: Session, reach: Reach, id: UUID) -> CodeMapping | None:
    """A mapping of a client that reaches a place within reach, locked."""
    question = (
        select(CodeMapping)
        .join(Organization, col(Organization.id) == col(CodeMapping.organization_id))
        .where(CodeMapping.id == id, under(reach))
        .with_for_update(of=CodeMapping)
    )
    return (await session.exec(question.execution_options(populate_existing=True))).one_or_none()


async def client_mapped(session: Session, reach: Reach, key: UUID) -> tuple[Client, Organization] | None:
    """A client that reaches a place within reach, and that place."""
    question = (
        select(Client, Organization)
        .join(Organization, col(Organization.id) == col(Client.reach_id))
        .where(Client.id == key, under(reach))
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def waiting_of(
    session: Session, client_key: UUID, resource: str, system: str, source_id: str
) -> list[WaitingRecord]:
    """The records that a client brought under an id and that did not come in, in their order; dismissed ones too."""
    question = select(WaitingRecord).where(
        WaitingRecord.client_key == client_key,
        WaitingRecord.resource == resource,
        col(WaitingRecord.system) == system,
        col(WaitingRecord.source_id) == source_id,
    )
    question = question.order_by(col(WaitingRecord.place)).execution_options(populate_existing=True)
    return list(await session.exec(question))


async def waiting_in(session: Session, reach: Reach, id: UUID) -> WaitingRecord | None:
    """A waiting record of a client that reaches a place within reach, locked."""
    question = (
        select(WaitingRecord)
        .join(Organization, col(Organization.id) == col(WaitingRecord.organization_id))
        .where(WaitingRecord.id == id, under(reach))
        .with_for_update(of=WaitingRecord)
    )
    return (await session.exec(question.execution_options(populate_existing=True))).one_or_none()


def _earlier(before: Any, row: Any) -> sa.ColumnElement[bool]:
    """Whether one waits under the same id and came before the other."""
    same = (getattr(before, name) == getattr(row, name) for name in ("client_key", "resource", "system", "source_id"))
    return sa.and_(*same, before.place < row.place, before.state.in_(_OPEN))


def _codes(of: Any) -> Any:
    """The codes of a waiting record as rows."""
    listed = sa.func.jsonb_to_recordset(of.unknown)
    return listed.table_valued(sa.column("field", sa.Text), sa.column("code", sa.Text)).render_derived(with_types=True)


def _unmapped(of: Any, codes: Any) -> sa.ColumnElement[bool]:
    known = sa.exists().where(
        col(CodeMapping.client_key) == of.client_key,
        col(CodeMapping.resource) == of.resource,
        col(CodeMapping.field) == codes.c.field,
        col(CodeMapping.code) == codes.c.code,
    )
    return sa.not_(known)


async def next_ready(session: Session) -> WaitingRecord | None:
    """The first record whose codes are all known and that waits behind no other, held until the transaction ends."""
    before = sa.orm.aliased(WaitingRecord)
    codes = _codes(WaitingRecord)
    question = (
        select(WaitingRecord)
        .where(
            WaitingRecord.state == WaitingState.waiting,
            sa.not_(sa.exists(sa.select(sa.literal(1)).select_from(codes).where(_unmapped(WaitingRecord, codes)))),
            sa.not_(sa.exists().where(_earlier(before, WaitingRecord))),
        )
        .order_by(col(WaitingRecord.place))
        .limit(1)
        .with_for_update(of=WaitingRecord, skip_locked=True)
    )
    return (await session.exec(question.execution_options(populate_existing=True))).one_or_none()


async def clients_waiting(session: Session) -> list[tuple[UUID, str, UUID, UUID, str, int]]:
    """Key, name, county, place, its path and number of waiting records of every client with codes nobody knows."""
    codes = _codes(WaitingRecord)
    question = (
        sa.select(
            col(Client.id),
            col(Client.name),
            col(Client.county_id),
            col(Organization.id),
            col(Organization.path),
            sa.func.count(sa.distinct(col(WaitingRecord.id))),
        )
        .select_from(WaitingRecord)
        .join(codes, sa.true())
        .join(Client, col(Client.id) == col(WaitingRecord.client_key))
        .join(Organization, col(Organization.id) == col(Client.reach_id))
        .where(col(WaitingRecord.state) == WaitingState.waiting, _unmapped(WaitingRecord, codes))
        .group_by(col(Client.id), col(Organization.id))
    )
    return [tuple(row) for row in await session.execute(question)]


def _client() -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", col(Client.id), "name", col(Client.name)).label("client")


def mapping_rows(reach: Reach) -> sa.Select[Any]:
    """The mappings of clients that reach places within reach."""
    mapping = CodeMapping
    return (
        sa.select(
            *(col(mapping.id), _client(), col(mapping.resource), col(mapping.field), col(mapping.code)),
            *(col(mapping.value), col(mapping.created_at), col(mapping.updated_at), col(mapping.version)),
        )
        .select_from(mapping)
        .join(Client, col(Client.id) == col(mapping.client_key))
        .join(Organization, col(Organization.id) == col(mapping.organization_id))
        .where(under(reach))
    )


def waiting_rows(reach: Reach) -> sa.Select[Any]:
    """The records that wait, without anything of what they say; `behind`: another one under their id comes first."""
    row, before = WaitingRecord, sa.orm.aliased(WaitingRecord)
    first = sa.exists().where(_earlier(before, row))
    return (
        sa.select(
            *(col(row.id), _client(), col(row.resource), col(row.system), col(row.source_id)),
            *(col(row.unknown), col(row.state), col(row.problem), sa.func.nullif(col(row.reason), "").label("reason")),
            *(first.label("behind"), col(row.created_at), col(row.version)),
        )
        .select_from(row)
        .join(Client, col(Client.id) == col(row.client_key))
        .join(Organization, col(Organization.id) == col(row.organization_id))
        .where(under(reach))
    )


def unknown_rows(reach: Reach) -> sa.Select[Any]:
    """The codes that nobody has mapped, each with how many records wait for it and since when."""
    codes = _codes(WaitingRecord)
    return (
        sa.select(
            _named_client().label("client"),
            col(WaitingRecord.resource),
            codes.c.field,
            codes.c.code,
            sa.func.count().label("records"),
            sa.func.min(col(WaitingRecord.created_at)).label("since"),
        )
        .select_from(WaitingRecord)
        .join(codes, sa.true())
        .join(Client, col(Client.id) == col(WaitingRecord.client_key))
        .join(Organization, col(Organization.id) == col(WaitingRecord.organization_id))
        .where(under(reach), col(WaitingRecord.state) == WaitingState.waiting, _unmapped(WaitingRecord, codes))
        .group_by(col(Client.id), col(WaitingRecord.resource), codes.c.field, codes.c.code)
        .order_by(sa.desc("records"), "since", codes.c.field, codes.c.code)
        .limit(MOST_CODES)
    )


def _named_client() -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", col(Client.id), "name", col(Client.name))
