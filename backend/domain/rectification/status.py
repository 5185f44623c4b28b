"""An item's status: read off the position of its run, never set."""

from backend.db.rectification import Rectification, RectificationStatus
from backend.domain.procedure.trail import Position

_AT_STEP = {
    "recognition": RectificationStatus.close_requested,
    "assignment": RectificationStatus.registered,
    "sign_for": RectificationStatus.assigned,
    "plan": RectificationStatus.signed_for,
    "plan_approval": RectificationStatus.planned,
    "rectifying": RectificationStatus.rectifying,
    "verification": RectificationStatus.close_requested,
    "second_verification": RectificationStatus.close_requested,
}


def status_of(item: Rectification, here: Position) -> RectificationStatus:
    """The status that a position stands for; an item that was merged has withdrawn its own run."""
    if here.state == "withdrawn":
        return RectificationStatus.merged if item.merged_into_id else RectificationStatus.withdrawn
    if here.state != "open":
        return RectificationStatus.closed
    return status_at(here.step or "")


def status_at(step: str) -> RectificationStatus:
    """The status of an open item at a step."""
    return _AT_STEP.get(step, RectificationStatus.verified)
