"""After adoption: publication, execution, evaluation, closing."""

from typing import Any

from backend.domain.procedures.decision.preparing import OFFICE
from backend.domain.procedures.fields import (
    HAPPENED,
    PLANNED,
    area,
    choice,
    choices,
    confirmed,
    day,
    group,
    listed,
    number,
    record,
    text,
    title,
)

PUBLICATION: dict[str, Any] = {
    "key": "publication",
    "title": title("公布", "Publication"),
    "help": title(
        "公布决议，并说明公众意见的采纳情况；公布前遮盖个人信息。",
        "Publish the resolution and say how the public's opinions were used; mask personal data first.",
    ),
    "roles": OFFICE,
    "due": {"days": 7, "unit": "working"},
    "evidence": [{"kind": "published", "title": title("公布材料", "What was published"), "required": True}],
    "record": record(
        {
            "published_on": day("公布日期", "Published on", HAPPENED),
            "channels": choices(
                "公布方式",
                "Channels",
                {
                    "website": ("政府网站", "Government website"),
                    "board": ("公开栏", "Notice board"),
                    "meeting": ("会议传达", "Read out in meetings"),
                    "media": ("新闻媒体", "Media"),
                },
            ),
            "adoption_explanation": area("意见采纳情况说明", "How opinions were used"),
            "masked": confirmed("已遮盖个人信息", "Personal data is masked"),
        },
        {"url": text("网址", "Address")},
        example={
            "published_on": "@today",
            "channels": ["website", "board"],
            "adoption_explanation": "采纳分段施工、保留人行通道等意见；未采纳改期施工的意见，理由已说明。",
            "masked": True,
        },
    ),
}

EXECUTION: dict[str, Any] = {
    "key": "execution",
    "title": title("执行", "Execution"),
    "help": title(
        "确定执行单位和负责人，列出任务和完成时限。",
        "Name the executing unit and who answers for it, and list the tasks with their limits.",
    ),
    "roles": OFFICE,
    "due": {"days": 15, "unit": "working"},
    "evidence": [{"kind": "plan", "title": title("执行方案", "Execution plan")}],
    "record": record(
        {
            "executing_unit": text("执行单位", "Executing unit"),
            "responsible_person": text("负责人", "Responsible person"),
            "tasks": listed(
                "任务",
                "Tasks",
                {
                    "task": text("任务", "Task"),
                    "owner": text("责任人", "Owner"),
                    "due_on": day("完成时限", "Due on", PLANNED),
                },
            ),
        },
        {"helpers": area("配合单位", "Helping units")},
        example={
            "executing_unit": "榆桥镇城建办公室",
            "responsible_person": "任思远",
            "tasks": [
                {"task": "完成招标", "owner": "查文静", "due_on": "@today+20"},
                {"task": "第一段施工", "owner": "仇建国", "due_on": "@today+60"},
            ],
        },
    ),
}

EVALUATION: dict[str, Any] = {
    "key": "evaluation",
    "title": title("评估", "Evaluation"),
    "help": title(
        "对照目标评估实施效果；评估单位不得是执行单位、承办单位或者决策前主要评估的单位。",
        "Compare effect and aim; not by the executing or sponsor unit, nor by those who assessed it beforehand.",
    ),
    "roles": ["inspector", "secretary", "township_admin"],
    "due": {"days": 366, "unit": "natural"},
    "back_to": ["execution"],
    "evidence": [{"kind": "report", "title": title("评估报告", "Evaluation report")}],
    "conditions": [
        {
            "rule": "not_named_before",
            "fields": ["/evaluating_unit", "/evaluators/*/organization"],
            "others": ["execution:/executing_unit", "expert_consultation:/experts/*/organization"],
        },
        {"rule": "no_party_member", "people": "/evaluating_unit", "parties": ["sponsor_unit"]},
        {"rule": "no_party_member", "people": "/evaluators", "parties": ["sponsor_unit", "proposer"]},
        {"rule": "no_tie", "people": "/evaluators", "warn": True},
    ],
    "record": record(
        {
            "evaluating_unit": text("评估单位", "Evaluating unit"),
            "evaluators": listed(
                "评估人员",
                "Evaluators",
                {"name": text("姓名", "Name"), "organization": text("单位", "Organisation")},
                widget="people",
            ),
            "evaluated_on": day("评估日期", "Evaluated on", HAPPENED),
            "achieved": number("实际达到的数值", "Value achieved", ("与立项时填写的目标同一指标。", "As in the aim.")),
            "reached": choice(
                "目标完成情况",
                "Aim reached",
                {"fully": ("完成", "Fully"), "partly": ("部分完成", "Partly"), "missed": ("未完成", "Missed")},
            ),
            "findings": area("评估发现", "Findings"),
            "advice": choice(
                "建议",
                "Advice",
                {"keep": ("继续执行", "Keep"), "adjust": ("调整", "Adjust"), "stop": ("停止执行", "Stop")},
                ("调整或停止须另行履行决策程序。", "To adjust or stop takes a decision of its own."),
            ),
        },
        example={
            "evaluating_unit": "榆桥镇督查考核和贯标办公室",
            "evaluators": [{"name": "陶文清", "organization": "榆桥镇督查考核和贯标办公室"}],
            "evaluated_on": "@today",
            "achieved": 1.2,
            "reached": "fully",
            "findings": "三段均按期完工，积水点消除，投诉较上年减少。",
            "advice": "keep",
        },
    ),
}

CLOSING: dict[str, Any] = {
    "key": "closing",
    "title": title("归档结项", "Closing"),
    "help": title("核对卷宗，归档结项。", "Go through the file, archive it and close."),
    "roles": OFFICE,
    "due": {"days": 20, "unit": "working"},
    "back_to": ["evaluation"],
    "record": record(
        {
            "checklist": group(
                "归档核对",
                "Checklist",
                {
                    "records": confirmed("各步骤记录齐全", "Every step's record is there"),
                    "originals": confirmed("签名原件已收齐", "Signed originals are in"),
                    "opinions": confirmed("意见处理结果已告知", "Outcomes were told to those who gave opinions"),
                    "publication": confirmed("公布材料已留存", "What was published is kept"),
                },
            ),
            "archive_place": text("档案存放处", "Where the file is kept"),
        },
        {"lessons": area("经验和不足", "Lessons")},
        example={
            "checklist": {"records": True, "originals": True, "opinions": True, "publication": True},
            "archive_place": "镇档案室 2号柜",
        },
    ),
}
