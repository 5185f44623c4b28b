"""Signing in: a try is counted, judged apart from any connection, and then ends in a session or a failure.

Guessing at somebody's password must not keep that person out.  Tries are counted for each place: a device that signed
in before, by its signed cookie, or else today's address.  Only when guesses come from many places at once are all
unknown places locked together; then a known device still signs in, and so does the right password with the right second
step.  So it does in a place that is locked, with a code of the authenticator or a recovery code; whatever else comes is
told of the lock and of nothing else, so that no password can be tried there.  Who has no second step waits.
Whoever has the password may try ten codes of the second step an hour, over all places and known devices too: then
recovery codes alone are judged.
Unknown names are counted, locked and judged in the same way, and an answer never says which of the two was wrong.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from backend.db.account import Account, account_named, roles_held
from backend.db.base import Json, Session, utc_now
from backend.db.second_step import SecondStep, second_step_of
from backend.db.session import (
    SignInTry,
    forget_devices,
    forget_sessions,
    forget_tries,
    is_known_device,
    lock_tries,
    remember_device,
)
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.erasure import record_erasure
from backend.domain.errors import Busy, Refused, SignInRefused
from backend.domain.event import record
from backend.domain.retention import BY_KEY
from backend.domain.second_step import Proof, StepKeys, is_recovery_code, prove_second_step
from backend.domain.session import Opened, open_session
from backend.domain.sign_in_key import SignInKey
from backend.domain.sign_in_rule import (
    DEVICE_KEPT,
    FORGOTTEN,
    SESSION_KEPT,
    Tries,
    after_try,
    after_wrong_code,
    before_try,
    is_reported,
    network_of,
)
from backend.domain.staff.alarm import Locked, tell_of_lock

_EVERYWHERE = b"everywhere"
# Rows are held in the order of their places, and these are held together with the place itself.  Each form of a code
# has its own: whoever makes up codes of six digits leaves the recovery codes alone.
_IN_LOCK: dict[Proof, bytes] = {"recovery_code": b"R", "authenticator": b"T"}
# Wrong second steps after the right password, from everywhere; before all others, as it is held before they are.
_CODES = b"2"
# Names that nobody has are reported together: there is no account to report them at.
_NOBODY = "\0nobody"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Caller:
    """From where a try comes: `device` is the hash of a valid device cookie, `address` today's hash of the address."""

    device: bytes | None
    address: bytes
    in_words: str = ""
    in_cookie: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted, and what it is judged by.  `is_known`: the device signed in to this account before.
    `in_lock`: its place is locked, and it brought what looks like a code; `place` is then a count of its own.
    `everywhere_until`: it is the one that locks all unknown places, unless it is right.
    """

    username: str
    place: bytes
    is_known: bool
    everywhere_locked: bool
    account_id: UUID | None
    password_hash: str | None
    in_lock: Busy | None = None
    everywhere_until: datetime | None = None


async def begin_try(
    session: Session, key: SignInKey, caller: Caller, username: str, now: datetime, *, form: Proof | None = None
) -> Try | Busy:
    """Count one try at a name; Busy when its place is locked.  Either is to be stored.

    `form`: what came with it has the form of a code. It is judged in spite of what others did at the same address,
    five times for each form and then five times after each longer lock, whether or not there is such an account.
    """
    known = caller.device is not None and await is_known_device(session, username, caller.device)
    place = b"d" + caller.device if known and caller.device else b"a" + caller.address
    places = [place, _EVERYWHERE, *([_IN_LOCK[form] + place] if form else [])]
    own, everywhere, *in_lock = await lock_tries(session, key.name(username), places, now)
    wait = _wait(own, now)
    if wait is not None:
        if not in_lock or _wait(in_lock[0], now) is not None:
            return wait
        own = in_lock[0]
    _put(own, after_try(_tries(own), now))
    everywhere_locked = not known and _wait(everywhere, now) is not None
    if not known and not everywhere_locked:
        _put(everywhere, after_try(_tries(everywhere), now, anywhere=True))
    own.tried_at = everywhere.tried_at = now
    account = await account_named(session, username)
    session.add_all([own, everywhere])
    return Try(
        username,
        own.place,
        known,
        everywhere_locked,
        account.id if account else None,
        account.password_hash if account else None,
        in_lock=wait,
        everywhere_until=None if known or everywhere_locked else everywhere.locked_until,
    )


async def take_back_try(session: Session, key: SignInKey, tried: Try, now: datetime) -> None:
    """A try that was not judged, or that only asked for the second step, is none."""
    own, everywhere = await lock_tries(session, key.name(tried.username), [tried.place, _EVERYWHERE], now)
    _put(own, before_try(_tries(own)))
    if not tried.is_known and not tried.everywhere_locked:
        _put(everywhere, before_try(_tries(everywhere), anywhere=True))
    session.add_all([own, everywhere])


async def end_try(
    session: Session,
    moment: Moment,
    key: SignInKey,
    cipher: FieldCipher,
    caller: Caller,
    tried: Try,
    now: datetime,
    *,
    password_is_right: bool,
    code: str | None,
) -> Opened | Refused:
    """Open a session, or say why not.  A refusal is returned, not raised, because what it counted must be stored.

    Refusals: `invalid_grant` for a wrong name or password, `second_step_required`, `second_step_wrong` and
    `second_step_locked` with the right password only, `account_suspended`, and
    `sign_in_locked` where its place or all unknown places are locked.
    """
    account = await session.get(Account, tried.account_id) if tried.account_id else None
    # The password may have been changed while it was judged.
    right = password_is_right and account is not None and account.password_hash == tried.password_hash
    step = await second_step_of(session, account.id) if account else None
    asked = step is not None and step.confirmed_at is not None
    # In a lock there is one answer to all but both right steps: not even the right password is told.
    if account is None or not right or (tried.in_lock and not asked):
        await _failed(session, moment, key, tried, account, now)
        return _locked(tried) or SignInRefused("invalid_grant")
    if tried.everywhere_locked and not (asked and code):
        return _locked(tried) or SignInRefused("invalid_grant")
    if asked and not code:
        await take_back_try(session, key, tried, now)
        return SignInRefused("second_step_required")
    proof: Proof | None = None
    if asked and step and code:
        proved = await _proved(session, StepKeys(cipher, key), tried, step, code, now)
        if proved is None or isinstance(proved, Busy):
            await _failed(session, moment, key, tried, account, now)
            return _locked(tried) or proved or SignInRefused("second_step_wrong")
        proof = proved
    if account.suspended_at is not None:
        return SignInRefused("account_suspended")
    return await _opened(session, moment, key, caller, tried, account, proof, now)


async def _proved(
    session: Session, keys: StepKeys, tried: Try, step: SecondStep, code: str, now: datetime
) -> Proof | Busy | None:
    """Judge the code that came with the right password, and count it when it is wrong; Busy when too many were."""
    (codes,) = await lock_tries(session, keys.sign_in.name(tried.username), [_CODES], now)
    wait = _wait(codes, now)
    if wait is not None and not is_recovery_code(code):
        return Busy("second_step_locked", **wait.params)
    proof = await prove_second_step(session, keys, step, code, now)
    if proof is None and wait is None:
        _put(codes, after_wrong_code(_tries(codes), now))
        codes.tried_at = now
        session.add(codes)
        await session.flush()
    return proof


async def forget_old(session: Session, moment: Moment) -> int:
    """Forget counts of tries after a day, devices after half a year, and sessions half a year after they ended.

    What matters of them is in the events, and that they went is one; the machine's clock counts, as it did when they
    were written.
    """
    now = utc_now()
    gone = {
        "known_device": await forget_devices(session, (now - DEVICE_KEPT).date()),
        "sign_in_try": await forget_tries(session, now - FORGOTTEN, _AT_ONCE),
        "session": await forget_sessions(session, now - SESSION_KEPT, _AT_ONCE),
    }
    for rule, count in gone.items():
        record_erasure(session, moment, BY_KEY[rule], [None] * count)
    return gone["sign_in_try"] + gone["session"]


async def _opened(
    session: Session,
    moment: Moment,
    key: SignInKey,
    caller: Caller,
    tried: Try,
    account: Account,
    proof: Proof | None,
    now: datetime,
) -> Opened:
    # Whoever got in with both steps ends the lock of the place, too.
    places = [_EVERYWHERE, tried.place, *([tried.place[1:]] if tried.in_lock else [])]
    everywhere, *own = await lock_tries(session, key.name(tried.username), places, now)
    failures, everywhere.unreported = everywhere.unreported, 0
    for row in own:
        row.failures, row.locks, row.locked_until = 0, 0, None
    if not tried.is_known and not tried.everywhere_locked:
        _put(everywhere, before_try(_tries(everywhere), anywhere=True))
    session.add_all([*own, everywhere])
    data = {"second_step": proof, "new_device": not tried.is_known, "failures_before": failures}
    _record(session, moment, "account.signed_in", account, data, _actor_of(account))
    if caller.device is not None:
        await remember_device(session, account.id, caller.device, now.date())
    roles = await roles_held(session, account.id, now)
    return await open_session(
        session, account, roles, device=caller.in_words, second_step=proof is not None, in_cookie=caller.in_cookie
    )


async def _failed(
    session: Session, moment: Moment, key: SignInKey, tried: Try, account: Account | None, now: datetime
) -> None:
    """Count a failure for the events, and record one when it is time: a flood of guesses does not fill the log.

    A lock of an account, in one place, in all, or of its second step, is an event each time, and an alarm to the
    auditors once a day: there are few, since sixty failures an hour lock every place that is not known.  From
    which network is told of accounts alone, who are staff.
    """
    name = key.name(tried.username if account else _NOBODY)
    codes, own = await lock_tries(session, key.name(tried.username), [_CODES, tried.place], now)
    found: dict[Locked, datetime | None] = {
        "place": own.locked_until,
        "everywhere": tried.everywhere_until,
        # Others were counted before; what is counted now began the lock.
        "second_step": codes.locked_until if codes.since == now else None,
    }
    locks = {where: until for where, until in found.items() if until is not None and until > now}
    (counts,) = await lock_tries(session, name, [_EVERYWHERE], now)
    counts.unreported += 1
    counts.tried_at = now
    is_told = is_reported(counts.reported_at, now, locked=bool(locks))
    data: Json = {"failures": counts.unreported, "known_device": tried.is_known}
    nowhere = replace(moment, origin=None)
    if account is not None:
        data["network"] = network_of(moment.origin or "")
        for where, until in locks.items():
            told = data | {"until": until.isoformat(), "where": where}
            _record(session, nowhere, "account.sign_in_locked", account, told, None)
            await tell_of_lock(session, moment, account, where)
    if is_told and not (account and locks):
        _record(session, nowhere, "account.sign_in_failed", account, data | {"locked": bool(locks)}, None)
    if is_told or (account and locks):
        counts.unreported, counts.reported_at = 0, now
    session.add(counts)


def _record(
    session: Session, moment: Moment, kind: str, account: Account | None, data: Json, actor: Actor | None
) -> None:
    record(
        session,
        actor,
        moment,
        kind,
        county_id=None,
        organization_id=account.organization_id if account else None,
        subject_id=account.id if account else UUID(int=0),
        data=data,
    )


def _tries(row: SignInTry) -> Tries:
    return Tries(row.failures, row.locks, row.since, row.locked_until)


def _put(row: SignInTry, tries: Tries) -> None:
    row.failures, row.locks, row.since, row.locked_until = tries.failures, tries.locks, tries.since, tries.locked_until


def _wait(row: SignInTry, now: datetime) -> Busy | None:
    if row.locked_until is None or row.locked_until <= now:
        return None
    seconds = int((row.locked_until - now).total_seconds()) + 1
    return Busy("sign_in_locked", seconds=seconds, minutes=-(-seconds // 60))


def _locked(tried: Try) -> Busy | None:
    if tried.in_lock is not None:
        return tried.in_lock
    return Busy("sign_in_locked", seconds=900, minutes=15) if tried.everywhere_locked else None


def _actor_of(account: Account) -> Actor:
    return Actor(account.id, account.name, account.organization_id, (), account.username)
