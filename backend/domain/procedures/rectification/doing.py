"""Putting an item right: the unit's own work until it asks for closing."""

from typing import Any

from backend.domain.procedures.fields import area, day, group, record, text, texts, title
from backend.domain.procedures.rectification.parts import ASSIGNERS, UNIT, days

_GRAVER = {"field": "subject:/severity", "in": ["important", "major"]}
_MAJOR = {"field": "subject:/severity", "in": ["major"]}

RECTIFYING: dict[str, Any] = {
    "key": "rectifying",
    "title": title("整改落实", "Putting it right"),
    "help": title(
        "按方案整改，随时记录进展；完成后写明做了什么，附上至少一份佐证，申请销号。确需延期的，到期前提出。",
        "Work by the plan and note progress; then say what was done, attach proof and ask for closing. More time is "
        "asked for before the limit.",
    ),
    "roles": UNIT,
    "only": ["responsible_unit"],
    "recalled_by": ASSIGNERS,
    "limit": True,
    "due_from": {"day": "assignment:/due_on", "milestones": "plan:/milestones/*/due_on", "reopened": "/due_on"},
    "extension": {
        "asked_by": UNIT,
        "approved_by": ASSIGNERS,
        "at_most": 2,
        "share_percent": 50,
        "barred": ["responsible_unit", "person"],
    },
    "back_to": ["plan", "assignment"],
    "evidence_at_least": 1,
    "evidence": [
        {"kind": "document", "title": title("文件、记录", "Document")},
        {"kind": "photo", "title": title("照片（有时间）", "Photo with its time")},
        {"kind": "data", "title": title("整改前后数据", "Figures before and after")},
        {"kind": "rule", "title": title("建立或修订的制度", "Rule made or changed"), "required_with": "/rule"},
    ],
    "conditions": [
        {"rule": "concrete", "field": "/result"},
        {"rule": "filled", "field": "/correction", "when": _GRAVER},
        {"rule": "filled", "field": "/consequence", "when": _GRAVER},
        {"rule": "filled", "field": "/similar", "when": _GRAVER},
        {"rule": "filled", "field": "/rule", "when": _MAJOR},
        {"rule": "flagged", "fact": "evidence", "at": "/evidence", "warn": True},
    ],
    "note": record(
        {"text": area("进展", "Progress")},
        {
            "reached": days("已完成的阶段目标（时间）", "Milestones reached, by their day"),
            "next": days("新的阶段目标（时间）", "New milestones"),
        },
        example={"text": "已清理排水沟600米，其余路段本周完成。"},
    ),
    "record": record(
        {"result": area("完成情况", "What was done", ("写具体：做了什么、什么时候、效果怎样。", "What, and when."))},
        {
            "correction": area(
                "纠正", "Correction", ("对问题本身当时怎样处理；较重、重大问题必填。", "What was put right at once.")
            ),
            "consequence": area(
                "后果处理",
                "Consequence",
                ("造成的影响怎样消除；较重、重大问题必填。", "How its effects were dealt with."),
            ),
            "similar": group(
                "举一反三",
                "Similar cases looked for",
                {
                    "units": texts("排查了哪些单位、地段", "Where it was looked for"),
                    "found": area("排查结果", "What was found", ("没有发现的写“未发现”。", "Say so if nothing was.")),
                },
                why=("较重、重大问题必填。", "Needed for important and major problems."),
            ),
            "rule": group(
                "立规",
                "Rule made or changed",
                {
                    "name": text("制度名称", "Name"),
                    "effective_on": day("施行日期", "In force from"),
                    "content": area("主要内容", "What it says"),
                },
                why=("重大问题必须建立长效机制。", "A major problem needs a lasting rule."),
            ),
        },
        example={
            "result": "排水沟已全线疏通，三次降雨未见积水；管护人员和清理周期已张榜公布。",
            "correction": "当日组织人员清淤，恢复排水。",
            "consequence": "两户院墙受潮，已协助修缮。",
            "similar": {"units": ["东沟村", "西沟村", "槐荫村"], "found": "槐荫村一处淤积，已一并清理。"},
            "rule": {"name": "村级排水设施管护办法", "effective_on": "@today", "content": "定人、定段、定周期。"},
        },
    ),
}
