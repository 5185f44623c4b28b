"""What becomes of a feedback card, version 1: data only.

The limits are the handbook's (1.1.3): sorting 1 working day, signing 2, then 5, 15 or 30 working days by kind; the
statutory backstop of petition work lies behind them. Registration is done by the machine when a card comes in.
"""

from typing import Any

from backend.domain.procedures.feedback.answering import PROCESSING, RATING, REPLY_APPROVAL, REVIEW
from backend.domain.procedures.feedback.sorting import SIGN_FOR, TRIAGE
from backend.domain.procedures.fields import title

FEEDBACK_1: dict[str, Any] = {
    "key": "feedback",
    "version": 1,
    "title": title("群众意见办理", "Feedback"),
    "roles": {
        "clerk": title("经办人", "clerk"),
        "township_admin": title("乡镇管理员", "township administrator"),
        "county_admin": title("县级管理员", "county administrator"),
        "secretary": title("书记", "secretary"),
        "supervisor": title("督查人员", "supervisor"),
        "sender": title("反映人", "the sender"),
        "system": title("系统", "the system"),
    },
    "parties": {
        "complained_about": title("被反映的单位或人员", "whoever is complained about"),
        "handling_unit": title("承办单位", "the handling unit"),
    },
    "withdrawal": {"roles": ["sender"], "before": "rating"},
    "ladder": [
        {"rung": "half", "percent": 50, "title": title("时限已过一半", "Half the time is gone"), "to": ["holders"]},
        {"rung": "most", "percent": 80, "title": title("时限已过八成", "Most of the time is gone"), "to": ["holders"]},
        {"rung": "t0", "days": 0, "title": title("今天到期", "Due today"), "to": ["holders"]},
        {"rung": "t+1", "days": 1, "title": title("已逾期", "Overdue"), "to": ["holders", "supervisor"]},
        {
            "rung": "t+7",
            "days": 7,
            "title": title("逾期一周", "A week overdue"),
            "to": ["supervisor", "secretary"],
            "above": True,
        },
    ],
    "steps": [TRIAGE, SIGN_FOR, PROCESSING, REPLY_APPROVAL, RATING, REVIEW],
}
