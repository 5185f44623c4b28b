"""What a worker does about targets that do not answer: a dead letter is told, a dead target is paused."""

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from backend.db.account_held import holders_over
from backend.db.base import Session, new_id, utc_now
from backend.db.client import Client
from backend.db.notice import CLIENT, add_notices
from backend.db.organization import Organization
from backend.db.webhook import Webhook, WebhookProgress
from backend.domain.access import SYSTEM, Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.event import record_about
from backend.domain.scene import Title
from backend.domain.webhook.keeping import pause
from backend.domain.webhook.rule import DEAD_AFTER, TRIES, is_dead

KEEPER = "system_admin"
"""Who keeps clients, and is told what is wrong with them."""

Trouble = Literal["dead_letter", "gone", "dead"]

_RUNG: Title = {"zh-CN": "对接告警", "en": "Trouble with a partner"}
# Titles of matters are in one language; what happened stands beside it in both.
_TITLES: dict[Trouble, str] = {
    "dead_letter": "发给“{client}”的通知有的未能送达，请到对接页面查看后重发",
    "gone": "“{client}”的接收地址已停止使用，推送已暂停",
    "dead": "“{client}”的接收地址连续{days}天没有正常应答，推送已暂停",
}
_STEPS: dict[Trouble, Title] = {
    "dead_letter": {
        "zh-CN": f"连续{TRIES}次发送失败，不再自动重发",
        "en": f"Failed {TRIES} times and is not sent again by itself",
    },
    "gone": {"zh-CN": "对方答复此地址不再使用（410）", "en": "The receiver answered that the address is gone (410)"},
    "dead": {
        "zh-CN": f"{DEAD_AFTER.days}天内无一次成功",
        "en": f"Nothing arrived for {DEAD_AFTER.days} days",
    },
}


async def tell_dead_letter(session: Session, moment: Moment, webhook: Webhook, delivery_id: UUID) -> None:
    """Record a dead letter, and tell those who keep clients, once a day for each subscription."""
    told = await _tell(session, moment, webhook, "dead_letter")
    data = {"message": str(delivery_id), "people": told}
    record_about(session, SYSTEM, moment, "webhook.dead_lettered", webhook, data)


async def pause_gone(session: Session, moment: Moment, webhook: Webhook) -> None:
    """Pause a subscription whose target says that it is gone, and tell those who keep clients."""
    await _pause(session, moment, webhook, "gone")


async def pause_dead(
    session: Session, moment: Moment, webhook: Webhook, progress: WebhookProgress, now: datetime
) -> bool:
    """Pause a subscription whose target has answered nothing well for days, and tell those who keep clients.

    `now` is the machine's clock.
    """
    if webhook.paused_at is not None or not is_dead(progress.failing_since, now):
        return False
    await _pause(session, moment, webhook, "dead")
    return True


async def _pause(session: Session, moment: Moment, webhook: Webhook, why: Trouble) -> None:
    if webhook.paused_at is None:
        await _tell(session, moment, webhook, why)
        pause(session, SYSTEM, moment, webhook, _STEPS[why]["zh-CN"])


async def _tell(session: Session, moment: Moment, webhook: Webhook, why: Trouble) -> int:
    client = await session.get_one(Client, webhook.client_key)
    place = await session.get_one(Organization, webhook.organization_id)
    day = replace(moment, now=start_of(day_of(moment.now)))
    rows = [
        {
            "id": new_id(),
            "created_at": moment.now,
            "account_id": account_id,
            "run_id": uuid5(webhook.id, f"{day_of(day.now)} {why}"),
            "subject_kind": CLIENT,
            "subject_id": client.id,
            "number": client.client_id[:32],
            "title": _TITLES[why].format(client=client.name, days=DEAD_AFTER.days),
            "step": "",
            "step_title": _STEPS[why],
            "rung": "alarm",
            "rung_title": _RUNG,
            "opened_at": day.now,
            "limit_at": day.now,
            "day": day_of(moment.now),
        }
        for account_id in sorted(await holders_over(session, KEEPER, place.path, utc_now()))
    ]
    return await add_notices(session, rows)
