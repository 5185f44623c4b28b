"""Whether an item is put right, said by others than those who did it: verification, source, people, closing."""

from typing import Any

from backend.domain.procedures.fields import HAPPENED, area, choice, choices, day, record, text, title
from backend.domain.procedures.rectification.parts import COMMENTS, COUNTS, SATISFIED_PERCENT, SECOND, UNIT, VERIFIERS

# Who found these confirms them: what a tour of inspection, the county or an audit found is not closed at home.
CONFIRMED_SOURCES = ["inspection_tour", "county_transfer", "audit"]
# What members found of themselves at a meeting on their party life, the organisation office confirms (handbook 2.10).
LIFE_SOURCES = ["democratic_life_meeting", "organizational_life_meeting"]

_BACK = ["rectifying", "plan", "assignment"]
_OUTSIDE: dict[str, Any] = {
    "barred": ["responsible_unit", "owners", "easers"],
    "other_than": ["rectifying"],
    "checking": True,
    "due": {"days": 5, "unit": "working"},
    "back_to": _BACK,
    "record_on_return": True,
}
_EFFECT = choice(
    "整改是否到位",
    "Put right",
    {"effective": ("到位", "Yes"), "not_effective": ("不到位", "No")},
    ("不到位的应退回。", "What is not put right goes back."),
)
_MUST_RETURN = {"rule": "must_return", "field": "/effect", "values": ["not_effective"]}
_CHECKED: dict[str, Any] = {
    "checked_on": day("核查日期", "Checked on", HAPPENED),
    "methods": choices(
        "核查方式",
        "How it was checked",
        {
            "on_site": ("现场查看", "On the spot"),
            "documents": ("查阅资料", "Documents"),
            "interviews": ("走访了解", "Talking to people"),
            "data": ("数据比对", "Figures"),
        },
    ),
    "findings": area("核查情况", "Findings", ("看到了什么、和问题对照怎样。", "What was seen.")),
    "effect": _EFFECT,
}
_CHECKED_EXAMPLE = {
    "checked_on": "@today",
    "methods": ["on_site", "interviews"],
    "findings": "现场查看排水沟全线畅通，走访5户均反映雨天不再积水。",
    "effect": "effective",
}
_PROOF = [
    {"kind": "photo", "title": title("现场照片", "Photo")},
    {"kind": "report", "title": title("核查报告", "Report")},
]

VERIFICATION: dict[str, Any] = {
    "key": "verification",
    "title": title("核查验收", "Verification"),
    "help": title(
        "由责任单位以外的督查人员核查；整改不到位的退回。",
        "By the office of supervision, never the unit itself; what is not put right goes back.",
    ),
    "roles": VERIFIERS,
    **_OUTSIDE,
    "evidence": _PROOF,
    "conditions": [{"rule": "concrete", "field": "/findings"}, _MUST_RETURN],
    "record": record(_CHECKED, example=_CHECKED_EXAMPLE),
}

SECOND_VERIFICATION: dict[str, Any] = {
    "key": "second_verification",
    "title": title("复核", "Second verification"),
    "help": title("重大问题由另一人再核查一次。", "A major problem is verified once more by another person."),
    "roles": SECOND,
    **_OUTSIDE,
    "other_than": ["rectifying", "verification"],
    "applies": {"field": "subject:/severity", "in": ["major"]},
    "evidence": _PROOF,
    "conditions": [{"rule": "concrete", "field": "/findings"}, _MUST_RETURN],
    "record": record(_CHECKED, example=_CHECKED_EXAMPLE),
}

SOURCE_CONFIRMATION: dict[str, Any] = {
    "key": "source_confirmation",
    "title": title("来源单位确认", "Confirmation by the source"),
    "help": title(
        "巡视巡察、县级转办、审计发现的问题，由被查单位所在乡镇以外的上级确认。",
        "What a tour, the county or an audit found is confirmed above the township inspected.",
    ),
    "roles": SECOND,
    **_OUTSIDE,
    "barred": ["responsible_unit", "owners", "easers", "inspected"],
    "applies": {"field": "subject:/source", "in": CONFIRMED_SOURCES},
    "evidence": [{"kind": "letter", "title": title("确认函", "Letter of confirmation")}],
    "conditions": [_MUST_RETURN],
    "record": record(
        {
            "confirmed_on": day("确认日期", "Confirmed on", HAPPENED),
            "authority": text("确认单位", "Confirmed by"),
            "opinion": area("确认意见", "Opinion"),
            "effect": _EFFECT,
        },
        {"document": text("文号", "Document number")},
        example={
            "confirmed_on": "@today",
            "authority": "县委巡察工作领导小组办公室",
            "opinion": "整改事实清楚，同意销号。",
            "effect": "effective",
        },
    ),
}

