"""County systems that sign in by themselves: what each may ask for and where, its secrets, and what was used up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, Table, Versioned, erasable, timestamp
from backend.db.encrypted import encrypted
from backend.db.event import Position
from backend.db.organization import Organization, Reach, under

COARSE_SECONDS = 60
"""When a client was last there is known to the minute."""


class Client(Versioned, table=True):
    """A program of a partner.  `organization_id` answers for it; it reaches `reach_id` and everything below.

    `scopes` are the permissions that its tokens may carry, none when empty.  `networks`: where it may come from (CIDR),
    anywhere when empty.  `epoch` rises when every token of it must end.  `fed_to_transaction` and `fed_to_sequence`:
    the place in the log with which it came to the change feed at `fed_at`; what was before, it has.
    """

    __table_args__ = (sa.Index("ix_client_organization", "organization_id", "created_at", "id"),)

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    reach_id: UUID = Field(foreign_key="organization.id")
    client_id: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=100)
    contact: str = Field(default="", max_length=200)
    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text()))
    networks: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text()))
    ends_at: datetime = Field(sa_type=timestamp)
    suspended_at: datetime | None = Field(default=None, sa_type=timestamp)
    suspended_for: str | None = Field(default=None, max_length=400)
    last_used_at: datetime | None = Field(default=None, sa_type=timestamp)
    epoch: int = 0
    fed_at: datetime | None = Field(default=None, sa_type=timestamp)
    fed_to_transaction: int | None = Field(default=None, sa_type=sa.BigInteger)
    fed_to_sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    is_test: bool = False


SIGN_IN: Final = "sign_in"
ASSERTION: Final = "private_key_jwt"
TOKEN_USES: Final = (SIGN_IN, ASSERTION)
"""The uses that buy tokens, by a secret or by an assertion that the partner's key has signed; the other uses are the
algorithms by which requests are signed."""


class ClientSecret(Row, table=True):
    """What a client proves itself by: a secret as its hash, 256 random bits that are shown once, or a key for requests.

    `use`: one of `TOKEN_USES`, or the algorithm by which requests are signed with it. `sealed_key`: a shared key,
    encrypted, since a signature cannot be checked by a hash; `public_key`: of the partner's own pair, PEM or hex.
    It opens nothing before `confirmed_at`: somebody else than who made it has to have said that it is the partner's.
    """

    __table_args__ = (sa.Index("ix_client_secret_client", "client_key"),)

    client_key: UUID = Field(foreign_key="client.id")
    secret_hash: bytes = Field(unique=True)
    hint: str = Field(max_length=8)
    use: str = Field(default=SIGN_IN, max_length=16)
    sealed_key: bytes | None = Field(default=None, sa_column_kwargs=encrypted("client_secret.sealed_key"))
    public_key: str | None = Field(default=None, max_length=2000)
    ends_at: datetime = Field(sa_type=timestamp)
    confirmed_at: datetime | None = Field(default=None, sa_type=timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=timestamp)


class UsedOnce(Table, table=True):
    """What a client may say once, as a hash until it is over: the id of an assertion, the nonce of a signed request."""

    __table_args__ = (
        sa.Index("ix_used_once_ends_at", "ends_at"),
        erasable("what has run out is refused by its time"),
    )

    client_key: UUID = Field(primary_key=True)
    word_hash: bytes = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=timestamp)


async def client_named(session: Session, client_id: str) -> tuple[Client, Organization] | None:
    """A client by what it calls itself, and what it reaches."""
    question = (
        select(Client, Organization)
        .join(Organization, col(Organization.id) == col(Client.reach_id))
        .where(Client.client_id == client_id)
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def living_secrets(session: Session, key: UUID, at: datetime) -> list[ClientSecret]:
    """The secrets and keys that a client may use, the newest last."""
    question = select(ClientSecret).where(
        ClientSecret.client_key == key, col(ClientSecret.ended_at).is_(None), col(ClientSecret.ends_at) > at
    )
    return list(await session.exec(question.order_by(col(ClientSecret.created_at), col(ClientSecret.id))))


async def has_shown(session: Session, secret_hash: bytes) -> bool:
    """Whether a secret or key with this hash was ever given, living or over."""
    question = sa.select(sa.exists().where(col(ClientSecret.secret_hash) == secret_hash))
    return bool((await session.execute(question)).scalar_one())


async def client_in(
    session: Session, reach: Reach, id: UUID, *, lock: bool = False
) -> tuple[Client, Organization] | None:
    """A client of an organisation within reach, and that organisation."""
    question = (
        select(Client, Organization)
        .join(Organization, col(Organization.id) == col(Client.organization_id))
        .where(Client.id == id, under(reach))
    )
    if lock:
        question = question.with_for_update(of=Client).execution_options(populate_existing=True)
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def standing_client(reader: AsyncConnection, key: UUID) -> Any | None:
    """What a request of a client has to know: its row as it is now, with the place that it reaches."""
    question = (
        sa.select(
            col(Client.name),
            col(Client.client_id),
            col(Client.organization_id),
            col(Client.scopes),
            col(Client.networks),
            col(Client.ends_at),
            col(Client.suspended_at),
            col(Client.epoch),
            col(Client.last_used_at),
            col(Client.reach_id),
            col(Organization.path).label("reach_path"),
            col(Organization.name).label("reach_name"),
            # One whose time is over counts: the demand does not run out with it.
            sa.exists().where(_signs(), col(ClientSecret.client_key) == col(Client.id)).label("signs"),
        )
        .join(Organization, col(Organization.id) == col(Client.reach_id))
        .where(col(Client.id) == key)
    )
    return (await reader.execute(question)).one_or_none()


def _signs() -> sa.ColumnElement[bool]:
    return sa.and_(
        col(ClientSecret.use).not_in(TOKEN_USES),
        col(ClientSecret.confirmed_at).is_not(None),
        col(ClientSecret.ended_at).is_(None),
    )


async def signing_key(reader: AsyncConnection, key: UUID, key_id: UUID, at: datetime) -> Any | None:
    """A living key by which a client signs its requests: `client_id`, `use`, `sealed_key`, `public_key`."""
    question = (
        sa.select(
            col(Client.client_id),
            col(ClientSecret.use),
            col(ClientSecret.sealed_key),
            col(ClientSecret.public_key),
        )
        .join(Client, col(Client.id) == col(ClientSecret.client_key))
        .where(
            col(ClientSecret.client_key) == key,
            col(ClientSecret.id) == key_id,
            _signs(),
            col(ClientSecret.ends_at) > at,
        )
    )
    return (await reader.execute(question)).one_or_none()


async def touch_client(reader: AsyncConnection, key: UUID, at: datetime) -> None:
    await reader.execute(sa.update(Client).where(col(Client.id) == key).values(last_used_at=at))


async def note_feed(session: Session, key: UUID, kept: Position, at: datetime) -> None:
    """Write down with which place of the log a client came to the feed; while somebody works on it, another time."""
    values = {"fed_at": at, "fed_to_transaction": kept.transaction_id, "fed_to_sequence": kept.sequence}
    free = sa.select(col(Client.id)).where(col(Client.id) == key).with_for_update(skip_locked=True)
    await session.execute(sa.update(Client).where(col(Client.id).in_(free)).values(values))


async def use_once(session: Session, key: UUID, word_hash: bytes, ends_at: datetime) -> bool:
    """Use up a word of a client; False when it was used before, by whichever process."""
    statement = insert(UsedOnce).values(client_key=key, word_hash=word_hash, ends_at=ends_at).on_conflict_do_nothing()
    return (await session.execute(statement.returning(col(UsedOnce.word_hash)))).scalar_one_or_none() is not None


async def forget_used(session: Session, before: datetime, most: int) -> int:
    """Remove words that have run out, at most `most` at once; returns how many went."""
    old = sa.select(col(UsedOnce.client_key), col(UsedOnce.word_hash)).where(col(UsedOnce.ends_at) < before).limit(most)
    gone = await session.execute(
        sa.delete(UsedOnce).where(sa.tuple_(col(UsedOnce.client_key), col(UsedOnce.word_hash)).in_(old))
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE answers with a cursor's result


def client_rows(reach: Reach, at: datetime, how: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """The clients of organisations within reach, as lists show them; `how`: columns that tell how they get on."""
    place = sa.orm.aliased(Organization)
    named = sa.func.json_build_object
    secrets = (
        sa.select(
            sa.func.coalesce(
                sa.func.json_agg(
                    named(
                        *("id", col(ClientSecret.id), "hint", col(ClientSecret.hint), "use", col(ClientSecret.use)),
                        *("confirmed_at", col(ClientSecret.confirmed_at), "public_key", col(ClientSecret.public_key)),
                        *("created_at", col(ClientSecret.created_at), "ends_at", col(ClientSecret.ends_at)),
                    )
                ),
                sa.cast(sa.literal_column("'[]'"), sa.JSON),
            )
        )
        .where(
            col(ClientSecret.client_key) == col(Client.id),
            col(ClientSecret.ended_at).is_(None),
            col(ClientSecret.ends_at) > at,
        )
        .correlate(Client)
        .scalar_subquery()
    )
    state = sa.case(
        (col(Client.ends_at) <= at, "ended"),
        (col(Client.suspended_at).is_not(None), "suspended"),
        (sa.func.cardinality(col(Client.scopes)) == 0, "without_scope"),
        else_="active",
    )
    return (
        sa.select(
            col(Client.id),
            col(Client.client_id),
            col(Client.name),
            sa.func.nullif(col(Client.contact), "").label("contact"),
            named("id", col(Organization.id), "name", col(Organization.name)).label("organization"),
            named("id", col(place.id), "name", col(place.name)).label("reach"),
            state.label("state"),
            col(Client.suspended_for),
            sa.func.array_to_json(col(Client.scopes)).label("scopes"),
            sa.func.array_to_json(col(Client.networks)).label("networks"),
            secrets.label("secrets"),
            col(Client.ends_at),
            col(Client.last_used_at),
            *how,
            col(Client.created_at),
            col(Client.version),
        )
        .select_from(Client)
        .join(Organization, col(Organization.id) == col(Client.organization_id))
        .join(place, col(place.id) == col(Client.reach_id))
        .where(under(reach))
    )
