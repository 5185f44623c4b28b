"""What the steps of a rectification share: who does what in them, and fields that only they have."""

from typing import Any

from backend.domain.procedures.fields import Field, group, listed, text, title

ASSIGNERS = ["supervisor", "secretary", "township_admin", "county_admin"]
"""Who gives an item to a unit, approves its plan and grants it more time, always from outside that unit."""

UNIT = ["clerk", "secretary", "township_admin", "county_admin", "supervisor"]
"""Who works on an item, when they are of the unit that has it."""

VERIFIERS = ["supervisor"]
SECOND = ["supervisor", "secretary", "county_admin"]

ROLES = {
    "clerk": title("经办人", "clerk"),
    "secretary": title("书记", "secretary"),
    "township_admin": title("乡镇管理员", "township administrator"),
    "county_admin": title("县级管理员", "county administrator"),
    "supervisor": title("督查考核和贯标办", "the office of supervision"),
}
PARTIES = {
    "responsible_unit": title("责任单位", "the responsible unit"),
    "current_unit": title("现责任单位或拟交办的单位", "the unit that has it or is to have it"),
    "owners": title("责任领导、责任人本人或与其同名的人", "those who bear the name of its leader or its person"),
    "easers": title("放宽过要求或导入时报称已销号的人", "those who asked less of it, or brought it in as closed"),
    "person": title("责任人本人或与其同名的人", "those who bear the name of its responsible person"),
    "organization_office": title("组织部门", "the organisation office"),
    "inspected": title("被查单位及其所在乡镇", "the unit and the township inspected"),
}

# Handbook 2.10: urged the day after, supervised after a week, warned after two, put to the management review after 30.
LADDER: list[dict[str, Any]] = [
    {"rung": "t-15", "days": -15, "to": ["holders"]},
    {"rung": "t-7", "days": -7, "to": ["holders"]},
    {"rung": "t-3", "days": -3, "to": ["holders", "secretary"]},
    {"rung": "t+1", "days": 1, "to": ["holders"], "title": title("催办", "Urged")},
    {"rung": "t+7", "days": 7, "to": ["holders", "supervisor"], "above": True, "title": title("督办", "Supervised")},
    {"rung": "t+15", "days": 15, "to": ["holders", "secretary"], "above": True, "title": title("告诫", "Warned")},
    {
        "rung": "t+30",
        "days": 30,
        "to": ["supervisor", "county_admin"],
        "above": True,
        "title": title("提请管理评审并启动问责研判", "To the management review and to accountability"),
    },
]


def organization(zh: str, en: str) -> Field:
    """An organisation of the county, by its id."""
    return {"title": zh, "x-title-en": en, "type": "string", "format": "uuid", "x-widget": "organization"}


def whole(zh: str, en: str) -> Field:
    """How many."""
    return {"title": zh, "x-title-en": en, "type": "integer", "minimum": 0, "maximum": 1_000_000}


def days(zh: str, en: str) -> Field:
    """A list of days."""
    day = {"type": "string", "format": "date"}
    return {"title": zh, "x-title-en": en, "type": "array", "items": day, "maxItems": 50, "x-widget": "dates"}


def milestones() -> Field:
    return listed(
        "阶段目标",
        "Milestones",
        {
            "what": text("到时要做到什么", "What is to be reached"),
            "due_on": {**_day("时间", "By"), "x-day": {"not_past": True}},
        },
        why=(
            "长期坚持的，至少一个，相邻不超过90天。",
            "For what is kept up for good: one or more, at most 90 days apart.",
        ),
    )


def _day(zh: str, en: str) -> Field:
    return {"title": zh, "x-title-en": en, "type": "string", "format": "date", "x-widget": "date"}


def opinion_count(zh: str, en: str, asked: dict[str, Field]) -> Field:
    """How many of the people affected were asked, and what they said."""
    return group(zh, en, {**asked, **COUNTS}, {"comments": COMMENTS})


COUNTS: dict[str, Field] = {
    "asked": {**whole("回访人数", "Asked"), "minimum": 1},
    "satisfied": whole("满意", "Satisfied"),
    "fairly": whole("基本满意", "Fairly satisfied"),
    "unsatisfied": whole("不满意", "Not satisfied"),
    "no_answer": whole("不了解、不表态", "No answer"),
}
COMMENTS: Field = {
    "title": "群众意见归纳（不写姓名电话）",
    "x-title-en": "What people said, without names and numbers",
    "type": "string",
    "maxLength": 10_000,
    "x-widget": "textarea",
}
SATISFIED_PERCENT = 80
"""Below this share of satisfied and fairly satisfied people an item goes back: our figure, not the report's."""
