"""What members call wrong in their own records: asking for a correction, and settling it within five working days.

Until it is settled everybody who sees the record sees that it is disputed.  What should stand there is kept encrypted,
since it may be a number or a name of a person, and becomes the record's own only when somebody else has agreed.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id
from backend.db.member import Member, MemberStatus, Sex
from backend.db.member_correction import (
    CorrectionState,
    MemberCorrection,
    correction_held,
    is_disputed,
    member_of,
    open_correction,
    open_corrections,
    own_member_of,
    own_records,
)
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of, last_second_of, shipped_calendar
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, invalid
from backend.domain.event import record_about
from backend.domain.identity import mask_day, mask_id_number, mask_numbers, mask_phone, mask_place
from backend.domain.member import held_member, put_fields, touch
from backend.domain.member_row import fields_of
from backend.domain.member_rule import member_problems, normalized

SHOULD = "member_correction.should"
ANSWER_DAYS = 5
FINISH_DAYS = 15
"""Working days in which a correction is to be answered, and those in which it is to be over for good, the day it was
asked for not counted (handbook 3.1)."""

FIELD_TITLES: dict[str, dict[str, str]] = {
    "name": {"zh-CN": "姓名", "en": "Name"},
    "sex": {"zh-CN": "性别", "en": "Sex"},
    "birth_date": {"zh-CN": "出生日期", "en": "Date of birth"},
    "ethnic_group": {"zh-CN": "民族", "en": "Ethnic group"},
    "id_number": {"zh-CN": "公民身份号码", "en": "Citizen number"},
    "phone": {"zh-CN": "联系电话", "en": "Phone"},
    "education": {"zh-CN": "学历", "en": "Education"},
    "native_place": {"zh-CN": "籍贯", "en": "Native place"},
    "joined_on": {"zh-CN": "入党日期", "en": "Joined on"},
    "confirmed_on": {"zh-CN": "转正日期", "en": "Confirmed on"},
    "status": {"zh-CN": "党员状态", "en": "Status"},
    "category": {"zh-CN": "人员类别", "en": "Category"},
    "is_mobile": {"zh-CN": "是否流动党员", "en": "Mobile member"},
    "remark": {"zh-CN": "备注", "en": "Remark"},
}
"""What a person reads of the own record, and may call wrong."""

_DAYS = frozenset({"birth_date", "joined_on", "confirmed_on"})
_MASKS = {"id_number": mask_id_number, "phone": mask_phone, "remark": mask_numbers}
# Beside a masked number they would complete it; its own person reads them.
_STAFF_MASKS = {"birth_date": mask_day, "native_place": mask_place, "remark": mask_numbers}
_YES = {"true": True, "false": False}


async def own_member(session: Session, actor: Actor, *, lock: bool = False) -> Member:
    """The record of whoever is signed in.  Raises NotFound for an account that is nobody on the rosters."""
    member = await own_member_of(session, actor.account_id, lock=lock)
    if member is None:
        raise NotFound("no_own_record")
    return member


def finish_limit(asked_at: datetime) -> datetime:
    """The last moment of the fifteenth working day after a correction was asked for."""
    return last_second_of(shipped_calendar().limit(day_of(asked_at), FINISH_DAYS, "working"))


def shown(field: str, value: Any) -> str | None:
    """One field as its own person may read it: numbers masked, since a screen has other readers."""
    if value is None:
        return None
    if field in _MASKS:
        return _MASKS[field](value)
    return (
        str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else str(value)
    )


async def ask_correction(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    *,
    field: str,
    should: str,
    evidence: str,
    id: UUID | None = None,
) -> MemberCorrection:
    """Call one field of one's own record wrong and say what should stand there; empty: nothing should.

    `id` is for loaders that have to know it beforehand.
    Raises NotFound `no_own_record`, Conflict `correction_open` while the same field waits, and Invalid at `/should`:
    `same_as_now`, or what the rules of the record say against it.
    """
    member = await own_member(session, actor, lock=True)
    if await open_correction(session, member.id, field) is not None:
        raise Conflict("correction_open")
    before = fields_of(member, cipher)
    _judge(before, field, should, moment)
    key = id or new_id()
    correction = MemberCorrection(
        id=key,
        member_id=member.id,
        county_id=member.county_id,
        field=field,
        says=shown(field, before[field]),
        should=cipher.encrypt(should, SHOULD, key),
        evidence=evidence,
        asked_by=actor.account_id,
        asked_at=moment.now,
        due_at=last_second_of(shipped_calendar().limit(day_of(moment.now), ANSWER_DAYS, "working")),
        created_at=moment.now,
        updated_at=moment.now,
    )
    session.add(correction)
    member.disputed = True
    touch(session, member, moment)
    record_about(session, actor, moment, "member.disputed", member, {"correction_id": str(key), "field": field})
    return correction


def _judge(before: Mapping[str, Any], field: str, should: str, moment: Moment) -> None:
    """Refuse what could never be agreed to, so that nobody waits five days to hear of a misspelt number."""
    after = normalized({**before, field: typed(field, should)})
    if after[field] == before[field]:
        raise invalid("/should", "same_as_now")
    found = [p for p in member_problems(after, day_of(moment.now)) if p.pointer == f"/{field}"]
    if found:
        raise Invalid("invalid", problems=[Problem("/should", p.code, p.params) for p in found])


def shown_to_staff(field: str, text: str | None) -> str | None:
    """What stands or should stand in a field, as those who keep rosters read it in a list."""
    return _STAFF_MASKS[field](text) if text and field in _STAFF_MASKS else text


async def proposed_in_clear(
    session: Session, cipher: FieldCipher, member_id: UUID, fields: Collection[str]
) -> dict[str, str | None]:
    """What a member asks to stand in these fields, in clear, None where nothing is asked: for `unmask_member`'s caller,
    who gave a reason and is in the log."""
    waiting = await open_corrections(session, member_id, fields)
    return {one.field: cipher.decrypt(one.should, SHOULD, one.id) or None for one in waiting}


def proposed(cipher: FieldCipher, id: UUID, field: str, should: bytes) -> str | None:
    """What should stand there, as staff read it: a number stays masked until it is in the record."""
    text = cipher.decrypt(should, SHOULD, id)
    return (_MASKS[field](text) if field in _MASKS else text) or None


def typed(field: str, text: str) -> Any:
    """What somebody wrote, as the field holds it.  Raises Invalid at `/should`."""
    if not text:
        return None
    try:
        if field in _DAYS:
            return date.fromisoformat(text)
        if field == "sex":
            return Sex(text)
        if field == "status":
            return MemberStatus(text)
    except ValueError:
        raise invalid("/should", "field_invalid") from None
    if field == "is_mobile":
        if text not in _YES:
            raise invalid("/should", "field_invalid")
        return _YES[text]
    length = Member.model_fields[field].metadata
    most = next((part.max_length for part in length if hasattr(part, "max_length")), None)
    if most is not None and len(text) > most:
        raise invalid("/should", "field_string_too_long", max_length=most)
    return text


async def settle_correction(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    id: UUID,
    version: int,
    *,
    corrected: bool,
    reason: str,
) -> MemberCorrection:
    """Agree, which puts into the record what should stand there, or refuse with a reason.

    Raises NotFound, Forbidden (also `own_correction`: nobody settles what they, or whoever they act for,
    asked for or what is about them), Conflict `correction_over`,
    Stale, and Invalid when the record's rules refuse the value or a refusal has no reason.
    """
    member_id = await member_of(session, actor.reach("member:read"), id)
    if member_id is None:
        raise NotFound("not_found")
    member, branch = await held_member(session, actor, member_id)
    correction = await correction_held(session, id)
    if not actor.may("member:write", branch.path):
        raise Forbidden("not_yours_to_change")
    if correction.asked_by in actor.people or member_id in await own_records(session, actor.people):
        raise Forbidden("own_correction")
    if correction.state is not CorrectionState.open:
        raise Conflict("correction_over")
    if correction.version != version:
        raise Stale("stale")
    if not corrected and not reason:
        raise invalid("/reason", "required")
    changes: dict[str, Any] = {}
    if corrected:
        value = typed(correction.field, cipher.decrypt(correction.should, SHOULD, correction.id))
        changes = await put_fields(session, moment, cipher, member, {correction.field: value})
    correction.state = CorrectionState.corrected if corrected else CorrectionState.not_corrected
    correction.reason, correction.settled_at = reason, moment.now
    correction.settled_by, correction.settled_by_name = actor.account_id, actor.name
    correction.updated_at = moment.now
    correction.version += 1
    session.add(correction)
    await session.flush()
    member.disputed = await is_disputed(session, member.id)
    if not changes:
        touch(session, member, moment)
    data = {"correction_id": str(id), "field": correction.field, "outcome": correction.state.value} | changes
    record_about(session, actor, moment, "member.correction_settled", member, data)
    return correction
