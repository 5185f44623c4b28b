"""Loading the demonstration county: everything by the verbs that people use, with a clock that is moved by hand."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from backend.db.base import Session, utc_now
from backend.db.clock import set_clock_offset
from backend.db.engine import Database
from backend.db.organization import Organization
from backend.demo.accounts import actors, add_accounts, installer, set_password
from backend.demo.calendar import BEGINS, at
from backend.demo.county import county_plan
from backend.demo.decisions import STORIES
from backend.demo.imports import load_imports
from backend.demo.play import play
from backend.demo.roster import by_registration, county_roster
from backend.domain.access import Moment
from backend.domain.account import hash_password
from backend.domain.crypto import FieldCipher, load_cipher
from backend.domain.demo_id import demo_id
from backend.domain.member_registration import register_members
from backend.domain.organization_creation import create_organizations

# Any constant will do, as long as no other lock of this database has the same number.
_LOADING = 0x64656D6F

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
            await _load(session, data, cipher or load_cipher(data), report)
        if password_hash is not None:
            await set_password(session, password_hash)
    return report


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
    report.seconds["inventing people"] = time.perf_counter() - started
    started = time.perf_counter()
    first, later = by_registration(roster)
    await register_members(session, people["county_admin"], Moment(FIRST_ROSTER), cipher, first)
    report.members, report.seconds["members"] = len(roster), time.perf_counter() - started

    started = time.perf_counter()
    report.decisions = await play(session, people, data / "attachments", STORIES)
    await register_members(session, people["county_admin"], Moment(SECOND_ROSTER), cipher, later)
    await load_imports(session, people["clerk"], data / "imports", cipher, roster)
    report.seconds["decisions"] = time.perf_counter() - started
    await set_clock_offset(session, BEGINS - utc_now())
