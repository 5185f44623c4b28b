"""The rules of signing in, as tables and plain functions: limits of sessions, who needs two steps, when tries lock.

Sources: GB/T 22239-2019 8.1.4.1 (limits on tries and sessions, two factors for administrators), OWASP ASVS 2.2, 3.3.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Literal

from backend.domain.network import comes_from

ADMINISTRATORS = frozenset(
    {"system_admin", "security_admin", "audit_admin", "platform_admin", "county_admin", "township_admin"}
)
APPROVERS = frozenset({"secretary", "supervisor", "discipline_officer"})
"""Who decides, verifies and closes, or opens sealed reports."""

SESSION_LENGTH = timedelta(hours=12)
IDLE_MINUTES, ADMINISTRATOR_IDLE_MINUTES = 30, 10

Due = Literal["password", "second_step"]
"""What somebody has to put right before anything else is allowed."""

PASSWORD_WARNING = timedelta(days=14)

_FAILURES = 5
_LOCK, _LONGEST_LOCK = timedelta(minutes=15), timedelta(hours=4)
# Guessing at one name from many places: ASVS 2.2.1 allows a hundred failures an hour.
_FAILURES_ANYWHERE, _SPAN_ANYWHERE = 60, timedelta(hours=1)
FORGOTTEN = timedelta(days=1)
SESSION_KEPT, DEVICE_KEPT = timedelta(days=183), timedelta(days=180)

# Six digits, guessed by whoever has the password: ten an hour need years.
_WRONG_CODES, _SPAN_CODES = 10, timedelta(hours=1)

_REPORT_EVERY, _REPORT_LOCK_EVERY = timedelta(hours=1), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What an installation may set: whether the second step is asked for, how old passwords get, None for any age, and
    from which networks administrators work, none for any."""

    second_step: bool = True
    administrator_password_age: timedelta | None = timedelta(days=180)
    password_age: timedelta | None = None
    administrator_networks: tuple[str, ...] = ()


def idle_minutes(roles: Collection[str]) -> int:
    return ADMINISTRATOR_IDLE_MINUTES if ADMINISTRATORS & set(roles) else IDLE_MINUTES


def needs_second_step(rules: SignInRules, roles: Collection[str]) -> bool:
    return rules.second_step and not (ADMINISTRATORS | APPROVERS).isdisjoint(roles)


def password_ends_at(rules: SignInRules, roles: Collection[str], set_at: datetime | None) -> datetime | None:
    """When the password grows too old; None when it never does."""
    ages = [rules.password_age]
    if not ADMINISTRATORS.isdisjoint(roles):
        ages.append(rules.administrator_password_age)
    known = [age for age in ages if age is not None]
    return None if set_at is None or not known else set_at + min(known)


def may_work_from(rules: SignInRules, roles: Collection[str], origin: str | None) -> bool:
    """Whether somebody with these roles may work from an address (GB/T 22239 8.1.4.4 c)."""
    return ADMINISTRATORS.isdisjoint(roles) or comes_from(origin, rules.administrator_networks)


def due(
    rules: SignInRules,
    roles: Collection[str],
    *,
    must_change: bool,
    set_at: datetime | None,
    had_second_step: bool,
    now: datetime,
) -> Due | None:
    """What is due first: a password that somebody else chose or that is too old, then the second step."""
    ends_at = password_ends_at(rules, roles, set_at)
    if must_change or (ends_at is not None and ends_at <= now):
        return "password"
    return "second_step" if needs_second_step(rules, roles) and not had_second_step else None


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures at one name from one place: how many since `since`, and until when nothing is tried at all."""

    failures: int
    locks: int
    since: datetime
    locked_until: datetime | None = None


def after_try(tries: Tries, now: datetime, *, anywhere: bool = False) -> Tries:
    """Count one try before it is judged, so that many at once are not judged more often than the limit allows.

    The fifth locks the place for 15 minutes, then 30, an hour, up to four; the sixtieth within an hour locks all
    unknown places together.  A right try takes its own count back.
    """
    span = _SPAN_ANYWHERE if anywhere else FORGOTTEN
    if now - tries.since >= span:
        tries = Tries(0, tries.locks if now - tries.since < FORGOTTEN else 0, now)
    failures = tries.failures + 1
    if failures < (_FAILURES_ANYWHERE if anywhere else _FAILURES):
        return replace(tries, failures=failures, locked_until=None)
    return Tries(0, tries.locks + 1, now, now + min(_LOCK * 2 ** min(tries.locks, 8), _LONGEST_LOCK))


def after_wrong_code(tries: Tries, now: datetime) -> Tries:
    """Count a wrong second step after the right password, wherever it came from; the tenth in an hour locks for one."""
    if now - tries.since >= _SPAN_CODES:
        tries = Tries(0, 0, now)
    if tries.failures + 1 < _WRONG_CODES:
        return replace(tries, failures=tries.failures + 1, locked_until=None)
    return Tries(0, tries.locks + 1, now, now + _SPAN_CODES)


def before_try(tries: Tries, *, anywhere: bool = False) -> Tries:
    """Take one counted try back: it was right so far, or nobody had the time to judge it."""
    if tries.locked_until is None or tries.failures:
        return replace(tries, failures=max(tries.failures - 1, 0))
    return Tries((_FAILURES_ANYWHERE if anywhere else _FAILURES) - 1, max(tries.locks - 1, 0), tries.since)


def network_of(address: str) -> str | None:
    """The network that an address is in, as far as events tell it: enough to know an office from the world."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def is_reported(reported_at: datetime | None, now: datetime, *, locked: bool) -> bool:
    """Whether a failure becomes an event now: once an hour.  Of names that nobody has also when a lock begins, but
    never more than every 5 minutes; a lock of an account is an event of its own, each time.
    """
    if reported_at is None:
        return True
    return now - reported_at >= (_REPORT_LOCK_EVERY if locked else _REPORT_EVERY)
