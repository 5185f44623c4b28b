"""The Python client against the API, and against a network that fails."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from guanbiao_client import AsyncClient, Client, OwnKey, Refusal, Signer, WebhookVerificationError, read_message
from guanbiao_client.calls import feedback, member, organization, rectification, snapshot
from tests.api.clients import SCOPES, Partner, key_pair
from tests.api.rectifications import new_rectification
from tests.api.test_client_token import AUDIENCE
from tests.factories import County

VECTORS = json.loads((Path(__file__).parents[2] / "openapi" / "signature-vectors.json").read_bytes())


async def connected(county: County, *scopes: str, **settings: Any) -> AsyncClient:
    partner = await Partner.start(county, list(scopes or SCOPES))
    transport = httpx.ASGITransport(county.app, raise_app_exceptions=False)
    return AsyncClient(
        "http://test",
        partner.body["client_id"],
        partner.secret,
        scopes or SCOPES,
        language="en",
        transport=transport,
        **settings,
    )


async def test_a_key_of_its_own_signs_a_client_in_as_often_as_it_asks(county: County) -> None:
    partner = await Partner.start(county)
    private, public = key_pair()
    await partner.confirm(await partner.add_key(public))
    transport = httpx.ASGITransport(county.app, raise_app_exceptions=False)
    for key, opens in ((private, True), (private, True), (key_pair()[0], False)):
        own = OwnKey(key, audience=AUDIENCE)
        assert "PRIVATE" not in repr(own)
        async with AsyncClient("http://test", partner.body["client_id"], own, SCOPES, transport=transport) as client:
            if opens:
                assert (await client(rectification.list_()))["items"] == []
                continue
            with pytest.raises(Refusal) as caught:
                await client(rectification.list_())
            assert (caught.value.status, caught.value.code) == (401, "invalid_client")


async def test_each_gives_the_items_of_all_pages(county: County) -> None:
    clerk = county.client("supervisor")
    for number in range(5):
        made = await clerk.post("/rectifications", json=new_rectification(county, problem=f"第{number}处路面破损"))
        assert made.status_code == 201, made.text
    async with await connected(county) as client:
        rows = [row async for row in client.each(rectification.list_(limit=2))]
    assert sorted(row["problem"] for row in rows) == [f"第{number}处路面破损" for number in range(5)]


async def test_a_refusal_has_its_code_and_its_fields(county: County) -> None:
    async with await connected(county) as client:
        with pytest.raises(Refusal) as caught:
            await client(rectification.put_by_source(system="grid", id="A-1", body={"problem": ""}))
        with pytest.raises(Refusal) as hidden:
            await client(member.list_())
    assert (caught.value.status, caught.value.code) == (422, "invalid")
    assert "/problem" in {one.pointer for one in caught.value.problems}
    assert (hidden.value.status, hidden.value.code) == (403, "permission_missing")


async def test_a_call_that_is_sent_twice_is_done_once(county: County) -> None:
    body: Any = {"resources": ["rectifications"]}
    async with await connected(county) as client:
        call = snapshot.order(body=body)
        first, second = await client(call), await client(call)
    assert first["id"] == second["id"]


async def test_a_name_in_a_header_finds_whom_it_names(county: County) -> None:
    async with await connected(county, "organization:read", "member:read") as client:
        found = await client(member.list_(search_name="查无此人"))
    assert found["items"] == []


async def test_a_token_that_was_taken_is_asked_for_anew(county: County) -> None:
    async with await connected(county) as client:
        await client(organization.list_())
        client.http.auth._token = "over"  # type: ignore[union-attr]
        assert (await client(organization.list_()))["items"] != []


@pytest.mark.parametrize("vector", [v for v in VECTORS["requests"] if v["algorithm"] == "hmac-sha256"])
def test_signatures_are_those_of_the_vectors(vector: dict[str, str]) -> None:
    signer = Signer.by_hmac("app", "key", bytes.fromhex(VECTORS["keys"]["hmac-sha256"]))
    url = f"http://test{vector['path']}" + (f"?{vector['query']}" if vector["query"] else "")
    request = httpx.Request(vector["method"], url, content=vector["body"].encode())
    signer.sign(request, timestamp=vector["timestamp"], nonce=vector["nonce"])
    assert (request.headers["x-body-digest"], request.headers["x-signature"]) == (vector["digest"], vector["signature"])


async def test_signed_requests_are_let_in(county: County) -> None:
    partner = await Partner.start(county)
    made = await partner.done(
        await partner.keeper.post(f"{partner.path}/secrets", json={"use": "hmac-sha256"}, headers=partner.match)
    )
    told = made.json()
    body = {"secret_id": told["id"], "reason": "对接方已当面核对"}
    await partner.done(
        await partner.giver.post(f"{partner.path}/secrets/confirmation", json=body, headers=partner.match)
    )
    signer = Signer.by_hmac(partner.body["client_id"], told["id"], bytes.fromhex(told["client_secret"]))
    transport = httpx.ASGITransport(county.app, raise_app_exceptions=False)
    given = ("http://test", partner.body["client_id"], partner.secret, SCOPES)
    async with AsyncClient(*given, transport=transport) as unsigned:
        with pytest.raises(Refusal) as refused:
            await unsigned(organization.list_())
    assert refused.value.status == 401
    async with AsyncClient(*given, transport=transport, signer=signer) as signed:
        assert (await signed(organization.list_()))["items"] != []


class Network(httpx.BaseTransport):
    """A network that answers as it is told, and keeps what it was asked."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers, self.asked = list(answers), list[httpx.Request]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        codes = {409: "idempotency_key_in_use"}
        return httpx.Response(answer, json={"items": [], "code": codes.get(answer, "unavailable")})


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guanbiao_client.retry._FIRST_SECONDS", 0.0)


