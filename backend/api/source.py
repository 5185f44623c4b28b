"""Writing by partners' programs: under ids of their own, one by one or in batches.

The same routes stand below every kind of record that `source_table.py` has a line for.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy.exc
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ValidationError

from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, SessionDep, VaultDep
from backend.api.errors import database_says, problems_of, refusal, refusals, status_of
from backend.api.head import HeadFirstRoute
from backend.api.shapes import Body
from backend.api.source_shapes import MOST, BroughtOut, PushedOut, SourceRef, TrackedBy, answer_of, batch_of, body_of
from backend.api.source_table import LINES, Line
from backend.db.base import Session
from backend.db.engine import Database
from backend.db.mapping import WaitingRecord, WaitingState, words_for
from backend.domain.access import Actor, Moment
from backend.domain.calendar import day_of
from backend.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused, invalid
from backend.domain.feedback.vault import Vault
from backend.domain.source.key import key_problems
from backend.domain.source.push import Outcome, Pushed, Said, pushed_before
from backend.domain.source.resource import SourceKey
from backend.domain.source.waiting import Held, what_waits
from backend.domain.source.waiting import bring as bring_record

System = Annotated[str, Path(description="What the partner calls its system.", examples=["grid"])]
_WORDS = "What the partner calls the record."
Id = Annotated[str, Path(description=_WORDS, examples=["2026-0117"])]
NewId = Annotated[str, Path(description=_WORDS, examples=["2026-0119"])]


TRIES = 3
"""How often a record of a batch is tried that somebody else's work got in the way of."""
MEANWHILE = 409


def program(permission: str) -> Any:
    """Return the dependency that lets in programs that hold `permission`; people enter records by the ordinary way."""

    async def admitted_program(actor: AdmittedDep) -> Actor:
        if not actor.reach(permission):
            raise Forbidden("permission_missing", permission=permission)
        if not actor.is_client:
            raise Forbidden("clients_only")
        return actor

    admitted_program.permission = permission  # type: ignore[attr-defined]  # read by the house test and the matrix
    return Depends(admitted_program)


@dataclass(frozen=True, slots=True)
class Ask:
    """What every push of one request has in common."""

    vault: Vault
    actor: Actor
    moment: Moment
    language: str
    request_id: str | None


