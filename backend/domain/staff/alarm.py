"""Notices that somebody may be taking an account over: to its person, and to the auditors who reach it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal
from uuid import UUID, uuid5

from backend.db.account import Account
from backend.db.account_held import holders_over
from backend.db.base import Session, new_id, utc_now
from backend.db.notice import ACCOUNT, OWN_ACCOUNT, add_notices
from backend.db.organization import Organization
from backend.domain.access import Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.event import EVENT_KINDS
from backend.domain.scene import Title

AUDITOR = "audit_admin"

_RUNG: Title = {"zh-CN": "账号告警", "en": "Alarm of an account"}

Recovery = Literal["asked", "released"]

# Titles of matters are in one language; what happened stands beside it in both.
_TITLES: dict[Recovery, str] = {
    "asked": "有人申请重设账号 {username} 的密码；本人没有要求的，请立即告知安全管理员",
    "released": "账号 {username} 的密码已放行重设；本人没有要求的，请立即告知审计管理员",
}
_STEPS: dict[Recovery, Title] = {
    "asked": {"zh-CN": "申请重设密码", "en": "A password made anew was asked for"},
    "released": {"zh-CN": "放行重设密码", "en": "A password made anew was released"},
}


_CHANGED = "账号 {username} 的登录凭据有变动；不是本人所为的，请立即修改密码并告知安全管理员"

Locked = Literal["place", "everywhere", "second_step"]
"""What of signing in to an account is locked: one place, all that are not known, or all codes but recovery codes."""

_LOCKED: Title = {"zh-CN": "登录被锁定", "en": "Sign-in locked"}
_LOCKS: dict[Locked, str] = {
    "place": "账号 {username} 因多次登录失败被锁定",
    "everywhere": "账号 {username} 一小时内从多处登录失败 60 次，陌生设备已全部锁定",
    "second_step": "账号 {username} 的密码输入正确而动态口令多次有误，密码可能已泄露",
}


async def tell_of_recovery(
    session: Session, moment: Moment, account: Account, organization: Organization | None, what: Recovery
) -> None:
    """Tell the person and the auditors that the account's password is being made anew."""
    path = organization.path if organization else ""
    auditors = await holders_over(session, AUDITOR, path, utc_now())
    title = _TITLES[what].format(username=account.username)
    await add_alarms(session, moment, [account.id], OWN_ACCOUNT, account, title, _STEPS[what])
    await add_alarms(session, moment, set(auditors) - {account.id}, ACCOUNT, account, title, _STEPS[what])


async def tell_of_change(session: Session, moment: Moment, account: Account, kind: str) -> None:
    """Tell the person that what they sign in with was changed, by the kind of its event: if it was not they, somebody
    sits at their desk (ASVS 2.2.3)."""
    title = _CHANGED.format(username=account.username)
    await add_alarms(session, moment, [account.id], OWN_ACCOUNT, account, title, EVENT_KINDS[kind])


async def tell_of_lock(session: Session, moment: Moment, account: Account, where: Locked) -> None:
    """Tell the auditors that somebody failed to sign in to the account so often that it was locked; once a day for
    each kind of lock."""
    home = await session.get(Organization, account.organization_id) if account.organization_id else None
    auditors = await holders_over(session, AUDITOR, home.path if home else "", utc_now())
    title = _LOCKS[where].format(username=account.username)
    day = replace(moment, now=start_of(day_of(moment.now)))
    alarm_id = uuid5(account.id, f"{day_of(day.now)} {where}")
    await add_alarms(session, day, auditors, ACCOUNT, account, title, _LOCKED, alarm_id)


async def add_alarms(
    session: Session,
    moment: Moment,
    people: Collection[UUID],
    kind: str,
    account: Account,
    title: str,
    what: Title,
    alarm_id: UUID | None = None,
) -> int:
    """Put an alarm about an account into these people's inboxes, who have none with this id; returns how many."""
    alarm_id = alarm_id or new_id()
    rows = [
        {
            "id": new_id(),
            "created_at": moment.now,
            "account_id": account_id,
            "run_id": alarm_id,
            "subject_kind": kind,
            "subject_id": account.id,
            "number": account.username[:32],
            "title": title,
            "step": "",
            "step_title": what,
            "rung": "alarm",
            "rung_title": _RUNG,
            "opened_at": moment.now,
            "limit_at": moment.now,
            "day": day_of(moment.now),
        }
        for account_id in sorted(people)
    ]
    return await add_notices(session, rows)
