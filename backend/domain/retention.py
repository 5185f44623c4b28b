"""How long personal data is kept, as data: what, why, on which ground, and what becomes of it then.

The worker carries the rules out (`domain/erasure.py`), the data map and the public notice read them.  A county that
keeps something longer or shorter changes a period here and nowhere else.

Sources, as handbook 3.1 lists them: 个人信息保护法 (PIPL) 19 and 47 (shortest time needed, deletion when the purpose is
met), 网络安全法 23 (logs for six months at least), the retention table [D] of handbook 3.1 (contact details two years
after closing, sign-in data six months), 档案法 and 机关文件材料归档范围 for what is kept for good.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Words = dict[str, str]


class Deed(StrEnum):
    """What becomes of the data when its time is over."""

    erase = "erase"
    cut_off = "cut_off"
    keep = "keep"


DEEDS: dict[Deed, Words] = {
    Deed.erase: {"zh-CN": "彻底删除", "en": "erased"},
    Deed.cut_off: {"zh-CN": "与事项切断（事项本身保留）", "en": "cut off from the matter, which stays"},
    Deed.keep: {"zh-CN": "按规定长期保存", "en": "kept as the law demands"},
}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: whole months by the calendar, or hours."""

    months: int = 0
    hours: int = 0

    def before(self, now: datetime) -> datetime:
        """The moment this long before `now`; the last day of a shorter month stands for a day that it lacks."""
        back = now.year * 12 + now.month - 1 - self.months
        year, month = divmod(back, 12)
        day = min(now.day, monthrange(year, month + 1)[1])
        return now.replace(year=year, month=month + 1, day=day) - timedelta(hours=self.hours)

    def said(self, language: str) -> str:
        years, months = divmod(self.months, 12)
        parts = ((years, "年", "year"), (months, "个月", "month"), (self.hours, "小时", "hour"))
        if language == "en":
            return " ".join(f"{number} {unit}{'s' * (number > 1)}" for number, _, unit in parts if number)
        return "".join(f"{number}{unit}" for number, unit, _ in parts if number)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data with its time.  `since` is the moment from which the period runs; `period` is None for what is
    kept for good.  `basis` names the ground for keeping it so long and for letting it go then."""

    key: str
    what: Words
    why: Words
    basis: Words
    since: Words
    period: Period | None
    deed: Deed


def _both(zh: str, en: str) -> Words:
    return {"zh-CN": zh, "en": en}


_PIPL_19 = _both(
    "个人信息保护法第19、47条：实现目的所需的最短时间", "PIPL 19 and 47: the shortest time that the purpose needs"
)
_CSL_23 = _both("网络安全法第23条：日志不少于6个月", "Cybersecurity Law 23: logs for six months at least")

RULES: tuple[Rule, ...] = (
    Rule(
        "feedback_contact",
        _both("反映人的姓名、电话", "Name and phone of a sender"),
        _both("回复和回访反映人", "To answer senders and to call them back"),
        _PIPL_19,
        _both("反映办结之日", "the day on which the card is closed"),
        Period(months=24),
        Deed.cut_off,
    ),
    Rule(
        "sealed_contact",
        _both("密封举报中的姓名、电话", "Name and phone inside a sealed report"),
        _both("供纪检机关核实", "For the discipline body to verify"),
        _PIPL_19,
        _both("移交纪检机关之日", "the day on which the report is handed over"),
        Period(months=24),
        Deed.cut_off,
    ),
    Rule(
        "hotline_note",
        _both("热线通话记录中的备注", "Notes on calls of the hotline"),
        _both("办理反映时备查", "To handle the card"),
        _PIPL_19,
        _both("反映办结之日", "the day on which the card is closed"),
        Period(months=24),
        Deed.erase,
    ),
    Rule(
        "member_contact",
        _both("已离开组织者的联系电话", "Phone of a member who has left"),
        _both("组织联系党员", "To reach the member"),
        _PIPL_19,
        _both("组织关系结束之日", "the day on which the membership ends"),
        Period(months=24),
        Deed.erase,
    ),
    Rule(
        "member_correction",
        _both(
            "更正申请中原来的和应改的内容、佐证说明",
            "What a request for correction calls wrong and right, and its evidence",
        ),
        _both("说明更正是否依规办理", "To show that the request was settled rightly"),
        _both(
            "个人信息保护法第46、56条（处理情况记录至少保存3年）",
            "PIPL 46 and 56 (records of processing for three years at least)",
        ),
        _both("答复之日", "the day on which it is settled"),
        Period(months=36),
        Deed.cut_off,
    ),
    Rule(
        "session",
        _both("登录会话", "Sessions of signing in"),
        _both("防止冒用账号", "To keep accounts from being misused"),
        _CSL_23,
        _both("会话到期之日", "the day on which the session expires"),
        Period(months=6),
        Deed.erase,
    ),
    Rule(
        "sign_in_try",
        _both("登录失败的计数（账号和设备只存带密钥的摘要）", "Counts of failed sign-ins, under keyed hashes"),
        _both("防止猜测密码", "To slow down guessing"),
        _PIPL_19,
        _both("最后一次尝试", "the last try"),
        Period(hours=24),
        Deed.erase,
    ),
    Rule(
        "known_device",
        _both("登录过的设备（只存带密钥的摘要）", "Devices that signed in, as keyed hashes"),
        _both("不让他人的猜测挡住本人", "So that somebody else's guesses keep nobody out"),
        _CSL_23,
        _both("最后一次使用之日", "the day of its last use"),
        Period(months=6),
        Deed.erase,
    ),
    Rule(
        "invitation",
        _both("邀请码（只存摘要）", "Codes for choosing a password, as hashes"),
        _both("本人设定密码", "For a person to choose a password"),
        _CSL_23,
        _both("邀请码失效之时", "the moment at which the code runs out"),
        Period(months=6),
        Deed.erase,
    ),
    Rule(
        "closed_account",
        _both(
            "已注销账号的历次密码摘要、动态口令密钥和备用码",
            "Of a closed account: hashes of former passwords, the authenticator's secret and recovery codes",
        ),
        _both("登录时验证本人", "To know a person at sign-in"),
        _CSL_23,
        _both("账号注销之时", "the moment at which the account is closed"),
        Period(months=6),
        Deed.erase,
    ),
    Rule(
        "unconfirmed_second_step",
        _both("没有确认的两步验证密钥", "Secrets of a second step that nobody confirmed"),
        _both("启用两步验证", "To set up a second step"),
        _PIPL_19,
        _both("生成之时", "the moment at which it was made"),
        Period(hours=24),
        Deed.erase,
    ),
    Rule(
        "notice",
        _both("发给个人的期限提醒", "Notices of limits to a person"),
        _both("让经办人按时办理", "So that matters are done in time"),
        _PIPL_19,
        _both("发出之日", "the day on which it was sent"),
        Period(months=36),
        Deed.erase,
    ),
    Rule(
        "ledger_import",
        _both("上传的台账文件和逐行预览", "Uploaded workbooks and their rows"),
        _both("核对和撤销导入", "To check an import and to undo it"),
        _PIPL_19,
        _both("上传或导入之时", "the upload or the import"),
        Period(hours=24),
        Deed.erase,
    ),
    Rule(
        "snapshot",
        _both("供对接系统下载的数据快照（号码已遮盖）", "Snapshots for county systems, numbers starred"),
        _both("对接系统首次取数和重新取数", "For a county system to begin its copy, or to begin it anew"),
        _PIPL_19,
        _both("申请之时", "the moment at which it was asked for"),
        Period(hours=72),
        Deed.erase,
    ),
    Rule(
        "temporary_file",
        _both("上传、导出时的临时文件", "Temporary files of uploads and exports"),
        _both("处理上传和导出", "To take in uploads and to write exports"),
        _both("等级保护（GB/T 22239）剩余信息保护", "MLPS (GB/T 22239): residual information"),
        _both("文件产生之时", "the moment at which the file was made"),
        Period(hours=24),
        Deed.erase,
    ),
    Rule(
        "kept_answer",
        _both("带幂等键的请求的答复（加密保存）", "Answers to requests with an Idempotency-Key, encrypted"),
        _both("线路中断后再次请求时不重复办理", "So that what is asked again after a broken line is not done twice"),
        _PIPL_19,
        _both("答复之时", "the moment of the answer"),
        Period(hours=168),
        Deed.erase,
    ),
    Rule(
        "waiting_record",
        _both(
            "对接系统送来、未予入库的记录（加密保存）", "Records of partners' programs that were dismissed, encrypted"
        ),
        _both("备查为何没有入库", "To show what was dismissed and why"),
        _PIPL_19,
        _both("决定不予入库之日", "the day on which it is dismissed"),
        Period(months=1),
        Deed.erase,
    ),
    Rule(
        "member_file",
        _both("党员基本信息", "A member's record"),
        _both("党员教育管理", "Keeping the rosters of members"),
        _both("党员档案管理规定", "The Party's rules on members' files"),
        _both("—", "—"),
        None,
        Deed.keep,
    ),
    Rule(
        "decision_file",
        _both("决策、会议记录和意见", "Decisions, minutes and opinions"),
        _both("证明决策依规作出", "To prove that a decision was taken by the rules"),
        _both("档案法；文书档案永久、30年、10年", "Archives Law; records kept for good, 30 or 10 years"),
        _both("—", "—"),
        None,
        Deed.keep,
    ),
    Rule(
        "matter_file",
        _both(
            "反映内容、整改事项和办理记录（不含联系方式）",
            "What cards say, rectifications and acts, without contact details",
        ),
        _both("证明事项依规办理", "To prove that a matter was handled by the rules"),
        _both("档案法；信访工作条例", "Archives Law; Regulations on petitions"),
        _both("—", "—"),
        None,
        Deed.keep,
    ),
    Rule(
        "audit",
        _both("操作日志（号码已遮盖）", "The audit log, its numbers starred"),
        _both("查清谁在何时做了什么", "To know who did what and when"),
        _both(
            "网络安全法第23条（至少6个月，建议3年）；防篡改，不删除",
            "Cybersecurity Law 23 (six months at least, three years advised); sealed, never erased",
        ),
        _both("—", "—"),
        None,
        Deed.keep,
    ),
    Rule(
        "account",
        _both("工作账号、角色（含已注销的：姓名和角色）", "Accounts and roles; of closed ones name and roles"),
        _both("确定谁可以办理什么、当时由谁办理", "To know who may do what, and who did what then"),
        _both(
            "等级保护（GB/T 22239）身份鉴别、访问控制、安全审计；档案法",
            "MLPS (GB/T 22239): identity, access and audit; Archives Law",
        ),
        _both("—", "—"),
        None,
        Deed.keep,
    ),
)
BY_KEY = {rule.key: rule for rule in RULES}