def source_router(line: Line) -> APIRouter:
    """The routes by which programs bring records of one kind."""
    router = APIRouter(prefix=f"/{line.name}", tags=[line.tag], route_class=HeadFirstRoute)
    body_shape = body_of(line)
    answer, batch_shape = answer_of(line), batch_of(line, body_shape)
    writer = Annotated[Actor, program(line.sourced.permission)]

    async def put(
        session: SessionDep,
        vault: VaultDep,
        moment: MomentDep,
        language: LanguageDep,
        response: Response,
        system: System,
        id: NewId,
        body: Any,
        actor: Any,
    ) -> Any:
        """Bring a record under the partner's own id: made when it is new; `unchanged` when it says the same; 202
        `waiting` where a code in `codes` is not mapped yet, or an earlier push of this id waits.

        Where a record says something else, what may change is changed; what stands as it was pushed first is refused at
        its field (409, with the version as ETag). Whatever people here have changed since is not undone.
        """
        key = key_of(line, actor, moment, system, id)
        said = said_by(body.model_dump(exclude_unset=True))
        brought = await bring_record(session, vault, actor, moment, line.sourced, key, said)
        response.status_code = 202 if isinstance(brought, Held) else 200
        if isinstance(brought, Pushed) and brought.outcome is Outcome.created:
            response.status_code = 201
        told = await brought_out(session, key, brought)
        return answer(
            **{**told.model_dump(), "record": await _shown(line, session, actor, moment, language, brought, response)}
        )

    async def get(
        request: Request,
        session: SessionDep,
        vault: VaultDep,
        moment: MomentDep,
        language: LanguageDep,
        response: Response,
        system: System,
        id: Id,
        actor: Any,
    ) -> Any:
        """The record that the partner has brought under its own id, as the program may see it; or how it waits."""
        key = key_of(line, actor, moment, system, id)
        ask = Ask(vault, actor, moment, language, request.scope.get("state", {}).get("request_id"))
        if (waits := await what_waits(session, key)) is not None:
            response.headers["cache-control"] = "no-store"
            return answer(**{**_waiting(ask, key, waits).model_dump(), "record": None})
        pushed = await pushed_before(session, actor, line.sourced, key)
        told = await brought_out(session, key, pushed)
        return answer(
            **{**told.model_dump(), "record": await _shown(line, session, actor, moment, language, pushed, response)}
        )

    async def bring(
        request: Request,
        database: DatabaseDep,
        vault: VaultDep,
        moment: MomentDep,
        language: LanguageDep,
        response: Response,
        body: Any,
        actor: Any,
    ) -> Any:
        """Bring up to 1,000 records. Each is done or refused on its own, in their order; send again what you please:
        what is there already is `unchanged`."""
        response.headers["cache-control"] = "no-store"
        if len(body.items) > MOST:
            raise invalid("/items", "batch_too_large", most=MOST, count=len(body.items))
        ask = Ask(vault, actor, moment, language, request.scope.get("state", {}).get("request_id"))
        items = [await _brought(database, line, body_shape, ask, body.source_system, item) for item in body.items]
        return BroughtOut(results=dict(Counter(item.result for item in items)), items=items)

    for function in (put, get, bring):
        function.__annotations__["actor"] = writer
    put.__annotations__["body"] = body_shape
    bring.__annotations__["body"] = batch_shape
    path = "/by-source/{system}/{id}"
    router.put(
        path,
        name="put_by_source",
        response_model=answer,
        responses={201: {"model": answer}, 202: {"model": answer}, **refusals(403, 404, 409)},
    )(put)
    router.get(path, name="get_by_source", response_model=answer, responses=refusals(403, 404))(get)
    router.post("/batches", name="bring", response_model=BroughtOut, responses=refusals(403, 413))(bring)
    return router


def key_of(line: Line, actor: Actor, moment: Moment, system: str, id: str, **at: str) -> SourceKey:
    """What the program calls a record. Raises Invalid for what nothing may be called."""
    if problems := key_problems(system, id, day_of(moment.now), **at):
        raise Invalid("invalid", problems=problems)
    return SourceKey(actor.account_id, line.name, system, id)


def _validated(shape: type[Body], sent: Any) -> dict[str, Any]:
    try:
        return shape.model_validate(sent).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise Invalid("invalid", problems=problems_of(error.errors())) from None


def said_by(sent: Mapping[str, Any]) -> Said:
    """What was sent for one record: its fields, and what is said about them."""
    values = dict(sent)
    codes, reason = values.pop("codes", {}), values.pop("reason", "")
    # What is null and came as a code was not said outright.
    return Said(
        {name: value for name, value in values.items() if value is not None or name not in codes}, codes, reason
    )


async def _shown(
    line: Line,
    session: Session,
    actor: Actor,
    moment: Moment,
    language: str,
    pushed: Pushed | Held,
    response: Response,
) -> Any:
    """The record with its ETag; None where the program may not see it."""
    response.headers["cache-control"] = "no-store"
    if isinstance(pushed, Held) or pushed.standing is None:
        return None
    try:
        return await line.shown(session, actor, moment, language, pushed.id, response)
    except NotFound:
        return None


