"""Steps 3 to 6 of a feedback card: handling, the reply that another person checks, the sender's rating, the review."""

from typing import Any

from backend.domain.procedures.feedback.sorting import COMPLAINED_ABOUT, DESK, HANDLERS, LEADERS
from backend.domain.procedures.fields import HAPPENED, area, choice, confirmed, day, flag, record, title

_ACCEPTED = {"field": "triage:/outcome", "in": ["accept"]}

PROCESSING: dict[str, Any] = {
    "key": "processing",
    "title": title("办理", "Handling"),
    "help": title(
        "查清情况、解决问题，写出给反映人的答复：做了什么或打算做什么，写明时间、数量、地点等可以核对的内容；办不了的，"
        "写明依据和到哪里办；不得出现他人的个人信息。",
        "Find out, put it right, and write the reply: what was or will be done, with something to check, say a day; "
        "or on what ground nothing can be, and where to turn; nobody's personal data in it.",
    ),
    "roles": HANDLERS,
    "only": ["handling_unit"],
    "recalled_by": DESK,
    "barred": COMPLAINED_ABOUT,
    "applies": _ACCEPTED,
    "due_by": {
        "field": "triage:/kind",
        "periods": {
            "answer": {"days": 5, "unit": "working"},
            "request": {"days": 15, "unit": "working"},
            "complex": {"days": 30, "unit": "working"},
        },
    },
    "due": {"days": 15, "unit": "working"},
    "limit": True,
    "extension": {
        "asked_by": HANDLERS,
        "approved_by": LEADERS,
        "at_most": 1,
        "share_percent": 100,
        "barred": COMPLAINED_ABOUT,
    },
    "back_to": ["triage"],
    # The sender's dissatisfaction opens it again twice; after that somebody else looks at it.
    "returns_at_most": {"count": 2, "from": ["rating"]},
    "evidence": [{"kind": "proof", "title": title("办理佐证", "Proof of what was done")}],
    "note": record(
        {"text": area("进展", "Progress")},
        example={"text": "已联系供电所，灯具明天到货。"},
    ),
    "conditions": [
        {"rule": "concrete", "field": "/what_was_done"},
        {"rule": "answers", "field": "/public_reply"},
        {"rule": "no_personal_data", "field": "/public_reply"},
    ],
    "record": record(
        {
            "what_was_done": area("办理情况", "What was done", ("内部留存。", "Kept inside.")),
            "done_on": day("办结日期", "Done on", HAPPENED),
            "public_reply": area("给反映人的答复", "Reply to the sender", ("反映人凭查询码看到。", "Read by code.")),
        },
        example={
            "what_was_done": "供电所更换三盏灯具，社区干部当晚到场试亮。",
            "done_on": "@today",
            "public_reply": "东沟村西头三盏路灯的灯具已全部更换，当晚试亮正常；如仍不亮，请用查询码告诉我们。",
        },
    ),
}

REPLY_APPROVAL: dict[str, Any] = {
    "key": "reply_approval",
    "title": title("答复审核", "Checking the reply"),
    "help": title(
        "由承办人以外的人核对：问题是否解决、答复是否具体、有没有不该写的个人信息。",
        "Somebody else than who wrote it checks: is it solved, is the reply concrete, is nobody's data in it.",
    ),
    "roles": LEADERS,
    "barred": COMPLAINED_ABOUT,
    "other_than": ["processing"],
    "applies": _ACCEPTED,
    "due": {"days": 2, "unit": "working"},
    "back_to": ["processing"],
    "checking": True,
    "record": record(
        {"checked": confirmed("已核对办理情况属实、答复具体", "What was done is true and the reply is concrete")},
        {
            "publish": flag(
                "在公开栏公布答复",
                "Publish the reply",
                ("只公布答复，不公布反映内容。", "The reply alone, never what was said."),
            )
        },
        example={"checked": True, "publish": False},
    ),
}

RATING: dict[str, Any] = {
    "key": "rating",
    "title": title("反映人评价", "Rating"),
    "help": title(
        "反映人凭查询码评价，或由未经手的人回访代记；不满意的自动重新办理，最多两次，再不满意由督查复核。"
        "15日内没有评价的记为“未评价”，不算满意。",
        "The sender rates by code, or is called back by somebody who did not handle it. Dissatisfied: handled anew, "
        "twice; then it is reviewed. No rating within 15 days counts as none, never as satisfied.",
    ),
    "roles": ["sender", "supervisor", "system"],
    "barred": COMPLAINED_ABOUT,
    "other_than": ["processing", "reply_approval"],
    "applies": _ACCEPTED,
    "due": {"days": 15, "unit": "natural"},
    "back_to": ["processing"],
    "record_on_return": True,
    "record": record(
        {
            "grade": choice(
                "评价",
                "Grade",
                {
                    "5": ("很满意", "Very satisfied"),
                    "4": ("满意", "Satisfied"),
                    "3": ("一般", "Neither"),
                    "2": ("不满意", "Dissatisfied"),
                    "1": ("很不满意", "Very dissatisfied"),
                    "none": ("未评价", "Not rated"),
                },
            ),
            "by": choice(
                "谁的评价",
                "By whom",
                {
                    "sender": ("反映人", "The sender"),
                    "call_back": ("电话回访", "Asked by phone"),
                    "nobody": ("逾期未评价", "Nobody in time"),
                },
            ),
        },
        {"comment": area("说明", "Comment")},
        example={"grade": "5", "by": "call_back", "comment": "路灯当晚就亮了。"},
    ),
}

REVIEW: dict[str, Any] = {
    "key": "review",
    "title": title("督查复核", "Review"),
    "help": title(
        "三次办理仍不满意的，由督查人员复核：退回重办、改派，或者向反映人说明为什么到此为止。",
        "Still dissatisfied after three times: supervision sends it back, to another unit, or tells why it ends here.",
    ),
    "roles": ["supervisor"],
    "barred": COMPLAINED_ABOUT,
    "other_than": ["processing", "reply_approval"],
    "applies": [_ACCEPTED, {"field": "rating:/grade", "in": ["1", "2"]}],
    "due": {"days": 15, "unit": "working"},
    "back_to": ["triage", "processing"],
    "checking": True,
    "conditions": [
        {"rule": "answers", "field": "/statement"},
        {"rule": "no_personal_data", "field": "/statement"},
    ],
    "record": record(
        {
            "conclusion": choice(
                "复核结论",
                "Conclusion",
                {
                    "put_right": ("问题已督促解决", "Put right meanwhile"),
                    "reply_stands": ("答复适当，予以终结", "The reply stands"),
                },
            ),
            "statement": area("向反映人的说明", "Statement to the sender"),
        },
        example={
            "conclusion": "put_right",
            "statement": "经督查到现场复核，剩余两盏路灯已于本周修复，今后由社区每月巡查一次。",
        },
    ),
}
