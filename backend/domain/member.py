"""Changing members, moving them between branches, and showing their numbers in clear."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.base import Session
from backend.db.member import (
    ENDED,
    Member,
    MemberBranch,
    MemberStatus,
    Sex,
    branch_of,
    close_branch,
    members_held,
)
from backend.db.member_correction import own_records
from backend.db.organization import (
    Organization,
    organizations_by_id,
    organizations_held,
    tally,
    tally_all,
)
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, invalid
from backend.domain.event import changed, record_about
from backend.domain.member_registration import CHUNK, branch_problem, known_by_number
from backend.domain.member_row import FIELDS, ID_NUMBER, PHONE, field_columns, fields_of, told
from backend.domain.member_rule import (
    JOINING_AGE,
    member_problems,
    normalized,
    status_may_become,
    turns_adult_in_year,
)

SEALED = {"id_number": ID_NUMBER, "phone": PHONE}
UNMASKABLE = (*SEALED, "birth_date", "native_place")


async def refuse_own(session: Session, actor: Actor, ids: Collection[UUID]) -> None:
    """Raise Forbidden `own_record` when one of these members is who acts, or whoever they act for: what a person says
    of their own record is a correction, which somebody else settles."""
    if await own_records(session, actor.people) & set(ids):
        raise Forbidden("own_record")


async def held_member(session: Session, actor: Actor, id: UUID) -> tuple[Member, Organization]:
    """Find and lock a member; the branch comes with it, for its path."""
    member = (await members_held(session, actor.reach("member:read"), [id])).get(id)
    if member is None:
        raise NotFound("not_found")
    branch = (await organizations_by_id(session, [member.organization_id]))[member.organization_id]
    return member, branch


def touch(session: Session, member: Member, moment: Moment) -> None:
    member.version += 1
    member.updated_at = moment.now
    session.add(member)


async def change_member(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    id: UUID,
    version: int,
    changes: Mapping[str, Any],
) -> Member:
    """Change fields of a member; a state that ends the membership ends the stay in the branch too.

    Birth date and sex follow a new ID number.  A birth date without the number is refused, right or wrong alike:
    `birth_date_follows_number`, since of a starred one the answer would tell whether it was guessed.  So is a day of
    joining in the year of the eighteenth birthday, `joined_on_needs_number`: tried day by day it would tell the
    birthday, and of other years the year that is shown says enough.  Raises Forbidden
    `own_record`, Invalid with those of `member_problems` that the change brings in, `id_number_taken` and
    `status_change_refused`; records `member.changed`, nothing when all is equal.
    """
    member, branch = await held_member(session, actor, id)
    if not actor.may("member:write", branch.path):
        raise Forbidden("not_yours_to_change")
    await refuse_own(session, actor, [id])
    if member.version != version:
        raise Stale("stale")
    if changes.get("birth_date") is not None and not changes.get("id_number"):
        raise invalid("/birth_date", "birth_date_follows_number")
    joined = changes.get("joined_on")
    is_moved = joined is not None and joined != member.joined_on and not changes.get("id_number")
    if joined is not None and is_moved and turns_adult_in_year(member.birth_date, joined):
        raise invalid("/joined_on", "joined_on_needs_number", age=JOINING_AGE)
    await _change(session, actor, moment, cipher, member, changes)
    return member


async def change_members(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    changes: Sequence[tuple[UUID, Mapping[str, Any]]],
) -> int:
    """Change many members as an import does, which compared their fields itself; returns how many differed.

    Another `organization_id` among the changes is a transfer of today.  Every changed member gets one event, one who is
    also transferred a second one.  Raises what `change_member` and `transfer_member` raise, pointers
    `/rows/<place>/<field>`.
    """
    await refuse_own(session, actor, [key for key, _ in changes])
    differing = 0
    for start in range(0, len(changes), CHUNK):
        chunk = changes[start : start + CHUNK]
        held = await members_held(session, actor.reach("member:read"), [key for key, _ in chunk])
        targets = {values["organization_id"] for _, values in chunk if values.get("organization_id")}
        branches = await organizations_by_id(
            session, list({member.organization_id for member in held.values()} | targets)
        )
        for place, (key, values) in enumerate(chunk, start):
            member = held.get(key)
            if member is None or values.get("organization_id", member.organization_id) not in branches:
                raise NotFound("not_found")
            if not actor.may("member:write", branches[member.organization_id].path):
                raise Forbidden("not_yours_to_change")
            try:
                before = member.version
                target = branches[values.get("organization_id", member.organization_id)]
                if target.id != member.organization_id:
                    await _transfer(session, actor, moment, member, branches[member.organization_id], target)
                await _change(session, actor, moment, cipher, member, values)
            except Invalid as refused:
                problems = [Problem(f"/rows/{place}{p.pointer}", p.code, p.params) for p in refused.problems]
                raise Invalid("invalid", problems=problems) from None
            differing += member.version != before
        # What is flushed is held by nobody any more, so that 100,000 rows need no more memory than a chunk.
        await session.flush()
    return differing


async def _change(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    member: Member,
    changes: Mapping[str, Any],
) -> None:
    if told_changes := await put_fields(session, moment, cipher, member, changes):
        record_about(session, actor, moment, "member.changed", member, told_changes)


async def put_fields(
    session: Session, moment: Moment, cipher: FieldCipher, member: Member, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Change fields of a held member; returns old and new as events tell them, nothing when all is equal.

    The verb that calls it records the event.  Raises what `change_member` raises.
    """
    before = fields_of(member, cipher)
    given = {field: value for field, value in changes.items() if field in FIELDS}
    if given.get("id_number") and given["id_number"] != before["id_number"]:
        given = {"birth_date": None, "sex": None} | given
    after = normalized(before | given)
    differing = [field for field in FIELDS if after[field] != before[field]]
    if not differing:
        return {}
    today = day_of(moment.now)
    # Only what this change makes wrong is held against it: an old record may have faults of its own.
    known = {(p.pointer, p.code) for p in member_problems(before, today)}
    found = [
        p if "id_number" in given else _without_number(p)
        for p in member_problems(after, today)
        if (p.pointer, p.code) not in known or p.pointer.removeprefix("/") in differing
    ]
    if "status" in differing and after["status"] and not status_may_become(member.status, after["status"]):
        found.append(Problem("/status", "status_change_refused"))
    number = after["id_number"] if "id_number" in differing else None
    if number and await known_by_number(session, cipher, member.county_id, [number]):
        found.append(Problem("/id_number", "id_number_taken"))
    if found:
        raise Invalid("invalid", problems=found)
    old_status = member.status
    for field in differing:
        for column, value in field_columns(field, after[field], member.id, cipher).items():
            setattr(member, column, value)
    member.status, member.sex = MemberStatus(member.status), Sex(member.sex)
    if "status" in differing:
        await tally(session, member.organization_id, "member", {old_status: -1, member.status: 1})
        if member.status in ENDED:
            await close_branch(session, member.id, today)
    touch(session, member, moment)
    old, new = ({field: told(field, values[field]) for field in differing} for values in (before, after))
    return {field: {"old": old[field], "new": new[field]} for field in differing}


