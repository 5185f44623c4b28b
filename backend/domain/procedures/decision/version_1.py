"""The eight-step decision, version 1: data only.

Its limits and invariants parallel the regulation on major administrative decision procedures (State Council order 713),
which binds county level and up and townships by reference. The waits of 30 days, 7 days and 7 working days and the
three points of the review are the regulation's; the `due` limits are ours, for lights and reminders only.
"""

from typing import Any

from backend.domain.procedures.decision.consulting import OPINION_SOLICITATION, PILOT, PUBLIC_HEARING
from backend.domain.procedures.decision.deciding import LEGALITY_REVIEW, RESOLUTION
from backend.domain.procedures.decision.following import CLOSING, EVALUATION, EXECUTION, PUBLICATION
from backend.domain.procedures.decision.preparing import (
    EXPERT_CONSULTATION,
    INTENTION_SOLICITATION,
    INVESTIGATION,
    OFFICE,
)
from backend.domain.procedures.fields import title

DECISION_1: dict[str, Any] = {
    "key": "decision",
    "version": 1,
    "title": title("重大事项八步决策", "Eight-step decision"),
    "roles": {
        "clerk": title("经办人", "clerk"),
        "township_admin": title("乡镇管理员", "township administrator"),
        "secretary": title("书记", "secretary"),
        "legal_reviewer": title("法律审查人员", "legal reviewer"),
        "inspector": title("督查人员", "inspector"),
    },
    "parties": {
        "sponsor_unit": title("承办单位", "the sponsor unit"),
        "proposer": title("提议人", "the proposer"),
    },
    "withdrawal": {"roles": ["secretary", "township_admin"], "before": "publication"},
    "revised_by": OFFICE,
    "steps": [
        INTENTION_SOLICITATION,
        INVESTIGATION,
        EXPERT_CONSULTATION,
        OPINION_SOLICITATION,
        PUBLIC_HEARING,
        PILOT,
        LEGALITY_REVIEW,
        RESOLUTION,
        PUBLICATION,
        EXECUTION,
        EVALUATION,
        CLOSING,
    ],
}
