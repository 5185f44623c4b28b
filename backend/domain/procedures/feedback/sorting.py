"""Steps 1 and 2 of a feedback card: who sorts it and how, and the unit that signs for it."""

from typing import Any

from backend.domain.feedback.category import CATEGORIES
from backend.domain.procedures.fields import area, choice, only_when, record, text, title

COMPLAINED_ABOUT = ["complained_about"]
HANDLERS = ["clerk", "township_admin", "secretary"]
LEADERS = ["secretary", "township_admin", "county_admin", "supervisor"]

CATEGORY_LABELS = {key: (words["zh-CN"], words["en"]) for key, words in CATEGORIES.items()}


def _id(zh: str, en: str, widget: str, why: tuple[str, str]) -> dict[str, Any]:
    return {**text(zh, en, why), "format": "uuid", "x-widget": widget}


def _when(*outcomes: str) -> dict[str, Any]:
    return {"field": "/outcome", "in": list(outcomes)}


DESK = ["clerk", "township_admin", "county_admin", "secretary", "supervisor"]

TRIAGE: dict[str, Any] = {
    "key": "triage",
    "title": title("分办", "Sorting"),
    "help": title(
        "1个工作日内决定是否受理、由谁承办；不受理或转出的，写明理由并告知到哪里反映。被反映的单位和人员不得经手。",
        "Within a working day: whether it is accepted and who handles it. A refusal says why, and where to go instead.",
    ),
    "roles": [*DESK, "system"],
    "barred": COMPLAINED_ABOUT,
    "due": {"days": 1, "unit": "working"},
    "result": {"field": "/outcome"},
    "conditions": [
        {"rule": "filled", "field": "/handling_unit_id", "when": _when("accept")},
        {"rule": "filled", "field": "/kind", "when": _when("accept")},
        {"rule": "filled", "field": "/merged_into_id", "when": _when("merge")},
        {"rule": "filled", "field": "/reason", "when": _when("not_accept", "transfer", "merge", "seal")},
        {"rule": "concrete", "field": "/reason", "when": _when("not_accept", "transfer")},
        {"rule": "grounded", "field": "/reason", "when": _when("not_accept", "transfer")},
        {"rule": "no_personal_data", "field": "/reason"},
        {"rule": "filled", "field": "/where_to_go", "when": _when("not_accept", "transfer")},
    ],
    "record": record(
        {
            "outcome": choice(
                "分办意见",
                "Outcome",
                {
                    "accept": ("受理", "Accept"),
                    "not_accept": ("不予受理", "Do not accept"),
                    "transfer": ("转其他机关", "Pass to another authority"),
                    "merge": ("与同类反映合并", "Merge with the same matter"),
                    "seal": ("密封转纪检机关", "Seal for the discipline body"),
                },
            ),
        },
        {
            "category": choice(
                "类别", "Category", CATEGORY_LABELS, ("与反映人所选不同的，在此更正。", "If it differs.")
            ),
            "kind": only_when(
                choice(
                    "办理类型",
                    "Kind",
                    {
                        "answer": ("咨询答复，5个工作日", "Question, 5 working days"),
                        "request": ("一般诉求，15个工作日", "Request, 15 working days"),
                        "complex": ("复杂疑难，30个工作日", "Complex, 30 working days"),
                    },
                    ("办理时限由此确定。", "The limit follows from it."),
                ),
                "outcome",
                "accept",
            ),
            "urgency": only_when(
                choice("紧急程度", "Urgency", {"normal": ("一般", "Normal"), "urgent": ("紧急", "Urgent")}),
                "outcome",
                "accept",
            ),
            "handling_unit_id": only_when(
                _id(
                    "承办单位",
                    "Handling unit",
                    "organization",
                    ("不能是被反映的单位。", "Never the one complained about."),
                ),
                "outcome",
                "accept",
            ),
            "merged_into_id": only_when(
                _id("并入的反映", "Merged into", "feedback", ("主办的那一件。", "The one that is handled.")),
                "outcome",
                "merge",
            ),
            "reason": only_when(
                area("理由", "Reason", ("反映人能看到。", "The sender reads it.")),
                "outcome",
                "not_accept",
                "transfer",
                "merge",
                "seal",
            ),
            "where_to_go": only_when(
                text("到哪里反映", "Where to go", ("机关名称、地址或电话。", "Authority, address or phone.")),
                "outcome",
                "not_accept",
                "transfer",
            ),
            # Last: whoever sorts by keyboard begins with what every card needs.
            "about_nobody": only_when(
                area(
                    "未指向经办单位人员的理由",
                    "Why nobody of the office is meant",
                    (
                        "反映人写明了对象而又没有标注被反映的单位、人员时填写。",
                        "Where the sender wrote whom it is about and nobody is marked.",
                    ),
                ),
                "outcome",
                "accept",
                "not_accept",
                "transfer",
            ),
        },
        example={
            "outcome": "accept",
            "category": "lamps",
            "kind": "request",
            "urgency": "normal",
            "handling_unit_id": "6f1a5c0e-3d0b-4f7a-9a53-0d7a5a3b8c11",
        },
    ),
}

SIGN_FOR: dict[str, Any] = {
    "key": "sign_for",
    "title": title("签收", "Signing for it"),
    "help": title(
        "承办单位2个工作日内签收并落实承办人；认为不属本单位的，5个工作日内写明理由退回分办。",
        "The unit signs within 2 working days and names who handles it; an objection goes back within 5 working days.",
    ),
    "roles": HANDLERS,
    "only": ["handling_unit"],
    # A unit that never signs does not keep a card for ever: the desk takes it back.
    "recalled_by": DESK,
    "barred": COMPLAINED_ABOUT,
    "applies": {"field": "triage:/outcome", "in": ["accept"]},
    "due": {"days": 2, "unit": "working"},
    "back_to": ["triage"],
    "record": record(
        {"person": text("承办人", "Handled by")},
        {"plan": area("办理打算", "Plan")},
        example={"person": "区慧", "plan": "明天上午到现场查看。"},
    ),
}
