"""Registering members: one, or a roster of 100,000 in one transaction."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.bulk import copy_rows
from backend.db.event import Event
from backend.db.member import Member, MemberBranch, MemberStatus, hold_numbers, members_by_id_number
from backend.db.organization import Organization, OrganizationStatus, organizations_held, tally_all
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Forbidden, Invalid, NotFound, Problem
from backend.domain.event import changed, event_row
from backend.domain.identity import normalize_id_number
from backend.domain.member_row import FIELDS, ID_NUMBER, member_columns_of, told
from backend.domain.member_rule import REGISTRABLE, MemberValues, member_problems, normalized
from backend.domain.organization_kind import BRANCH_KINDS

# Some 30 ms of Python, most of which run beside the event loop: other requests hardly wait.
CHUNK = 500
_REPORTED = 100

Progress = Callable[[int], Awaitable[None]]
Prepared = list[tuple[dict[str, Any] | None, list[Problem]]]


async def register_member(
    session: Session, actor: Actor, moment: Moment, cipher: FieldCipher, values: MemberValues
) -> UUID:
    """Put one person on the roster of a branch; see `register_members`."""
    return (await _register(session, actor, moment, cipher, [values], lambda row: "", None))[0]


async def register_members(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rows: Sequence[MemberValues],
    progress: Progress | None = None,
) -> list[UUID]:
    """Put people on the rosters of branches, each with one event; returns their ids in the order of `rows`.

    `progress` is told after every chunk how many rows are done.  Raises NotFound or Forbidden for a branch out of sight
    or of others, and Invalid with the first hundred problems, pointers `/rows/<place>/<field>`: those of
    `member_problems`, `not_a_branch`, `organization_not_active`, `status_not_registrable`, `id_number_taken`.
    """
    return await _register(session, actor, moment, cipher, rows, lambda row: f"/rows/{row}", progress)


async def _register(
    session: Session,
    actor: Actor,
    moment: Moment,
    cipher: FieldCipher,
    rows: Sequence[MemberValues],
    prefix: Callable[[int], str],
    progress: Progress | None,
) -> list[UUID]:
    branches = await _branches(session, actor, rows)
    today = day_of(moment.now)
    ids: list[UUID] = []
    counts: dict[tuple[UUID, str], int] = {}
    seen: set[tuple[UUID, str]] = set()
    problems: list[Problem] = []
    prepare = partial(_prepare, branches=branches, moment=moment, cipher=cipher, today=today)
    async with aclosing(_chunks(rows, prepare)) as chunks:
        async for start, chunk, prepared in chunks:
            columns = [row for row, _ in prepared if row]
            taken = await _taken(session, cipher, chunk, prepared)
            for place, (row, found) in enumerate(prepared, start):
                if row is not None:
                    key = (row["county_id"], normalize_id_number(rows[place]["id_number"]))
                    if key in taken or key in seen:
                        found.append(Problem("/id_number", "id_number_taken"))
                    seen.add(key)
                    counted = (row["organization_id"], row["status"])
                    counts[counted] = counts.get(counted, 0) + 1
                problems += [Problem(prefix(place) + p.pointer, p.code, p.params) for p in found]
            if len(problems) >= _REPORTED:
                break
            if not problems:
                stays, events = await asyncio.to_thread(_told, actor, moment, columns, chunk, branches)
                await copy_rows(session, Member, columns)
                await copy_rows(session, MemberBranch, stays)
                await copy_rows(session, Event, events)
                ids += [row["id"] for row in columns]
            if progress is not None:
                await progress(start + len(chunk))
    if problems:
        raise Invalid("invalid", problems=problems[:_REPORTED])
    await tally_all(session, "member", counts)
    return ids


async def _branches(session: Session, actor: Actor, rows: Sequence[MemberValues]) -> dict[UUID, Organization]:
    wanted = {values["organization_id"] for values in rows}
    held = await organizations_held(session, actor.reach("organization:read"), wanted)
    if len(held) < len(wanted):
        raise NotFound("not_found")
    if not all(actor.may("member:write", branch.path) for branch in held.values()):
        raise Forbidden("not_yours_to_change")
    return held


def branch_problem(branch: Organization) -> Problem | None:
    """Why nobody can be put into `branch`, or None."""
    if branch.kind not in BRANCH_KINDS:
        return Problem("/organization_id", "not_a_branch", {"value": branch.name})
    if branch.status != OrganizationStatus.active:
        return Problem("/organization_id", "organization_not_active")
    return None


async def _chunks(
    rows: Sequence[MemberValues], prepare: Callable[[Sequence[MemberValues]], Prepared]
) -> AsyncGenerator[tuple[int, Sequence[MemberValues], Prepared]]:
    """Yield the rows chunk by chunk with what `prepare` makes of them, and where each chunk starts.

    Spelling and encrypting keep a processor busy: they run beside the event loop, and for the next chunk while the
    database stores this one.
    """
    coming = asyncio.create_task(asyncio.to_thread(prepare, rows[:CHUNK]))
    try:
        for start in range(0, len(rows), CHUNK):
            prepared = await coming
            following = rows[start + CHUNK : start + 2 * CHUNK]
            coming = asyncio.create_task(asyncio.to_thread(prepare, following))
            yield start, rows[start : start + CHUNK], prepared
    finally:
        # A thread cannot be stopped, and what it reads belongs to this transaction.
        await coming


def _prepare(
    rows: Sequence[MemberValues],
    branches: dict[UUID, Organization],
    moment: Moment,
    cipher: FieldCipher,
    today: date,
) -> Prepared:
    """Return for each row its columns, or None and what is wrong with it.  Pure, so that it may run in a thread."""
    prepared: Prepared = []
    for given in rows:
        values = normalized(given)
        branch = branches[given["organization_id"]]
        found = member_problems(values, today)
        if problem := branch_problem(branch):
            found.append(problem)
        if values.get("status") and values["status"] not in REGISTRABLE:
            found.append(Problem("/status", "status_not_registrable"))
        if found:
            prepared.append((None, found))
            continue
        key = given.get("id") or new_id()
        columns = member_columns_of(values, key, cipher) | {
            "id": key,
            "created_at": moment.now,
            "updated_at": moment.now,
            "version": 1,
            "county_id": branch.county_id,
            "organization_id": branch.id,
            "status": MemberStatus(values["status"]).value,
            "is_test": given.get("is_test", branch.is_test),
        }
        prepared.append((columns, found))
    return prepared


async def _taken(
    session: Session, cipher: FieldCipher, chunk: Sequence[MemberValues], prepared: Prepared
) -> set[tuple[UUID, str]]:
    """Counties and normalised ID numbers of those in the chunk who are on record already."""
    numbers: dict[UUID, list[str]] = {}
    for given, (row, _) in zip(chunk, prepared, strict=True):
        if row is not None:
            numbers.setdefault(row["county_id"], []).append(normalize_id_number(given["id_number"]))
    return {
        (county_id, number)
        for county_id, asked in numbers.items()
        for number in await known_by_number(session, cipher, county_id, asked)
    }


def _told(
    actor: Actor,
    moment: Moment,
    columns: Sequence[dict[str, Any]],
    chunk: Sequence[MemberValues],
    branches: dict[UUID, Organization],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the stay and the event of each new member."""
    stays: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for row, given in zip(columns, chunk, strict=True):
        branch = branches[row["organization_id"]]
        stays.append(
            {
                "id": new_id(),
                "created_at": moment.now,
                "member_id": row["id"],
                "county_id": row["county_id"],
                "organization_id": row["organization_id"],
                "valid_from": given.get("since") or day_of(moment.now),
            }
        )
        shown = row | {"id_number": row["id_number_mask"], "phone": row["phone_mask"]}
        data = {
            field: shown[field] if field in {"id_number", "phone"} else told(field, shown[field])
            for field in FIELDS
            if shown[field] is not None
        }
        event = event_row(
            actor,
            moment,
            "member.registered",
            county_id=row["county_id"],
            organization_id=row["organization_id"],
            subject_id=row["id"],
            data=changed({}, data | {"organization": branch.name}),
        )
        events.append({"id": new_id(), "created_at": utc_now(), **event})
    return stays, events


async def known_by_number(
    session: Session, cipher: FieldCipher, county_id: UUID, numbers: Sequence[str]
) -> dict[str, tuple[UUID, UUID]]:
    """Member and branch by normalised ID number, of those who have not left.

    While keys are changed, equal numbers have different hashes and no unique index tells them equal: then whoever asks
    waits for others who do.
    """
    if cipher.is_changing:
        await hold_numbers(session, county_id)
    hashes = {hashed: number for number in numbers for hashed in cipher.search_hashes(number, ID_NUMBER)}
    found = await members_by_id_number(session, county_id, list(hashes))
    return {hashes[hashed]: known for hashed, known in found.items()}
