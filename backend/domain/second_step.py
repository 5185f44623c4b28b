"""The second step of a sign-in: time-based codes (RFC 6238) from an authenticator, and recovery codes.

The clock here is the machine's, never a demonstration's: the authenticator has no other either.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyotp

from backend.db.account import Account
from backend.db.base import Session, new_id
from backend.db.second_step import (
    SecondStep,
    remove_second_step,
    replace_recovery_codes,
    second_step_of,
    spend_counter,
    spend_recovery_code,
)
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, invalid
from backend.domain.event import record
from backend.domain.sign_in_key import SignInKey
from backend.domain.staff.alarm import tell_of_change

STEP_SECONDS = 30
_TOLERATED = 1
"""Steps before and after, for clocks that are half a minute off."""

ISSUER = "贯标"
RECOVERY_CODES = 10
# No letter or digit that is taken for another one on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 3, 4
PLACE = "second_step.secret"

Proof = Literal["authenticator", "recovery_code"]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs; shown once, until the first code confirms that it took it."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class StepKeys:
    """The keys that a second step takes: one for secrets, which may change, and one for codes, which may not."""

    cipher: FieldCipher
    sign_in: SignInKey


def matching_counter(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, now or one before or after; None when it is nobody's."""
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    # All are compared, so that the time says nothing.
    for counter in range(present - _TOLERATED, present + _TOLERATED + 1):
        if hmac.compare_digest(generator.generate_otp(counter).encode(), code.encode("utf-8", "replace")):
            found = counter
    return found


def new_recovery_codes() -> list[str]:
    """Codes of some 59 bits each, in groups that are read from paper."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def is_recovery_code(code: str) -> bool:
    """Whether what was typed has the form of a recovery code; anybody can type such a thing, so it proves nothing."""
    typed = "".join(filter(str.isalnum, code.lower()))
    return len(typed) == _GROUP * _GROUPS and all(one in _ALPHABET for one in typed)


def form_of_code(code: str) -> Proof | None:
    """Which kind of code was typed, by its form alone; None for what can be neither."""
    if _is_six_digits("".join(code.split())):
        return "authenticator"
    return "recovery_code" if is_recovery_code(code) else None


def _is_six_digits(typed: str) -> bool:
    return len(typed) == 6 and typed.isascii() and typed.isdecimal()


async def prove_second_step(
    session: Session, keys: StepKeys, step: SecondStep, code: str, now: datetime
) -> Proof | None:
    """Use up the code; None when it is wrong or was used before."""
    typed = "".join(code.split())
    if _is_six_digits(typed):
        counter = matching_counter(keys.cipher.decrypt(step.secret, PLACE, step.id), typed, now)
        return "authenticator" if counter is not None and await spend_counter(session, step, counter) else None
    spent = await spend_recovery_code(session, step.account_id, keys.sign_in.recovery_code(typed), now)
    return "recovery_code" if spent else None


async def begin_second_step(session: Session, keys: StepKeys, account: Account, now: datetime) -> Enrolment:
    """Make a secret for an authenticator; nothing asks for its codes until one has confirmed it.

    Raises Conflict when one is in use: it is given up first.
    """
    step = await second_step_of(session, account.id)
    if step is not None and step.confirmed_at is not None:
        raise Conflict("second_step_in_use")
    secret = pyotp.random_base32()
    if step is None:
        key = new_id()
        step = SecondStep(id=key, account_id=account.id, secret=keys.cipher.encrypt(secret, PLACE, key))
    else:
        step.secret = keys.cipher.encrypt(secret, PLACE, step.id)
    step.created_at = now
    session.add(step)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER))


async def confirm_second_step(
    session: Session, actor: Actor, moment: Moment, keys: StepKeys, code: str, now: datetime
) -> list[str]:
    """Put the authenticator to use with its first code; returns the recovery codes, which are shown once.

    Raises Conflict when none is being set up, Invalid at `/code` when the code is wrong.
    """
    step = await second_step_of(session, actor.account_id)
    if step is None or step.confirmed_at is not None:
        raise Conflict("second_step_not_begun")
    counter = matching_counter(keys.cipher.decrypt(step.secret, PLACE, step.id), "".join(code.split()), now)
    if counter is None or not await spend_counter(session, step, counter):
        raise invalid("/code", "second_step_wrong")
    step.confirmed_at = now
    step.last_counter = counter
    session.add(step)
    codes = await _give_recovery_codes(session, keys, step)
    await _told(session, actor, moment, "account.second_step_set")
    return codes


async def renew_recovery_codes(
    session: Session, actor: Actor, moment: Moment, keys: StepKeys, code: str, now: datetime
) -> list[str]:
    """New recovery codes in place of the old ones, for a code of the authenticator."""
    step = await _proved(session, actor, keys, code, now)
    codes = await _give_recovery_codes(session, keys, step)
    await _told(session, actor, moment, "account.recovery_codes_renewed")
    return codes


async def give_up_second_step(
    session: Session, actor: Actor, moment: Moment, keys: StepKeys, code: str, now: datetime
) -> None:
    """Give up the authenticator, for another one or for none; where two steps are asked for, the next one is due."""
    await _proved(session, actor, keys, code, now)
    await remove_second_step(session, actor.account_id)
    await _told(session, actor, moment, "account.second_step_given_up")


async def _proved(session: Session, actor: Actor, keys: StepKeys, code: str, now: datetime) -> SecondStep:
    step = await second_step_of(session, actor.account_id)
    if step is None or step.confirmed_at is None:
        raise Conflict("second_step_not_begun")
    if await prove_second_step(session, keys, step, code, now) is None:
        raise invalid("/code", "second_step_wrong")
    return step


async def _give_recovery_codes(session: Session, keys: StepKeys, step: SecondStep) -> list[str]:
    codes = new_recovery_codes()
    await replace_recovery_codes(session, step.account_id, [keys.sign_in.recovery_code(code) for code in codes])
    return codes


async def _told(session: Session, actor: Actor, moment: Moment, kind: str) -> None:
    record(
        session,
        actor,
        moment,
        kind,
        county_id=None,
        organization_id=actor.organization_id,
        subject_id=actor.account_id,
    )
    account = await session.get_one(Account, actor.account_id)
    await tell_of_change(session, moment, account, kind)
