"""What only a demonstration has: a clock that can be moved forward.  Outside demo mode these routes do not exist."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from backend.api.deps import MomentDep, PublicMomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body
from backend.demo.accounts import PEOPLE
from backend.domain.access import Actor
from backend.domain.clock import move_demo_clock

router = APIRouter(prefix="/demo", tags=["demo"], route_class=RepeatableRoute)


class DemoOut(Answer):
    """That this is a demonstration, with whom one may sign in (the password was printed at start), and its time."""

    accounts: list[str]
    now: datetime


@router.get("", response_model=DemoOut)
async def get(moment: PublicMomentDep) -> DemoOut:
    return DemoOut(accounts=[person.username for person in PEOPLE if person.signs_in], now=moment.now)


class ClockMove(Body):
    days: Annotated[int, Field(ge=1, le=366, examples=[31])]


class ClockOut(Answer):
    now: datetime


@router.post("/clock", response_model=ClockOut, responses=refusals(403))
async def move_clock(
    session: SessionDep, moment: MomentDep, body: ClockMove, actor: Annotated[Actor, needs("demo:clock")]
) -> ClockOut:
    """Move the county's clock forward, so that a wait of 30 days can be walked by a person or a test."""
    return ClockOut(now=await move_demo_clock(session, actor, moment, timedelta(days=body.days)))
