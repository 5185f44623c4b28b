"""What cannot be recorded is not done: every operation that writes is asked while no event can be stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
import sqlalchemy.exc

from backend.backup.database import connect, sums
from backend.db.roles import Addresses
from backend.worker import perform
from tests.api.decisions import Walk as DecisionWalk
from tests.api.feedbacks import Case, sender
from tests.api.rectifications import Walk as RectificationWalk
from tests.api.sources import at, call, item, program
from tests.factories import County
from tests.files import picture
from tests.matrix.table import Cell, operations
from tests.matrix.test_matrix import Asking
from tests.matrix.world import make_world
from tests.rosters import MEMBER_TITLES, ORGANIZATION_TITLES, installation, workbook
from tests.rosters import person as human
from tests.signing_in import PASSWORD, bearer, browser, person, sign_in

pytestmark = pytest.mark.slow

OPERATIONS = {operation.id: operation for operation in operations() if operation.method != "GET"}

# What the requests of the matrix only try (a step, as a dry run), or what they are rightly refused since the record
# that they need is another one. The same doors are walked through below.
TRIED = {
    "account_token": 400,
    "credential_begin": 422,
    "credential_change_password": 422,
    "credential_confirm": 409,
    "credential_give_up": 409,
    "credential_renew_codes": 409,
    "decision_act": 200,
    "delegation_end": 404,
    "delegation_lend": 422,
    "demo_move_clock": 422,
    "feedback_act": 200,
    "feedback_add_photo": 422,
    "feedback_bring": 403,
    "feedback_extend": 422,
    "feedback_put_by_source": 403,
    "feedback_rate": 422,
    "invitation_accept": 404,
    "invitation_read": 404,
    "organization_move": 409,
    "public_opinion": 404,
    "rectification_act": 200,
    "rectification_bring": 403,
    "rectification_extend": 422,
    "rectification_put_by_source": 403,
    "rectification_relook": 409,
    "rectification_transfer": 409,
}

WRITES_NOTHING = {
    "account_revoke": "a token that is none",
    "member_search": "a search, by POST so that no number stands in an address",
    "notice_receive_day": "no notice was left",
    "session_end_others": "there is no other session",
}
"""What is answered with success, and has nothing to write."""

# Days and minutes of use and counts of tries: kept beside what people do, and no verb.
BESIDE = {"account_session", "sign_in_try", "known_device"}

BRANCH = [
    {"组织名称": "远山县委", "组织类别": "县委"},
    {"组织名称": "远山镇党委", "组织类别": "镇党委", "上级组织": "远山县委"},
    {"组织名称": "第一村党支部", "组织类别": "党支部", "上级组织": "远山镇党委"},
]

_GUARD = """
CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no event today'; END $$;
CREATE TRIGGER refuse_event BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse_event();
ALTER TABLE event DISABLE TRIGGER refuse_event;
"""


class Log:
    """The log as its owner holds it: events can be refused, and everything that is stored be summed up."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", data: Path) -> None:
        self._connection, self._data = connection, data

    async def refuse(self) -> None:
        await self._connection.execute("ALTER TABLE event ENABLE TRIGGER refuse_event")

    async def allow(self) -> None:
        await self._connection.execute("ALTER TABLE event DISABLE TRIGGER refuse_event")

    async def events(self) -> int:
        return int(await self._connection.fetchval("SELECT count(*) FROM event"))

    async def stored(self) -> dict[str, Any]:
        """A sum over every table, and the names of all files."""
        tables: dict[str, Any] = dict(await sums(self._connection))
        files = sorted(str(path.relative_to(self._data)) for path in self._data.rglob("*") if path.is_file())
        return {name: each for name, each in tables.items() if name not in BESIDE} | {"files": files}


@pytest.fixture(scope="module")
async def log(server: Addresses, data: Path) -> AsyncIterator[Log]:
    connection = await connect(server.owner)
    await connection.execute(_GUARD)
    yield Log(connection, data)
    await connection.execute("DROP TRIGGER refuse_event ON event; DROP FUNCTION refuse_event")
    await connection.close()


@pytest.fixture(scope="module")
async def asking(demo_app) -> AsyncIterator[Asking]:
    """Whoever asks holds every role."""
    world = await make_world(demo_app)
    world.callers["maker", False] = world.makers["own"]
    yield Asking(world)
    await world.client.aclose()


