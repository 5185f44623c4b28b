"""Watching the log: what is not as it was sealed, and a sealing that stopped, is told to the auditors, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.audit_watch import holders, waiting_since, was_raised
from backend.db.base import Session, new_id, utc_now
from backend.db.notice import add_notices
from backend.domain.access import SYSTEM, Moment
from backend.domain.audit.finding import Finding
from backend.domain.audit.verdict import standing_check
from backend.domain.calendar import day_of
from backend.domain.canonical import canonical_json, sha256
from backend.domain.event import WITHOUT_TIME, record

PATIENCE = timedelta(minutes=30)
"""So long an event may wait for its seal before that is an alarm: six rounds of the worker."""

RAISED = "audit.alarm_raised"
AUDITOR = "audit_admin"

# Titles of matters are in one language; what was found stands beside it in both.
_TITLE = "操作日志异常（{count} 处）：请保留现场，并运行 guanbiao audit verify 核对"
_RUNG = {"zh-CN": "日志告警", "en": "Alarm of the log"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the log at this moment, as findings; `key` is the same as long as it is the same trouble."""

    key: str
    findings: Sequence[Finding]

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"audit/{self.key}")


async def troubles(connection: Session | AsyncConnection, now: datetime, key: bytes | None) -> list[Trouble]:
    """What the last check found, and whether sealing has stopped; a few questions that take milliseconds.

    `now` is the machine's clock, `key` the installation's public one, without which no verdict counts.
    """
    found = []
    check = await standing_check(connection, key)
    if findings := [Finding(one["code"], one["detail"]) for one in (check.findings if check is not None else ())]:
        digest = sha256(canonical_json([one.described() for one in findings]))
        found.append(Trouble(digest, findings))
    seal, since = await waiting_since(connection, WITHOUT_TIME)
    if since is not None and since < now - PATIENCE:
        late = {"seal": seal, "since": since.isoformat(timespec="seconds")}
        found.append(Trouble(f"unsealed after {seal}", [Finding("audit_sealing_late", late)]))
    return found


async def raise_alarms(session: Session, moment: Moment, key: bytes) -> int:
    """Tell all audit administrators of every trouble that nobody was told of; returns how many alarms that was."""
    raised = 0
    for trouble in await troubles(session, utc_now(), key):
        if not await was_raised(session, RAISED, trouble.id):
            await _raise(session, moment, trouble)
            raised += 1
    return raised


async def _raise(session: Session, moment: Moment, trouble: Trouble) -> None:
    first = trouble.findings[0]
    rows = [
        {
            "id": new_id(),
            "created_at": moment.now,
            "account_id": account_id,
            "run_id": trouble.id,
            "subject_kind": "audit",
            "subject_id": trouble.id,
            "number": str(first.detail.get("seal", "")),
            "title": _TITLE.format(count=len(trouble.findings)),
            "step": "",
            "step_title": {language: first.text(language) for language in _RUNG},
            "rung": "alarm",
            "rung_title": _RUNG,
            "opened_at": moment.now,
            "limit_at": moment.now,
            "day": day_of(moment.now),
        }
        for account_id in await holders(session, AUDITOR, utc_now())
    ]
    told = await add_notices(session, rows)
    record(
        session,
        SYSTEM,
        moment,
        RAISED,
        county_id=None,
        organization_id=None,
        subject_id=trouble.id,
        data={"findings": [one.described() for one in trouble.findings[:20]], "people": told},
    )
