"""What the examples of rectifications are about: items of the demonstration county, each as far as it is needed."""

from typing import Any
from uuid import UUID

from backend.api import examples
from backend.db.rectification import RelookKind, id_of_relook
from backend.domain.demo_id import demo_id

SUPERVISION_OFFICE = examples.organization_example("榆桥镇督查考核和贯标办公室")
OTHER_VILLAGE = examples.organization_example("槐荫村")


def rectification_example(key: str) -> str:
    return str(demo_id("rectification", key))


# Read, and changed by no example that would end it.
READ = rectification_example("READ")
CHANGED = rectification_example("CHANGED")
# Assigned to the example's village, which has not signed for it.
ACTED_ON = rectification_example("ACTED_ON")
# Being put right by that village from 12 October to 30 November 2026.
EXTENDED = rectification_example("EXTENDED")
MERGED = rectification_example("MERGED")
TRANSFERRED = rectification_example("TRANSFERRED")
SUPERVISED = rectification_example("SUPERVISED")
# A major one, closed more than half a year ago and drawn to be looked at again.
RELOOKED = rectification_example("RELOOKED")
RELOOK = str(id_of_relook(UUID(RELOOKED), RelookKind.major, 1))
# Registered, with a unit proposed for it.
UNASSIGNED = rectification_example("UNASSIGNED")

RECTIFICATION: dict[str, Any] = {
    "organization_id": SUPERVISION_OFFICE,
    "source": "supervision",
    "source_document": "党建督查第11期",
    "source_clause": "第3条",
    "problem": "村级活动室开放时间没有公示，群众去了几次都锁着门",
    "category": "venue",
    "severity": "general",
    "facts": "11月18日、19日两次现场查看均未开门，门上没有开放时间。",
    "affects_people": True,
    "responsible_unit_id": examples.VILLAGE,
    "responsible_person": "曾立德",
}
RECTIFICATION_CHANGE: dict[str, Any] = {"source_clause": "第3条第2款", "remark": "与年度考核一并跟踪"}
CORRECTION: dict[str, Any] = {
    "text": "应为“承包合同副本和附图均缺失”。",
    "reason": "复核时发现附图也没有存档。",
}
ACT: dict[str, Any] = {"step": "sign_for", "outcome": "done"}
EXTENSION: dict[str, Any] = {"until": "2026-12-18", "reason": "连续降雨，路面硬化需要顺延十天；基础已完成。"}
MERGE: dict[str, Any] = {"into_id": READ, "reason": "与另一条是同一个问题，合并办理。"}
TRANSFER: dict[str, Any] = {
    "responsible_unit_id": OTHER_VILLAGE,
    "responsible_person": "区保田",
    "reason": "问题路段在槐荫村境内。",
}
SUPERVISION: dict[str, Any] = {"reason": "群众多次反映，列入督办。"}
ASSIGNMENTS: dict[str, Any] = {
    "ids": [UNASSIGNED],
    "responsible_unit_id": examples.VILLAGE,
    "responsible_leader": "任思远",
    "responsible_person": "曾立德",
    "deadline_kind": "immediate",
    "reason": "督查例会交办",
}
RELOOK_FOUND: dict[str, Any] = {"found": "held", "findings": "现场查看，公开栏按月更新，没有反弹。"}
