"""The roster of members: whom a row means is told by the ID number within the county."""

import base64
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import Session, Versioned, new_id
from backend.db.ledger import RowAction
from backend.db.member import ENDED, Member, members_in
from backend.db.member_correction import own_records
from backend.db.organization import Organization, Reach, tally_all
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.identity import holds_masked_number, mask_day, mask_numbers
from backend.domain.ledger.adapter import Asked, Part, Progress, Scope
from backend.domain.ledger.row import Mask, Planned, mask_wholly, says_the_same
from backend.domain.member import change_members
from backend.domain.member_registration import known_by_number, register_members
from backend.domain.member_row import ID_NUMBER, PHONE
from backend.domain.member_rule import member_problems, normalized, status_may_become

key: str = "member"
permission: str = "member:write"
read_permission: str = "member:read"
clear_permission: str | None = "member:unmask"
founds: bool = False
masks: Mapping[str, Mask] = {
    "id_number": mask_wholly(4, 4),
    "phone": mask_wholly(3, 4),
    "birth_date": mask_day,
    "native_place": mask_wholly(2, 0),
}
filters: Mapping[str, bool] = {}
table: type[Versioned] = Member
parts: Sequence[Part] = (Part("member_branch", "member_id"),)
undone: str = "member.import_undone"

# A transfer between branches has a day and a reason, so it is no matter of a roster.  Birth date and sex follow the
# ID number, by which the row was recognised.
CHANGEABLE = (
    "name",
    "ethnic_group",
    "education",
    "native_place",
    "joined_on",
    "confirmed_on",
    "status",
    "is_mobile",
    "phone",
    "remark",
)


def mentions(texts: Mapping[str, str]) -> Sequence[str]:
    """The branch, without the parent that may stand before it."""
    return [texts.get("organization_id", "").rpartition("/")[2]]


def root(values: Mapping[str, Any]) -> None:
    """People found no county."""


async def judge(session: Session, actor: Actor, cipher: FieldCipher, scope: Scope, rows: Sequence[Planned]) -> None:
    """Recognise people by ID number.  Codes: `known_in_other_branch`, `own_record`,
    `status_change_refused`, and those of `member_problems` for what a change would contradict."""
    asked = [row for row in rows if row.row.accepted]
    numbers = [row.values["id_number"] for row in asked]
    found = await known_by_number(session, cipher, scope.county.id, numbers) if scope.county else {}
    on_record = await _on_record(session, [member_id for member_id, _ in found.values()])
    own = await own_records(session, actor.people)
    for row in asked:
        known = found.get(row.values["id_number"])
        if known is None:
            row.record_id, row.record_version, row.unknown = new_id(), 1, True
            _check(row, row.values, scope)
        else:
            _compare(row, on_record[known[0]], cipher, scope)
            if row.action is RowAction.update and known[0] in own:
                row.refuse(next(iter(row.changes)), "own_record")


async def _on_record(session: Session, ids: Sequence[UUID]) -> dict[UUID, sa.Row[Any]]:
    columns = (*(column for column in CHANGEABLE if column != "phone"), "id", "version", "organization_id")
    question = sa.select(
        *(getattr(Member, column) for column in columns),
        col(Member.phone).label("phone_sealed"),
        col(Member.phone_hash),
    ).where(col(Member.id).in_(ids))
    return {row.id: row for row in await session.execute(question)}


