"""Steps 4 to 6 of the eight-step decision: what people say, the hearing, the trial."""

from typing import Any

from backend.domain.procedures.decision.preparing import OFFICE, WAIVER
from backend.domain.procedures.fields import (
    HAPPENED,
    area,
    choice,
    choices,
    day,
    flag,
    group,
    listed,
    number,
    record,
    text,
    texts,
    title,
)

OPINION_SOLICITATION: dict[str, Any] = {
    "key": "opinion_solicitation",
    "title": title("征求意见", "Opinion solicitation"),
    "help": title(
        "向社会公开征求意见一般不少于30日（自本步骤开始的次日起算）；收到的每条意见都要有处理结果。",
        "Public comment lasts 30 days or more from the day after this step opens; every opinion gets an outcome.",
    ),
    "roles": OFFICE,
    "waits": [{"days": 30, "unit": "natural", "shortened_by": "/shorter_period"}],
    "due": {"days": 60, "unit": "natural"},
    "back_to": ["intention_solicitation", "investigation", "expert_consultation", "opinion_solicitation"],
    "content": "material",
    "evidence": [
        {"kind": "notice", "title": title("征求意见公告", "Notice of public comment"), "required": True},
        {
            "kind": "shorter_period_notice",
            "title": title("缩短期限的公开说明", "Published reason for the shorter period"),
            "required_with": "/shorter_period",
        },
    ],
    "conditions": [
        {"rule": "all_answered", "of": "opinions"},
        {
            "rule": "apart_days",
            "from": "/published_on",
            "to": "@today",
            "days": 30,
            "unit": "natural",
            "whole": True,
            "unless": "/shorter_period",
        },
    ],
    "record": record(
        {
            "channels": choices(
                "征求方式",
                "Channels",
                {
                    "website": ("政府网站", "Government website"),
                    "board": ("公开栏", "Notice board"),
                    "meeting": ("座谈会", "Meeting"),
                    "visit": ("入户走访", "Home visits"),
                    "letter": ("书面征求", "In writing"),
                    "online": ("网络问卷", "Online form"),
                },
            ),
            "notice_place": text("公告发布处", "Where the notice was published"),
            "summary": area("意见归纳和采纳情况", "Summary of opinions and how they were used"),
        },
        {
            "published_on": day(
                "公告发布日期",
                "Notice published on",
                HAPPENED,
                (
                    "只在公告晚于本步骤开始之日发布时填写，30日从公告次日起算。",
                    "Only if later than the opening of this step.",
                ),
            ),
            "shorter_period": group(
                "缩短期限",
                "Shorter period",
                {
                    "reason": area("理由", "Reason"),
                    "published_in": text("公开说明发布处", "Where the reason was published"),
                },
                why=("因情况紧急少于30日的，须公开说明理由。", "Fewer than 30 days needs a published reason."),
            ),
        },
        example={
            "channels": ["website", "board"],
            "notice_place": "镇政府网站、各村（居）公开栏",
            "summary": "意见集中在施工期间通行和商户损失两方面，均已逐条答复。",
        },
    ),
}

