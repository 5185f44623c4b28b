"""Boxes that two people open: one records it under his own sign-in, the other confirms it under hers or objects."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.db.account import colleague_in
from backend.db.base import Session, new_id
from backend.db.feedback_channel import BoxOpening, OpeningState, last_seal, opening_of
from backend.db.numbering import next_number
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, invalid
from backend.domain.event import record
from backend.domain.feedback.door import open_place
from backend.domain.identity import normalize_name

BOX_SERIES = "KX"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpening:
    """An opening of a box as its first opener records it; `opener_b_id` is the account of the second one."""

    organization_id: UUID
    box_no: str
    location: str
    seal_no: str
    seal_whole: bool
    new_seal_no: str
    opener_b_id: UUID
    opened_at: datetime
    slips: int
    remark: str = ""


async def open_box(
    session: Session, actor: Actor, moment: Moment, new: NewOpening, *, id: UUID | None = None
) -> BoxOpening:
    """Put the opening of a box on record; it waits until its second opener confirms it.

    Raises NotFound, Forbidden, Conflict, and Invalid when one person opened it alone or with somebody who is no
    colleague in this county, or when its seal was broken or is not the one that was put on last, and nobody says why.
    """
    place = await open_place(session, actor, new.organization_id, "feedback:write")
    problems = []
    second = await colleague_in(session, place.county_id, new.opener_b_id)
    if new.opener_b_id in actor.people or (second and normalize_name(second.name) == normalize_name(actor.name)):
        problems.append(Problem("/opener_b_id", "box_needs_two"))
    elif second is None:
        problems.append(Problem("/opener_b_id", "opener_unknown"))
    if new.opened_at > moment.now:
        problems.append(Problem("/opened_at", "opened_in_future"))
    if not new.seal_whole and not new.remark:
        problems.append(Problem("/remark", "broken_seal_unexplained"))
    last = await last_seal(session, place.id, new.box_no)
    if last is not None and last != new.seal_no and not new.remark:
        problems.append(Problem("/seal_no", "seal_not_last", {"last": last}))
    if new.new_seal_no == new.seal_no:
        problems.append(Problem("/new_seal_no", "seal_used_again"))
    if problems or second is None:
        raise Invalid("invalid", problems=problems)
    opening = BoxOpening(
        id=id or new_id(),
        county_id=place.county_id,
        organization_id=place.id,
        number=await next_number(session, place.county_id, BOX_SERIES, day_of(moment.now).year),
        box_no=new.box_no,
        location=new.location,
        seal_no=new.seal_no,
        seal_whole=new.seal_whole,
        new_seal_no=new.new_seal_no,
        opener_a=actor.name,
        opener_b=second.name,
        opener_b_id=second.id,
        opened_at=new.opened_at,
        slips=new.slips,
        remark=new.remark,
        recorded_by=actor.account_id,
        recorded_by_name=actor.name,
        created_at=moment.now,
    )
    session.add(opening)
    told = {"number": opening.number, "slips": new.slips, "seal_whole": new.seal_whole}
    _record(session, actor, moment, "feedback.box_opened", opening, told)
    return opening


async def answer_opening(session: Session, actor: Actor, moment: Moment, id: UUID, objection: str) -> BoxOpening:
    """Confirm an opening as the second opener, or object to it with a reason.

    It takes no permission, and nobody may do it for somebody else: a role that was lent is no pair of eyes.
    Raises NotFound for everybody but the second opener, Forbidden for a stand-in, Conflict when it is answered already.
    """
    if actor.on_behalf_of is not None:
        raise Forbidden("confirm_yourself")
    opening = await opening_of(session, actor.account_id, id)
    if opening is None:
        raise NotFound("not_found")
    if opening.state is not OpeningState.waiting:
        raise Conflict("opening_answered")
    if opening.recorded_by in actor.people:
        raise invalid("/opener_b_id", "box_needs_two")
    opening.state = OpeningState.objected if objection else OpeningState.confirmed
    opening.answered_at, opening.objection = moment.now, objection
    session.add(opening)
    await session.flush()
    kind = "feedback.box_objected" if objection else "feedback.box_confirmed"
    _record(session, actor, moment, kind, opening, {"number": opening.number})
    return opening


def _record(
    session: Session, actor: Actor, moment: Moment, kind: str, opening: BoxOpening, told: dict[str, object]
) -> None:
    record(
        session,
        actor,
        moment,
        kind,
        county_id=opening.county_id,
        organization_id=opening.organization_id,
        subject_id=opening.id,
        subject_kind="box_opening",
        data=told,
    )
