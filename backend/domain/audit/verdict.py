"""Verdicts over the log: what a check found, signed, so that nobody who may add rows can add a verdict."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.audit import AuditCheck, checking_is_mine
from backend.db.audit_watch import FARTHEST, IN_ORDER, NEWEST, WHOLE, WORST, checks, since
from backend.db.base import Session, new_id, utc_now
from backend.domain.canonical import canonical_json
from backend.domain.signing import SigningKey, fingerprint, is_signed

FORMAT = "guanbiao-check-1"
_EVERY = timedelta(days=1)


def message(check: AuditCheck) -> bytes:
    """The bytes that are signed: all that the row says, with the time that the database gave it."""
    said = {
        "id": check.id,
        "created_at": check.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "first": check.first_number,
        "last": check.last_number,
        "events": check.events,
        "seconds": check.seconds,
        "findings": check.findings,
        "key": check.key.hex(),
    }
    return FORMAT.encode() + b"\n" + canonical_json(said)


def is_genuine(check: AuditCheck) -> bool:
    """Whether the row says what was signed by the key that it names; whose key that is, is another question."""
    try:
        return is_signed(check.key, check.signature, message(check))
    except ValueError:
        return False


def key_of(check: AuditCheck) -> str:
    """The fingerprint of the key that a verdict names."""
    return fingerprint(check.key)


async def note_check(
    session: Session, key: SigningKey, *, first: int, last: int, events: int, seconds: float, findings: list[Any]
) -> AuditCheck:
    """Keep a verdict, signed.  `created_at` is the transaction's time, which the database fills in by itself."""
    now = (await session.execute(sa.select(sa.func.now()))).scalar_one()
    check = AuditCheck(
        id=new_id(),
        created_at=now,
        first_number=first,
        last_number=last,
        events=events,
        seconds=seconds,
        findings=findings,
        key=key.public_key,
        signature=b"",
    )
    check.signature, check.created_at = key.sign(message(check)), None  # type: ignore[assignment]  # left to the database
    session.add(check)
    await session.flush()
    return check


async def standing_check(connection: Session | AsyncConnection, key: bytes | None) -> AuditCheck | None:
    """The verdict that says how the log stands: one since the last whole check that found something, else that one.

    Only what `key`, the installation's, signed counts; None where there is no such key or verdict.
    """
    whole = await _first(checks(connection, WHOLE, order=[NEWEST]), key)
    later = [since(whole.created_at)] if whole is not None else []
    return await _first(checks(connection, *later, order=WORST), key)


async def known_whole(session: Session, key: bytes) -> int:
    """The number of the newest seal that a check found in order; 0 for none."""
    found = await _first(checks(session, IN_ORDER, order=[FARTHEST, NEWEST]), key)
    return found.last_number if found is not None else 0


async def check_is_due(session: Session, key: bytes) -> bool:
    """Whether something is sealed, no check has come to its end for a day, and nobody else is at it now."""
    if not await checking_is_mine(session):
        return False
    return await _first(checks(session, WHOLE, since(utc_now() - _EVERY), order=[NEWEST]), key) is None


async def forged_checks(
    connection: AsyncConnection, keys: frozenset[str], moment: datetime | None
) -> AsyncIterator[AuditCheck]:
    """The rows since `moment` (None: all) that no check of this installation has written; `keys` are fingerprints."""
    async for check in checks(connection, *([since(moment)] if moment is not None else []), order=[NEWEST]):
        if not is_genuine(check) or (keys and key_of(check) not in keys):
            yield check


async def _first(found: AsyncIterator[AuditCheck], key: bytes | None) -> AuditCheck | None:
    if key is None:
        return None
    async for check in found:
        if check.key == key and is_genuine(check):
            return check
    return None