def _compare(row: Planned, member: sa.Row[Any], cipher: FieldCipher, scope: Scope) -> None:
    if str(member.organization_id) != row.values["organization_id"]:
        row.refuse("organization_id", "known_in_other_branch")
        row.elsewhere = member.id
        return
    row.record_id, row.record_version = member.id, member.version
    before: dict[str, Any] = {}
    for field in CHANGEABLE:
        said = row.values.get(field)
        if said is None:
            continue
        if field == "phone":
            if member.phone_hash not in cipher.search_hashes(said, PHONE):
                row.changes["phone"] = said
                before["phone"] = base64.b64encode(member.phone_sealed).decode() if member.phone_sealed else None
        elif not says_the_same(known := getattr(member, field), said):
            row.changes[field] = said
            before[field] = known.isoformat() if hasattr(known, "isoformat") else known
    if not row.changes:
        row.action = RowAction.unchanged
        return
    row.action, row.before, row.record_version = RowAction.update, before, member.version + 1
    if "status" in row.changes and not status_may_become(member.status, row.changes["status"]):
        row.refuse("status", "status_change_refused")
    kept = {field: getattr(member, field) for field in CHANGEABLE if field != "phone"}
    # A number that an older remark holds is no fault of this row.
    kept["remark"] = mask_numbers(member.remark or "") or None
    _check(row, kept | row.values, scope)


def _check(row: Planned, values: Mapping[str, Any], scope: Scope) -> None:
    """The reader has judged what the row says; this judges it together with what is on record."""
    for problem in member_problems(normalized(values), scope.today):
        row.refuse(problem.pointer.removeprefix("/"), problem.code, **problem.params)


async def create(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rows: Sequence[Planned],
    progress: Progress,
) -> None:
    made: list[Any] = [
        {**row.values, "id": row.record_id, "organization_id": UUID(row.values["organization_id"])} for row in rows
    ]
    await register_members(session, actor, moment, cipher, made, progress)


async def update(session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, rows: Sequence[Planned]) -> None:
    await change_members(
        session, actor, moment, cipher, [(row.record_id, row.changes) for row in rows if row.record_id]
    )


async def restore(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    records: Sequence[tuple[UUID, Mapping[str, Any]]],
) -> None:
    def opened(id: UUID, field: str, value: Any) -> Any:
        if field == "phone" and value is not None:
            return cipher.decrypt(base64.b64decode(value), PHONE, id)
        if field == "remark" and value:
            return mask_numbers(unicodedata.normalize("NFKC", value)) if holds_masked_number(value) else value
        return date.fromisoformat(value) if field in ("joined_on", "confirmed_on") and value else value

    changes = [(key, {field: opened(key, field, value) for field, value in before.items()}) for key, before in records]
    await change_members(session, actor, moment, cipher, changes)


async def take_back(session: Session, actor: Actor, moment: Moment, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Nothing that an import creates here has acts of people in it."""
    return ()


async def forget(session: Session, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    question = sa.select(col(Member.id), col(Member.county_id), col(Member.organization_id), col(Member.status)).where(
        col(Member.id).in_(ids)
    )
    found = list(await session.execute(question))
    counts: dict[tuple[UUID, str], int] = {}
    for member in found:
        counted = (member.organization_id, member.status.value)
        counts[counted] = counts.get(counted, 0) - 1
    await tally_all(session, "member", counts)
    return [{"id": row.id, "county_id": row.county_id, "organization_id": row.organization_id} for row in found]


async def in_clear(
    session: Session, cipher: FieldCipher, ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, str | None]]:
    columns = (Member.id, Member.id_number, Member.phone, Member.birth_date, Member.native_place)
    question = sa.select(*(col(column) for column in columns)).where(col(Member.id).in_(ids))
    return {
        row.id: {
            "id_number": cipher.decrypt(row.id_number, ID_NUMBER, row.id),
            "phone": cipher.decrypt(row.phone, PHONE, row.id) if row.phone else None,
            "birth_date": row.birth_date.isoformat(),
            "native_place": row.native_place,
        }
        for row in await session.execute(question)
    }


async def records(session: Session, reach: Reach, asked: Asked) -> AsyncIterator[Mapping[str, Any]]:
    current = members_in(reach, asked.path).where(col(Member.status).not_in(sorted(ENDED)))
    question = current.order_by(col(Organization.path), col(Member.sort_key), col(Member.id))
    async for member in await session.stream(question):
        yield {**member._mapping, "organization_id": member.organization_name}
