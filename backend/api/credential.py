"""What I sign in with: my password, my authenticator and my recovery codes."""

from datetime import datetime
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, StringConstraints

from backend.api.deps import ActorDep, DatabaseDep, LanguageDep, MomentDep, PagingDep, RecognizedDep, SessionDep
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.head import HeadFirstRoute
from backend.api.shapes import Answer, Body
from backend.api.throttle import Throttle
from backend.db.account import Account
from backend.db.base import utc_now
from backend.db.engine import Database
from backend.db.second_step import recovery_codes_left, second_step_of
from backend.domain.access import Actor
from backend.domain.credential import change_own_password, mark_second_step
from backend.domain.errors import invalid
from backend.domain.password import LEAST, PASSPHRASE
from backend.domain.password_hash import password_matches
from backend.domain.second_step import (
    StepKeys,
    begin_second_step,
    confirm_second_step,
    give_up_second_step,
    renew_recovery_codes,
)
from backend.domain.sign_in_rule import PASSWORD_WARNING, Due, needs_second_step, password_ends_at

router = APIRouter(prefix="/me", tags=["credential"], route_class=HeadFirstRoute)

# Whoever sits down at an open session must not try the password, or a code, as often as they like.
_TRIES, _SPAN_SECONDS = 10, 900


async def step_keys(request: Request) -> StepKeys:
    return StepKeys(request.app.state.cipher, request.app.state.sign_in_key)


KeysDep = Annotated[StepKeys, Depends(step_keys)]

# Neither trimmed nor folded: every character of a password counts.
Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class PasswordState(Answer):
    """`ends_at`: when it grows too old, null when never; `ends_soon` two weeks before.  The lengths are the rule's."""

    set_at: datetime | None
    ends_at: datetime | None
    ends_soon: bool
    least: int
    passphrase: int


class SecondStepState(Answer):
    in_use: bool
    required: bool
    recovery_codes_left: int


class SecurityOut(Answer):
    """What I sign in with, and what is due before anything else."""

    password: PasswordState
    second_step: SecondStepState
    due: Due | None


@router.get("/security/events", response_model=EventPage, responses=refusals(403))
async def events(database: DatabaseDep, paging: PagingDep, language: LanguageDep, actor: ActorDep) -> Response:
    """What was done to my account, the newest first: sign-ins, roles, and what administrators did, with who and why."""
    async with database.reader() as reader:
        return await event_page(reader, "account", actor.account_id, language, paging)


class PasswordIn(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"current_password": "the present one", "password": "River-7-kettle-Moss"}}
    )

    current_password: Secret
    password: Annotated[str, Field(max_length=1024)]


class PasswordChanged(Answer):
    """How many other sessions ended with the old password."""

    sessions_ended: int


class EnrolmentIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"current_password": "the present one"}})

    current_password: Secret


class EnrolmentOut(Answer):
    """What an authenticator takes: the picture to scan (an SVG as data address), or the same to type. Shown once."""

    secret: str
    address: str
    qr: str


class SecondStepCodeIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"code": "123456"}})

    code: Code


class RecoveryCodesOut(Answer):
    """Codes that stand in for the authenticator, each once.  Shown once: they are kept as hashes only."""

    recovery_codes: list[str]


@router.get("/security", response_model=SecurityOut, responses=refusals())
async def security(request: Request, actor: RecognizedDep, session: SessionDep) -> SecurityOut:
    rules, roles = request.app.state.sign_in_rules, {grant.role for grant in actor.grants}
    account = await session.get_one(Account, actor.account_id)
    step = await second_step_of(session, actor.account_id)
    ends_at = password_ends_at(rules, roles, account.password_set_at)
    return SecurityOut(
        password=PasswordState(
            set_at=account.password_set_at,
            ends_at=ends_at,
            ends_soon=ends_at is not None and ends_at - utc_now() <= PASSWORD_WARNING,
            least=LEAST,
            passphrase=PASSPHRASE,
        ),
        second_step=SecondStepState(
            in_use=step is not None and step.confirmed_at is not None,
            required=needs_second_step(rules, roles),
            recovery_codes_left=await recovery_codes_left(session, actor.account_id),
        ),
        due=request.state.due,
    )