def _without_number(problem: Problem) -> Problem:
    """What is said to somebody who did not bring the number: not what it holds, which is masked."""
    return Problem(problem.pointer, "birth_date_contradicts") if problem.code == "birth_date_mismatch" else problem


async def transfer_member(
    session: Session,
    actor: Actor,
    moment: Moment,
    id: UUID,
    version: int,
    *,
    organization_id: UUID,
    on: date,
    reason: str,
) -> Member:
    """Transfer a member to another branch of the county from the day `on`; both branches must be the caller's.

    Raises Invalid: `not_a_branch`, `organization_not_active`, `other_county`, `already_in_branch` at
    `/organization_id`, `date_in_future`, `transfer_too_early` at `/on`; Conflict `member_ended`; Forbidden
    `own_record`.
    """
    reach = actor.reach("member:read")
    seen = await branch_of(session, reach, id)
    if seen is None:
        raise NotFound("not_found")
    # Branches are locked before members, as a merge of branches does it.
    held = await organizations_held(session, reach, {seen, organization_id})
    member = (await members_held(session, reach, [id])).get(id)
    if member is None or len(held) < len({seen, organization_id}):
        raise NotFound("not_found")
    if not all(actor.may("member:write", branch.path) for branch in held.values()):
        raise Forbidden("not_yours_to_change")
    await refuse_own(session, actor, [id])
    if member.version != version or member.organization_id != seen:
        raise Stale("stale")
    await _transfer(session, actor, moment, member, held[seen], held[organization_id], on, reason)
    return member


async def _transfer(
    session: Session,
    actor: Actor,
    moment: Moment,
    member: Member,
    source: Organization,
    target: Organization,
    on: date | None = None,
    reason: str | None = None,
) -> None:
    today = day_of(moment.now)
    on = on or today
    if not actor.may("member:write", target.path):
        raise Forbidden("not_yours_to_change")
    if member.status in ENDED:
        raise Conflict("member_ended")
    if source.id == target.id:
        raise invalid("/organization_id", "already_in_branch")
    if source.county_id != target.county_id:
        raise invalid("/organization_id", "other_county")
    if problem := branch_problem(target):
        raise Invalid("invalid", problems=[problem])
    if on > today:
        raise invalid("/on", "date_in_future", value=on.isoformat())
    stay = await close_branch(session, member.id, on)
    if stay is not None and stay.valid_from > on:
        raise invalid("/on", "transfer_too_early", earliest=stay.valid_from.isoformat())
    session.add(
        MemberBranch(
            member_id=member.id,
            county_id=member.county_id,
            organization_id=target.id,
            valid_from=on,
            reason=reason,
            created_at=moment.now,
        )
    )
    member.organization_id = target.id
    touch(session, member, moment)
    await tally_all(session, "member", {(source.id, member.status): -1, (target.id, member.status): 1})
    moved = changed(
        {"organization_id": str(source.id), "organization": source.name},
        {"organization_id": str(target.id), "organization": target.name},
    )
    record_about(session, actor, moment, "member.transferred", member, moved | {"on": on.isoformat()}, reason)


async def unmask_member(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    id: UUID,
    *,
    fields: Sequence[str],
    reason: str,
) -> dict[str, str | None]:
    """Show what is masked in clear, for a reason that is recorded with the names of the fields, not their values."""
    member, branch = await held_member(session, actor, id)
    if not actor.may("member:unmask", branch.path):
        raise Forbidden("not_yours_to_unmask")
    asked = sorted(set(fields) & set(UNMASKABLE))
    clear = fields_of(member, cipher)
    shown: dict[str, str | None] = dict.fromkeys(UNMASKABLE)
    for field in asked:
        shown[field] = str(clear[field]) if clear[field] is not None else None
    record_about(session, actor, moment, "member.unmasked", member, {"fields": asked}, reason)
    return shown


def number_hashes(cipher: FieldCipher, numbers: Mapping[str, str]) -> dict[str, list[bytes]]:
    """Return the hash column and hashes of each ID number or phone, as people type it, by which members are found."""
    typed = normalized(numbers)
    return {
        f"{field}_hash": cipher.search_hashes(typed[field], place)
        for field, place in SEALED.items()
        if typed.get(field)
    }
