"""Items and cards straight into the tables, as figures count them; the verbs that make them have tests of their own."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from backend.db.base import Session, new_id
from backend.db.feedback import Anonymity, CardStatus, CardWish, FeedbackCard
from backend.db.organization import Organization
from backend.db.procedure import ProcedureAct, ProcedureRun, RunState
from backend.db.rectification import OVER, DeadlineKind, Rectification, RectificationSource, RectificationStatus
from backend.domain.calendar import start_of
from backend.domain.rectification.counts import count_rectification, counted


async def add_item(
    session: Session,
    place: Organization,
    registered_on: date,
    *,
    status: str = "rectifying",
    source: str = "self_review",
    step: str | None = "rectifying",
    acts: Sequence[tuple[str, str, float]] = (),
    **columns: Any,
) -> Rectification:
    """An item with its run and its counts. `acts` are (step, outcome, days since registration)."""
    item = Rectification(
        **{
            "id": new_id(),
            "county_id": place.county_id,
            "organization_id": place.id,
            "registered_at_id": place.id,
            "registered_on": registered_on,
            "number": f"ZG-{uuid4().hex[:12]}",
            "source": RectificationSource(source),
            "category": "venue",
            "problem": "活动室门窗破损",
            "deadline_kind": DeadlineKind.dated,
            "status": RectificationStatus(status),
            **columns,
        }
    )
    session.add(item)
    await session.flush()
    over = item.status in OVER
    began = start_of(registered_on)
    run = ProcedureRun(
        procedure="rectification",
        procedure_version=1,
        subject_kind="rectification",
        subject_id=item.id,
        organization_id=place.id,
        county_id=place.county_id,
        number=item.number,
        title="活动室门窗破损",
        started_at=began,
        state=RunState.closed if over else RunState.open,
        step=None if over else step,
        closed_at=start_of(item.closed_on or registered_on) if over else None,
    )
    session.add(run)
    await session.flush()
    for sequence, (key, outcome, days) in enumerate(acts, start=1):
        session.add(act(run, sequence, key, outcome, began + timedelta(days=days), place))
    await session.flush()
    await count_rectification(session, None, counted(item))
    return item


def act(run: ProcedureRun, sequence: int, step: str, outcome: str, at: datetime, by: Organization) -> ProcedureAct:
    return ProcedureAct(
        run_id=run.id,
        sequence=sequence,
        step=step,
        outcome=outcome,
        by=uuid4(),
        by_name="任思远",
        by_organization=by.id,
        at=at,
    )


async def add_card(session: Session, place: Organization, received_on: date, **columns: Any) -> FeedbackCard:
    """A card from `place`, which is with it too."""
    card = FeedbackCard(
        **{
            "county_id": place.county_id,
            "organization_id": place.id,
            "desk_id": place.id,
            "place_id": place.id,
            "number": f"FK-{uuid4().hex[:12]}",
            "channel": "qr",
            "wish": CardWish.action,
            "category": "roads",
            "content": "路灯不亮",
            "anonymity": Anonymity.anonymous,
            "status": CardStatus.processing,
            "received_on": received_on,
            **columns,
        }
    )
    session.add(card)
    await session.flush()
    return card
