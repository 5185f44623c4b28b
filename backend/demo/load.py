"""Loading the demonstration county: everything by the verbs that people use, with a clock that is moved by hand."""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from backend.db.audit_view import Asked
from backend.db.base import Session, utc_now
from backend.db.clock import set_clock_offset
from backend.db.engine import Database
from backend.db.organization import Organization
from backend.demo.accounts import actors, add_accounts, installer, set_password
from backend.demo.calendar import BEGINS, at
from backend.demo.clients import client_cues, set_client_secret
from backend.demo.county import county_plan
from backend.demo.cue import Cue, play_in_order
from backend.demo.decisions import STORIES
from backend.demo.feedback import feedback_cues
from backend.demo.feedback_stories import CARDS
from backend.demo.imports import import_cues
from backend.demo.inbox import inbox_cues
from backend.demo.play import decision_cues
from backend.demo.rectification_stories import ITEMS
from backend.demo.rectifications import rectification_cues
from backend.demo.roster import by_registration, county_roster
from backend.demo.snapshots import snapshot_cues
from backend.demo.webhooks import webhook_cues
from backend.domain.access import Actor, Moment
from backend.domain.audit.read import export_events
from backend.domain.audit.seal import seal_events
from backend.domain.crypto import FieldCipher
from backend.domain.demo_id import demo_id
from backend.domain.event import ROSTER_READS, SENSITIVE_READS
from backend.domain.feedback.tracking import load_tracking
from backend.domain.feedback.vault import Vault
from backend.domain.keys import load_cipher
from backend.domain.member_registration import register_members
from backend.domain.member_rule import MemberValues
from backend.domain.organization_creation import create_organizations
from backend.domain.password_hash import hash_password
from backend.domain.signing import load_or_create_key
from backend.domain.storage import Storage

# Any constant will do, as long as no other lock of this database has the same number.
_LOADING = 0x64656D6F

AUDITED = at("2026-11-19 16:30")
AUDITED_EVENT = demo_id("event", "季度抽查")

FOUNDED = at("2026-02-25 09:00")
FIRST_ROSTER = at("2026-03-02 09:00")
SECOND_ROSTER = at("2026-11-20 08:40")


@dataclass(slots=True)
class DemoReport:
    """What was loaded: `loaded` is false when the county stood already; seconds by part of the work."""

    loaded: bool
    organizations: int = 0
    members: int = 0
    decisions: int = 0
    rectifications: int = 0
    cards: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


async def load_demo(
    database: Database, data: Path, password: str | None, cipher: FieldCipher | None = None
) -> DemoReport:
    """Load the demonstration county into `database`, in one transaction: all of it or nothing.

    `data` is the installation's folder, for its keys and the attachments.  The demo accounts get `password`; without
    one nobody can sign in until a later call brings it.  A county that stands already is left as it is, its clock too.
    """
    # Argon2 takes a while in a thread of its own, which the loading does not have to wait for.
    password_hash = await hash_password(password) if password else None
    async with database.transaction() as session:
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOADING)))
        standing = await session.get(Organization, demo_id("organization", "澄湖县委"))
        report = DemoReport(loaded=standing is None)
        if report.loaded:
            with _no_collection():
                await _load(session, data, cipher or load_cipher(data), report)
        if password_hash is not None:
            await set_password(session, password_hash)
            await set_client_secret(session, password or "")
    if report.loaded:
        await _seal(database, data)
    return report


@contextmanager
def _no_collection() -> Iterator[None]:
    """Everybody invented is needed to the end: looking through them for garbage again and again finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _seal(database: Database, data: Path) -> None:
    """What the worker does every few minutes, so that the first look at the log finds it sealed."""
    key, sealed = load_or_create_key(data), 1
    while sealed:
        async with database.transaction() as session:
            sealed = await seal_events(session, Moment(BEGINS), key=key)


async def _export_log(session: Session, auditor: Actor) -> None:
    asked = Asked(reads=SENSITIVE_READS, rosters=ROSTER_READS)
    await export_events(session, auditor, Moment(AUDITED), asked, format="xlsx", reason="季度抽查", id=AUDITED_EVENT)


async def _load(session: Session, data: Path, cipher: FieldCipher, report: DemoReport) -> None:
    started = time.perf_counter()
    plan = county_plan()
    rows = list(plan.rows.values())
    await create_organizations(session, installer(), Moment(FOUNDED), rows)
    await add_accounts(session)
    people = await actors(session)
    report.organizations, report.seconds["organizations"] = len(rows), time.perf_counter() - started

    started = time.perf_counter()
    roster = county_roster(plan.branches)
    report.members, report.seconds["inventing people"] = len(roster), time.perf_counter() - started
    first, later = by_registration(roster)

    async def register(at: datetime, rows: Sequence[MemberValues]) -> None:
        started = time.perf_counter()
        await register_members(session, people["county_admin"], Moment(at), cipher, rows)
        report.seconds["members"] = report.seconds.get("members", 0) + time.perf_counter() - started

    papers, vault = Storage(data / "attachments", cipher), Vault(cipher, load_tracking(data), data / "photos")
    report.decisions, report.rectifications, report.cards = len(STORIES), len(ITEMS), len(CARDS)
    started = time.perf_counter()
    await play_in_order(
        session,
        (
            Cue(FIRST_ROSTER, partial(register, FIRST_ROSTER, first)),
            Cue(SECOND_ROSTER, partial(register, SECOND_ROSTER, later)),
            *import_cues(session, people["clerk"], data / "imports", cipher, roster),
            *snapshot_cues(session, people["clerk"], data / "snapshots", cipher),
            *decision_cues(session, people, papers, STORIES),
            *rectification_cues(session, people, papers),
            *feedback_cues(session, people, vault),
            Cue(AUDITED, partial(_export_log, session, people["audit_admin"])),
            *inbox_cues(session, people, cipher),
            *client_cues(session, cipher, people),
            *webhook_cues(session, people, cipher),
        ),
    )
    report.seconds["stories"] = time.perf_counter() - started - report.seconds["members"]
    await set_clock_offset(session, BEGINS - utc_now())
