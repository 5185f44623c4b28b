"""For the security administrator: somebody is let in, or a device or authenticator was lost."""

from typing import Annotated

from fastapi import APIRouter, Request

from backend.api.account_life import AccountId, NewAccountId
from backend.api.account_life_shapes import AccountWhyIn, PersonName, ReleasedOut
from backend.api.deps import IfMatchDep, MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.api.session import Ended
from backend.api.shapes import Answer
from backend.domain.access import Actor
from backend.domain.staff.lost import end_sessions_of, reset_second_step
from backend.domain.staff.release import release_invitation

router = APIRouter(prefix="/accounts", tags=["account"], route_class=RepeatableRoute)


class SecondStepReset(Answer):
    """`was_set`: whether there was an authenticator to take away."""

    was_set: bool


@router.post("/{id}/sessions/end", response_model=Ended, responses=refusals(403, 404))
async def end_sessions(
    session: SessionDep,
    moment: MomentDep,
    id: AccountId,
    body: AccountWhyIn,
    actor: Annotated[Actor, needs("session:end")],
) -> Ended:
    """Sign somebody out everywhere, within a second; the account stays as it is."""
    return Ended(ended=await end_sessions_of(session, actor, moment, id, body.reason))


@router.post("/{id}/second-step/reset", response_model=SecondStepReset, responses=refusals(403, 404, 409))
async def reset_second_step_(
    session: SessionDep,
    moment: MomentDep,
    id: AccountId,
    body: AccountWhyIn,
    actor: Annotated[Actor, needs("second_step:reset")],
) -> SecondStepReset:
    """Take away an authenticator that was lost together with its recovery codes, and sign the person out everywhere.

    Recognise the person first: face to face, or by a number that you look up yourself.
    """
    return SecondStepReset(was_set=await reset_second_step(session, actor, moment, id, body.reason))


@router.post(
    "/{id}/invitation/release",
    response_model=ReleasedOut,
    responses=refusals(403, 404, 409, 412, 428),
    openapi_extra=NOT_KEPT,
)
async def release(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    id: NewAccountId,
    body: AccountWhyIn,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("account:release")],
) -> ReleasedOut:
    """Let the code that is under way be used, and show the second code that it takes.

    Hand it to the person themselves, face to face or by a number that you look up yourself: never to whoever keeps the
    account. For an account in use the old password and all sessions end at once. A second release replaces the first.
    """
    released = await release_invitation(session, actor, moment, id, version, body.reason)
    request.state.no_store = True
    return ReleasedOut(
        account=PersonName(id=released.account.id, name=released.account.name),
        username=released.account.username,
        second_code=released.code,
        expires_at=released.expires_at,
    )
