"""Telling people of limits: the worker's round over the runs whose next rung is due."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from backend.db.base import Session, new_id, utc_now
from backend.db.notice import add_notices, note_pace, runs_to_tell, sending_is_mine
from backend.db.organization import Organization
from backend.db.procedure import ProcedureRun
from backend.domain.access import SYSTEM, Moment
from backend.domain.calendar import day_of, shipped_calendar
from backend.domain.event import record
from backend.domain.notice.ladder import Due, Opening, due_rungs, is_quiet, next_at, tellings, words_of
from backend.domain.notice.recipients import Seats
from backend.domain.procedure.definition import Procedure, Rung
from backend.domain.procedures.registry import every_version

BATCH = 200


async def send_notices(session: Session, moment: Moment) -> int:
    """Tell of the rungs that are due, for some runs; returns how many runs were looked at, so that 0 means done.

    Nothing is sent in quiet hours, nor twice, nor by two workers at once.  Records `notice.sent` for each run and rung:
    the history of a matter says when it was urged and how many were told.
    """
    calendar = shipped_calendar()
    if is_quiet(moment.now, calendar) or not await sending_is_mine(session):
        return 0
    climbing = {(p.key, p.version): p for p in every_version() if p.ladder}
    found = await runs_to_tell(session, climbing.keys(), moment.now, BATCH)
    climbs: list[tuple[ProcedureRun, Organization, list[Due]]] = []
    paces: list[dict[str, Any]] = []
    for run, organization, sent in found:
        ladder, opening = climbing[run.procedure, run.procedure_version].ladder, opening_of(run)
        due = due_rungs(ladder, opening, moment.now, calendar, {sent} if sent else ())
        if due:
            climbs.append((run, organization, due))
        paces.append(
            {
                "run_id": run.id,
                "opened_at": opening.opened_at,
                "limit_at": opening.limit_at,
                "rung": due[-1].rung.rung if due else sent,
                "next_at": next_at(ladder, opening, moment.now, calendar),
            }
        )
    if climbs:
        # Grants begin and end by the machine's clock, wherever a demonstration's clock stands.
        seats = await Seats.of(session, _named(climbs), utc_now())
        for run, organization, due in climbs:
            procedure = climbing[run.procedure, run.procedure_version]
            for rung, told in tellings(due, partial(seats.told, run, organization.path)):
                await _tell(session, moment, procedure, run, rung, told)
    await note_pace(session, paces)
    return len(found)


def _named(
    climbs: Collection[tuple[ProcedureRun, Organization, list[Due]]],
) -> list[tuple[ProcedureRun, Organization, Rung]]:
    """Every rung whose people have to be known."""
    return [
        (run, organization, rung)
        for run, organization, due in climbs
        for one in due
        for rung in (one.rung, *one.missed)
    ]


def opening_of(run: ProcedureRun) -> Opening:
    """The opening and the limit that a run's ladder counts from and to; only for an open run with a limit.

    A step that is to be signed for within two days is urged on the third, whenever the whole matter is due.
    """
    assert run.opened_at is not None
    return Opening(run.opened_at, min(limit for limit in (run.limit_at, run.due_at) if limit))


async def _tell(
    session: Session, moment: Moment, procedure: Procedure, run: ProcedureRun, rung: Rung, told: set[UUID]
) -> None:
    opening = opening_of(run)
    assert run.step is not None
    rows = [
        {
            "id": new_id(),
            "created_at": moment.now,
            "account_id": account_id,
            "run_id": run.id,
            "subject_kind": run.subject_kind,
            "subject_id": run.subject_id,
            "number": run.number,
            "title": run.title,
            "step": run.step,
            "step_title": dict(procedure.step(run.step).title),
            "rung": rung.rung,
            "rung_title": dict(words_of(rung)),
            "opened_at": opening.opened_at,
            "limit_at": opening.limit_at,
            "day": day_of(moment.now),
        }
        for account_id in sorted(told)
    ]
    if new := await add_notices(session, rows):
        data = {"step": run.step, "rung": rung.rung, "limit_on": _day(opening.limit_at), "people": new}
        record(
            session,
            SYSTEM,
            moment,
            "notice.sent",
            county_id=run.county_id,
            organization_id=run.organization_id,
            subject_id=run.subject_id,
            subject_kind=run.subject_kind,
            data=data,
        )


def _day(at: datetime) -> str:
    return day_of(at).isoformat()
