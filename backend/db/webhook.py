"""Webhooks: to whom what is told, where to, signed with what; and how far each has followed the log."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, Table, Versioned, timestamp
from backend.db.change import DayPlace
from backend.db.client import Client
from backend.db.encrypted import encrypted
from backend.db.event import Event, Position, next_time
from backend.db.organization import Organization, Reach, under

SHARED: dict[str, Any] = {"key_share": True}
"""A lock beside which messages of the subscription may come in: whoever makes them holds what this one may wait for."""


class Webhook(Versioned, table=True):
    """A subscription of a client.  `organization_id` is the client's, which answers for it.

    `resources` are those of the change feed, `types` the types of messages, all of these resources when empty.  Nothing
    is sent before `confirmed_at`: somebody else than who set `url` has to have said that it is the partner's.
    """

    __table_args__ = (
        sa.Index("ix_webhook_organization", "organization_id", "created_at", "id"),
        sa.Index("ix_webhook_client", "client_key"),
    )

    county_id: UUID
    organization_id: UUID = Field(foreign_key="organization.id")
    client_key: UUID = Field(foreign_key="client.id")
    url: str = Field(max_length=500)
    resources: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text()))
    types: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text()))
    confirmed_at: datetime | None = Field(default=None, sa_type=timestamp)
    paused_at: datetime | None = Field(default=None, sa_type=timestamp)
    paused_for: str | None = Field(default=None, max_length=400)
    closed_at: datetime | None = Field(default=None, sa_type=timestamp)
    closed_for: str | None = Field(default=None, max_length=400)


class WebhookSecret(Row, table=True):
    """A secret with which messages are signed, as a ciphertext; until `ends_at` where another has followed it."""

    __table_args__ = (sa.Index("ix_webhook_secret_webhook", "webhook_id"),)

    webhook_id: UUID = Field(foreign_key="webhook.id")
    secret: bytes = Field(sa_column_kwargs=encrypted("webhook_secret.secret"))
    ends_at: datetime | None = Field(default=None, sa_type=timestamp)


class WebhookProgress(Table, table=True):
    """How far a subscription has followed the log, and how its target has answered.  Workers write here, people never.

    `after_*` is a place in the log (nothing before the first confirmation), `after_day` and `after_mixed` one in the
    days of what senders do.  `failing_since`: the first failure after which nothing went well.
    """

    webhook_id: UUID = Field(primary_key=True, foreign_key="webhook.id")
    after_transaction: int = Field(sa_type=sa.BigInteger)
    after_sequence: int = Field(sa_type=sa.BigInteger)
    after_day: date
    after_mixed: str = Field(max_length=32)
    followed_at: datetime = Field(sa_type=timestamp)
    last_success_at: datetime | None = Field(default=None, sa_type=timestamp)
    last_failure_at: datetime | None = Field(default=None, sa_type=timestamp)
    last_failure: str | None = Field(default=None, max_length=48)
    failing_since: datetime | None = Field(default=None, sa_type=timestamp)

    @property
    def position(self) -> Position:
        return Position(self.after_transaction, self.after_sequence)

    @property
    def days(self) -> DayPlace:
        return DayPlace(self.after_day, self.after_mixed)


async def webhook_in(
    session: Session, reach: Reach, id: UUID, *, lock: bool = False
) -> tuple[Webhook, Organization] | None:
    """A subscription whose client's organisation is within reach, and that organisation."""
    question = (
        select(Webhook, Organization)
        .join(Organization, col(Organization.id) == col(Webhook.organization_id))
        .where(Webhook.id == id, under(reach))
    )
    if lock:
        question = question.with_for_update(of=Webhook, **SHARED).execution_options(populate_existing=True)
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1])


async def locked_webhook(session: Session, id: UUID) -> Webhook:
    return await session.get_one(Webhook, id, with_for_update=SHARED, populate_existing=True)


async def open_webhooks_of(session: Session, client_key: UUID) -> int:
    """How many subscriptions of a client are not closed."""
    question = sa.select(sa.func.count()).where(col(Webhook.client_key) == client_key, col(Webhook.closed_at).is_(None))
    return int((await session.execute(question.select_from(Webhook))).scalar_one())


async def signing_secrets(session: Session, webhook_id: UUID, at: datetime) -> list[WebhookSecret]:
    """The secrets that sign at a moment, the newest first."""
    question = select(WebhookSecret).where(
        WebhookSecret.webhook_id == webhook_id,
        sa.or_(col(WebhookSecret.ends_at).is_(None), col(WebhookSecret.ends_at) > at),
    )
    return list(await session.exec(question.order_by(col(WebhookSecret.created_at).desc(), col(WebhookSecret.id))))


