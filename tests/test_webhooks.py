"""Webhooks as a worker tells them: in order, none left out, again after failures, and never where they must not go."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.app import create_app
from backend.db.base import utc_now
from backend.db.roles import Addresses
from backend.domain.access import Moment
from backend.domain.calendar import day_of, start_of
from backend.domain.event import record
from backend.domain.webhook.redelivery import forget_delivered
from backend.domain.webhook.rule import DEAD_AFTER, KEPT, LEASE, TRIES
from backend.settings import Settings
from backend.webhooks import sending
from backend.webhooks.following import follow
from backend.webhooks.running import run_webhooks
from tests.api.feedbacks import Case, about
from tests.api.mirrors import new_member, transfer
from tests.api.webhooks import LOOPBACK, RULES, SCOPES, Hook, Receiver, receiving
from tests.factories import County, make_county
from tests.rosters import fresh_database

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
async def hooked(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    """An installation of its own: what a worker here sends is no other test's."""
    dsn = (await fresh_database(server)).application
    made = create_app(Settings(data=tmp_path_factory.mktemp("hooked"), worker=False, **LOOPBACK), dsn=dsn)
    async with made.router.lifespan_context(made):
        made.state.dsn = dsn
        yield made


@pytest.fixture
async def here(hooked: Any) -> AsyncIterator[County]:
    made = await make_county(hooked)
    yield made
    await made.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def change(county: County, member: dict[str, Any], remark: str) -> None:
    clerk = county.client("clerk")
    fresh = (await clerk.get(f"/members/{member['id']}")).json()
    headers = {"if-match": f'"{fresh["version"]}"'}
    answer = await clerk.patch(f"/members/{member['id']}", json={"remark": remark}, headers=headers)
    assert answer.is_success, answer.text


def told(hook: Hook, receiver: Receiver) -> list[tuple[str, str]]:
    """Types and records, in the order in which they came, each with a signature that holds."""
    said = [hook.verified(each) for each in receiver.got]
    return [(each["type"], each["data"]["id"]) for each in said]


async def test_what_happens_is_told_in_order_signed_and_as_the_log_has_it(here: County, receiver: Receiver) -> None:
    await new_member(here, here.branch)
    hook = await Hook.start(here, receiver.url, "members")
    assert await hook.round() == 0, "it begins when it is confirmed"
    first, second = await new_member(here, here.branch), await new_member(here, here.other_branch)
    await change(here, first, "常驻外地")
    while await hook.round():
        pass
    assert [each for each in told(hook, receiver) if each[1] == first["id"]] == [
        ("member.registered", first["id"]),
        ("member.changed", first["id"]),
    ]
    assert ("member.registered", second["id"]) in told(hook, receiver)
    async with here.app.state.database.reader() as reader:
        for got in receiver.got:
            change_id = hook.verified(got)["data"]["change_id"]
            assert (await reader.execute(sa.text("SELECT 1 FROM event WHERE id = :id"), {"id": change_id})).first()
    headers = receiver.got[0].headers
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-type"] == "application/json"


