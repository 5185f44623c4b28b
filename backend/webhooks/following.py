"""Following the log for subscriptions: what each is told becomes messages, in the order of the log, none left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.api.change_reading import ROWS, SENDERS_GRACE, SENT, look_up
from backend.db.base import Session, utc_now
from backend.db.change import ids_shown, last_settled, steps_after, subjects_by_day
from backend.db.client import Client
from backend.db.event import Position
from backend.db.organization import Organization
from backend.db.webhook import Webhook, WebhookProgress, follower
from backend.db.webhook_delivery import add_deliveries
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, end_of
from backend.domain.change import CARRYING, TELLING, Change, Op, Resource, changes_of
from backend.domain.client.rule import acting_client
from backend.domain.event import WITHOUT_TIME
from backend.domain.webhook.rule import (
    day_change_id,
    day_type,
    is_wanted,
    message_id,
    resources_of,
    type_of,
)

STEPS = 500
"""Events that are looked at in one transaction."""
_LANGUAGE = "zh-CN"


def actor_of(client: Client, reach: Organization) -> Actor:
    """The client as it acts by its scopes of now."""
    return acting_client(
        client.id,
        client.name,
        client.organization_id,
        (reach.id, reach.path, reach.name),
        client.scopes,
        client.scopes,
    )


def untold_day(now: datetime) -> date:
    """The first day of which senders' doings are not told yet: what was begun in the last second of the day before it
    is committed by now. `now` is the county's."""
    return day_of(now - SENDERS_GRACE)


async def newest(reader: AsyncConnection) -> Position | None:
    """How far the log is settled: where every subscription wants to get to."""
    return await last_settled(reader, but=WITHOUT_TIME)


async def follow(session: Session, webhook_id: UUID, moment: Moment) -> bool | None:
    """Make messages of the next events for a subscription; whether there are more. `moment` is the county's.

    The messages and how far they go are written in one transaction: killed at any time, nothing is left out and nothing
    is told under two ids. None when another worker does it.
    """
    found = await follower(session, webhook_id, utc_now())
    if found is None:
        return None
    webhook, client, reach, progress = found
    actor = actor_of(client, reach)
    wanted = resources_of(webhook.resources, actor.permissions)
    reader = await session.connection()
    days = await _told_of_days(reader, webhook, actor, moment, wanted, progress)
    log = await _told_of_log(reader, webhook, actor, moment, wanted, progress)
    now = utc_now()
    await add_deliveries(session, [each | {"next_at": now, "created_at": now} for each in (*days.rows, *log.rows)])
    progress.followed_at = now
    session.add(progress)
    return days.more or log.more


@dataclass(slots=True)
class _Told:
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False


async def _told_of_log(
    reader: AsyncConnection,
    webhook: Webhook,
    actor: Actor,
    moment: Moment,
    wanted: Sequence[Resource],
    progress: WebhookProgress,
) -> _Told:
    # The end is read first: whatever is settled later is seen by the next look.
    end = await newest(reader) or progress.position
    kinds = {resource.subject_kind for resource in wanted}
    found = await steps_after(
        reader,
        progress.position,
        kinds,
        actor.account_id,
        STEPS + 1,
        also=CARRYING,
        but=WITHOUT_TIME,
        with_data=TELLING,
    )
    steps = found[:STEPS]
    told = _Told(more=len(found) > STEPS)
    look = await look_up(reader, actor, moment, _LANGUAGE, wanted, steps)
    for step in steps:
        for change in changes_of([step], wanted, look.seen, look.within, look.barred, actor.account_id):
            type_ = type_of(change, step.kind)
            if type_ is not None and is_wanted(type_, webhook.types):
                told.rows.append(_row(webhook, change, type_, step.event_id, step.at))
    read_to = steps[-1].position if steps else progress.position
    reached = read_to if told.more else max(read_to, end)
    progress.after_transaction, progress.after_sequence = reached.transaction_id, reached.sequence
    return told


async def _told_of_days(
    reader: AsyncConnection,
    webhook: Webhook,
    actor: Actor,
    moment: Moment,
    wanted: Sequence[Resource],
    progress: WebhookProgress,
) -> _Told:
    """What senders did on days that are over: of a day, in an order that tells nothing."""
    resource = next((each for each in wanted if each.subject_kind == SENT), None)
    untold = untold_day(moment.now)
    if resource is None or not is_wanted(day_type(resource), webhook.types):
        progress.after_day, progress.after_mixed = max(progress.after_day, untold), ""
        return _Told()
    found = await subjects_by_day(reader, WITHOUT_TIME, SENT, progress.days, untold, STEPS + 1)
    told = _Told(more=len(found) > STEPS)
    ids = [key for _, key in found[:STEPS]]
    seen = await ids_shown(reader, ROWS[resource.name](actor, moment, _LANGUAGE), ids) if ids else set()
    for place, key in found[:STEPS]:
        if key in seen:
            change_id = day_change_id(resource.name, key, place.day.isoformat())
            change = Change(Op.upsert, resource.name, key)
            told.rows.append(_row(webhook, change, day_type(resource), change_id, end_of(place.day)))
    if told.more:
        progress.after_day, progress.after_mixed = found[STEPS - 1][0]
    else:
        progress.after_day, progress.after_mixed = max(progress.after_day, untold), ""
    return told


async def visible(
    reader: AsyncConnection, actor: Actor, moment: Moment, resource: Resource, ids: Sequence[UUID]
) -> set[UUID]:
    """Those of some records of a resource that the caller sees now."""
    return await ids_shown(reader, ROWS[resource.name](actor, moment, _LANGUAGE), ids)


def _row(webhook: Webhook, change: Change, type_: str, change_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": message_id(webhook.id, change_id, change),
        "webhook_id": webhook.id,
        "type": type_,
        "resource": change.resource,
        "record_id": change.id,
        "below": change.below,
        "change_id": change_id,
        "at": at,
        "state": "waiting",
        "failures": 0,
    }
