"""Sessions: opened by a sign-in, carried on by refresh tokens, ended by limits, their person or an administrator."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from backend.db.account import Account, RefreshToken, refresh_token_of
from backend.db.base import Session, new_id, utc_now
from backend.db.session import AccountSession, Standing, end_sessions
from backend.domain.access import Actor, Moment
from backend.domain.account import note_use
from backend.domain.errors import NotFound, SignInRefused
from backend.domain.event import record
from backend.domain.sign_in_key import SignInKey
from backend.domain.sign_in_rule import SESSION_LENGTH, idle_minutes

GRACE = timedelta(seconds=30)
"""How long two tabs of one browser may bring the same refresh token; both get the same next one."""

EndReason = Literal[
    "signed_out", "ended_by_person", "ended_by_administrator", "password_changed", "refresh_token_reused"
]

# The first that is found names it: every browser also claims to be several older ones.
_BROWSERS = (
    ("MicroMessenger/", "微信"), ("DingTalk/", "钉钉"), ("Edg", "Edge"), ("OPR/", "Opera"), ("QQBrowser/", "QQ浏览器"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("python-httpx", "程序"), ("curl/", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened or carried on; `refresh_token` is shown once and stored only as a hash."""

    account: Account
    session_id: UUID
    refresh_token: str


@dataclass(frozen=True, slots=True)
class FamilyEnded:
    """A refresh token came back a second time: someone else may hold it, so the whole session is over."""

    account_id: UUID


def device_in_words(user_agent: str | None) -> str:
    """Browser and system, as somebody would know the own device again; nothing else of what a browser says is kept."""
    said = re.sub(r"[^\x20-\x7e]", "", user_agent or "")[:400]
    browser = next((word for sign, word in _BROWSERS if sign in said), "")
    system = next((word for sign, word in _SYSTEMS if sign in said), "")
    return " · ".join(word for word in (browser, system) if word)


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def open_session(
    session: Session, account: Account, roles: Collection[str], *, device: str, second_step: bool, in_cookie: bool
) -> Opened:
    """Begin a session whose person has been recognised; the caller records the event."""
    now = utc_now()
    opened = AccountSession(
        id=new_id(),
        account_id=account.id,
        created_at=now,
        used_at=now,
        idle_minutes=idle_minutes(roles),
        ends_at=now + SESSION_LENGTH,
        device=device,
        second_step=second_step,
        in_cookie=in_cookie,
    )
    session.add(opened)
    await session.flush()
    return _issue(session, account, opened, secrets.token_urlsafe(32))


def _issue(session: Session, account: Account, of: AccountSession, token: str) -> Opened:
    note_use(account)
    session.add(
        RefreshToken(account_id=account.id, family_id=of.id, token_hash=_token_hash(token), expires_at=of.ends_at)
    )
    return Opened(account, of.id, token)


def is_over(standing: Standing | AccountSession, now: datetime) -> bool:
    """Whether a session was ended, has lasted as long as any may, or was not used for too long."""
    idle = standing.used_at + timedelta(minutes=standing.idle_minutes)
    return standing.ended_at is not None or standing.ends_at <= now or idle <= now


async def refresh(
    session: Session, moment: Moment, key: SignInKey, token: str, *, in_cookie: bool
) -> Opened | FamilyEnded:
    """Exchange a refresh token for the next one; the session keeps its first end.

    A token that was used before ends its session; that outcome is returned, not raised, because it must be stored.  Two
    tabs of a browser share one cookie and may honestly ask with the same token at once: for half a minute, as long as
    the next token was not used, both get that same next one.  No second line begins, so a thief who shares it is found
    out as soon as one of the two goes on.  Raises SignInRefused for an unknown, expired or revoked token.
    """
    now = utc_now()
    found = await refresh_token_of(session, _token_hash(token))
    if found is None or found.revoked_at is not None:
        raise SignInRefused("invalid_grant")
    of = await session.get(AccountSession, found.family_id)
    account = await session.get_one(Account, found.account_id)
    if of is None or of.in_cookie != in_cookie or is_over(of, now):
        raise SignInRefused("invalid_grant")
    successor = key.successor(token) if in_cookie else secrets.token_urlsafe(32)
    if found.used_at is not None:
        follower = await refresh_token_of(session, _token_hash(successor)) if in_cookie else None
        if follower is not None and follower.used_at is None and now - found.used_at <= GRACE:
            return Opened(account, of.id, successor)
        await _end(session, None, moment, account, "refresh_token_reused", only=of.id)
        return FamilyEnded(account.id)
    if account.suspended_at is not None:
        raise SignInRefused("account_suspended")
    found.used_at = now
    of.used_at = now
    return _issue(session, account, of, successor)


async def sign_out(session: Session, moment: Moment, token: str) -> None:
    """End the session of a refresh token (RFC 7009); one that is unknown or over is over already."""
    found = await refresh_token_of(session, _token_hash(token))
    if found is None:
        return
    account = await session.get_one(Account, found.account_id)
    await _end(session, None, moment, account, "signed_out", only=found.family_id)


async def end_own_session(session: Session, actor: Actor, moment: Moment, session_id: UUID) -> None:
    """End one of the actor's own sessions; raises NotFound when there is none such that is open."""
    account = await session.get_one(Account, actor.account_id)
    if not await _end(session, actor, moment, account, "ended_by_person", only=session_id):
        raise NotFound("not_found")


async def end_other_sessions(
    session: Session, actor: Actor, moment: Moment, present: UUID, reason: EndReason = "ended_by_person"
) -> int:
    """End all of the actor's sessions but the present one; returns how many."""
    account = await session.get_one(Account, actor.account_id)
    return len(await _end(session, actor, moment, account, reason, but=present))


async def _end(
    session: Session,
    actor: Actor | None,
    moment: Moment,
    account: Account,
    reason: EndReason,
    *,
    only: UUID | None = None,
    but: UUID | None = None,
) -> list[UUID]:
    ended = await end_sessions(session, account.id, utc_now(), reason, only=only, but=but)
    if ended:
        record(
            session,
            actor,
            moment,
            "account.session_ended",
            county_id=None,
            organization_id=account.organization_id,
            subject_id=account.id,
            data={"cause": reason, "sessions": len(ended)},
        )
    return ended