async def brought_out(session: Session, key: SourceKey, brought: Pushed | Held) -> PushedOut:
    at = SourceRef(system=key.system, id=key.id)
    if isinstance(brought, Held):
        return _out(at, result="waiting", unknown=brought.unknown)
    standing, receipt = brought.standing, brought.receipt
    seen: dict[str, Any] = {}
    if standing is not None:
        words = await words_for(session, key.client_key, key.resource, "status")
        seen = {"number": standing.number, "status": standing.status, "version": standing.version}
        seen["partner_status"] = words.get(standing.status)
    tracked = TrackedBy(code=receipt.code, pin=receipt.pin) if receipt else None
    return _out(at, result=brought.outcome.value, id=brought.id, receipt=tracked, **seen)


def _waiting(ask: Ask, key: SourceKey, row: WaitingRecord) -> PushedOut:
    """How a record waits, and why it was refused or dismissed, in words."""
    said = None
    if row.state is WaitingState.dismissed:
        said = refusal(ask.language, 409, "waiting_dismissed", {"reason": row.reason}, (), ask.request_id)
    elif row.problem is not None:
        problems = [Problem(**error) for error in row.problem["errors"]]
        said = refusal(ask.language, 409, row.problem["code"], row.problem["params"], problems, ask.request_id)
    at = SourceRef(system=key.system, id=key.id)
    return _out(at, result=row.state.value, unknown=row.unknown, problem=said)


async def _brought(
    database: Database, line: Line, body_shape: type[Body], ask: Ask, system: str, item: Any
) -> PushedOut:
    """Bring one record of a batch in a transaction of its own: nobody waits for the whole batch, nor does the feed."""
    named = item.get("source_id") if isinstance(item, Mapping) else None
    at = SourceRef(system=system[:32], id=named[:100] if isinstance(named, str) else "")
    try:
        key, sent = _read(line, ask, system, item)
    except Refused as refused:
        return _refused(ask, at, refused)
    try:
        said = said_by(_validated(body_shape, sent))
        for left in reversed(range(TRIES)):
            try:
                async with database.transaction() as session:
                    brought = await bring_record(session, ask.vault, ask.actor, ask.moment, line.sourced, key, said)
                    return await brought_out(session, key, brought)
            except sqlalchemy.exc.DBAPIError as error:
                status, word = database_says(error)
                # Two who waited for one another, or did the same at once: the next try meets what the other has done.
                if status != MEANWHILE or not left:
                    return _out(at, problem=refusal(ask.language, status, word, {}, (), ask.request_id))
    except Refused as refused:
        return _refused(ask, at, refused, "/record")
    raise AssertionError("the last try answers")


def _read(line: Line, ask: Ask, system: str, item: Any) -> tuple[SourceKey, Any]:
    """What the program calls a record of a batch, and what it says of it."""
    if not isinstance(item, Mapping):
        raise invalid("", "field_dict_type")
    problems = [Problem(f"/{name}", "field_extra_forbidden") for name in item if name not in ("source_id", "record")]
    problems += [Problem(f"/{name}", "field_missing") for name in ("source_id", "record") if name not in item]
    source_id = item.get("source_id", "")
    if not isinstance(source_id, str):
        problems.append(Problem("/source_id", "field_string_type"))
    if problems:
        raise Invalid("invalid", problems=problems)
    return key_of(line, ask.actor, ask.moment, system, source_id, at_system="", at_id="/source_id"), item["record"]


def _refused(ask: Ask, at: SourceRef, refused: Refused, below: str = "") -> PushedOut:
    """A record of a batch that is not brought, and why: each reason at its field, `below` the item."""
    problems = [Problem(below + one.pointer, one.code, one.params) for one in refused.problems]
    said = refusal(ask.language, status_of(refused), refused.code, refused.params, problems, ask.request_id)
    return _out(at, problem=said, version=refused.params.get("version"))


def _out(at: SourceRef, **more: Any) -> PushedOut:
    empty = dict.fromkeys(("id", "number", "status", "partner_status", "version", "receipt", "problem"))
    return PushedOut(**(empty | {"source": at, "result": "refused", "unknown": []} | more))


ROUTERS = tuple(source_router(line) for line in LINES)
