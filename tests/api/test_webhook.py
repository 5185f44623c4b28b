"""Webhooks as people keep them: who sets one up, who confirms it, what is refused, and what is shown of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from backend.app import create_app
from backend.domain.webhook.keeping import MOST
from backend.settings import Settings
from tests.api.clients import Partner, code
from tests.api.mirrors import new_member, transfer
from tests.api.webhooks import LOOPBACK, SCOPES, Hook, Receiver, receiving
from tests.factories import County, make_county

URL = "https://hooks.example.gov.cn/guanbiao"
WHY = {"reason": "对接方系统升级"}


@pytest.fixture(scope="module")
async def hooked(dsn: str, data: Path) -> AsyncIterator[Any]:
    """The application of a county whose partners may be on this machine."""
    made = create_app(Settings(data=data, worker=False, **LOOPBACK), dsn=dsn)
    async with made.router.lifespan_context(made):
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


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county, scopes=SCOPES)


async def test_register_201_tells_the_secret_once_and_sends_nothing_before_another_confirms(partner: Partner) -> None:
    body = {"client_id": partner.body["id"], "url": URL, "resources": ["members"]}
    made = await partner.keeper.post("/webhooks", json=body)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    secret, path = made.json()["secret"], f"/webhooks/{made.json()['id']}"
    assert secret.startswith("whsec_")
    shown = await partner.keeper.get(path)
    assert shown.json()["state"] == "unconfirmed"
    events = await partner.keeper.get(f"{path}/events")
    assert secret not in shown.text + events.text
    async with partner.county.app.state.database.reader() as reader:
        rows = await reader.execute(sa.text("SELECT secret FROM webhook_secret"))
        assert all(secret.encode() not in row.secret for row in rows)
    answer = {"url": URL, "reason": "已与对接方核对"}
    version = {"if-match": '"1"'}
    assert (await partner.keeper.post(f"{path}/confirmation", json=answer, headers=version)).status_code == 403
    differs = await partner.giver.post(f"{path}/confirmation", json=answer | {"url": URL + "/x"}, headers=version)
    assert (differs.status_code, differs.json()["errors"][0]["code"]) == (422, "webhook_url_differs")
    confirmed = await partner.giver.post(f"{path}/confirmation", json=answer, headers=version)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "active")
    again = await partner.giver.post(f"{path}/confirmation", json=answer, headers={"if-match": '"2"'})
    assert (again.status_code, code(again)) == (409, "webhook_confirmed")


async def test_confirm_200_and_change_200_to_another_address_asks_for_it_anew(partner: Partner) -> None:
    hook = await Hook.set_up(partner, URL, "members")
    await hook.confirm(URL)
    wider = await hook.done("PATCH", "", {"resources": ["members", "decisions"]})
    assert (wider["state"], wider["resources"]) == ("active", ["decisions", "members"])
    moved = await hook.done("PATCH", "", {"url": URL + "/new"})
    assert (moved["state"], moved["confirmed_at"]) == ("unconfirmed", None)
    told = (await partner.keeper.get(f"{hook.path}/events")).json()["items"]
    assert told[0]["data"]["url"] == {"old": URL, "new": URL + "/new"}
    assert [each["kind"] for each in told] == [
        "webhook.changed",
        "webhook.changed",
        "webhook.confirmed",
        "webhook.registered",
    ]


async def test_pause_200_resume_200_and_close_200_with_their_reasons(partner: Partner) -> None:
    hook = await Hook.set_up(partner, URL, "members")
    paused = await hook.done("POST", "/pause", WHY)
    assert (paused["state"], paused["reason"]) == ("paused", WHY["reason"])
    again = await hook.asked("POST", "/pause", WHY)
    assert (again.status_code, code(again)) == (409, "webhook_paused")
    resumed = await hook.done("POST", "/resumption", WHY)
    assert (resumed["state"], resumed["reason"]) == ("unconfirmed", None)
    again = await hook.asked("POST", "/resumption", WHY)
    assert (again.status_code, code(again)) == (409, "webhook_not_paused")
    closed = await hook.done("POST", "/closing", WHY)
    assert (closed["state"], closed["reason"]) == ("closed", WHY["reason"])
    for method, path, body in (
        ("PATCH", "", {"resources": ["members"]}),
        ("POST", "/pause", WHY),
        ("POST", "/closing", WHY),
        ("POST", "/secrets", WHY),
    ):
        over = await hook.asked(method, path, body)
        assert (over.status_code, code(over)) == (409, "webhook_closed"), path
    stale = await partner.keeper.post(f"{hook.path}/pause", json=WHY, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    assert (await partner.keeper.post(f"{hook.path}/pause", json=WHY)).status_code == 428


@pytest.mark.parametrize(
    ("changes", "pointer", "problem"),
    [
        ({"url": "http://hooks.example.gov.cn/"}, "/url", "webhook_url_without_tls"),
        ({"url": "https://10.0.0.1/hook"}, "/url", "webhook_url_refused"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "/url", "webhook_url_refused"),
        ({"url": "https://127.0.0.1/hook"}, "/url", "webhook_url_refused"),
        ({"url": "https://u:p@hooks.example.gov.cn/"}, "/url", "webhook_url_with_user"),
        ({"url": "https://hooks.example.gov.cn/?token=1"}, "/url", "webhook_url_with_query"),
        ({"url": "https://hooks.example.gov.cn:6379/"}, "/url", "webhook_url_port"),
        ({"resources": ["secrets"]}, "/resources/0", "webhook_resource_unknown"),
        ({"resources": []}, "/resources", "webhook_without_resource"),
        ({"types": ["account.created"]}, "/types/0", "webhook_type_unknown"),
        ({"types": ["feedback.received"]}, "/types/0", "webhook_type_unknown"),
    ],
)
async def test_register_422_at_the_field_that_is_wrong(
    partner: Partner, changes: dict[str, Any], pointer: str, problem: str
) -> None:
    body = {"client_id": partner.body["id"], "url": URL, "resources": ["members"]} | changes
    answer = await partner.keeper.post("/webhooks", json=body)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, problem)
    hook = await Hook.set_up(partner, URL, "members")
    changed = await hook.asked("PATCH", "", changes)
    assert changed.json()["errors"][0]["code"] == problem


async def test_register_409_when_a_client_has_enough_of_them(partner: Partner) -> None:
    for _ in range(MOST):
        await Hook.set_up(partner, URL, "members")
    body = {"client_id": partner.body["id"], "url": URL, "resources": ["members"]}
    answer = await partner.keeper.post("/webhooks", json=body)
    assert (answer.status_code, code(answer)) == (409, "webhooks_enough")


async def test_webhooks_404_for_keepers_of_another_county(partner: Partner, other_county: County) -> None:
    hook = await Hook.set_up(partner, URL, "members")
    stranger = other_county.client("system_admin")
    assert (await stranger.get(hook.path)).status_code == 404
    assert (await stranger.get(f"{hook.path}/deliveries")).status_code == 404
    assert hook.id not in (await stranger.get("/webhooks")).text
    body = {"client_id": partner.body["id"], "url": URL, "resources": ["members"]}
    assert (await stranger.post("/webhooks", json=body)).status_code == 404
    assert (await partner.county.client("clerk").get("/webhooks")).status_code == 403


async def test_secrets_201_two_sign_for_a_time_and_none_of_before_when_asked(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    old = hook.secret
    made = await hook.done("POST", "/secrets", {"overlap_hours": 24, "reason": "定期更换"})
    third = await hook.asked("POST", "/secrets", {"overlap_hours": 24, "reason": "定期更换"})
    assert (third.status_code, code(third)) == (409, "webhook_secrets_enough")
    await new_member(here, here.branch)
    assert await hook.round() == 1
    for secret in (old, made["secret"]):
        assert Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    newest = (await hook.done("POST", "/secrets", {"overlap_hours": 0, "reason": "密钥泄露"}))["secret"]
    assert len((await hook.get())["secrets"]) == 1
    await new_member(here, here.branch)
    assert await hook.round() == 1
    assert receiver.got[1].headers["webhook-signature"].count("v1,") == 1
    assert Webhook(newest).verify(receiver.got[1].body, receiver.got[1].headers)


async def test_types_200_and_list_200_of_one_client(partner: Partner) -> None:
    hook = await Hook.set_up(partner, URL, "members")
    other = await Hook.set_up(await Partner.start(partner.county), URL, "members")
    offered = (await partner.keeper.get("/webhooks/types")).json()["resources"]
    assert "member.transferred" in offered["members"]
    listed = (await partner.keeper.get("/webhooks", params={"client_id": partner.body["id"]})).json()["items"]
    assert [each["id"] for each in listed] == [hook.id]
    everything = (await partner.keeper.get("/webhooks")).json()["items"]
    assert {hook.id, other.id} <= {each["id"] for each in everything}


async def test_deliveries_200_by_state_page_by_page(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    members = [(await new_member(here, here.branch))["id"] for _ in range(5)]
    receiver.answer = lambda got: 500 if members[0] in got.body.decode() else 204
    await hook.round()
    assert {each["record_id"] for each in await hook.deliveries(state="delivered")} == set(members[1:])
    (waiting,) = await hook.deliveries(state="waiting")
    assert (waiting["record_id"], waiting["failures"], waiting["status"]) == (members[0], 1, 500)
    assert waiting["failure"] == "answered"
    first = (await here.client("system_admin").get(f"{hook.path}/deliveries", params={"limit": 2})).json()
    rest = (
        await here.client("system_admin").get(
            f"{hook.path}/deliveries", params={"limit": 10, "cursor": first["next_cursor"]}
        )
    ).json()
    assert [each["record_id"] for each in first["items"] + rest["items"]] == members[::-1]
    shown = await hook.get()
    assert (shown["state"], shown["waiting"], shown["dead"]) == ("failing", 1, 0)
    assert shown["last_success_at"] is not None
    assert (await here.client("system_admin").get(f"{hook.path}/deliveries", params={"state": "x"})).status_code == 422


async def test_redeliver_200_one_and_a_range_under_the_same_ids(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    began = datetime.now(UTC)
    for _ in range(3):
        await new_member(here, here.branch)
    await hook.round()
    before = receiver.ids()
    keeper = here.client("system_admin")
    one = await keeper.post(f"{hook.path}/redelivery", json={"delivery_id": before[1]})
    assert (one.status_code, one.json()) == (200, {"count": 1})
    assert await hook.send() == 1
    assert receiver.ids()[3:] == [before[1]]
    span = {"since": began.isoformat(), "until": (began + timedelta(minutes=5)).isoformat()}
    none = await keeper.post(f"{hook.path}/redeliveries", json=span | {"states": ["dead"]})
    assert none.json() == {"count": 0}
    some = await keeper.post(f"{hook.path}/redeliveries", json=span)
    assert some.json() == {"count": 3}
    assert await hook.send() == 3
    assert sorted(receiver.ids()[4:]) == sorted(before)
    reversed_ = await keeper.post(f"{hook.path}/redeliveries", json={"since": span["until"], "until": span["since"]})
    assert reversed_.json()["errors"][0]["code"] == "webhook_range_reversed"
    missing = await keeper.post(f"{hook.path}/redelivery", json={"delivery_id": str(uuid4())})
    assert missing.status_code == 404
    other = await Hook.start(here, receiver.url, "members")
    elsewhere = await keeper.post(f"{other.path}/redelivery", json={"delivery_id": before[0]})
    assert elsewhere.status_code == 404
    kinds = [each["kind"] for each in (await keeper.get(f"{hook.path}/events")).json()["items"]]
    assert kinds.count("webhook.redelivered") == 3


async def test_deliveries_200_hold_no_personal_data(here: County, receiver: Receiver) -> None:
    hook = await Hook.start(here, receiver.url, "members")
    member = await new_member(here, here.branch)
    await transfer(here, member, here.other_branch)
    await hook.round()
    await hook.send()
    told = [hook.verified(each) for each in receiver.got]
    assert [each["type"] for each in told] == ["member.registered", "member.transferred"]
    assert all(each["data"]["id"] == member["id"] and each["data"]["below"] is False for each in told)
    said = b"".join(each.body for each in receiver.got).decode()
    assert member["name"] not in said
    assert here.branch.name not in said
    keys = {"type", "timestamp", "data"}
    assert all(set(each) == keys and set(each["data"]) == {"resource", "id", "change_id", "below"} for each in told)
