"""Carrying out the rules of `domain/retention.py`: what has been kept long enough goes, and an event says that it went.

The event tells the kind, how many, and why; never a value, and never whose it was.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.db import retention as kept
from backend.db.base import Session
from backend.domain.access import SYSTEM, Moment
from backend.domain.calendar import day_of
from backend.domain.crypto import FieldCipher
from backend.domain.event import record
from backend.domain.feedback.vault import locked_report, opened_report
from backend.domain.member_correction import SHOULD
from backend.domain.retention import BY_KEY, Rule
from backend.domain.storage import Storage, remove_stray

Eraser = Callable[[Session, FieldCipher, datetime], Awaitable[kept.Gone]]
"""Lets go some of what began to be kept before a moment, and says to which counties it belonged."""

DAY = 24 * 3600


async def erase_due(session: Session, moment: Moment, *, cipher: FieldCipher) -> int:
    """Let go a part of everything that is due; returns how much that was, 0 when nothing is left."""
    done = 0
    for key, eraser in ERASERS.items():
        rule = BY_KEY[key]
        assert rule.period is not None
        gone = await eraser(session, cipher, rule.period.before(moment.now))
        record_erasure(session, moment, rule, gone)
        done += len(gone)
    return done


def record_erasure(session: Session, moment: Moment, rule: Rule, gone: kept.Gone) -> None:
    """Write down how many of a kind went and why, for each county."""
    for county_id, count in Counter(gone).items():
        record(
            session,
            SYSTEM,
            moment,
            "personal_data.erased",
            county_id=county_id,
            organization_id=county_id,
            subject_id=uuid5(NAMESPACE_URL, f"retention/{rule.key}"),
            data={
                "rule": rule.key,
                "what": rule.what["zh-CN"],
                "count": count,
                "deed": rule.deed.value,
                "basis": rule.basis["zh-CN"],
                "since": rule.since["zh-CN"],
                "kept_for": rule.period.said("zh-CN") if rule.period else "",
            },
        )


async def _contacts(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_contacts(session, day_of(before))


async def _sealed_contacts(session: Session, cipher: FieldCipher, before: datetime) -> kept.Gone:
    """Write those reports anew without who sent them; what was reported stays."""
    gone: kept.Gone = []
    after: UUID | None = None
    while reports := await kept.sealed_before(session, day_of(before), after):
        for report in reports:
            said = opened_report(cipher, report.card_id, report.payload)
            if said.name or said.phone:
                report.payload = locked_report(cipher, report.card_id, replace(said, name="", phone=""))
                session.add(report)
                gone.append(report.county_id)
        after = reports[-1].card_id
        if gone:
            break
    return gone


async def _call_notes(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.empty_call_notes(session, day_of(before))


async def _phones(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.empty_phones(session, day_of(before))


async def _corrections(session: Session, cipher: FieldCipher, before: datetime) -> kept.Gone:
    """That somebody asked, about which field, and what was answered stays; what stood and should stand there goes."""
    found = await kept.corrections_before(session, before)
    for correction in found:
        correction.says, correction.evidence = None, ""
        correction.should = cipher.encrypt("", SHOULD, correction.id)
        session.add(correction)
    return [correction.county_id for correction in found]


async def _sessions(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_sessions(session, before)


async def _invitations(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_invitations(session, before)


async def _dismissed(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_dismissed(session, before)


async def _answers(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_answers(session, before)


async def _credentials(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_credentials(session, before)


async def _unconfirmed(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_unconfirmed(session, before)


async def _notices(session: Session, _: FieldCipher, before: datetime) -> kept.Gone:
    return await kept.drop_notices(session, day_of(before))


# The rules that look at tables; those for files and for imports are carried out beside their files.
ERASERS: Mapping[str, Eraser] = {
    "feedback_contact": _contacts,
    "sealed_contact": _sealed_contacts,
    "hotline_note": _call_notes,
    "member_contact": _phones,
    "member_correction": _corrections,
    "session": _sessions,
    "invitation": _invitations,
    "kept_answer": _answers,
    "waiting_record": _dismissed,
    "closed_account": _credentials,
    "unconfirmed_second_step": _unconfirmed,
    "notice": _notices,
}


async def erase_files(
    session: Session,
    moment: Moment,
    *,
    temporary: Path,
    photos: Path,
    drafts: Sequence[Path],
    storage: Storage,
    machine: Callable[[], float] = time.time,
) -> int:
    """Remove temporary files, half-written files, photos of no card and files of no attachment.

    All that is older than a day by the machine's clock, by which files bear their time."""
    before = machine() - DAY
    gone = await asyncio.to_thread(_remove_older, temporary, drafts, before)
    gone += await _remove_stray_photos(session, photos, before)
    gone += await _remove_stray_files(session, storage, before)
    record_erasure(session, moment, BY_KEY["temporary_file"], [None] * gone)
    return 0


def _remove_older(temporary: Path, drafts: Sequence[Path], before: float) -> int:
    found = [path for path in temporary.rglob("*") if path.is_file()] if temporary.is_dir() else []
    # Half-written files begin with a dot, wherever they are kept.
    found += [path for folder in drafts if folder.is_dir() for path in folder.rglob(".*") if path.is_file()]
    gone = 0
    for path in found:
        try:
            # A draft of a photo bears no time of writing; that of its node is.
            if max(path.stat().st_mtime, path.stat().st_ctime) < before:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    return gone


async def _remove_stray_photos(session: Session, photos: Path, before: float) -> int:
    """Photos whose row was never stored, or went: a file bears no time, so its node's is asked."""
    old = await asyncio.to_thread(_older_photos, photos, before)
    known = await kept.known_photos(session, list(old)) if old else set()
    stray = [path for key, path in old.items() if key not in known]
    await asyncio.to_thread(_unlink, stray)
    return len(stray)


async def _remove_stray_files(session: Session, storage: Storage, before: float) -> int:
    """Files whose row was never stored: the commit failed after they were written."""
    old = await asyncio.to_thread(storage.older_than, before)
    known = await kept.known_digests(session, list(old)) if old else set()
    stray = [path for digest, paths in old.items() if digest not in known for path in paths]
    return sum([await asyncio.to_thread(remove_stray, path, before) for path in stray])


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _older_photos(folder: Path, before: float) -> dict[UUID, Path]:
    found = {}
    for path in folder.glob("[!.]*") if folder.is_dir() else ():
        try:
            if path.stat().st_ctime < before:
                found[UUID(path.name)] = path
        except (FileNotFoundError, ValueError):
            continue
    return found
