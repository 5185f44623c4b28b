"""Whether somebody sees a record now, whatever it is: every kind that the log can be about has its question here.

A kind that has none is hidden from everybody, and `tests/house/test_sight.py` says so before anybody meets it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.api.change_reading import ROWS
from backend.db.account import Account, Delegation
from backend.db.account_held import seen as account_seen
from backend.db.attachment import attachment_in
from backend.db.base import Session
from backend.db.client import Client
from backend.db.feedback import is_evidence_out_of_sight
from backend.db.feedback_channel import FeedbackBatch, opening_rows, openings_of
from backend.db.feedback_vault import sealed_report_in
from backend.db.ledger import LedgerImport
from backend.db.mapping import CodeMapping, WaitingRecord
from backend.db.notice import Notice
from backend.db.organization import Organization, organization_ids_in, within
from backend.db.snapshot import snapshot_of
from backend.db.webhook import Webhook
from backend.domain.access import Actor, Moment
from backend.domain.change import BY_SUBJECT
from backend.domain.feedback.sight import sight_of
from backend.domain.notice.receipt import own_notices

Seen = Callable[[Session, Actor, Moment, UUID], Awaitable[bool]]
Question = Callable[[Actor, Moment], sa.Select[Any]]


async def sees(session: Session, actor: Actor, moment: Moment, subject_kind: str, id: UUID) -> bool:
    """Whether the caller sees a record now, as its own page would show it."""
    seen = SIGHT.get(subject_kind)
    return seen is not None and await seen(session, actor, moment, id)


def _among(question: Question) -> Seen:
    """The ids are the first column of `question`."""

    async def seen(session: Session, actor: Actor, moment: Moment, id: UUID) -> bool:
        asked = question(actor, moment)
        wanted = sa.select(sa.exists(asked.where(asked.selected_columns[0] == id)))
        return bool((await session.execute(wanted)).scalar_one())

    return seen


def _placed(table: Any, permission: str) -> Seen:
    """Seen by who holds `permission` where its organisation lies."""
    return _among(
        lambda actor, _: sa.select(col(table.id)).where(within(actor.reach(permission), col(table.organization_id)))
    )


def _listed(name: str) -> Seen:
    return _among(lambda actor, moment: ROWS[name](actor, moment, "zh-CN"))


def _either(*questions: Seen) -> Seen:
    async def seen(session: Session, actor: Actor, moment: Moment, id: UUID) -> bool:
        for each in questions:
            if await each(session, actor, moment, id):
                return True
        return False

    return seen


async def _oneself(_session: Session, actor: Actor, _moment: Moment, id: UUID) -> bool:
    return id == actor.account_id


def _accounts(actor: Actor, _: Moment) -> sa.Select[Any]:
    home = col(Organization.id) == col(Account.organization_id)
    return (
        sa.select(col(Account.id))
        .join(Organization, home, isouter=True)
        .where(account_seen(actor.reach("account:read")))
    )


def _lenders(actor: Actor, _: Moment) -> sa.Select[Any]:
    """Whoever lent their roles to the caller: both see the loan."""
    return sa.select(col(Delegation.from_id)).where(col(Delegation.to_id) == actor.account_id)


def _own_member(actor: Actor, _: Moment) -> sa.Select[Any]:
    return sa.select(col(Account.member_id)).where(col(Account.id) == actor.account_id)


def _own_imports(actor: Actor, _: Moment) -> sa.Select[Any]:
    return sa.select(col(LedgerImport.id)).where(col(LedgerImport.created_by) == actor.account_id)


def _own_notices(actor: Actor, _: Moment) -> sa.Select[Any]:
    return own_notices(actor).with_only_columns(col(Notice.id))


async def _attachment(session: Session, actor: Actor, _moment: Moment, id: UUID) -> bool:
    found = await attachment_in(session, actor.reach("attachment:read"), id)
    return found is not None and not await is_evidence_out_of_sight(session, sight_of(actor), found.county_id, id)


async def _sealed(session: Session, actor: Actor, _moment: Moment, id: UUID) -> bool:
    reach = actor.reach("feedback:seal")
    return bool(reach) and await sealed_report_in(session, sight_of(actor, "feedback:seal"), id) is not None


async def _snapshot(session: Session, actor: Actor, _moment: Moment, id: UUID) -> bool:
    return await snapshot_of(session, actor.account_id, actor.on_behalf_of, id) is not None


SIGHT: Mapping[str, Seen] = {
    **{kind: _listed(resource.name) for kind, resource in BY_SUBJECT.items()},
    "member": _either(_listed("members"), _among(_own_member)),
    "feedback": _either(_listed("feedback-cards"), _sealed),
    "account": _either(_oneself, _among(_accounts), _among(_lenders)),
    "client": _either(_oneself, _placed(Client, "client:read")),
    "webhook": _placed(Webhook, "client:read"),
    "mapping": _placed(CodeMapping, "mapping:read"),
    "waiting_record": _placed(WaitingRecord, "mapping:read"),
    "snapshot": _snapshot,
    "attachment": _attachment,
    "feedback_batch": _placed(FeedbackBatch, "poster:write"),
    "box_opening": _either(
        _among(lambda actor, _: opening_rows(actor.reach("feedback:write"))),
        _among(lambda actor, _: openings_of(actor.account_id)),
    ),
    # A workbook that came in, or the place whose ledger went out.
    "ledger": _either(
        _among(_own_imports),
        _placed(LedgerImport, "ledger:import"),
        _among(lambda actor, _: organization_ids_in(actor.reach("ledger:export"))),
    ),
    "notice": _either(_oneself, _among(_own_notices)),
    "audit": _among(lambda actor, _: organization_ids_in(actor.reach("audit:export"))),
    "demo": _oneself,
}
"""By the kind of the subject that an event names."""
