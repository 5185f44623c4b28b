"""The rectification of a problem (整改销号), version 1: data only.

Handbook 1.2.2 and 2.10, ISO 9001 10.2: what was put right, its consequence, its cause, where else it was looked for,
and whether it held. All numbers of days are ours (2.10) but for what the report itself asks: a list, a limit, a person,
and an end that the people affected agree with.
"""

from typing import Any

from backend.domain.procedures.fields import PLANNED, day, record, title
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
from backend.domain.procedures.rectification.parts import ASSIGNERS, LADDER, PARTIES, ROLES, VERIFIERS

RECTIFICATION_1: dict[str, Any] = {
    "key": "rectification",
    "version": 1,
    "title": title("问题整改销号", "Rectification"),
    "roles": ROLES,
    "parties": PARTIES,
    "withdrawal": {"roles": ASSIGNERS, "before": "verification", "barred": ["current_unit"]},
    "reopening": {
        "roles": VERIFIERS,
        "to": "rectifying",
        "barred": ["responsible_unit"],
        "record": record({"due_on": day("整改时限", "Due on", PLANNED)}, example={"due_on": "@today+30"}),
    },
    "ladder": LADDER,
    "steps": [
        ASSIGNMENT,
        SIGN_FOR,
        PLAN,
        PLAN_APPROVAL,
        RECTIFYING,
        VERIFICATION,
        SECOND_VERIFICATION,
        SOURCE_CONFIRMATION,
        ORGANIZATION_CONFIRMATION,
        SATISFACTION,
        CLOSING,
    ],
}