@router.post("/password", response_model=PasswordChanged, responses=refusals(429))
async def change_password(
    request: Request, actor: RecognizedDep, moment: MomentDep, database: DatabaseDep, body: PasswordIn
) -> PasswordChanged:
    """Change my password; every other session of mine ends."""
    judged = await _judged(request, database, actor, body.current_password)
    async with database.transaction() as session:
        ended = await change_own_password(
            session, actor, moment, request.app.state.passwords, request.state.session_id, judged, body.password
        )
    return PasswordChanged(sessions_ended=ended)


@router.post("/second-step", response_model=EnrolmentOut, responses=refusals(409, 429))
async def begin(
    request: Request,
    response: Response,
    actor: RecognizedDep,
    database: DatabaseDep,
    keys: KeysDep,
    body: EnrolmentIn,
) -> EnrolmentOut:
    """Begin to set up an authenticator (RFC 6238): nothing asks for its codes until one of them confirms it."""
    if await _judged(request, database, actor, body.current_password) is None:
        raise invalid("/current_password", "password_wrong")
    async with database.transaction() as session:
        account = await session.get_one(Account, actor.account_id)
        made = await begin_second_step(session, keys, account, utc_now())
    _hide(response)
    picture = segno.make(made.address, error="m").svg_data_uri(scale=6, border=4, dark="#000", light="#fff")
    return EnrolmentOut(secret=made.secret, address=made.address, qr=picture)


@router.post("/second-step/confirmation", response_model=RecoveryCodesOut, responses=refusals(409, 429))
async def confirm(
    request: Request,
    response: Response,
    actor: RecognizedDep,
    moment: MomentDep,
    session: SessionDep,
    keys: KeysDep,
    body: SecondStepCodeIn,
) -> RecoveryCodesOut:
    """Put the authenticator to use with its first code; my other sessions end, and the recovery codes are shown."""
    _count(request, actor)
    codes = await confirm_second_step(session, actor, moment, keys, body.code, utc_now())
    await mark_second_step(session, request.state.session_id, had=True)
    _hide(response)
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/second-step/recovery-codes", response_model=RecoveryCodesOut, responses=refusals(409, 429))
async def renew_codes(
    request: Request,
    response: Response,
    actor: RecognizedDep,
    moment: MomentDep,
    session: SessionDep,
    keys: KeysDep,
    body: SecondStepCodeIn,
) -> RecoveryCodesOut:
    """New recovery codes in place of all the old ones, for a code of the authenticator."""
    _count(request, actor)
    codes = await renew_recovery_codes(session, actor, moment, keys, body.code, utc_now())
    _hide(response)
    return RecoveryCodesOut(recovery_codes=codes)


class GivenUp(Answer):
    """`due`: whether another authenticator has to be set up before anything else is allowed."""

    due: bool


@router.post("/second-step/removal", response_model=GivenUp, responses=refusals(409, 429))
async def give_up(
    request: Request,
    actor: RecognizedDep,
    moment: MomentDep,
    session: SessionDep,
    keys: KeysDep,
    body: SecondStepCodeIn,
) -> GivenUp:
    """Give up my authenticator for another one or for none, with one of its codes or a recovery code."""
    _count(request, actor)
    await give_up_second_step(session, actor, moment, keys, body.code, utc_now())
    await mark_second_step(session, request.state.session_id, had=False)
    roles = {grant.role for grant in actor.grants}
    return GivenUp(due=needs_second_step(request.app.state.sign_in_rules, roles))


def _count(request: Request, actor: Actor) -> None:
    throttle: Throttle = request.app.state.throttles.setdefault("credential", Throttle(_TRIES, _SPAN_SECONDS))
    throttle.count(str(actor.account_id))


async def _judged(request: Request, database: Database, actor: Actor, password: str) -> str | None:
    """The hash of the present password when this is it; judged while no connection is held."""
    _count(request, actor)
    async with database.transaction() as session:
        kept = (await session.get_one(Account, actor.account_id)).password_hash
    return kept if await password_matches(kept, password) else None


def _hide(response: Response) -> None:
    response.headers["cache-control"] = "no-store"
