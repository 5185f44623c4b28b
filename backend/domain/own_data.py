"""A copy of everything that is held about whoever is signed in, across all systems (PIPL 45).

What others reported about the person, and how somebody voted, is kept secret by law and is no part of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db import own_data as held
from backend.db.base import Session
from backend.db.member import MemberBranch, branches_of
from backend.db.member_correction import MemberCorrection, corrections_of, own_member_of
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.event import EVENT_KINDS, record
from backend.domain.member_correction import FIELD_TITLES, SHOULD
from backend.domain.member_record import view_own_record
from backend.domain.member_row import fields_of
from backend.domain.retention import Words

Cell = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the copy: titles by key, and rows of plain values by the same keys."""

    key: str
    title: Words
    columns: dict[str, Words]
    rows: list[dict[str, Cell]]


@dataclass(frozen=True, slots=True)
class OwnCopy:
    name: str
    username: str
    event_id: UUID
    at: datetime
    parts: list[Part]


def _both(zh: str, en: str) -> Words:
    return {"zh-CN": zh, "en": en}


_AT, _NAME, _ORGANIZATION = _both("时间", "When"), _both("名称", "Name"), _both("组织", "Organisation")
_DAY, _REASON, _TITLE = _both("日期", "Day"), _both("理由", "Reason"), _both("事项", "Matter")
_FIELD, _NUMBER, _ORIGIN = _both("项目", "Field"), _both("编号", "Number"), _both("来源地址", "From address")
_EVENT = _both("操作", "What")

PARTS: tuple[tuple[str, Words, Callable[[UUID], sa.Select[Any]], dict[str, Words]], ...] = (
    (
        "account",
        _both("账号", "Account"),
        held.account_row,
        {
            "username": _both("用户名", "User name"),
            "name": _both("姓名", "Name"),
            "organization": _ORGANIZATION,
            "created_at": _both("开通时间", "Opened"),
            "suspended_at": _both("停用时间", "Suspended"),
        },
    ),
    (
        "grants",
        _both("角色", "Roles"),
        held.grant_rows,
        {
            "role": _both("角色", "Role"),
            "organization": _ORGANIZATION,
            "starts_at": _both("开始", "From"),
            "ends_at": _both("结束", "Until"),
        },
    ),
    (
        "delegations",
        _both("委托代办", "Roles lent"),
        held.delegation_rows,
        {
            "lender": _both("委托人", "Lender"),
            "deputy": _both("代办人", "Deputy"),
            "starts_at": _both("开始", "From"),
            "ends_at": _both("结束", "Until"),
            "reason": _REASON,
        },
    ),
    (
        "sign_ins",
        _both("登录记录", "Sign-ins"),
        held.sign_in_rows,
        {"at": _AT, "kind": _EVENT, "origin": _ORIGIN},
    ),
    (
        "sessions",
        _both("登录会话", "Sessions"),
        held.session_rows,
        {
            "created_at": _both("开始", "Began"),
            "used_at": _both("最近使用", "Last used"),
            "ends_at": _both("到期", "Expires"),
            "ended_at": _both("终止", "Ended"),
            "device": _both("设备", "Device"),
            "second_step": _both("两步验证", "Two steps"),
        },
    ),
    (
        "acts",
        _both("我办理的步骤", "Steps that I acted on"),
        held.act_rows,
        {
            "at": _AT,
            "number": _NUMBER,
            "title": _TITLE,
            "step": _both("步骤", "Step"),
            "outcome": _both("结果", "Outcome"),
        },
    ),
    (
        "notices",
        _both("发给我的提醒", "Notices to me"),
        held.notice_rows,
        {
            "day": _DAY,
            "number": _NUMBER,
            "title": _TITLE,
            "limit_at": _both("期限", "Limit"),
            "received_at": _both("确认时间", "Confirmed"),
        },
    ),
    (
        "attachments",
        _both("我上传的材料", "Files that I uploaded"),
        held.attachment_rows,
        {"created_at": _AT, "name": _NAME, "media_type": _both("类型", "Type"), "size": _both("字节", "Bytes")},
    ),
    (
        "imports",
        _both("我导入的台账", "Workbooks that I imported"),
        held.import_rows,
        {"created_at": _AT, "ledger": _both("台账", "Ledger"), "file_name": _both("文件", "File")},
    ),
    (
        "trace",
        _both("操作日志中我的操作", "What the audit log says of me"),
        held.trace_rows,
        {"at": _AT, "kind": _EVENT, "origin": _ORIGIN, "reason": _REASON},
    ),
)


