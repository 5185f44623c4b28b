"""What a ledger from before says is closed, version 1: recognised by someone outside the unit, or put right after all.

The same steps stand behind the recognition; they are passed over when the closing is recognised. What its source has
to confirm, and what is major, is confirmed and verified a second time in any case.
"""

from typing import Any

from backend.domain.procedures.fields import HAPPENED, area, choice, day, record, title
from backend.domain.procedures.rectification.checking import (
    CLOSING,
    ORGANIZATION_CONFIRMATION,
    SATISFACTION,
    SECOND_VERIFICATION,
    SOURCE_CONFIRMATION,
    VERIFICATION,
)
from backend.domain.procedures.rectification.doing import RECTIFYING
from backend.domain.procedures.rectification.owning import ASSIGNMENT, PLAN, PLAN_APPROVAL, SIGN_FOR
from backend.domain.procedures.rectification.parts import (
    ASSIGNERS,
    LADDER,
    PARTIES,
    ROLES,
    SATISFIED_PERCENT,
    VERIFIERS,
    opinion_count,
)

_RECOGNISED = {"field": "/outcome", "in": ["recognized"]}
_AFFECTED = {"field": "subject:/affects_people", "in": [True]}
_DECLINED = {"field": "recognition:/outcome", "in": ["not_recognized"]}

RECOGNITION: dict[str, Any] = {
    "key": "recognition",
    "title": title("销号认定", "Recognition"),
    "help": title(
        "原台账记为已销号的，由责任单位和导入人以外的督查人员核查认定，再由另一人销号；有受影响群众的要回访；不予认定的转入整改。",
        "What the old ledger calls closed is checked by the office of supervision, not by who brought it in, and "
        "closed by another person; if it does not hold, it is put right.",
    ),
    "roles": VERIFIERS,
    "barred": ["responsible_unit", "owners", "easers"],
    "checking": True,
    "due": {"days": 10, "unit": "working"},
    "evidence_at_least": 1,
    "evidence": [
        {"kind": "document", "title": title("文件、记录", "Document")},
        {"kind": "photo", "title": title("照片", "Photo")},
    ],
    "conditions": [
        {"rule": "concrete", "field": "/findings"},
        {"rule": "filled", "field": "/satisfaction", "when": [_RECOGNISED, _AFFECTED]},
        {
            "rule": "counts_add_up",
            "total": "/satisfaction/asked",
            "parts": [f"/satisfaction/{part}" for part in ("satisfied", "fairly", "unsatisfied", "no_answer")],
        },
        {
            "rule": "share_at_least",
            "parts": ["/satisfaction/satisfied", "/satisfaction/fairly"],
            "total": "/satisfaction/asked",
            "percent": SATISFIED_PERCENT,
            "when": _RECOGNISED,
        },
        {"rule": "no_personal_data", "field": "/satisfaction/comments"},
        {"rule": "flagged", "fact": "evidence", "at": "/evidence", "warn": True},
    ],
    "record": record(
        {
            "checked_on": day("核查日期", "Checked on", HAPPENED),
            "findings": area("核查情况", "Findings"),
            "outcome": choice(
                "认定结论",
                "Outcome",
                {
                    "recognized": ("予以认定", "Recognised"),
                    "not_recognized": ("不予认定，转入整改", "Not recognised: to be put right"),
                },
            ),
        },
        {
            "satisfaction": opinion_count(
                "群众满意度回访", "Satisfaction of the people", {"asked_on": day("回访日期", "Asked on", HAPPENED)}
            )
        },
        example={
            "checked_on": "@today",
            "findings": "查阅整改资料并现场查看，活动室图书已更新登记，开放时间已张贴。",
            "outcome": "recognized",
            "satisfaction": {
                "asked_on": "@today",
                "asked": 10,
                "satisfied": 8,
                "fairly": 2,
                "unsatisfied": 0,
                "no_answer": 0,
            },
        },
    ),
}


def _if_declined(step: dict[str, Any]) -> dict[str, Any]:
    """The step as it stands behind the recognition: only for what was not recognised."""
    applies = step.get("applies", [])
    return {**step, "applies": [_DECLINED, *([applies] if isinstance(applies, dict) else applies)]}


# Reopened it is recognised anew, so no limit comes from there.
_RECTIFYING = {**RECTIFYING, "due_from": {key: RECTIFYING["due_from"][key] for key in ("day", "milestones")}}

RECTIFICATION_RECOGNITION_1: dict[str, Any] = {
    "key": "rectification_recognition",
    "version": 1,
    "title": title("原台账销号认定", "Recognition of a closing"),
    "roles": ROLES,
    "parties": PARTIES,
    "withdrawal": {"roles": ASSIGNERS, "before": "verification", "barred": ["responsible_unit"]},
    # What was recognised by mistake is judged anew: it has neither plan nor limit to go on by.
    "reopening": {"roles": VERIFIERS, "to": "recognition", "barred": ["responsible_unit"]},
    "ladder": LADDER,
    "steps": [
        RECOGNITION,
        *(_if_declined(step) for step in (ASSIGNMENT, SIGN_FOR, PLAN, PLAN_APPROVAL, _RECTIFYING, VERIFICATION)),
        {**SECOND_VERIFICATION, "other_than": ["recognition", "rectifying", "verification"]},
        SOURCE_CONFIRMATION,
        {**ORGANIZATION_CONFIRMATION, "other_than": ["recognition", "rectifying", "verification"]},
        _if_declined(SATISFACTION),
        {**CLOSING, "other_than": ["recognition", "rectifying"]},
    ],
}
