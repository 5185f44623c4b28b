"""By which doors feedback comes, whose voice it is, and what it is about: data with titles in both languages."""

from dataclasses import dataclass

from backend.db.feedback import Anonymity, CardKind, CardStatus, CardWish, Urgency, Voice
from backend.domain.scene import Title


def _title(zh: str, en: str) -> Title:
    return {"zh-CN": zh, "en": en}


@dataclass(frozen=True, slots=True)
class Channel:
    """A door. `by_sender`: people use it themselves; all others are entered by somebody in an office."""

    key: str
    title: Title
    by_sender: bool = False


CHANNELS: dict[str, Channel] = {
    channel.key: channel
    for channel in (
        Channel("opinion_card", _title("意见建议卡", "Opinion card")),
        Channel("satisfaction_card", _title("满意度评议卡", "Satisfaction card")),
        Channel("suggestion_box", _title("意见箱", "Suggestion box")),
        Channel("hotline", _title("热线电话", "Hotline")),
        Channel("phone_page", _title("手机网页", "Phone page"), by_sender=True),
        Channel("qr", _title("扫码", "QR code"), by_sender=True),
        Channel("visit", _title("来访", "Visit")),
        Channel("letter", _title("来信", "Letter")),
        Channel("county_transfer", _title("县级转办", "Sent down by the county")),
    )
}

VOICES: dict[Voice, Title] = {
    Voice.masses: _title("群众评", "Said by the people"),
    Voice.leaders: _title("领导点", "Pointed out by leaders"),
    Voice.organisations: _title("组织指", "Indicated by party organisations"),
    Voice.departments: _title("部门提", "Raised by departments"),
}

WISHES: dict[CardWish, Title] = {
    CardWish.answer: _title("咨询，想要答复", "A question"),
    CardWish.action: _title("求助，希望办理", "Something to be done"),
    CardWish.praise: _title("表扬", "Praise"),
    CardWish.complaint: _title("投诉", "Complaint"),
    CardWish.misconduct: _title("举报违纪违法", "Report of misconduct"),
}

KINDS: dict[CardKind, Title] = {
    CardKind.answer: _title("咨询答复类（5个工作日）", "Question (5 working days)"),
    CardKind.request: _title("一般诉求类（15个工作日）", "Request (15 working days)"),
    CardKind.complex: _title("复杂疑难类（30个工作日）", "Complex (30 working days)"),
}

URGENCIES: dict[Urgency, Title] = {Urgency.normal: _title("一般", "Normal"), Urgency.urgent: _title("紧急", "Urgent")}

ANONYMITIES: dict[Anonymity, Title] = {
    Anonymity.anonymous: _title("匿名", "Anonymous"),
    Anonymity.contact: _title("留有联系方式", "With contact details"),
}

STATUSES: dict[CardStatus, Title] = {
    CardStatus.received: _title("已收到，等待分办", "Received, being sorted"),
    CardStatus.accepted: _title("已受理，等待承办单位签收", "Accepted, waiting for the unit to sign for it"),
    CardStatus.processing: _title("办理中", "Being handled"),
    CardStatus.replying: _title("答复待审核", "The reply is being checked"),
    CardStatus.replied: _title("已答复，请您评价", "Answered; please rate it"),
    CardStatus.under_review: _title("督查复核中", "Under review"),
    CardStatus.closed: _title("已办结", "Closed"),
    CardStatus.not_accepted: _title("不予受理，已说明理由", "Not accepted; the reason is given"),
    CardStatus.transferred: _title("已转其他机关", "Passed to another authority"),
    CardStatus.merged: _title("已与同类反映合并办理", "Handled together with the same matter"),
    CardStatus.withdrawn: _title("已由反映人撤回", "Withdrawn by the sender"),
    CardStatus.sealed: _title("已密封转交纪检机关", "Sealed, for the discipline body alone"),
    CardStatus.handed_over: _title("纪检机关已接收", "With the discipline body"),
}

GRADES: dict[int, Title] = {
    5: _title("很满意", "Very satisfied"),
    4: _title("满意", "Satisfied"),
    3: _title("一般", "Neither"),
    2: _title("不满意", "Dissatisfied"),
    1: _title("很不满意", "Very dissatisfied"),
}

DISSATISFIED = frozenset({1, 2})
"""With these a case opens again by itself."""

OVER = frozenset(
    {
        CardStatus.closed,
        CardStatus.not_accepted,
        CardStatus.transferred,
        CardStatus.merged,
        CardStatus.withdrawn,
        CardStatus.sealed,
        CardStatus.handed_over,
    }
)
"""Nothing more is done with the card."""
