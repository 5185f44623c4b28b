"""Steps 7 and 8 of the eight-step decision, which nobody may waive: the legality review and the vote."""

from typing import Any

from backend.domain.organization_kind import ORGANIZATION_KINDS
from backend.domain.procedures.decision.preparing import OFFICE
from backend.domain.procedures.fields import (
    HAPPENED,
    Field,
    area,
    choice,
    day,
    group,
    listed,
    record,
    text,
    texts,
    title,
)


def _point(zh: str, en: str) -> Field:
    finding = choice(
        "结论",
        "Finding",
        {
            "lawful": ("合法", "Lawful"),
            "needs_change": ("修改后合法", "Lawful if changed"),
            "unlawful": ("不合法", "Unlawful"),
        },
    )
    return group(zh, en, {"finding": finding, "opinion": area("审查意见", "Opinion")})


LEGALITY_REVIEW: dict[str, Any] = {
    "key": "legality_review",
    "title": title("法律审查", "Legality review"),
    "help": title(
        "由承办单位以外的人员从权限、程序、内容三方面审查，一般不少于7个工作日；不合法或须修改的应退回。",
        "Someone outside the sponsor unit reviews power, procedure and content in 7 working days or more; "
        "what is unlawful or must change goes back.",
    ),
    "roles": ["legal_reviewer"],
    "barred": ["sponsor_unit"],
    "waits": [{"days": 7, "unit": "working", "shortened_by": "/agreed_shorter"}],
    "due": {"days": 15, "unit": "working"},
    "back_to": [
        "intention_solicitation",
        "investigation",
        "expert_consultation",
        "opinion_solicitation",
        "public_hearing",
        "pilot",
        "legality_review",
    ],
    "content": "any",
    "record_on_return": True,
    "evidence": [
        {"kind": "opinion", "title": title("签名的审查意见书", "Signed review opinion"), "required": True},
        {
            "kind": "agreement",
            "title": title("双方同意缩短期限的书面材料", "Written agreement on the shorter time"),
            "required_with": "/agreed_shorter",
        },
    ],
    "conditions": [
        {"rule": "must_return", "field": f"/{point}/finding", "values": ["needs_change", "unlawful"]}
        for point in ("power", "procedure", "content")
    ]
    + [
        {"rule": "no_party_member", "people": "/adviser", "parties": ["sponsor_unit", "proposer"]},
        {"rule": "no_tie", "people": "/adviser", "warn": True},
    ],
    "record": record(
        {
            "materials": texts("审查的材料", "Papers reviewed"),
            "power": _point("权限", "Power"),
            "procedure": _point("程序", "Procedure"),
            "content": _point("内容", "Content"),
        },
        {
            "adviser": group(
                "法律顾问意见",
                "Legal adviser",
                {
                    "name": text("姓名", "Name"),
                    "organization": text("单位", "Organisation"),
                    "opinion": area("意见", "Opinion"),
                },
            ),
            "agreed_shorter": group(
                "双方同意缩短期限",
                "Shorter by agreement",
                {
                    "reason": area("理由", "Reason"),
                    "sponsor_agreed_by": text("承办单位同意人", "Agreed for the sponsor unit by"),
                    "reviewer_agreed_by": text("审查人员同意人", "Agreed for the reviewers by"),
                },
                why=("少于7个工作日须双方书面同意。", "Fewer than 7 working days needs both sides' written agreement."),
            ),
        },
        example={
            "materials": ["方案文本", "调研报告", "征求意见情况", "听证记录"],
            "power": {"finding": "lawful", "opinion": "属于镇人民政府职权范围。"},
            "procedure": {"finding": "lawful", "opinion": "已依次完成调研、咨询、征求意见和听证。"},
            "content": {"finding": "lawful", "opinion": "未发现与法律法规和上级政策抵触的内容。"},
        },
    ),
}

_TOWNSHIP = "collective_discussion"
_BODIES: dict[str, tuple[str, str, str]] = {
    "party_committee": ("党委会议", "Party committee meeting", _TOWNSHIP),
    "government_meeting": ("政府办公会议", "Government meeting", _TOWNSHIP),
    "joint_meeting": ("党政联席会议", "Joint meeting", _TOWNSHIP),
    "villager_representatives": ("村民代表会议", "Villager representatives", "villager_representatives"),
    "villager_assembly": ("村民会议", "Villager assembly", "villager_assembly"),
}
_VOTE = {"table_by": {"field": "/body", "rules": {body: rule for body, (_, _, rule) in _BODIES.items()}}}
_LEADING = [body for body, (_, _, rule) in _BODIES.items() if rule == _TOWNSHIP]
# A recorder must not choose the easier majority: only a village's matter is for its villagers to decide.
_BODIES_OF = {kind: list(_BODIES) if kind in ("village", "community") else _LEADING for kind in ORGANIZATION_KINDS}
_BY_NAME = {"field": "/method", "in": ["named", "show_of_hands"]}

