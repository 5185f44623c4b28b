"""Messages to webhooks: each once, in the order of the log, leased to one worker at a time until it arrived."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, col, select

from backend.db.base import Row, Session, choice, erasable, timestamp
from backend.db.client import Client
from backend.db.webhook import Webhook, is_open


class DeliveryState(StrEnum):
    """`waiting`: it was not sent yet, or is sent again.  `void`: by then its client saw the record no longer."""

    waiting = "waiting"
    delivered = "delivered"
    dead = "dead"
    void = "void"


class WebhookDelivery(Row, table=True):
    """A message; its id is the one that the receiver is told, made of the subscription and the event.

    `place` gives the order in which they came from the log.  `at`: when it happened, as the body says it.  A lease that
    has run out is nobody's; `lease` is what its holder knows it by.
    """

    __table_args__ = (
        sa.Index("ix_webhook_delivery_webhook", "webhook_id", "place"),
        sa.Index("ix_webhook_delivery_at", "webhook_id", "at"),
        sa.Index("ix_webhook_delivery_due", "next_at", "webhook_id", postgresql_where=sa.text("state = 'waiting'")),
        sa.Index(
            "ix_webhook_delivery_record",
            *("webhook_id", "record_id", "place"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_webhook_delivery_state", "webhook_id", "state", "place"),
        erasable("what arrived long ago is told by the log"),
    )

    webhook_id: UUID = Field(foreign_key="webhook.id")
    place: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"server_default": sa.Identity(), "nullable": False},
    )
    type: str = Field(max_length=48)
    resource: str = Field(max_length=32)
    record_id: UUID
    below: bool = False
    change_id: UUID
    at: datetime = Field(sa_type=timestamp)
    state: DeliveryState = Field(default=DeliveryState.waiting, sa_type=choice(DeliveryState))
    failures: int = 0
    next_at: datetime = Field(sa_type=timestamp)
    lease: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=timestamp)
    tried_at: datetime | None = Field(default=None, sa_type=timestamp)
    delivered_at: datetime | None = Field(default=None, sa_type=timestamp)
    status: int | None = None
    failure: str | None = Field(default=None, max_length=48)


async def add_deliveries(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store messages in their order; one that is there already stays as it is."""
    if rows:
        # Rows of one statement take their numbers in the order in which they stand.
        await session.execute(insert(WebhookDelivery).values(list(rows)).on_conflict_do_nothing())


def _is_due(at: datetime) -> sa.ColumnElement[bool]:
    """Whether a message may be sent: nobody has it, its time has come, and none about the same record is before it."""
    earlier = sa.orm.aliased(WebhookDelivery)
    held = (
        sa.select(sa.literal(1))
        .where(
            col(earlier.webhook_id) == col(WebhookDelivery.webhook_id),
            col(earlier.record_id) == col(WebhookDelivery.record_id),
            col(earlier.state) == DeliveryState.waiting,
            col(earlier.place) < col(WebhookDelivery.place),
        )
        .correlate(WebhookDelivery)
        .exists()
    )
    free = sa.or_(col(WebhookDelivery.leased_until).is_(None), col(WebhookDelivery.leased_until) <= at)
    return sa.and_(
        col(WebhookDelivery.state) == DeliveryState.waiting, col(WebhookDelivery.next_at) <= at, free, sa.not_(held)
    )


async def due_webhooks(session: Session, at: datetime) -> list[UUID]:
    """The open subscriptions that have something to send."""
    question = (
        sa.select(col(Webhook.id))
        .join(Client, col(Client.id) == col(Webhook.client_key))
        .where(
            is_open(at),
            sa.select(sa.literal(1))
            .where(col(WebhookDelivery.webhook_id) == col(Webhook.id), _is_due(at))
            .correlate(Webhook)
            .exists(),
        )
    )
    return list((await session.execute(question)).scalars())


