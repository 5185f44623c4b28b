"""Sending again by hand what did not arrive, or what a receiver has lost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.db.base import Session, utc_now
from backend.db.webhook_delivery import DeliveryState, WebhookDelivery, forget_deliveries, send_again
from backend.domain.access import Actor, Moment
from backend.domain.errors import NotFound, invalid
from backend.domain.event import record_about
from backend.domain.webhook.keeping import held_webhook
from backend.domain.webhook.rule import KEPT

AT_ONCE = 10_000
"""Messages that one request sends again at the most: the oldest; asked again it takes the next."""
_FORGOTTEN_AT_ONCE = 2000


async def redeliver_one(session: Session, actor: Actor, moment: Moment, id: UUID, delivery_id: UUID) -> int:
    """Send one message again, whatever became of it; 0 while it is on its way at this moment.

    Raises NotFound, Forbidden, Conflict `webhook_closed`.
    """
    webhook = await held_webhook(session, actor, id)
    known = await session.get(WebhookDelivery, delivery_id)
    if known is None or known.webhook_id != webhook.id:
        raise NotFound("not_found")
    count = await send_again(session, webhook.id, utc_now(), id=delivery_id, most=1)
    record_about(session, actor, moment, "webhook.redelivered", webhook, {"message": str(delivery_id), "count": count})
    return count


async def redeliver_range(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    since: datetime,
    until: datetime,
    states: Sequence[DeliveryState],
) -> int:
    """Send again what happened between two moments, the oldest first; returns how many messages that are.

    Raises NotFound, Forbidden, Conflict `webhook_closed`, Invalid for a time that ends before it begins.
    """
    webhook = await held_webhook(session, actor, id)
    if until < since:
        raise invalid("/until", "webhook_range_reversed")
    count = await send_again(session, webhook.id, utc_now(), since=since, until=until, states=states, most=AT_ONCE)
    told = {"since": since.isoformat(), "until": until.isoformat(), "states": [str(each) for each in states]}
    record_about(session, actor, moment, "webhook.redelivered", webhook, told | {"count": count})
    return count


async def forget_delivered(session: Session, _: Moment) -> int:
    """Forget messages that are over for long; what they told of stays in the log."""
    return await forget_deliveries(session, utc_now() - KEPT, _FORGOTTEN_AT_ONCE)