_WITH_SIGHT = (held.act_rows, held.notice_rows)
"""What names matters, of which some may be about this person."""


async def copy_own_data(session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, language: str) -> OwnCopy:
    """Gather the copy; numbers are in clear, since they are the person's own.  It is an event."""
    parts: list[Part] = []
    member = await own_member_of(session, actor.account_id)
    if member is not None:
        parts += await _member_parts(session, actor, moment, cipher, language)
    for key, title, question, columns in PARTS:
        asked = question(actor.account_id, actor.own) if question in _WITH_SIGHT else question(actor.account_id)
        found = (await session.execute(asked)).mappings()
        parts.append(
            Part(key, title, columns, [{name: _plain(row[name], language) for name in columns} for row in found])
        )
    event = record(
        session,
        actor,
        moment,
        "account.copy_given",
        county_id=member.county_id if member else None,
        organization_id=actor.organization_id,
        subject_id=actor.account_id,
        data={"parts": {part.key: len(part.rows) for part in parts}},
    )
    return OwnCopy(actor.name, actor.username, event.id, moment.now, parts)


async def _member_parts(
    session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, language: str
) -> list[Part]:
    own = await view_own_record(session, actor, cipher)
    clear = fields_of(own.member, cipher)
    fields: list[dict[str, Cell]] = [
        {
            "field": FIELD_TITLES[one.field][language],
            "value": _plain(clear[one.field], language),
            "source": one.source,
            "on": one.on.isoformat(),
            "by": ", ".join(one.by),
        }
        for one in own.fields
    ]
    looks: list[dict[str, Cell]] = [
        {
            "on": one.on.isoformat(),
            "deed": one.deed,
            "by": ", ".join(one.by),
            "fields": ", ".join(FIELD_TITLES[field][language] for field in one.fields if field in FIELD_TITLES),
            "reason": one.reason,
        }
        for one in own.looks
    ]
    stays = (await session.execute(branches_of(own.member.id).order_by(col(MemberBranch.valid_from)))).mappings()
    asked = corrections_of(own.member.id, moment.now).order_by(col(MemberCorrection.id))
    corrections = [
        {
            "asked_at": _plain(row["asked_at"], language),
            "field": FIELD_TITLES[row["field"]][language],
            "says": row["says"],
            "should": cipher.decrypt(row["should"], SHOULD, row["id"]),
            "evidence": row["evidence"],
            "state": row["state"].value,
            "reason": row["reason"],
        }
        for row in (await session.execute(asked)).mappings()
    ]
    stay_columns = {
        "organization_name": _ORGANIZATION,
        "from_on": _both("开始", "From"),
        "to_on": _both("结束", "Until"),
    }
    by = _both("由谁（角色）", "By (role)")
    return [
        Part(
            "record",
            _both("我的信息", "My record"),
            {"field": _FIELD, "value": _both("内容", "Value"), "source": _both("来源", "Source"), "on": _DAY, "by": by},
            fields,
        ),
        Part(
            "branches",
            _both("所在支部", "Branches"),
            stay_columns,
            [{name: _plain(row[name], language) for name in stay_columns} for row in stays],
        ),
        Part(
            "looks",
            _both("谁看过", "Who looked"),
            {"on": _DAY, "deed": _EVENT, "by": by, "fields": _FIELD, "reason": _REASON},
            looks,
        ),
        Part(
            "corrections",
            _both("我提出的更正", "Corrections that I asked for"),
            {
                "asked_at": _AT,
                "field": _FIELD,
                "says": _both("原内容", "Said"),
                "should": _both("应为", "Should say"),
                "evidence": _both("佐证", "Evidence"),
                "state": _both("状态", "State"),
                "reason": _REASON,
            },
            corrections,
        ),
    ]


def _plain(value: Any, language: str) -> Cell:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value in EVENT_KINDS:
        return EVENT_KINDS[value][language]
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def as_json(copy: OwnCopy, language: str) -> dict[str, Any]:
    """The copy as a program reads it: every part with its titles and rows."""
    parts: Sequence[dict[str, Any]] = [
        {
            "key": part.key,
            "title": part.title[language],
            "columns": {key: words[language] for key, words in part.columns.items()},
            "rows": part.rows,
        }
        for part in copy.parts
    ]
    return {"name": copy.name, "username": copy.username, "at": copy.at.isoformat(), "parts": parts}
