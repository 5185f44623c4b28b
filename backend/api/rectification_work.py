"""Working on rectifications: acts on their steps, more time, merging, transferring, supervision, assigning many."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from backend.api import rectification_examples as shown
from backend.api.deps import IfMatchDep, LanguageDep, MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.language import say
from backend.api.rectification import answered
from backend.api.rectification_shapes import (
    AssignedOut,
    AssignmentsIn,
    AssignmentsOut,
    RectificationAct,
    RectificationExtensionIn,
    RectificationMergeIn,
    RectificationOut,
    Refused,
    SupervisionIn,
    TransferIn,
)
from backend.api.repeat import RepeatableRoute
from backend.api.run_shapes import JudgedOut, judged_out
from backend.domain.access import Actor
from backend.domain.rectification.act import act_on_rectification, judge_rectification_act
from backend.domain.rectification.assignment import assign_rectifications
from backend.domain.rectification.extension import extend_rectification
from backend.domain.rectification.merge import merge_rectification
from backend.domain.rectification.supervise import supervise_rectification
from backend.domain.rectification.transfer import transfer_rectification

router = APIRouter(prefix="/rectifications", tags=["rectification"], route_class=RepeatableRoute)

Worker = Annotated[Actor, needs("rectification:act")]


@router.post("/assignments", response_model=AssignmentsOut, responses=refusals(403))
async def assign(
    session: SessionDep, moment: MomentDep, language: LanguageDep, body: AssignmentsIn, actor: Worker
) -> AssignmentsOut:
    """Assign up to 200 registered items at once. Each is judged by itself; those that are refused say why."""
    found = await assign_rectifications(session, actor, moment, body.ids, body.wanted())
    return AssignmentsOut(
        items=[
            AssignedOut(
                id=one.id,
                number=one.number,
                assigned=one.refusal is None,
                refusal=Refused(code=one.refusal.code, message=say(one.refusal.code, one.refusal.params, language))
                if one.refusal
                else None,
            )
            for one in found
        ]
    )


@router.post("/{id}/acts", response_model=RectificationOut | JudgedOut, responses=refusals(403, 404, 409, 412, 428))
async def act(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.ACTED_ON])],
    body: RectificationAct,
    version: IfMatchDep,
    actor: Worker,
    dry_run: Annotated[bool, Query(description="Only say what would be refused; nothing changes.")] = False,
) -> RectificationOut | JudgedOut:
    """Do one act on the open step: finish it, note progress, ask for more time, return it, or open a closed item."""
    if dry_run:
        return judged_out(await judge_rectification_act(session, actor, moment, id, version, body.wish()), language)
    await act_on_rectification(session, actor, moment, id, version, body.wish())
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/extensions", response_model=RectificationOut, responses=refusals(403, 404, 409, 412, 428))
async def extend(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.EXTENDED])],
    body: RectificationExtensionIn,
    version: IfMatchDep,
    actor: Worker,
) -> RectificationOut:
    """Ask for more time, before the limit, or grant what was asked for; at most twice, each by half the period."""
    await extend_rectification(session, actor, moment, id, version, until=body.until, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/merge", response_model=RectificationOut, responses=refusals(403, 404, 409, 412, 428))
async def merge(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.MERGED])],
    body: RectificationMergeIn,
    version: IfMatchDep,
    actor: Worker,
) -> RectificationOut:
    """End an item that is another one's double, and point it there."""
    await merge_rectification(session, actor, moment, id, version, into_id=body.into_id, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/transfer", response_model=RectificationOut, responses=refusals(403, 404, 409, 412, 428))
async def transfer(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.TRANSFERRED])],
    body: TransferIn,
    version: IfMatchDep,
    actor: Worker,
) -> RectificationOut:
    """Give an item back so that it is assigned to another unit, which agrees by signing for it."""
    await transfer_rectification(
        session,
        actor,
        moment,
        id,
        version,
        responsible_unit_id=body.responsible_unit_id,
        responsible_leader=body.responsible_leader,
        responsible_person=body.responsible_person,
        reason=body.reason,
    )
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/supervision", response_model=RectificationOut, responses=refusals(403, 404, 409, 412, 428))
async def supervise(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.SUPERVISED])],
    body: SupervisionIn,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("rectification:supervise")],
) -> RectificationOut:
    """Put an open item under supervision by name (督办): for the office of supervision."""
    await supervise_rectification(session, actor, moment, id, version, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)
