"""A decision's status: read off the position of its run, never set."""

from backend.db.decision import DecisionStatus
from backend.domain.procedure.trail import Position

_OVER = {"closed": DecisionStatus.closed, "ended": DecisionStatus.rejected, "withdrawn": DecisionStatus.withdrawn}
# A resolution is being carried out as soon as its execution is settled, and evaluated once somebody has judged it.
_AFTER_ADOPTION = {"evaluation": DecisionStatus.executing, "closing": DecisionStatus.evaluated}


def status_of(here: Position) -> DecisionStatus:
    """The status that a position stands for."""
    if here.state != "open":
        return _OVER[here.state]
    if here.result is None:
        return DecisionStatus.running
    return _AFTER_ADOPTION.get(here.step or "", DecisionStatus.adopted)
