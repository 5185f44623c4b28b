"""Calls about problem; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call, segment


def explain(*, code: str) -> Call[models.ProblemOut]:
    """What a refusal means, for whoever writes a program: open to everybody, in Chinese or English."""
    return Call(operation="problem_explain", method="GET", path=f"/api/v1/problems/{segment(code)}")
