"""Shapes of the change feed, which snapshots and the stream of the desk share."""

from typing import Literal
from uuid import UUID

from backend.api.decision_shapes import DecisionRow
from backend.api.feedback_shapes import CardRow
from backend.api.member_shapes import MemberOut
from backend.api.organization_shapes import OrganizationOut
from backend.api.rectification_shapes import RectificationRow
from backend.api.shapes import Answer
from backend.domain.change import Op

ResourceName = Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]


class ChangeOut(Answer):
    """One record that changed. `upsert`: `record` is as it is now, the same as in the list of its resource; a record
    that came into reach comes so too. `remove`: it is gone, or out of reach. `below`: it is about every record of the
    resource below the organisation `id`, which was moved or merged: after `remove` they are gone, after `resync` they
    are to be read anew. `resync` without resource: what this caller may see was changed as a whole, so take everything
    anew."""

    op: Op
    resource: str | None
    id: UUID
    below: bool
    record: OrganizationOut | MemberOut | DecisionRow | RectificationRow | CardRow | None


class ChangesOut(Answer):
    """Changes in order. Go on with `next_cursor`, at once while `more`. The same may come twice; none is left out."""

    items: list[ChangeOut]
    next_cursor: str
    more: bool
