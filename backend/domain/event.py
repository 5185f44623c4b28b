"""The one door to the log: every verb records exactly one event, in the transaction of its change."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from backend.db.base import Session
from backend.db.event import Event
from backend.domain.access import Actor, Moment
from backend.domain.identity import mask_persons, mask_within
from backend.domain.told import told_changes

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
    "member.collision_seen": {"zh-CN": "得知号码已在他处登记", "en": "Learned that a number is registered elsewhere"},
    "member.import_undone": {"zh-CN": "撤销导入的登记", "en": "Imported registration undone"},
    "organization.import_undone": {"zh-CN": "撤销导入的组织", "en": "Imported organisation undone"},
    "ledger.checked": {"zh-CN": "预检台账", "en": "Workbook checked"},
    "ledger.committed": {"zh-CN": "导入台账", "en": "Workbook imported"},
    "ledger.undone": {"zh-CN": "撤销导入", "en": "Import undone"},
    "ledger.exported_in_clear": {"zh-CN": "导出台账（号码未遮盖）", "en": "Ledger exported with numbers in clear"},
    "ledger.result_taken": {"zh-CN": "下载导入结果（号码未遮盖）", "en": "Result of an import taken, in clear"},
    "account.copy_given": {"zh-CN": "提供本人信息副本", "en": "Copy of one's own data given"},
    "ledger.exported": {"zh-CN": "导出台账", "en": "Ledger exported"},
    "decision.started": {"zh-CN": "启动决策", "en": "Decision started"},
    "decision.changed": {"zh-CN": "修改决策信息", "en": "Decision changed"},
    "decision.amended": {"zh-CN": "修改决策文本", "en": "Text amended"},
    "decision.acted": {"zh-CN": "办理步骤", "en": "Step acted on"},
    "decision.dossier_made": {"zh-CN": "导出决策档案", "en": "Dossier exported"},
    "decision.opinion_received": {"zh-CN": "收到意见", "en": "Opinion received"},
    "decision.opinion_answered": {"zh-CN": "答复意见", "en": "Opinion answered"},
    "rectification.registered": {"zh-CN": "登记问题", "en": "Problem registered"},
    "rectification.changed": {"zh-CN": "修改问题信息", "en": "Item changed"},
    "rectification.corrected": {"zh-CN": "更正问题表述", "en": "Problem's text corrected"},
    "rectification.acted": {"zh-CN": "办理步骤", "en": "Step acted on"},
    "rectification.merged": {"zh-CN": "并入其他事项", "en": "Merged into another item"},
    "rectification.moved": {"zh-CN": "移交上级掌握", "en": "Moved above those whom it is about"},
    "rectification.transferred": {"zh-CN": "转交其他单位", "en": "Given back for another unit"},
    "rectification.supervised": {"zh-CN": "列入督办", "en": "Put under supervision"},
    "rectification.reopened": {"zh-CN": "重新整改", "en": "Opened again"},
    "rectification.relook_drawn": {"zh-CN": "抽取回头看", "en": "Drawn to be looked at again"},
    "rectification.import_undone": {"zh-CN": "撤销导入的问题", "en": "Imported item undone"},
    "rectification.relooked": {"zh-CN": "完成回头看", "en": "Looked at again"},
    "feedback.received": {"zh-CN": "收到反映", "en": "Card received"},
    "feedback.entered": {"zh-CN": "登记反映", "en": "Card entered"},
    "feedback.acted": {"zh-CN": "办理步骤", "en": "Step acted on"},
    "feedback.merged": {"zh-CN": "并案办理", "en": "Merged into another card"},
    "feedback.split": {"zh-CN": "拆分反映", "en": "Split into several"},
    "feedback.moved": {"zh-CN": "转其他分办处", "en": "Given to another desk"},
    "feedback.changed": {"zh-CN": "修改分办信息", "en": "Sorting changed"},
    "feedback.sealed": {"zh-CN": "密封转纪检", "en": "Sealed"},
    "feedback.sealed_read": {"zh-CN": "查看密封举报", "en": "Sealed report read"},
    "feedback.handed_over": {"zh-CN": "移交纪检机关", "en": "Handed over to the discipline body"},
    "feedback.contact_read": {"zh-CN": "查看联系方式", "en": "Contact details read"},
    "feedback.photo_added": {"zh-CN": "补充照片", "en": "Photo added"},
    "feedback.rated": {"zh-CN": "反映人评价", "en": "Rated by the sender"},
    "feedback.regrouped": {
        "zh-CN": "原并入的反映已撤回，改并入另案",
        "en": "Joined to another case when the main card went",
    },
    "feedback.withdrawn": {"zh-CN": "反映人撤回", "en": "Withdrawn by the sender"},
    "feedback.called": {"zh-CN": "电话回访", "en": "Sender called back"},
    "feedback.settled": {"zh-CN": "逾期未评价", "en": "Closed without a rating"},
    "feedback.converted": {"zh-CN": "转为整改事项", "en": "Became an item of the rectification ledger"},
    "feedback.mark_lifted": {"zh-CN": "取消误匹配的对象", "en": "A name matched by mistake taken back"},
    "feedback.box_opened": {"zh-CN": "开启意见箱", "en": "Box opened"},
    "feedback.box_confirmed": {"zh-CN": "确认开箱", "en": "Box opening confirmed"},
    "feedback.box_objected": {"zh-CN": "对开箱提出异议", "en": "Box opening objected to"},
    "feedback.batch_made": {"zh-CN": "编印宣传页和卡片", "en": "Posters or cards numbered"},
    "attachment.uploaded": {"zh-CN": "上传材料", "en": "File uploaded"},
    "member.disputed": {"zh-CN": "本人提出更正", "en": "Called wrong by the person"},
    "member.correction_settled": {"zh-CN": "答复更正申请", "en": "Correction settled"},
    "notice.sent": {"zh-CN": "发出期限提醒", "en": "Notice of a limit sent"},
    "notice.received": {"zh-CN": "确认收到提醒", "en": "Notice confirmed"},
    "audit.alarm_raised": {"zh-CN": "日志告警", "en": "Alarm of the log raised"},
    "audit.exported": {"zh-CN": "导出审计记录", "en": "Events exported"},
    "account.signed_in": {"zh-CN": "登录", "en": "Signed in"},
    "account.session_ended": {"zh-CN": "会话终止", "en": "Session ended"},
    "personal_data.erased": {"zh-CN": "到期删除个人信息", "en": "Personal data erased"},
    "key.rotated": {"zh-CN": "更换加密密钥", "en": "Encryption keys changed"},
    "account.sign_in_failed": {"zh-CN": "登录失败", "en": "Sign-ins failed"},
    "account.sign_in_locked": {"zh-CN": "登录被锁定", "en": "Sign-in locked"},
    "account.refused": {"zh-CN": "越权操作被拒绝", "en": "Refused for want of a right"},
    "account.password_changed": {"zh-CN": "修改密码", "en": "Password changed"},
    "account.second_step_set": {"zh-CN": "启用动态口令", "en": "Authenticator put to use"},
    "account.second_step_given_up": {"zh-CN": "停用动态口令", "en": "Authenticator given up"},
    "account.second_step_reset": {"zh-CN": "重置动态口令", "en": "Authenticator reset"},
    "account.recovery_codes_renewed": {"zh-CN": "更换备用码", "en": "Recovery codes renewed"},
    "client.registered": {"zh-CN": "登记对接客户端", "en": "Client registered"},
    "client.changed": {"zh-CN": "修改对接客户端", "en": "Client changed"},
    "client.scopes_given": {"zh-CN": "授予客户端权限", "en": "Client given its scopes"},
    "client.secret_made": {"zh-CN": "生成客户端密钥", "en": "Secret of a client made"},
    "client.secret_confirmed": {"zh-CN": "确认客户端密钥", "en": "Secret of a client confirmed"},
    "client.secret_ended": {"zh-CN": "作废客户端密钥", "en": "Secret of a client ended"},
    "client.suspended": {"zh-CN": "停用客户端", "en": "Client suspended"},
    "client.resumed": {"zh-CN": "恢复客户端", "en": "Client resumed"},
    "client.key_added": {"zh-CN": "登记客户端密钥", "en": "Key of a client added"},
    "client.signature_refused": {"zh-CN": "客户端请求签名不符", "en": "Client's signature refused"},
    "mapping.made": {"zh-CN": "对照代码", "en": "Code mapped"},
    "mapping.changed": {"zh-CN": "修改代码对照", "en": "Mapping of a code changed"},
    "waiting_record.refused": {"zh-CN": "等待的记录未能入库", "en": "Waiting record refused"},
    "waiting_record.dismissed": {"zh-CN": "不予入库", "en": "Waiting record dismissed"},
    "waiting_record.tried_again": {"zh-CN": "重新入库", "en": "Waiting record tried again"},
    "client.sign_in_failed": {"zh-CN": "客户端登录失败", "en": "Client's sign-in failed"},
    "client.signed_in": {"zh-CN": "客户端登录", "en": "Client signed in"},
    "snapshot.ordered": {"zh-CN": "申请数据快照", "en": "Snapshot asked for"},
    "snapshot.made": {"zh-CN": "生成数据快照", "en": "Snapshot written"},
    "snapshot.taken": {"zh-CN": "下载数据快照", "en": "Snapshot taken"},
    "webhook.registered": {"zh-CN": "登记推送", "en": "Webhook set up"},
    "webhook.changed": {"zh-CN": "修改推送", "en": "Webhook changed"},
    "webhook.confirmed": {"zh-CN": "确认接收地址", "en": "Address of a webhook confirmed"},
    "webhook.paused": {"zh-CN": "暂停推送", "en": "Webhook paused"},
    "webhook.resumed": {"zh-CN": "恢复推送", "en": "Webhook resumed"},
    "webhook.closed": {"zh-CN": "关闭推送", "en": "Webhook closed"},
    "webhook.secret_made": {"zh-CN": "更换签名密钥", "en": "Signing secret of a webhook made anew"},
    "webhook.redelivered": {"zh-CN": "重发通知", "en": "Messages sent again"},
    "webhook.dead_lettered": {"zh-CN": "通知未能送达", "en": "Message given up"},
    "account.created": {"zh-CN": "开通账号", "en": "Account created"},
    "account.invited": {"zh-CN": "签发邀请码", "en": "Invitation made"},
    "account.invitation_released": {"zh-CN": "放行邀请码", "en": "Invitation released"},
    "account.activated": {"zh-CN": "本人设定密码", "en": "Password chosen by its person"},
    "account.suspended": {"zh-CN": "停用账号", "en": "Account suspended"},
    "account.resumed": {"zh-CN": "恢复账号", "en": "Account resumed"},
    "account.moved": {"zh-CN": "调整所在组织", "en": "Moved to another organisation"},
    "account.handed_over": {"zh-CN": "移交工作", "en": "Open work handed over"},
    "account.closed": {"zh-CN": "注销账号", "en": "Account closed"},
    "account.dormancy_warned": {"zh-CN": "预告停用闲置账号", "en": "About to be suspended for want of use"},
    "grant.given": {"zh-CN": "授予角色", "en": "Role given"},
    "grant.ended": {"zh-CN": "终止角色", "en": "Role ended"},
    "delegation.given": {"zh-CN": "委托代办", "en": "Roles lent to a colleague"},
    "delegation.ended": {"zh-CN": "结束委托", "en": "Lent roles taken back"},
    "demo.clock_moved": {"zh-CN": "演示时钟前移", "en": "Demonstration clock moved"},
}

WITHOUT_TIME = frozenset(
    {
        "feedback.received",
        "feedback.entered",
        "feedback.photo_added",
        "feedback.rated",
        "feedback.regrouped",
        "feedback.withdrawn",
    }
)
"""What senders do: kept with its day alone. Nothing that tells its place among other events may tell its time."""

SENSITIVE_READS = frozenset(
    {
        "member.unmasked",
        "member.collision_seen",
        "feedback.contact_read",
        "feedback.sealed_read",
        "ledger.exported",
        "ledger.exported_in_clear",
        "ledger.result_taken",
        "decision.dossier_made",
        "audit.exported",
        "account.copy_given",
        "snapshot.taken",
    }
)
"""Somebody read, or took out of the house, what is otherwise masked or apart."""

ROSTER_READS = frozenset({"ledger.exported", "ledger.exported_in_clear", "ledger.result_taken", "snapshot.taken"})
"""Among these: a whole ledger of a place was taken, and with it everybody who stands there."""


RECORDED = "recorded"


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
    reason: str | None = None,
    subject_kind: str | None = None,
) -> dict[str, Any]:
    """Return the columns of one event; the subject's kind is the first word of `kind` unless given.

    `data` holds JSON values and no personal data in clear: masked or left out.  `reason` is what whoever acts gave as
    the reason, "" when none was asked for.  Where from is kept of those alone who signed in.
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
        "on_behalf_of_id": actor.on_behalf_of if actor else None,
        "on_behalf_of_name": actor.on_behalf_of_name if actor else None,
        "origin": moment.origin if actor is not None and actor.is_account else None,
        "reason": mask_persons(reason) if reason else None,
        "at": moment.now,
        # A reason or a remark may hold a number that somebody typed; what is recorded is never erased.
        "data": mask_within(dict(data or {})),
        "request_id": moment.request_id,
    }


