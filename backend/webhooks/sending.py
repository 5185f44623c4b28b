"""Sending what waits: leased, signed, carried, and what became of it written in one transaction."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.db.base import Session, utc_now
from backend.db.client import Client
from backend.db.clock import clock_offset
from backend.db.engine import Database
from backend.db.organization import Organization
from backend.db.webhook import Webhook, locked_webhook, note_outcome, signing_secrets
from backend.db.webhook_delivery import (
    DeliveryState,
    WebhookDelivery,
    lease_deliveries,
    settle_arrived,
    settle_delivery,
)
from backend.domain.access import Moment
from backend.domain.change import BY_NAME
from backend.domain.crypto import FieldCipher
from backend.domain.webhook.keeping import PLACE
from backend.domain.webhook.message import Message, signed_headers
from backend.domain.webhook.rule import LEASE, REMOVED, next_try
from backend.domain.webhook.target import TargetRules
from backend.domain.webhook.trouble import pause_dead, pause_gone, tell_dead_letter
from backend.webhooks.carrying import SECONDS, Carrier, Outcome, Resolve, resolve
from backend.webhooks.following import actor_of, visible

AT_ONCE = 16
"""Messages that are on their way to one target at the same time; each is about another record."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What it takes to send. `clock` is the machine's, `demo`: whether the county's may be moved."""

    database: Database
    cipher: FieldCipher
    rules: TargetRules
    clock: Callable[[], datetime] = utc_now
    demo: bool = False
    seconds: float = SECONDS
    look_up: Resolve = resolve

    async def moment(self, session: Session) -> Moment:
        """The county's clock."""
        return Moment(self.clock() + (await clock_offset(session) if self.demo else timedelta()))


@dataclass(frozen=True, slots=True)
class _Taken:
    """Messages that this worker has to itself, and what it takes to send them."""

    webhook_id: UUID
    url: str
    keys: Sequence[str]
    lease: UUID
    messages: Sequence[tuple[WebhookDelivery, Message]]


async def send(sender: Sender, webhook_id: UUID, stop: asyncio.Event | None = None) -> int:
    """Send what a subscription has due until nothing is, or `stop` is set; returns how many tries that were."""
    tries, carrier, url = 0, None, ""
    try:
        while (stop is None or not stop.is_set()) and (taken := await take(sender, webhook_id)) is not None:
            if carrier is None or taken.url != url:
                if carrier is not None:
                    await carrier.close()
                url = taken.url
                carrier = Carrier(url, sender.rules, seconds=sender.seconds, look_up=sender.look_up, at_once=AT_ONCE)
            await _send_all(sender, carrier, taken)
            tries += len(taken.messages)
    finally:
        if carrier is not None:
            await carrier.close()
    return tries


async def take(sender: Sender, webhook_id: UUID) -> _Taken | None:
    """Lease the next messages; None when there is none that may be sent now.

    What the client sees no longer is not sent: it may have been barred since, or lost a scope.
    """
    now = sender.clock()
    async with sender.database.transaction() as session:
        webhook = await session.get_one(Webhook, webhook_id)
        client = await session.get_one(Client, webhook.client_key)
        while leased := await lease_deliveries(session, webhook_id, now, now + LEASE, AT_ONCE):
            told = await _still_told(sender, session, client, leased)
            for each in leased:
                if each.id not in told:
                    each.state, each.lease, each.leased_until = DeliveryState.void, None, None
            await session.flush()
            if told:
                kept = await signing_secrets(session, webhook_id, now)
                keys = [sender.cipher.decrypt(each.secret, PLACE, each.id) for each in kept]
                messages = [(each, _message(each)) for each in leased if each.id in told]
                assert messages[0][0].lease is not None
                return _Taken(webhook_id, webhook.url, keys, messages[0][0].lease, messages)
    return None


async def _still_told(sender: Sender, session: Session, client: Client, leased: Sequence[WebhookDelivery]) -> set[UUID]:
    """Those of some messages that their client may be told of now."""
    actor = actor_of(client, await session.get_one(Organization, client.reach_id))
    moment, reader = await sender.moment(session), await session.connection()
    told = set()
    for name in {each.resource for each in leased}:
        about = [each for each in leased if each.resource == name]
        # That something is gone, or that all is to be read anew, shows no record.
        free = {each.id for each in about if not name or each.below or each.type.endswith(f".{REMOVED}")}
        told |= free
        rest = [each for each in about if each.id not in free]
        if rest and actor.reach(BY_NAME[name].permission):
            seen = await visible(reader, actor, moment, BY_NAME[name], [each.record_id for each in rest])
            told |= {each.id for each in rest if each.record_id in seen}
    return told


def _message(of: WebhookDelivery) -> Message:
    return Message(of.id, of.type, of.at, of.change_id, of.resource, of.record_id, of.below)


async def _send_all(sender: Sender, carrier: Carrier, taken: _Taken) -> None:
    """Send what was taken, all at the same time, and write what became of it.

    What arrived is written in one transaction, each failure with all that follows from it in one of its own. Killed
    before, this is sent again when the lease has run out.
    """

    async def carried(message: Message) -> Outcome:
        body = message.body()
        return await carrier.carry(body, signed_headers(message.id, body, taken.keys, sender.clock()))

    outcomes = await asyncio.gather(*(carried(message) for _, message in taken.messages))
    arrived: dict[int, list[UUID]] = {}
    for (delivery, _), outcome in zip(taken.messages, outcomes, strict=True):
        if outcome.failure is None and outcome.status is not None:
            arrived.setdefault(outcome.status, []).append(delivery.id)
    now = sender.clock()
    if arrived:
        async with sender.database.transaction() as session:
            for status, ids in arrived.items():
                await settle_arrived(session, ids, taken.lease, now, status)
            await note_outcome(session, taken.webhook_id, now, None)
    for (delivery, _), outcome in zip(taken.messages, outcomes, strict=True):
        if outcome.failure is not None:
            async with sender.database.transaction() as session:
                await settle_failed(sender, session, delivery, taken.lease, outcome)


async def settle_failed(
    sender: Sender, session: Session, delivery: WebhookDelivery, lease: UUID, outcome: Outcome
) -> None:
    """Write that a try failed, and all that follows from it; nothing when the lease was somebody else's by then."""
    now = sender.clock()
    # Whoever changes the subscription locks it first, too.
    webhook = await locked_webhook(session, delivery.webhook_id)
    failures = delivery.failures + 1
    # Nothing that could be guessed hangs on this chance.
    again = next_try(failures, now, random.random())  # noqa: S311
    values: dict[str, Any] = {"failures": failures, "tried_at": now}
    values |= {"status": outcome.status, "failure": outcome.failure}
    values |= {"state": DeliveryState.dead} if again is None else {"next_at": again}
    if not await settle_delivery(session, delivery.id, lease, values):
        return
    moment = await sender.moment(session)
    progress = await note_outcome(session, webhook.id, now, outcome.failure)
    if again is None:
        await tell_dead_letter(session, moment, webhook, delivery.id)
    if outcome.is_gone:
        await pause_gone(session, moment, webhook)
    elif progress is not None:
        await pause_dead(session, moment, webhook, progress, now)