ORGANIZATION_CONFIRMATION: dict[str, Any] = {
    "key": "organization_confirmation",
    "title": title("组织部门确认", "Confirmation by the organisation office"),
    "help": title(
        "民主生活会、组织生活会查摆的问题，由组织部门确认；没有组织部门的，由县委确认。",
        "What a meeting on party life found is confirmed by the organisation office, or else by the county committee.",
    ),
    "roles": ["clerk", "secretary", "township_admin", "county_admin"],
    **_OUTSIDE,
    "only": ["organization_office"],
    "other_than": ["rectifying", "verification"],
    "applies": {"field": "subject:/source", "in": LIFE_SOURCES},
    "conditions": [_MUST_RETURN],
    "record": record(
        {
            "confirmed_on": day("确认日期", "Confirmed on", HAPPENED),
            "opinion": area("确认意见", "Opinion"),
            "effect": _EFFECT,
        },
        example={
            "confirmed_on": "@today",
            "opinion": "对照检查材料和整改清单核对，整改到位，同意销号。",
            "effect": "effective",
        },
    ),
}

SATISFACTION: dict[str, Any] = {
    "key": "satisfaction",
    "title": title("群众满意度回访", "Satisfaction of the people"),
    "help": title(
        "由责任单位以外的人回访受影响群众；满意和基本满意不足80%的退回继续整改。",
        "Someone outside the unit asks the people affected; below 80 % satisfied it goes back.",
    ),
    "roles": UNIT,
    **_OUTSIDE,
    "applies": {"field": "subject:/affects_people", "in": [True]},
    "evidence": [{"kind": "record", "title": title("回访记录", "Record of the calls")}],
    "conditions": [
        {"rule": "counts_add_up", "total": "/asked", "parts": ["/satisfied", "/fairly", "/unsatisfied", "/no_answer"]},
        {
            "rule": "share_at_least",
            "parts": ["/satisfied", "/fairly"],
            "total": "/asked",
            "percent": SATISFIED_PERCENT,
        },
        {"rule": "no_personal_data", "field": "/comments"},
    ],
    "record": record(
        {
            "asked_on": day("回访日期", "Asked on", HAPPENED),
            "method": choice(
                "回访方式",
                "How",
                {
                    "call_back": ("电话回访", "By phone"),
                    "visit": ("入户走访", "At home"),
                    "meeting": ("座谈", "At a meeting"),
                    "survey": ("问卷", "By questionnaire"),
                },
            ),
            **COUNTS,
        },
        {"comments": COMMENTS},
        example={
            "asked_on": "@today",
            "method": "visit",
            "asked": 12,
            "satisfied": 9,
            "fairly": 2,
            "unsatisfied": 0,
            "no_answer": 1,
            "comments": "普遍反映雨天出行方便了，希望坚持清理。",
        },
    ),
}

CLOSING: dict[str, Any] = {
    "key": "closing",
    "title": title("销号", "Closing"),
    "help": title(
        "由责任单位以外的督查人员对照清单销号。销号后抽取回头看：一般问题3个月后抽两成，重大问题6个月后全部复查。",
        "The office of supervision closes it, from outside the unit. A fifth of closed items is looked at again after "
        "3 months, major ones after 6.",
    ),
    # Handbook 2.10: verified, and what people brought up after they were called back, by supervision.
    "roles": VERIFIERS,
    **_OUTSIDE,
    "conditions": [{"rule": "flagged", "fact": "closing", "at": "", "warn": True}],
    "record": record(
        {"conclusion": area("销号意见", "Conclusion")},
        {"lessons": area("经验和教训", "Lessons")},
        example={"conclusion": "整改到位，群众满意，同意销号。"},
    ),
}