async def lease_deliveries(
    session: Session, webhook_id: UUID, at: datetime, until: datetime, most: int
) -> list[WebhookDelivery]:
    """Take the next messages of an open subscription for one worker, none about one record twice, in their order."""
    question = (
        select(WebhookDelivery)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .join(Client, col(Client.id) == col(Webhook.client_key))
        .where(WebhookDelivery.webhook_id == webhook_id, is_open(at), _is_due(at))
        .order_by(col(WebhookDelivery.place))
        .limit(most)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = list(await session.exec(question))
    lease = uuid4()
    for each in found:
        each.lease, each.leased_until = lease, until
    return found


async def settle_delivery(session: Session, id: UUID, lease: UUID, values: dict[str, Any]) -> bool:
    """Write what became of a message and give it back; False when the lease was somebody else's by then."""
    statement = (
        sa.update(WebhookDelivery)
        .where(col(WebhookDelivery.id) == id, col(WebhookDelivery.lease) == lease)
        .values(values | {"lease": None, "leased_until": None})
        .returning(col(WebhookDelivery.id))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def settle_arrived(session: Session, ids: Sequence[UUID], lease: UUID, at: datetime, status: int) -> int:
    """Write that messages of one lease arrived; returns how many of them were still leased to it."""
    values = {"state": DeliveryState.delivered, "delivered_at": at, "tried_at": at, "status": status}
    statement = (
        sa.update(WebhookDelivery)
        .where(col(WebhookDelivery.id).in_(ids), col(WebhookDelivery.lease) == lease)
        .values(values | {"failure": None, "lease": None, "leased_until": None})
        .returning(col(WebhookDelivery.id))
    )
    return len((await session.execute(statement)).all())


async def send_again(
    session: Session,
    webhook_id: UUID,
    now: datetime,
    *,
    id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    states: Sequence[DeliveryState] = (),
    most: int,
) -> int:
    """Put messages back among those that wait, from the first try: one, or those of a time and states."""
    chosen = sa.select(col(WebhookDelivery.id)).where(
        col(WebhookDelivery.webhook_id) == webhook_id, col(WebhookDelivery.leased_until).is_(None)
    )
    if id is not None:
        chosen = chosen.where(col(WebhookDelivery.id) == id)
    if since is not None:
        chosen = chosen.where(col(WebhookDelivery.at) >= since)
    if until is not None:
        chosen = chosen.where(col(WebhookDelivery.at) <= until)
    if states:
        chosen = chosen.where(col(WebhookDelivery.state).in_(states))
    chosen = chosen.order_by(col(WebhookDelivery.place)).limit(most)
    again = {"state": DeliveryState.waiting, "failures": 0, "next_at": now, "delivered_at": None}
    statement = (
        sa.update(WebhookDelivery)
        .where(col(WebhookDelivery.id).in_(chosen))
        .values(again)
        .returning(col(WebhookDelivery.id))
    )
    return len((await session.execute(statement)).all())


async def forget_deliveries(session: Session, before: datetime, most: int) -> int:
    """Remove messages that are over and older than `before`, at most `most` at once; returns how many went."""
    old = (
        sa.select(col(WebhookDelivery.id))
        .where(col(WebhookDelivery.created_at) < before, col(WebhookDelivery.state) != DeliveryState.waiting)
        .limit(most)
    )
    gone = await session.execute(sa.delete(WebhookDelivery).where(col(WebhookDelivery.id).in_(old)))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE answers with a cursor's result


def delivery_counts() -> list[sa.ColumnElement[Any]]:
    """Of a subscription's messages: how many wait and are dead, and since when the oldest that waits does."""

    def of(what: Any, state: DeliveryState) -> Any:
        question = sa.select(what).where(
            col(WebhookDelivery.webhook_id) == col(Webhook.id), col(WebhookDelivery.state) == state
        )
        return question.correlate(Webhook).scalar_subquery()

    count = sa.func.count(col(WebhookDelivery.id))
    return [
        of(count, DeliveryState.waiting).label("waiting"),
        of(count, DeliveryState.dead).label("dead"),
        of(sa.func.min(col(WebhookDelivery.created_at)), DeliveryState.waiting).label("waiting_since"),
    ]


def delivery_rows(webhook_id: UUID, state: DeliveryState | None) -> sa.Select[Any]:
    """The messages of a subscription, as lists show them."""
    question = sa.select(
        col(WebhookDelivery.id),
        col(WebhookDelivery.type),
        col(WebhookDelivery.resource),
        col(WebhookDelivery.record_id),
        col(WebhookDelivery.change_id),
        col(WebhookDelivery.at),
        col(WebhookDelivery.state),
        col(WebhookDelivery.failures),
        sa.case((col(WebhookDelivery.state) == DeliveryState.waiting, col(WebhookDelivery.next_at))).label("next_at"),
        col(WebhookDelivery.tried_at),
        col(WebhookDelivery.delivered_at),
        col(WebhookDelivery.status),
        col(WebhookDelivery.failure),
    ).where(col(WebhookDelivery.webhook_id) == webhook_id)
    return question if state is None else question.where(col(WebhookDelivery.state) == state)
