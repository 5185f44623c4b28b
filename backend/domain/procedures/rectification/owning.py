"""Whose an item is, and how it is to be put right: assignment, signing for it, the plan and its approval."""

from typing import Any

from backend.domain.procedures.fields import (
    PLANNED,
    area,
    choice,
    day,
    group,
    listed,
    only_when,
    record,
    text,
    texts,
    title,
)
from backend.domain.procedures.rectification.parts import ASSIGNERS, UNIT, milestones, organization

DEADLINE_KINDS = ["dated", "immediate", "standing"]
MIN_DAYS_AHEAD = 3
IMMEDIATE_DAYS = 5
"""Working days for what is put right at once (立行立改): ours, the report gives no number."""

# A limit that is only repeated was judged when it was set, and may have passed since.
_NEW_LIMIT = {"field": "subject:/limit", "in": ["new"]}

ASSIGNMENT: dict[str, Any] = {
    "key": "assignment",
    "title": title("交办", "Assignment"),
    "help": title(
        "确定责任领导、责任单位、责任人和整改时限；时限至少在3个工作日之后，紧急的写明理由。立行立改为5个工作日。",
        "Leader, unit, person and limit, 3 working days ahead or more unless urgent; at once means 5 working days.",
    ),
    "roles": ASSIGNERS,
    "barred": ["current_unit"],
    "due": {"days": 3, "unit": "working"},
    "conditions": [
        {"rule": "flagged", "fact": "unit", "at": "/record/responsible_unit_id"},
        {"rule": "flagged", "fact": "limit_kind", "at": "/record/deadline_kind"},
        {"rule": "flagged", "fact": "limit_day", "at": "/record/due_on"},
        {
            "rule": "fits_subject",
            "field": "/deadline_kind",
            "subject": "severity",
            "allowed": {"general": DEADLINE_KINDS, "important": DEADLINE_KINDS, "major": ["dated", "standing"]},
            "when": _NEW_LIMIT,
        },
        {
            "rule": "filled",
            "field": "/due_on",
            "when": {"field": "/deadline_kind", "in": ["dated", "immediate"]},
        },
        {"rule": "blank", "field": "/due_on", "when": {"field": "/deadline_kind", "in": ["standing"]}},
        {
            "rule": "apart_days",
            "from": "@today",
            "to": "/due_on",
            "days": MIN_DAYS_AHEAD,
            "unit": "working",
            "unless": "/emergency",
            "when": [_NEW_LIMIT, {"field": "/deadline_kind", "in": ["dated"]}],
        },
        {
            "rule": "apart_at_most",
            "from": "@today",
            "to": "/due_on",
            "days": IMMEDIATE_DAYS,
            "unit": "working",
            "when": [_NEW_LIMIT, {"field": "/deadline_kind", "in": ["immediate"]}],
        },
    ],
    "record": record(
        {
            "responsible_unit_id": organization("责任单位", "Responsible unit"),
            "responsible_leader": text("责任领导", "Responsible leader"),
            "responsible_person": text("责任人", "Responsible person"),
            "deadline_kind": choice(
                "整改时限类别",
                "Kind of limit",
                {
                    "dated": ("限期整改", "By a day"),
                    "immediate": ("立行立改（5个工作日）", "At once (5 working days)"),
                    "standing": ("长期坚持（按阶段目标）", "For good, by milestones"),
                },
            ),
        },
        {
            "due_on": only_when(
                day(
                    "整改时限",
                    "Due on",
                    # Ahead, unless the limit in force is kept; `limit_day` says so.
                    None,
                    (
                        "立行立改可不填；长期坚持不填。再次交办不改时限，延期须申请。",
                        "May stay empty for at once; is empty for what is kept for good. Given again, it moves by "
                        "extension only.",
                    ),
                ),
                "deadline_kind",
                "dated",
                "immediate",
            ),
            "emergency": only_when(
                group(
                    "紧急情况",
                    "Emergency",
                    {"reason": area("理由", "Reason")},
                    why=("少于3个工作日的，写明紧急理由。", "Fewer than 3 working days needs a reason."),
                ),
                "deadline_kind",
                "dated",
            ),
            "requirement": area("整改要求", "What is asked for"),
            "helpers": texts("配合单位", "Helping units"),
        },
        example={
            "responsible_unit_id": "6f1a5c0e-3d0b-5f7a-9a53-0d7a5a3b8c11",
            "responsible_leader": "任思远",
            "responsible_person": "曾立德",
            "deadline_kind": "dated",
            "due_on": "@today+30",
            "requirement": "疏通排水沟，明确管护人员和清理周期。",
        },
    ),
}