async def refused(log: Log, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Send something while no event can be stored: nothing is stored of it, and the answer says so with a code."""
    before = await log.stored()
    await log.refuse()
    try:
        answer = await send()
        after = await log.stored()
    finally:
        await log.allow()
    assert {name for name in after if after[name] != before[name]} == set()
    if answer.status_code >= 500:
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert "no event today" not in answer.text
    return answer


async def done(log: Log, send: Callable[[], Awaitable[httpx.Response]]) -> None:
    """What is refused without a log is done with one, and recorded."""
    assert (await refused(log, send)).status_code == 503
    events = await log.events()
    answer = await send()
    assert answer.is_success, answer.text
    assert await log.events() > events


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_nothing_is_stored_of_what_cannot_be_recorded(asking: Asking, log: Log, name: str) -> None:
    asked = Cell(OPERATIONS[name], "maker", False, "own", "open")
    if asked.operation.line.maker != "nothing":
        await asking.subject(asked.operation, "own", asking.world.callers["maker", False])
    if name in TRIED or name in WRITES_NOTHING:
        answer = await refused(log, lambda: asking.send(asked))
        assert answer.status_code == TRIED.get(name, answer.status_code) < 500
    else:
        await done(log, lambda: asking.send(asked))


async def test_a_refusal_stands_when_it_cannot_be_recorded(county: County, log: Log) -> None:
    answer = await refused(log, lambda: county.client("member").get("/members"))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


async def test_no_step_of_a_decision(county: County, log: Log) -> None:
    walk = await DecisionWalk.start(county)
    evidence, record = await walk.evidence("clerk"), await walk.example("clerk")
    await done(log, lambda: walk.act("clerk", record=record, evidence=evidence))


async def test_no_step_and_no_transfer_of_a_rectification(county: County, log: Log) -> None:
    walk = await RectificationWalk.start(county)
    await done(log, lambda: walk.act("supervisor"))
    body = {"responsible_unit_id": str(county.office.id), "reason": "职责不在本村"}
    await done(log, lambda: walk.post("supervisor", "/transfer", body))


async def test_no_step_photo_and_rating_of_a_card(county: County, log: Log) -> None:
    case = await Case.sent(county)

    async def photo() -> httpx.Response:
        async with sender(county.app) as client:
            files = {"file": ("灯.png", picture())}
            return await client.post("/feedback-cards/track/photos", headers=case.key, files=files)

    await done(log, photo)
    await case.found()
    await done(log, case.triage)
    await case.signed_for()
    await case.handled()
    await case.approved()
    await done(log, lambda: case.rate(4))


@pytest.mark.parametrize(("resource", "body"), [("rectifications", item), ("feedback-cards", call)])
async def test_no_record_of_a_program(county: County, log: Log, resource: str, body: Callable[..., Any]) -> None:
    client = await program(county)
    await done(log, lambda: client.put(at("GD-1", resource), json=body(county)))


async def test_no_sign_in_and_no_password(county: County, log: Log) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        client._transport.raise_app_exceptions = False
        await done(log, lambda: sign_in(client, account.username))
        opened = await sign_in(client, account.username)
        body = {"current_password": PASSWORD, "password": "Orchard-3-lantern-Fog"}
        await done(log, lambda: client.post("/api/v1/me/password", json=body, headers=bearer(opened)))


async def test_no_loan_and_no_taking_back(county: County, log: Log) -> None:
    absent, deputy = await county.account("clerk", county.township), await county.account(None, county.office)
    client = county.client(absent)
    await done(log, lambda: client.post("/me/delegations", json={"to_id": str(deputy.id), "reason": "外出学习"}))
    lent = (await client.get("/me/delegations")).json()["items"][0]
    path, version = f"/me/delegations/{lent['id']}/end", {"if-match": f'"{lent["version"]}"'}
    await done(log, lambda: client.post(path, json={"reason": "提前返回"}, headers=version))


async def test_no_moving_of_an_organisation_and_of_the_clock(demo: County, log: Log) -> None:
    client, path = demo.client("county_admin"), f"/organizations/{demo.branch.id}/move"
    body = {"parent_id": str(demo.county.id), "reason": "调整隶属"}
    await done(log, lambda: client.post(path, json=body, headers={"if-match": '"1"'}))
    await done(log, lambda: demo.client("clerk").post("/demo/clock", json={"days": 1}))


async def test_no_row_of_a_workbook_by_a_job(server: Addresses, tmp_path: Path) -> None:
    """A job tries, gives up, and says so in the import; not one of its rows is there."""
    async with installation(server, tmp_path) as made:
        owner = urlunsplit(urlsplit(server.owner)._replace(path=urlsplit(made.dsn).path))
        organizations = workbook(BRANCH, ORGANIZATION_TITLES)
        assert (await made.upload("o.xlsx", "organization", organizations, dry_run=False)).status_code == 201
        people = workbook((human(number, BRANCH[-1]["组织名称"]) for number in range(2500)), MEMBER_TITLES)
        begun = await made.upload("m.xlsx", "member", people, dry_run=False)
        assert (begun.status_code, begun.json()["state"]) == (202, "committing")
        connection = await connect(owner)
        await connection.execute(_GUARD)
        log = Log(connection, tmp_path)
        await log.refuse()
        before = await log.stored()
        task = {"import_id": begun.json()["id"], "deed": "commit", "account_id": str(made.admin.id)}
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="no event today"):
            await asyncio.to_thread(perform, made.settings, made.dsn, task)
        after = await log.stored()
        assert {name for name in after if after[name] != before[name]} <= {"ledger_import"}, "its progress alone"
        await log.allow()
        await asyncio.to_thread(perform, made.settings, made.dsn, task)
        assert await connection.fetchval("SELECT count(*) FROM member") == 2500
        await connection.close()
