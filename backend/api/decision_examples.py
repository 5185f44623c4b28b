"""What the examples of decisions are about: one decision of the demonstration county at each place of the procedure.

`AT_STEP` names the decision that the demonstration holds open at each step, so that every example can be run.
"""

from typing import Any

from backend.api import examples
from backend.domain.demo_id import demo_id

OFFICE = examples.organization_example("榆桥镇城建办公室")

AT_STEP = {
    "intention_solicitation": "镇文化广场夜间照明方案",
    "investigation": "村级公路养护责任办法",
    "expert_consultation": "村庄排水管网三年规划",
    "opinion_solicitation": "垃圾清运收费调整",
    "public_hearing": "临时摊点管理办法",
    "pilot": "村级会议记录数字化试点",
    "legality_review": "集中助餐点布点方案",
    "resolution": "农田灌溉用水分配办法",
    "publication": "老旧活动场所修缮顺序",
    "execution": "集体果园续包办法",
    "evaluation": "村级小额工程管理办法",
    "closing": "镇区主干道路面改造方案",
}


def decision_example(title: str) -> str:
    return str(demo_id("decision", title))


# Read, and changed by no example that would end it.
READ = decision_example(AT_STEP["closing"])
CHANGED = decision_example("困难家庭冬季取暖补贴发放办法")
ACTED_ON = decision_example(AT_STEP["intention_solicitation"])
COMMENTED = decision_example(AT_STEP["opinion_solicitation"])
UNANSWERED_OPINION = str(demo_id("opinion", f"{AT_STEP['opinion_solicitation']}/1"))

DECISION: dict[str, Any] = {
    "organization_id": examples.TOWNSHIP,
    "title": "镇区公交候车亭增设方案",
    "subject_class": "public_works",
    "sponsor_unit_id": OFFICE,
    "proposer": "镇人大代表 曾晓岚",
    "background": "公交站没有遮雨棚，群众多次反映。",
    "five_w_one_h": {
        "what": "在镇区公交站点增设候车亭",
        "why": "改善群众候车条件，雨天和冬季候车不便",
        "when": {"start_on": "2030-03-01", "due_on": "2030-10-31"},
        "where": "榆桥镇镇区12处公交站点",
        "who": {"owner": "任思远", "helpers": ["榆桥镇公共服务办公室"]},
        "how_far": {"measure": "建成并投入使用的候车亭", "baseline": "3", "target": "12", "unit": "座"},
    },
    "text": {
        "title": "榆桥镇镇区公交候车亭增设方案",
        "body": "一、建设范围\n镇区12处公交站点。\n二、资金来源\n镇年度财政预算，不向群众摊派。",
    },
}
DECISION_CHANGE: dict[str, Any] = {
    "text": {
        "title": "榆桥镇困难家庭冬季取暖补贴发放办法",
        "body": "一、范围\n低保户、特困人员和低保边缘家庭。\n二、标准\n每户每年600元，11月底前发放到户。",
    },
    "material": True,
    "reason": "按摸底情况调整补助标准",
}
ACT: dict[str, Any] = {
    "step": "intention_solicitation",
    "outcome": "done",
    "record": {
        "proposals": [
            {"source": "citizen", "from": "榆桥社区居民", "content": "广场晚上太暗，希望增设照明。", "adopted": True}
        ],
        "conclusion": "群众反映集中，列为重大事项研究。",
    },
}
OPINION: dict[str, Any] = {
    "channel": "household_visit",
    "content": "希望按户内人数分档收费，困难户减免。",
    "from_kind": "resident",
    "from_name": "陶秀英",
}
OPINION_ANSWER: dict[str, Any] = {"outcome": "partly_adopted", "reason": "困难户减免已写入方案；分档收费条件尚不具备。"}