async def test_a_failing_message_holds_back_later_ones_about_its_record_alone(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    stuck, free = await new_member(here, here.branch), await new_member(here, here.branch)
    receiver.answer = lambda got: 503 if stuck["id"] in got.body.decode() else 200
    await hook.round()
    await change(here, stuck, "一")
    await change(here, free, "二")
    await hook.round()
    await hook.round()
    assert [each for each in told(hook, receiver) if each[1] == free["id"]] == [
        ("member.registered", free["id"]),
        ("member.changed", free["id"]),
    ]
    assert [each for each in told(hook, receiver) if each[1] == stuck["id"]] == [("member.registered", stuck["id"])]
    receiver.answer = lambda _: 200
    assert await hook.send() == 0, "its time has not come"
    hook.clock.ahead = timedelta(minutes=2)
    assert await hook.send() == 2
    about_it = [each for each in told(hook, receiver) if each[1] == stuck["id"]]
    assert about_it[1:] == [("member.registered", stuck["id"]), ("member.changed", stuck["id"])]
    assert len(set(receiver.ids(stuck["id"]))) == 2, "one id however often it is sent"


async def test_twelve_tries_and_then_a_dead_letter_with_a_notice(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    member = await new_member(here, here.branch)
    receiver.answer = lambda _: 500
    await hook.round()
    pauses = []
    for _ in range(TRIES - 1):
        assert len(await hook.deliveries(state="waiting")) == 1
        before = hook.clock()
        hook.clock.ahead += timedelta(minutes=1)
        while await hook.send() == 0:
            hook.clock.ahead *= 1.05
        pauses.append(hook.clock() - before)
    assert len(receiver.got) == TRIES
    assert len(set(receiver.ids())) == 1
    assert pauses[-1] > timedelta(hours=20)
    (dead,) = await hook.deliveries(state="dead")
    assert (dead["record_id"], dead["failures"], dead["next_at"]) == (member["id"], TRIES, None)
    hook.clock.ahead += timedelta(days=3)
    assert await hook.send() == 0
    notices = (await hook.partner.keeper.get("/me/notices")).json()["items"]
    (notice,) = [each for day in notices for each in day["notices"] if each["subject_kind"] == "client"]
    assert notice["subject_id"] == hook.partner.body["id"]
    assert "未能送达" in notice["title"]
    assert (await hook.get())["dead"] == 1
    # A later message about the record is not held back by one that was given up, and by hand it comes again.
    receiver.answer = lambda _: 204
    hook.clock.ahead = timedelta()
    again = await hook.partner.keeper.post(f"{hook.path}/redelivery", json={"delivery_id": dead["id"]})
    assert again.json() == {"count": 1}
    assert await hook.send() == 1
    assert receiver.ids()[-1] == dead["id"]
    assert (await hook.get())["state"] == "active"


async def test_410_pauses_and_what_happened_meanwhile_is_told_after_the_pause(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    first = await new_member(here, here.branch)
    receiver.answer = lambda _: 410
    await hook.round()
    shown = await hook.get()
    assert shown["state"] == "paused"
    assert "410" in shown["reason"]
    notices = (await hook.partner.keeper.get("/me/notices")).json()["items"]
    assert any("停止使用" in each["title"] for day in notices for each in day["notices"])
    assert shown["behind_since"] is None
    second = await new_member(here, here.branch)
    hook.clock.ahead = timedelta(minutes=3)
    assert await hook.round() == 0
    assert (await hook.get())["behind_since"] is not None, "what happens meanwhile is no message yet, but it waits"
    receiver.answer = lambda _: 204
    await hook.done("POST", "/resumption", {"reason": "对方已修复"})
    assert await hook.round() == 2
    assert (await hook.get())["behind_since"] is None
    assert {each[1] for each in told(hook, receiver)[1:]} == {first["id"], second["id"]}


async def test_a_target_that_is_dead_for_days_is_paused_with_a_notice(here: County) -> None:
    async with receiving() as gone:
        pass
    hook = await Hook.start(here, gone.url, "members")
    await new_member(here, here.branch)
    await hook.round()
    assert (await hook.get())["last_failure"] == "unreachable"
    hook.clock.ahead = DEAD_AFTER + timedelta(minutes=1)
    await new_member(here, here.branch)
    await hook.round()
    shown = await hook.get()
    assert shown["state"] == "paused"
    notices = (await hook.partner.keeper.get("/me/notices")).json()["items"]
    assert any(str(DEAD_AFTER.days) in each["title"] for day in notices for each in day["notices"])


async def test_a_slow_a_redirecting_and_a_babbling_target_are_failures_and_delay_no_other(
    here: County, receiver: Receiver
) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    hook.sender = replace(hook.sender, seconds=0.5)
    await new_member(here, here.branch)
    receiver.hold = asyncio.Event()
    await hook.round()
    assert (await hook.get())["last_failure"] == "timed_out"
    receiver.hold.set()
    async with receiving() as elsewhere:
        for raw, failure in (
            (f"HTTP/1.1 302 Found\r\nlocation: {elsewhere.url}\r\ncontent-length: 0\r\n\r\n".encode(), "redirected"),
            (b"HTTP/1.1 500 No\r\n\r\n" + b"x" * 2_000_000, "answered"),
            (b"SSH-2.0-OpenSSH_9\r\n", "unreachable"),
            (b"", "unreachable"),
        ):
            receiver.raw = raw
            hook.clock.ahead += timedelta(hours=2)
            assert await hook.send() == 1
            assert (await hook.get())["last_failure"] == failure
        assert elsewhere.got == [], "no redirect is followed"
    receiver.raw = None
    hook.clock.ahead += timedelta(hours=2)
    await hook.send()
    assert (await hook.get())["last_failure_at"] is not None
    assert (await hook.get())["state"] == "active"


async def test_a_name_that_leads_inside_when_it_is_sent_is_not_followed(here: County, receiver: Receiver) -> None:
    """What was a public name when it was set may lead elsewhere later: every look-up is judged, and what was judged is
    what is connected to."""
    hook = await Hook.start(here, f"http://hooks.example.gov.cn:{receiver.port}/hook", "members")
    answers: list[list[str]] = [["10.0.0.7"], ["::1"], ["169.254.169.254", "fd00::1"], [], ["10.0.0.7", "127.0.0.1"]]
    asked: list[str] = []

    async def look_up(host: str, _: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    hook.sender = replace(hook.sender, look_up=look_up, rules=RULES)
    await new_member(here, here.branch)
    await hook.round()
    for _ in range(3):
        assert (await hook.get())["last_failure"] == "refused"
        assert receiver.got == []
        hook.clock.ahead += timedelta(hours=2)
        await hook.send()
    assert receiver.got == []
    hook.clock.ahead += timedelta(hours=2)
    await hook.send()
    assert asked == ["hooks.example.gov.cn"] * 5
    (got,) = receiver.got
    assert got.headers["host"] == f"hooks.example.gov.cn:{receiver.port}"


async def test_proxies_of_the_environment_are_not_asked(
    here: County, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    hook = await Hook.start(here, receiver.url, "members")
    await new_member(here, here.branch)
    assert await hook.round() == 1
    assert len(receiver.got) == 1


async def test_only_what_the_client_reaches_and_may_read_is_told(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members", "organizations", reach_id=str(here.branch.id))
    here_made, there_made = await new_member(here, here.branch), await new_member(here, here.other_branch)
    await transfer(here, here_made, here.other_branch)
    while await hook.round():
        pass
    assert told(hook, receiver) == [("member.removed", here_made["id"])], "of what is gone no more is told"
    assert there_made["id"] not in str([each.body for each in receiver.got])
    await hook.partner.give(["organization:read"])
    await new_member(here, here.branch)
    while await hook.round():
        pass
    assert [each[0] for each in told(hook, receiver)[1:]] == ["client.reach_changed"]


async def test_only_the_types_that_were_asked_for_are_told(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members", types=["member.transferred"])
    member = await new_member(here, here.branch)
    await transfer(here, member, here.other_branch)
    await hook.round()
    assert told(hook, receiver) == [("member.transferred", member["id"])]


async def test_what_was_taken_out_of_sight_meanwhile_is_not_sent(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members", reach_id=str(here.branch.id))
    member = await new_member(here, here.branch)
    await hook.follow()
    await transfer(here, member, here.other_branch)
    assert await hook.send() == 0
    (void,) = await hook.deliveries(state="void")
    assert void["type"] == "member.registered"
    await hook.round()
    assert told(hook, receiver) == [("member.removed", member["id"])]


async def test_a_suspended_client_is_sent_nothing_and_catches_up(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    waited = await new_member(here, here.branch)
    await hook.follow()
    partner = hook.partner
    body = {"reason": "对接暂停"}
    await partner.done(await partner.keeper.post(f"{partner.path}/suspension", json=body, headers=partner.match))
    missed = await new_member(here, here.branch)
    assert await hook.round() == 0
    assert (await hook.get())["state"] == "client_over"
    await partner.done(await partner.keeper.post(f"{partner.path}/resumption", json=body, headers=partner.match))
    assert await hook.round() == 0, "its scopes are given anew first"
    await partner.give(SCOPES)
    while await hook.round():
        pass
    assert {each[1] for each in told(hook, receiver) if each[0] == "member.registered"} == {waited["id"], missed["id"]}


async def test_what_senders_do_comes_when_the_day_is_over_and_tells_no_time(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "feedback-cards")
    cases = [await Case.sent(here) for _ in range(3)]
    await hook.round()
    assert receiver.got == []
    hook.clock.ahead = timedelta(days=1)
    async with here.app.state.database.transaction() as session:
        await follow(session, UUID(hook.id), Moment(utc_now() + timedelta(days=1)))
    hook.clock.ahead = timedelta()
    await hook.send()
    said = [json.loads(each.body) for each in receiver.got]
    assert {each["data"]["id"] for each in said} == {case.id for case in cases}
    assert {each["type"] for each in said} == {"feedback.changed"}
    (time,) = {each["timestamp"] for each in said}
    assert time.endswith("T16:00:00.000Z"), "the end of the day in Shanghai"
    async with here.app.state.database.reader() as reader:
        for each in said:
            found = await reader.execute(sa.text("SELECT 1 FROM event WHERE id = :change_id"), each["data"])
            assert found.first() is None, "the event's own id has a place in time"


async def test_what_is_committed_just_after_its_day_is_over_is_told(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "feedback-cards")
    midnight = start_of(day_of(utc_now()) + timedelta(days=1))

    async def followed(at: datetime) -> None:
        async with here.app.state.database.transaction() as session:
            await follow(session, UUID(hook.id), Moment(at))

    await followed(midnight + timedelta(seconds=1))
    late = await Case.sent(here)
    await followed(midnight + timedelta(hours=1))
    await hook.send()
    assert [each[1] for each in told(hook, receiver)] == [late.id]


async def test_nobody_is_told_that_a_card_is_about_them(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "feedback-cards", organization_id=str(here.township.id))
    case = await Case.sent(here, wish="complaint", about=about(here.village))
    await case.triage()
    mine = (await Case.sent(here, wish="complaint", about=about(here.township))).receipt["number"]
    async with here.app.state.database.reader() as reader:
        key = (await reader.execute(sa.text("SELECT id FROM feedback_card WHERE number = :of"), {"of": mine})).scalar()
    while await hook.round():
        pass
    assert {each[1] for each in told(hook, receiver)} <= {case.id}
    assert str(key) not in str([each.body for each in receiver.got])


async def test_nothing_is_left_out_behind_an_older_transaction(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    member = await new_member(here, here.branch)
    await hook.round()
    async with here.app.state.database.transaction() as slow:
        record(
            slow,
            here.actor("clerk"),
            Moment(utc_now()),
            "member.changed",
            county_id=here.county.id,
            organization_id=here.branch.id,
            subject_id=UUID(member["id"]),
        )
        await slow.flush()
        quick = await new_member(here, here.branch)
        assert await hook.round() == 0
    while await hook.round():
        pass
    assert told(hook, receiver)[1:] == [("member.changed", member["id"]), ("member.registered", quick["id"])]


async def test_two_workers_at_once_send_everything_once_and_in_order(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    members = [await new_member(here, here.branch) for _ in range(6)]
    for number in range(3):
        for member in members:
            await change(here, member, f"第{number}次")
    await asyncio.gather(hook.follow(), hook.follow())
    while sum(await asyncio.gather(hook.send(), hook.send())):
        pass
    assert len(receiver.ids()) == len(set(receiver.ids())) == 24
    async with here.app.state.database.reader() as reader:
        question = "SELECT id FROM webhook_delivery WHERE webhook_id = :id AND record_id = :record ORDER BY place"
        for member in members:
            rows = await reader.execute(sa.text(question), {"id": hook.id, "record": member["id"]})
            assert receiver.ids(member["id"]) == [str(key) for key in rows.scalars()]


async def test_a_lease_that_ran_out_is_taken_over_and_its_late_outcome_is_nobody_s(
    here: County, receiver: Receiver
) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    await new_member(here, here.branch)
    await hook.follow()
    taken = await sending.take(hook.sender, UUID(hook.id))
    assert taken is not None
    assert await hook.send() == 0, "another worker has it"
    hook.clock.ahead = LEASE + timedelta(seconds=1)
    assert await hook.send() == 1
    ((delivery, _),) = taken.messages
    async with here.app.state.database.transaction() as session:
        late = sending.Outcome(500, "answered")
        await sending.settle_failed(hook.sender, session, delivery, taken.lease, late)
    (shown,) = await hook.deliveries()
    assert (shown["state"], shown["failures"]) == ("delivered", 0)


async def test_messages_that_are_over_for_long_are_forgotten(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    await new_member(here, here.branch)
    await hook.round()
    await new_member(here, here.branch)
    await hook.follow()
    async with here.app.state.database.transaction() as session:
        old = sa.text("UPDATE webhook_delivery SET created_at = :at WHERE webhook_id = :id")
        await session.execute(old, {"at": utc_now() - KEPT - timedelta(days=1), "id": hook.id})
        assert await forget_delivered(session, Moment(utc_now())) == 1
    assert [each["state"] for each in await hook.deliveries()] == ["waiting"]


WORKER = """
import asyncio, json, sys
from backend.settings import Settings
from backend.webhooks.running import run_webhooks
told = json.loads(sys.stdin.readline())
settings = Settings(data=told["data"], webhook_networks="127.0.0.0/8", webhook_http=True)
asyncio.run(run_webhooks(settings, told["dsn"], asyncio.Event()))
"""


@asynccontextmanager
async def worker_apart(app: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker's webhooks in a process of their own, which is ended here at the latest."""
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps({"data": str(app.state.settings.data), "dsn": app.state.dsn}).encode() + b"\n")
        await worker.stdin.drain()
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.wait()


async def test_a_worker_that_is_killed_in_mid_delivery_loses_nothing(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    members = [(await new_member(here, here.branch))["id"] for _ in range(5)]
    receiver.hold = asyncio.Event()
    async with worker_apart(here.app) as worker:
        # All five have arrived, and none is answered.
        await receiver.wait_for(5)
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    receiver.hold.set()
    receiver.hold = None
    assert {each["state"] for each in await hook.deliveries()} == {"waiting"}
    assert await hook.send() == 0, "until its lease runs out nobody knows that the worker is gone"
    hook.clock.ahead = LEASE + timedelta(seconds=1)
    assert await hook.send() == 5
    assert {each["state"] for each in await hook.deliveries()} == {"delivered"}
    for member in members:
        assert len(receiver.ids(member)) == 2
        assert len(set(receiver.ids(member))) == 1, "known to the receiver by its id"


async def test_a_worker_tells_by_itself_and_ends_when_it_is_told(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    stop = asyncio.Event()
    settings = Settings(data=here.app.state.settings.data, **LOOPBACK)
    task = asyncio.create_task(run_webhooks(settings, here.app.state.dsn, stop))
    member = await new_member(here, here.branch)
    await receiver.wait_for(1)
    stop.set()
    await asyncio.wait_for(task, 30)
    assert told(hook, receiver) == [("member.registered", member["id"])]
    assert [each["state"] for each in await hook.deliveries()] == ["delivered"]
