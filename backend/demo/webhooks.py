"""Webhooks of the county's platform: one that works and has given two messages up, one to be confirmed, one paused.

They lead to names that nobody has, and are told of what hardly ever happens: a demonstration calls nobody.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session
from backend.db.event import Event
from backend.db.webhook import Webhook, WebhookProgress
from backend.db.webhook_delivery import DeliveryState, WebhookDelivery
from backend.demo.calendar import at
from backend.demo.clients import PLATFORM
from backend.demo.cue import Cue
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id
from backend.domain.webhook.keeping import NewWebhook, confirm_webhook, pause_webhook, register_webhook
from backend.domain.webhook.rule import TRIES
from backend.domain.webhook.target import TargetRules

_URL = "https://hooks.platform.example/guanbiao"
_SET_UP, _CONFIRMED, _PAUSED = at("2026-04-02 09:30"), at("2026-04-02 16:00"), at("2026-11-02 08:40")
_TOLD = at("2026-11-10 08:00")
_WORKS, _NEW, _PAUSED_ONE = "", "/new", "/paused"
_RARE = ("organization.dissolved", "organization.merged")
_SENT = (
    ("1", "rectification.acted", "2026-11-09 10:12", DeliveryState.delivered),
    ("2", "rectification.registered", "2026-11-09 10:40", DeliveryState.delivered),
    ("3", "rectification.acted", "2026-11-06 17:21", DeliveryState.dead),
    ("4", "rectification.changed", "2026-11-06 17:35", DeliveryState.dead),
)


def webhook_cues(session: Session, people: Mapping[str, Actor], cipher: FieldCipher) -> Iterator[Cue]:
    """Set three webhooks up, confirm two of them, and pause one."""
    keeper, giver = people["system_admin"], people["security_admin"]
    for place in (_WORKS, _NEW, _PAUSED_ONE):
        yield Cue(_SET_UP, partial(_set_up, session, keeper, cipher, place))
    for place in (_WORKS, _PAUSED_ONE):
        yield Cue(_CONFIRMED, partial(_confirm, session, giver, place))
    yield Cue(_PAUSED, partial(_pause, session, keeper))
    yield Cue(_TOLD, partial(_past, session))


async def _set_up(session: Session, keeper: Actor, cipher: FieldCipher, place: str) -> None:
    new = NewWebhook(
        client_id=demo_id("client", PLATFORM),
        url=_URL + place,
        resources=["organizations", "rectifications"] if place == _WORKS else ["decisions"],
        types=_RARE if place == _WORKS else (),
    )
    id = demo_id("webhook", PLATFORM + place)  # noqa: A001 - it is called so everywhere
    await register_webhook(session, keeper, Moment(_SET_UP), cipher, TargetRules(), new, id=id)


async def _confirm(session: Session, giver: Actor, place: str) -> None:
    webhook = await session.get_one(Webhook, demo_id("webhook", PLATFORM + place))
    why = "已与县大数据中心电话核对"
    await confirm_webhook(session, giver, Moment(_CONFIRMED), webhook.id, webhook.version, webhook.url, why)


async def _past(session: Session) -> None:
    """What was sent so far, as if a worker had been there; the rest of the story is not told anew."""
    webhook = await session.get_one(Webhook, demo_id("webhook", PLATFORM + _WORKS))
    progress = await session.get_one(WebhookProgress, webhook.id)
    number: sa.ColumnElement[int] = sa.cast(sa.cast(sa.func.event_transaction(), sa.Text), sa.BigInteger)
    progress.after_transaction = (await session.execute(sa.select(number))).scalar_one()
    progress.after_sequence = 2**62
    progress.last_success_at = at(_SENT[1][2]) + timedelta(seconds=2)
    progress.last_failure_at = at(_SENT[3][2]) + timedelta(days=2)
    progress.last_failure = "timed_out"
    records = sa.select(col(Event.subject_id), col(Event.id)).where(col(Event.subject_kind) == "rectification")
    found = (await session.execute(records.order_by(col(Event.sequence)).limit(len(_SENT)))).all()
    for (name, type_, time, state), (record_id, change_id) in zip(_SENT, found, strict=True):
        arrived = state is DeliveryState.delivered
        session.add(
            WebhookDelivery(
                id=demo_id("webhook_delivery", f"{PLATFORM}/{name}"),
                created_at=at(time),
                webhook_id=webhook.id,
                type=type_,
                resource="rectifications",
                record_id=record_id,
                change_id=change_id,
                at=at(time),
                state=state,
                failures=0 if arrived else TRIES,
                next_at=at(time),
                tried_at=at(time) + (timedelta(seconds=2) if arrived else timedelta(days=2)),
                delivered_at=at(time) + timedelta(seconds=2) if arrived else None,
                status=204 if arrived else None,
                failure=None if arrived else "timed_out",
            )
        )


async def _pause(session: Session, keeper: Actor) -> None:
    webhook = await session.get_one(Webhook, demo_id("webhook", PLATFORM + _PAUSED_ONE))
    await pause_webhook(session, keeper, Moment(_PAUSED), webhook.id, webhook.version, "对方系统升级")