def is_open(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a subscription is told anything now: it and its client have to be joined."""
    return sa.and_(
        col(Webhook.confirmed_at).is_not(None),
        col(Webhook.paused_at).is_(None),
        col(Webhook.closed_at).is_(None),
        col(Client.suspended_at).is_(None),
        col(Client.ends_at) > at,
        # Whose scopes are to be given anew is told everything from then on, and misses nothing.
        sa.func.cardinality(col(Client.scopes)) > 0,
    )


async def behind(
    session: Session, newest: Position | None, today: date, at: datetime, but: Collection[UUID] = ()
) -> list[UUID]:
    """The open subscriptions that have not followed the log to `newest`, or the days up to `today`."""
    places = sa.tuple_(col(WebhookProgress.after_transaction), col(WebhookProgress.after_sequence))
    later = sa.false() if newest is None else places < sa.tuple_(newest.transaction_id, newest.sequence)
    question = (
        sa.select(col(Webhook.id))
        .join(Client, col(Client.id) == col(Webhook.client_key))
        .join(WebhookProgress, col(WebhookProgress.webhook_id) == col(Webhook.id))
        .where(is_open(at), sa.or_(later, col(WebhookProgress.after_day) < today), col(Webhook.id).not_in(but))
        .order_by(col(WebhookProgress.followed_at), col(Webhook.id))
    )
    return list((await session.execute(question)).scalars())


async def follower(
    session: Session, webhook_id: UUID, at: datetime
) -> tuple[Webhook, Client, Organization, WebhookProgress] | None:
    """An open subscription with its client, what that reaches, and its progress, which is this transaction's alone;
    None when it is not open, or another worker follows the log for it."""
    question = (
        select(Webhook, Client, Organization, WebhookProgress)
        .join(Client, col(Client.id) == col(Webhook.client_key))
        .join(Organization, col(Organization.id) == col(Client.reach_id))
        .join(WebhookProgress, col(WebhookProgress.webhook_id) == col(Webhook.id))
        .where(Webhook.id == webhook_id, is_open(at))
        .with_for_update(of=WebhookProgress, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(question)).one_or_none()
    return None if found is None else (found[0], found[1], found[2], found[3])


async def note_outcome(session: Session, webhook_id: UUID, at: datetime, failure: str | None) -> WebhookProgress | None:
    """Note how the target answered; returns the progress as it is then."""
    went_well = failure is None
    values: dict[str, Any] = (
        {"last_success_at": at, "failing_since": None}
        if went_well
        else {
            "last_failure_at": at,
            "last_failure": failure,
            "failing_since": sa.func.coalesce(col(WebhookProgress.failing_since), at),
        }
    )
    statement = (
        sa.update(WebhookProgress)
        .where(col(WebhookProgress.webhook_id) == webhook_id)
        .values(values)
        .returning(WebhookProgress)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


def behind_since(kinds: Mapping[str, str], *, but: Collection[str]) -> sa.ColumnElement[Any]:
    """Since when a subscription has not looked at something in the log about its resources, in its county; null when it
    is at the end, or has not begun. `kinds`: what events call each resource; `but`: kinds of events beside the log."""
    resource = sa.case({kind: name for name, kind in kinds.items()}, value=col(Event.subject_kind))
    question = next_time(
        col(WebhookProgress.after_transaction),
        col(WebhookProgress.after_sequence),
        col(Event.county_id) == col(Webhook.county_id),
        resource == sa.any_(col(Webhook.resources)),
        col(Event.kind).not_in(sorted(but)),
    )
    closed = col(Webhook.closed_at).is_not(None)
    found = question.correlate(Webhook, WebhookProgress).scalar_subquery()
    return sa.case((closed, None), else_=found).label("behind_since")


def webhook_rows(reach: Reach, counts: Sequence[Any], at: datetime) -> sa.Select[Any]:
    """The subscriptions of clients within reach, as lists show them; `counts` are of their messages."""
    named = sa.func.json_build_object
    state = sa.case(
        (col(Webhook.closed_at).is_not(None), "closed"),
        (col(Webhook.paused_at).is_not(None), "paused"),
        (col(Webhook.confirmed_at).is_(None), "unconfirmed"),
        (sa.not_(is_open(at)), "client_over"),
        (col(WebhookProgress.failing_since).is_not(None), "failing"),
        else_="active",
    )
    secrets = (
        sa.select(
            sa.func.coalesce(
                sa.func.json_agg(
                    named(
                        *("id", col(WebhookSecret.id), "created_at", col(WebhookSecret.created_at)),
                        *("ends_at", col(WebhookSecret.ends_at)),
                    )
                ),
                sa.cast(sa.literal_column("'[]'"), sa.JSON),
            )
        )
        .where(
            col(WebhookSecret.webhook_id) == col(Webhook.id),
            sa.or_(col(WebhookSecret.ends_at).is_(None), col(WebhookSecret.ends_at) > at),
        )
        .correlate(Webhook)
        .scalar_subquery()
    )
    return (
        sa.select(
            col(Webhook.id),
            named("id", col(Client.id), "client_id", col(Client.client_id), "name", col(Client.name)).label("client"),
            named("id", col(Organization.id), "name", col(Organization.name)).label("organization"),
            col(Webhook.url),
            sa.func.array_to_json(col(Webhook.resources)).label("resources"),
            sa.func.array_to_json(col(Webhook.types)).label("types"),
            state.label("state"),
            col(Webhook.confirmed_at),
            col(Webhook.paused_at),
            sa.func.coalesce(col(Webhook.closed_for), col(Webhook.paused_for)).label("reason"),
            secrets.label("secrets"),
            col(WebhookProgress.last_success_at),
            col(WebhookProgress.last_failure_at),
            col(WebhookProgress.last_failure),
            col(WebhookProgress.failing_since),
            *counts,
            col(Webhook.created_at),
            col(Webhook.version),
        )
        .select_from(Webhook)
        .join(Client, col(Client.id) == col(Webhook.client_key))
        .join(Organization, col(Organization.id) == col(Webhook.organization_id))
        .join(WebhookProgress, col(WebhookProgress.webhook_id) == col(Webhook.id), isouter=True)
        .where(under(reach))
    )