PUBLIC_HEARING: dict[str, Any] = {
    "key": "public_hearing",
    "title": title("公开听证", "Public hearing"),
    "help": title(
        "直接涉及群众切身利益或者分歧较大的，公开举行听证；材料至少提前7日送达，参加人在记录上签名。",
        "Held in public where direct interests or disputes are at stake; papers go out 7 days ahead, all sign.",
    ),
    "roles": OFFICE,
    # The papers may not have gone out before the step opened, so no hearing can be over sooner.
    "waits": [{"days": 7, "unit": "natural"}],
    "due": {"days": 45, "unit": "natural"},
    "waiver": WAIVER,
    "back_to": ["investigation", "expert_consultation", "opinion_solicitation", "public_hearing"],
    "content": "material",
    "evidence": [
        {"kind": "notice", "title": title("听证公告", "Hearing notice"), "required": True},
        {"kind": "transcript", "title": title("签名的听证记录", "Signed hearing record"), "required": True},
    ],
    "conditions": [
        {"rule": "apart_days", "from": "/materials_sent_on", "to": "/held_on", "days": 7, "unit": "natural"},
        {"rule": "distinct", "fields": ["/host", "/recorder"]},
        {"rule": "no_party_member", "people": "/host", "parties": ["proposer"]},
        {"rule": "signed", "list": "/participants", "field": "signed"},
        {"rule": "no_tie", "people": "/participants", "warn": True},
    ],
    "record": record(
        {
            "materials_sent_on": day("材料送达日期", "Papers sent on", HAPPENED),
            "held_on": day("听证日期", "Held on", HAPPENED),
            "place": text("地点", "Place"),
            "host": text("主持人", "Host"),
            "recorder": text("记录人", "Recorder"),
            "selection": area("参加人产生办法", "How participants were chosen", ("须与公告一致。", "As announced.")),
            "participants": listed(
                "参加人",
                "Participants",
                {
                    "name": text("姓名", "Name"),
                    "represents": text("代表哪一方", "Represents"),
                    "signed": flag("已在记录上签名", "Signed the record"),
                },
                least=3,
                widget="people",
            ),
            "views": listed(
                "发言", "Statements", {"name": text("发言人", "Speaker"), "view": area("内容", "Statement")}
            ),
            "conclusion": area("听证意见归纳", "Conclusions"),
        },
        example={
            "materials_sent_on": "@today-7",
            "held_on": "@today",
            "place": "榆桥镇政府一楼会议室",
            "host": "任思远",
            "recorder": "区慧",
            "selection": "公开报名后按沿街商户、居民、代表委员三类抽签产生。",
            "participants": [
                {"name": "单立群", "represents": "沿街商户", "signed": True},
                {"name": "陶秀英", "represents": "榆桥社区居民", "signed": True},
                {"name": "曾晓岚", "represents": "镇人大代表", "signed": True},
            ],
            "views": [
                {"name": "单立群", "view": "希望分段施工，每段不超过30天。"},
                {"name": "陶秀英", "view": "请保留学校门口的人行通道。"},
            ],
            "conclusion": "多数赞成分段翻修，要求明确每段工期并保留人行通道。",
        },
    ),
}

PILOT: dict[str, Any] = {
    "key": "pilot",
    "title": title("试点试行", "Pilot"),
    "help": title(
        "在选定的地方按规定的期限先行先试，用前后指标说明效果，并写明如何结束试点。",
        "Try it in chosen places for a set time, show the effect by indicators before and after, and say how it ends.",
    ),
    "roles": OFFICE,
    "waits": [{"days": 1, "unit": "natural"}],
    "due": {"days": 180, "unit": "natural"},
    "waiver": WAIVER,
    "back_to": ["investigation", "expert_consultation", "opinion_solicitation", "public_hearing", "pilot"],
    "content": "material",
    "record_on_return": True,
    "evidence": [{"kind": "report", "title": title("试点报告", "Pilot report"), "required": True}],
    "conditions": [
        {"rule": "apart_days", "from": "/started_on", "to": "/ended_on", "days": 1, "unit": "natural"},
        {"rule": "must_return", "field": "/conclusion", "values": ["stop"]},
    ],
    "record": record(
        {
            "sites": texts("试点地点", "Sites"),
            "started_on": day("开始日期", "Started on", HAPPENED),
            "ended_on": day("结束日期", "Ended on", HAPPENED),
            "indicators": listed(
                "指标",
                "Indicators",
                {
                    "name": text("指标", "Indicator"),
                    "unit": text("计量单位", "Unit"),
                    "before": number("试点前", "Before"),
                    "after": number("试点后", "After"),
                },
            ),
            "conclusion": choice(
                "结论",
                "Conclusion",
                {
                    "extend": ("可以推开", "Fit for all"),
                    "adjust": ("调整后推开", "Fit with adjustments"),
                    "stop": ("不宜推开", "Not fit"),
                },
            ),
            "explanation": area("说明", "Explanation"),
            "exit": area(
                "试点结束安排", "How the pilot ends", ("怎样收尾，对受影响的人怎样安排。", "What becomes of it.")
            ),
        },
        example={
            "sites": ["中心街北段120米"],
            "started_on": "@today-20",
            "ended_on": "@today",
            "indicators": [{"name": "高峰通行时间", "unit": "分钟", "before": 11, "after": 6.5}],
            "conclusion": "extend",
            "explanation": "半幅施工未造成长时间拥堵，商户投诉2件均已办结。",
            "exit": "北段恢复通行，临时通道拆除，剩余路段按方案实施。",
        },
    ),
}