def _with_changes(changes: Mapping[str, Mapping[str, Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in data.items() if name not in changes or is_pair(value)}
    return {**said, **{name: pair for name, pair in changes.items() if name not in said}}


def is_pair(value: Any) -> bool:
    """Whether a value of an event's data tells of a change."""
    return isinstance(value, Mapping) and value.keys() == {"old", "new"}


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
    reason: str | None = None,
    subject_kind: str | None = None,
) -> Event:
    """Write one event into the transaction of the change it tells of; see `event_row` for the meaning of the fields.

    Old and new value of whatever was changed in the subject's row until now is told by itself (`domain/told.py`);
    `data` tells the rest, and what it says otherwise of a column.
    """
    event = Event(
        **event_row(
            actor,
            moment,
            kind,
            county_id=county_id,
            organization_id=organization_id,
            subject_id=subject_id,
            data=_with_changes(told_changes(session, subject_id), data or {}),
            reason=reason,
            subject_kind=subject_kind,
        )
    )
    session.add(event)
    session.info.setdefault(RECORDED, []).append((event.subject_kind, event.subject_id))
    return event


def recorded(session: Session) -> list[tuple[str, UUID]]:
    """What the events of a transaction are about so far, in their order."""
    return list(session.info.get(RECORDED, ()))


class Recorded(Protocol):
    """A row of a record system: it belongs to a county and to an organisation."""

    @property
    def id(self) -> UUID: ...

    @property
    def county_id(self) -> UUID | None: ...

    @property
    def organization_id(self) -> UUID | None: ...


def record_about(
    session: Session,
    actor: Actor | None,
    moment: Moment,
    kind: str,
    subject: Recorded,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
    subject_kind: str | None = None,
) -> Event:
    """`record` for a `subject` that says itself to whom it belongs."""
    return record(
        session,
        actor,
        moment,
        kind,
        county_id=subject.county_id,
        organization_id=subject.organization_id,
        subject_id=subject.id,
        data=data,
        reason=reason,
        subject_kind=subject_kind,
    )
