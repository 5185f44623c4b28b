"""The one door to the log: every verb records exactly one event, in the transaction of its change."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.event import Event
from backend.domain.access import Actor, Moment

# Every kind of event there is, with its title. A verb that records anything else fails at once.
EVENT_KINDS: dict[str, dict[str, str]] = {
    "organization.created": {"zh-CN": "新建组织", "en": "Organisation created"},
    "organization.changed": {"zh-CN": "修改组织信息", "en": "Organisation changed"},
    "organization.renamed": {"zh-CN": "组织更名", "en": "Organisation renamed"},
    "organization.moved": {"zh-CN": "调整隶属关系", "en": "Organisation moved"},
    "organization.merged": {"zh-CN": "组织合并", "en": "Organisation merged"},
    "organization.dissolved": {"zh-CN": "组织撤销", "en": "Organisation dissolved"},
    "member.registered": {"zh-CN": "登记党员", "en": "Member registered"},
    "member.changed": {"zh-CN": "修改党员信息", "en": "Member changed"},
    "member.transferred": {"zh-CN": "转接组织关系", "en": "Member transferred"},
    "member.unmasked": {"zh-CN": "查看敏感信息", "en": "Personal data shown in clear"},
    "member.import_undone": {"zh-CN": "撤销导入的登记", "en": "Imported registration undone"},
    "organization.import_undone": {"zh-CN": "撤销导入的组织", "en": "Imported organisation undone"},
    "ledger.checked": {"zh-CN": "预检台账", "en": "Workbook checked"},
    "ledger.committed": {"zh-CN": "导入台账", "en": "Workbook imported"},
    "ledger.undone": {"zh-CN": "撤销导入", "en": "Import undone"},
    "ledger.exported": {"zh-CN": "导出台账", "en": "Ledger exported"},
    "decision.started": {"zh-CN": "启动决策", "en": "Decision started"},
    "decision.changed": {"zh-CN": "修改决策信息", "en": "Decision changed"},
    "decision.amended": {"zh-CN": "修改决策文本", "en": "Text amended"},
    "decision.acted": {"zh-CN": "办理步骤", "en": "Step acted on"},
    "decision.opinion_received": {"zh-CN": "收到意见", "en": "Opinion received"},
    "decision.opinion_answered": {"zh-CN": "答复意见", "en": "Opinion answered"},
    "attachment.uploaded": {"zh-CN": "上传材料", "en": "File uploaded"},
    "account.signed_in": {"zh-CN": "登录", "en": "Signed in"},
    "account.session_ended": {"zh-CN": "会话终止", "en": "Session ended"},
    "demo.clock_moved": {"zh-CN": "演示时钟前移", "en": "Demonstration clock moved"},
}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return old and new value of every field that differs, as events carry them."""
    return {name: {"old": before.get(name), "new": value} for name, value in after.items() if before.get(name) != value}


def event_row(
    actor: Actor | None,
    moment: Moment,
    kind: str,
    *,
    county_id: UUID | None,
    organization_id: UUID | None,
    subject_id: UUID,
    data: Mapping[str, Any] | None = None,
    subject_kind: str | None = None,
) -> dict[str, Any]:
    """Return the columns of one event; the subject's kind is the first word of `kind` unless given.

    `data` holds JSON values and no personal data in clear: masked or left out.
    """
    if kind not in EVENT_KINDS:
        raise LookupError(f"{kind} is no registered kind of event")
    return {
        "kind": kind,
        "county_id": county_id,
        "organization_id": organization_id,
        "subject_kind": subject_kind or kind.partition(".")[0],
        "subject_id": subject_id,
        "actor_id": actor.account_id if actor else None,
        "actor_name": actor.name if actor else None,
        "at": moment.now,
        "data": dict(data or {}),
        "request_id": moment.request_id,
    }


def record(
    session: Session,
    actor: Actor | None,
    moment: Moment,
    kind: str,
    *,
    county_id: UUID | None,
    organization_id: UUID | None,
    subject_id: UUID,
    data: Mapping[str, Any] | None = None,
    subject_kind: str | None = None,
) -> Event:
    """Write one event into the transaction of the change it tells of; see `event_row` for the meaning of the fields."""
    event = Event(
        **event_row(
            actor,
            moment,
            kind,
            county_id=county_id,
            organization_id=organization_id,
            subject_id=subject_id,
            data=data,
            subject_kind=subject_kind,
        )
    )
    session.add(event)
    return event
