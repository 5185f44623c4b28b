"""Calls about procedure; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, segment


def tasks(*, limit: int | None = None, cursor: str | None = None) -> PageCall[models.TaskPage, models.TaskOut]:
    """What awaits you: open steps within your reach that are for a role you hold there, the most urgent first."""
    return PageCall(
        operation="procedure_tasks", method="GET", path="/api/v1/me/tasks", query={"limit": limit, "cursor": cursor}
    )


def list_() -> Call[models.ProcedurePage]:
    """The newest version of every procedure."""
    return Call(operation="procedure_list", method="GET", path="/api/v1/procedures")


def get(*, key: str) -> Call[models.ProcedureOut]:
    """The newest version of one procedure, each step's record with an example that it would accept today."""
    return Call(operation="procedure_get", method="GET", path=f"/api/v1/procedures/{segment(key)}")