RESOLUTION: dict[str, Any] = {
    "key": "resolution",
    "title": title("形成决议", "Resolution"),
    "help": title(
        "集体讨论，主持人最后发言；付诸表决的文本必须就是经过法律审查的文本。记录人录入后由书记会签。",
        "Discussed together, the chair speaking last; the text voted is the text reviewed. The secretary countersigns.",
    ),
    "roles": OFFICE,
    "countersign": {"count": 2, "roles": ["secretary"]},
    "due": {"days": 30, "unit": "natural"},
    "back_to": [
        "intention_solicitation",
        "investigation",
        "expert_consultation",
        "opinion_solicitation",
        "public_hearing",
        "pilot",
        "legality_review",
        "resolution",
    ],
    "evidence": [
        {"kind": "minutes", "title": title("签名的会议记录", "Signed minutes"), "required": True},
        {"kind": "sign_in", "title": title("签到表", "Sign-in sheet")},
        {"kind": "ballots", "title": title("表决票", "Ballots")},
    ],
    "conditions": [
        {"rule": "same_content_as", "step": "legality_review"},
        {"rule": "apart_days", "from": "/held_on", "to": "/effective_on", "days": 0, "unit": "natural"},
        {"rule": "distinct", "fields": ["/chair", "/recorder"]},
        {"rule": "listed_in", "person": "/chair", "names": "/attendance/*/name", "where": {"state": "present"}},
        {"rule": "listed_in", "person": "/views/*/name", "names": "/attendance/*/name", "where": {"state": "present"}},
        {"rule": "fits_subject", "field": "/body", "subject": "organization_kind", "allowed": _BODIES_OF},
        {"rule": "last_in_list", "list": "/views", "field": "name", "person": "/chair"},
        {"rule": "each_filled", "list": "/votes", "field": "name", "filled": True, "when": _BY_NAME},
        {
            "rule": "each_filled",
            "list": "/votes",
            "field": "name",
            "filled": False,
            "when": {"field": "/method", "in": ["secret"]},
        },
        {"rule": "dissent_recorded", "votes": "/votes", "choices": ["against"], "views": "/views"},
        {"rule": "no_tie", "people": "/attendance", "warn": True},
    ],
    "result": {"vote": _VOTE, "passed": "adopted", "failed": "rejected", "failed_ends": True},
    "record": record(
        {
            "body": choice("会议", "Meeting", {body: (zh, en) for body, (zh, en, _) in _BODIES.items()}),
            "held_on": day("会议日期", "Held on", HAPPENED),
            "place": text("地点", "Place"),
            "chair": text("主持人", "Chair"),
            "recorder": text("记录人", "Recorder"),
            "attendance": listed(
                "应到人员",
                "Members",
                {
                    "name": text("姓名", "Name"),
                    "standing": choice(
                        "身份",
                        "Standing",
                        {
                            "voting": ("有表决权", "With a vote"),
                            "excused": ("有表决权，不计入应到", "With a vote, not expected"),
                            "probationary": ("预备期，无表决权", "Probationary, without a vote"),
                            "observer": ("列席", "Observer"),
                        },
                    ),
                    "state": choice(
                        "到会情况",
                        "Attendance",
                        {
                            "present": ("到会", "Present"),
                            "absent": ("缺席", "Absent"),
                            "recused": ("回避", "Recused"),
                        },
                    ),
                },
                {"reason": text("缺席或回避原因", "Why absent or recused")},
                ("人数由系统统计，不用填写。", "The system counts."),
                widget="people",
            ),
            "views": listed(
                "发言",
                "Views",
                {"name": text("发言人", "Speaker"), "view": area("原话", "In their own words")},
                why=(
                    "按发言先后填写，主持人最后；不同意见如实记录。",
                    "In order, the chair last; dissent word for word.",
                ),
            ),
            "method": choice(
                "表决方式",
                "Method",
                {
                    "named": ("记名投票", "Named ballot"),
                    "show_of_hands": ("举手", "Show of hands"),
                    "secret": ("无记名投票", "Secret ballot"),
                },
            ),
            "votes": listed(
                "表决",
                "Votes",
                {
                    "choice": choice(
                        "表决",
                        "Vote",
                        {"for": ("赞成", "For"), "against": ("反对", "Against"), "abstain": ("弃权", "Abstain")},
                    )
                },
                {"name": text("姓名", "Name", ("无记名投票不填。", "Empty for a secret ballot."))},
                ("每票一行。", "One line per vote."),
            ),
        },
        {
            "effective_on": day("生效日期", "Takes effect on"),
            "departure": area(
                "未按多数意见决定的说明",
                "Why the majority was not followed",
                ("主持人作出不同决定的，须说明理由。", "If so."),
            ),
        },
        example={
            "body": "joint_meeting",
            "held_on": "@today",
            "place": "榆桥镇政府二楼会议室",
            "chair": "林秋实",
            "recorder": "区慧",
            "attendance": [
                {"name": "林秋实", "standing": "voting", "state": "present"},
                {"name": "任思远", "standing": "voting", "state": "present"},
                {"name": "查文静", "standing": "voting", "state": "present"},
                {"name": "仇建国", "standing": "voting", "state": "present"},
                {"name": "解春生", "standing": "voting", "state": "recused", "reason": "亲属在沿街经营商铺"},
                {"name": "区慧", "standing": "observer", "state": "present"},
            ],
            "views": [
                {"name": "任思远", "view": "同意分段翻修，工期要写进合同。"},
                {"name": "仇建国", "view": "我不同意现在实施，建议等雨季过后再开工。"},
                {"name": "查文静", "view": "同意，注意学校周边安全。"},
                {"name": "林秋实", "view": "综合大家意见，同意按分段翻修方案实施。"},
            ],
            "method": "named",
            "votes": [
                {"name": "任思远", "choice": "for"},
                {"name": "仇建国", "choice": "against"},
                {"name": "查文静", "choice": "for"},
                {"name": "林秋实", "choice": "for"},
            ],
        },
    ),
}