LOST = httpx.ReadError("the line broke")


@pytest.mark.parametrize(
    ("call", "answers", "asked"),
    [
        (organization.list_(), [503, 502, LOST, 200], 4),
        (feedback.put_by_source(system="s", id="1", body={"content": "路灯不亮"}), [LOST, 200], 2),
        (rectification.register(body={"problem": "路灯不亮"}), [LOST, 409, 200], 3),  # type: ignore[arg-type, typeddict-item]
    ],
    ids=["list", "put", "post-with-key"],
)
def test_what_is_done_once_anyway_is_sent_again(call: Any, answers: list[Any], asked: int) -> None:
    network = Network(*answers)
    with Client("http://test", transport=network) as client:
        client(call)
    assert len(network.asked) == asked
    assert len({request.headers.get("idempotency-key") for request in network.asked}) == 1


def test_what_might_be_done_twice_is_sent_once() -> None:
    network = Network(LOST)
    call = rectification.change(id="5f0e6a5c-6b1b-5c0e-9a55-5f9d8c4c7a10", version=3, body={"remark": "已更正"})
    with Client("http://test", transport=network) as client, pytest.raises(httpx.ReadError):
        client(call)
    assert [request.headers["if-match"] for request in network.asked] == ['"3"']


def test_it_gives_up_after_its_tries_with_the_last_refusal() -> None:
    network = Network(*[503] * 3)
    with Client("http://test", transport=network, tries=3) as client, pytest.raises(Refusal) as refused:
        client(organization.list_())
    assert (refused.value.status, len(network.asked)) == (503, 3)


def test_a_message_is_read_with_either_of_two_secrets_and_no_other() -> None:
    old, new = "whsec_" + "b2xkIHNlY3JldCBvbGQgc2VjcmV0", "whsec_" + "bmV3IHNlY3JldCBuZXcgc2VjcmV0"
    body = json.dumps({"type": "rectification.acted", "timestamp": "2026-11-30T02:15:07Z", "data": {}})
    now = datetime.now(UTC)
    headers = {
        "Webhook-Id": "m1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": Webhook(old).sign("m1", now, body),
    }
    key, message = read_message(body, headers, new, old)
    assert (key, message["type"]) == ("m1", "rectification.acted")
    with pytest.raises(WebhookVerificationError):
        read_message(body + " ", headers, new, old)
    with pytest.raises(WebhookVerificationError):
        read_message(body, headers, new)