SIGN_FOR: dict[str, Any] = {
    "key": "sign_for",
    "title": title("签收", "Signing for it"),
    "help": title(
        "责任单位2个工作日内签收；认为不属于本单位的，退回并说明理由。",
        "The unit signs for it within 2 working days, or sends it back with a reason.",
    ),
    "roles": UNIT,
    "only": ["responsible_unit"],
    "recalled_by": ASSIGNERS,
    "due": {"days": 2, "unit": "working"},
    "back_to": ["assignment"],
}

PLAN: dict[str, Any] = {
    "key": "plan",
    "title": title("制定整改方案", "Plan"),
    "help": title(
        "写明措施、责任人和时间；较重、重大问题写明原因，重大问题逐层追问五个为什么；长期坚持的列出阶段目标。",
        "Measures with owner and day; the cause of graver problems, five whys for major ones; milestones for standing "
        "ones.",
    ),
    "roles": UNIT,
    "only": ["responsible_unit"],
    "recalled_by": ASSIGNERS,
    "due": {"days": 7, "unit": "natural"},
    "due_by": {"field": "assignment:/deadline_kind", "periods": {"immediate": {"days": 1, "unit": "working"}}},
    "back_to": ["assignment"],
    "evidence": [{"kind": "plan", "title": title("整改方案", "Plan")}],
    "conditions": [
        {"rule": "filled", "field": "/cause", "when": {"field": "subject:/severity", "in": ["important", "major"]}},
        {
            "rule": "at_least",
            "field": "/whys",
            "count": 5,
            "when": {"field": "subject:/severity", "in": ["major"]},
        },
        {
            "rule": "at_least",
            "field": "/milestones",
            "count": 1,
            "when": {"field": "assignment:/deadline_kind", "in": ["standing"]},
        },
        {
            "rule": "apart_at_most",
            "from": "@today",
            "to": "/milestones/*/due_on",
            "days": 90,
            "unit": "natural",
            "when": {"field": "assignment:/deadline_kind", "in": ["standing"]},
        },
        {"rule": "on_or_before", "field": "/measures/*/due_on", "other": "assignment:/due_on", "warn": True},
    ],
    "record": record(
        {
            "measures": listed(
                "整改措施",
                "Measures",
                {
                    "what": area("措施", "Measure"),
                    "owner": text("责任人", "Owner"),
                    "due_on": day("完成时间", "Done by", PLANNED),
                },
            ),
        },
        {
            "cause": area("原因分析", "Cause", ("较重、重大问题必填。", "Needed for important and major problems.")),
            "whys": texts(
                "五个为什么",
                "Five whys",
                ("重大问题：每一行追问上一行的原因。", "For major problems: each line asks why of the line before."),
            ),
            "milestones": milestones(),
        },
        example={
            "measures": [
                {"what": "清淤疏通排水沟1.2公里", "owner": "曾立德", "due_on": "@today+10"},
                {"what": "安排专人每周巡查、每月清理一次", "owner": "解小满", "due_on": "@today+20"},
            ],
            "cause": "管护责任没有落实到人，清理没有固定周期。",
            "whys": [
                "为什么积水？排水沟被淤泥堵塞。",
                "为什么堵塞？半年没有清理。",
                "为什么没有清理？没有人负责。",
                "为什么没有人负责？村级管护没有分工。",
                "为什么没有分工？没有管护制度。",
            ],
            "milestones": [{"what": "完成清淤并开始每周巡查", "due_on": "@today+30"}],
        },
    ),
}

PLAN_APPROVAL: dict[str, Any] = {
    "key": "plan_approval",
    "title": title("审定方案", "Approval of the plan"),
    "help": title(
        "责任单位以外的人审定；措施不具体、治标不治本的退回。",
        "By someone outside the unit; a plan that is vague or only treats symptoms goes back.",
    ),
    "roles": ASSIGNERS,
    "barred": ["responsible_unit", "person"],
    "due": {"days": 3, "unit": "working"},
    "due_by": {"field": "assignment:/deadline_kind", "periods": {"immediate": {"days": 1, "unit": "working"}}},
    "back_to": ["plan", "assignment"],
}
