"""What the examples of feedback are about: cards of the demonstration county, each as far as it is needed."""

from typing import Any

from backend.api import examples
from backend.domain.demo_id import demo_id

OFFICE = examples.organization_example("榆桥镇城建办公室")


def feedback_example(key: str) -> str:
    return str(demo_id("feedback", key))


# Read, and changed by no example that would end it.
READ = feedback_example("READ")
CHANGED = feedback_example("CHANGED")
# At the township's desk, to be sorted.
ACTED_ON = feedback_example("ACTED_ON")
MERGED = feedback_example("MERGED")
SPLIT = feedback_example("SPLIT")
LIFTED = feedback_example("LIFTED")
MOVED = feedback_example("MOVED")
# Being handled by the township itself since 16 November 2026, as a request.
EXTENDED = feedback_example("EXTENDED")
CONVERTED = feedback_example("CONVERTED")
# Its sender left a name and a phone number.
CONTACT = feedback_example("CONTACT")
# The same, and its answer waits to be rated.
CALLED = feedback_example("CALLED")
PHOTOGRAPHED = feedback_example("PHOTOGRAPHED")
PHOTO = str(demo_id("feedback_photo", "PHOTOGRAPHED"))
# A report of misconduct, kept for the county's discipline officer.
SEALED = feedback_example("SEALED")
HANDED_OVER = feedback_example("HANDED_OVER")
BATCH = str(demo_id("feedback_batch", "BATCH"))
TOKEN = "demo-liutang"  # noqa: S105 - stands on posters for everybody to read
WAITING_OPENING = str(demo_id("box_opening", "WAITING"))

# Codes and PINs of the demonstration's cards: followed, rated (its answer is there), withdrawn, and given a photo.
TRACKED_CODE, TRACKED_PIN = "DEMA-2345-6789", "246810"
RATED_CODE, RATED_PIN = "DEMB-2345-6789", "135790"
WITHDRAWN_CODE, WITHDRAWN_PIN = "DEMC-2345-6789", "864202"
PHOTO_CODE, PHOTO_PIN = "DEMD-2345-6789", "975310"

CARD: dict[str, Any] = {
    "submission_id": "0b6e4a5c-5f0e-4c1b-9a57-3d1f0a7c2b11",
    "channel": "phone_page",
    "organization_id": examples.VILLAGE,
    "category": "lamps",
    "wish": "action",
    "content": "村西头第三盏路灯坏了一个星期，晚上孩子放学看不清路。",
    "location_text": "村西头小卖部旁",
    "contact": None,
}
ENTRIES: dict[str, Any] = {
    "entries": [
        {
            "submission_id": "5c1d9a8e-1a3b-4f0d-8a55-6b2f4c9d7e21",
            "organization_id": examples.VILLAGE,
            "channel": "opinion_card",
            "category": "refuse",
            "wish": "action",
            "content": "垃圾桶满了两天没人清，天热味道大。",
        },
        {
            "submission_id": "9e2f7b4d-6c8a-4d3e-b1f0-2a7c5d8e9f32",
            "organization_id": examples.VILLAGE,
            "channel": "hotline",
            "category": "utilities",
            "wish": "answer",
            "content": "自来水早晚压力小，想问什么时候能改造。",
            "contact": {"name": "陶秀英", "phone": "19900003355"},
            "call": {"started_at": "2026-11-19T01:10:00Z", "ended_at": "2026-11-19T01:14:00Z"},
        },
    ]
}
PUSHED: dict[str, Any] = {
    "organization_id": examples.VILLAGE,
    "channel": "hotline",
    "category": "utilities",
    "wish": "action",
    "content": "来电反映村东自来水管漏水，路面结冰，请尽快处理。",
    "contact": {"name": "陶秀英", "phone": "19900003355"},
    "call": {"started_at": "2026-11-19T01:10:00Z", "ended_at": "2026-11-19T01:14:00Z"},
}
CHANGE: dict[str, Any] = {"category": "drainage", "urgency": "urgent"}
ACT: dict[str, Any] = {
    "step": "triage",
    "outcome": "done",
    "record": {
        "outcome": "accept",
        "category": "lamps",
        "kind": "request",
        "urgency": "normal",
        "handling_unit_id": OFFICE,
    },
}
EXTENSION: dict[str, Any] = {"until": "2026-12-14", "reason": "灯杆基础需要重做，材料下周到货。"}
MERGE: dict[str, Any] = {"into_id": READ, "reason": "与前一件反映的是同一处路灯。"}
PARTS: dict[str, Any] = {
    "parts": [
        {"content": "排水沟盖板松动。", "category": "drainage"},
        {"content": "助餐点座位不够。", "category": "elder_care"},
    ]
}
MOVE: dict[str, Any] = {"desk_id": examples.COUNTY, "reason": "涉及县管道路，由县里分办。"}
RECTIFICATION: dict[str, Any] = {
    "problem": "村西片路灯缺少日常巡查，灯具损坏后一周以上才发现",
    "severity": "general",
    "category": "infrastructure",
}
WHY: dict[str, Any] = {"reason": "回访核实办理情况"}
CALL: dict[str, Any] = {
    "started_at": "2026-11-19T02:00:00Z",
    "ended_at": "2026-11-19T02:03:00Z",
    "reached": True,
    "note": "反映人表示路灯已亮。",
    "grade": 5,
}
RATING: dict[str, Any] = {"grade": 4, "comment": "当天就修好了，谢谢。"}
WITHDRAWAL: dict[str, Any] = {"reason": "路灯已经自己亮了。"}
BOX: dict[str, Any] = {
    "organization_id": examples.VILLAGE,
    "box_no": "LT-01",
    "location": "村卫生室门口",
    "seal_no": "F-2026-0113",
    "seal_whole": True,
    "new_seal_no": "F-2026-0114",
    "opener_b_id": examples.VILLAGE_SECRETARY,
    "opened_at": "2026-11-19T01:30:00Z",
    "slips": 3,
}
NEW_BATCH: dict[str, Any] = {
    "organization_id": examples.VILLAGE,
    "kind": "opinion_card",
    "count": 60,
    "window": "便民服务窗口",
}
READING: dict[str, Any] = {"reason": "线索初核"}
HANDING_OVER: dict[str, Any] = {"to": "县纪委监委信访室", "reason": "按管理权限移送"}
LIFT: dict[str, Any] = {
    "ids": [str(demo_id("account", "village_clerk"))],
    "reason": "是同名的村民，不是村文书。",
}
