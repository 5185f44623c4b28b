"""Requests of clients that have to sign them: let through once as they were signed, and not otherwise."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

import gmssl_pyx
import httpx
import pytest

from backend.domain.client.signature import ALGORITHMS, SignedRequest, canonical, sign_by_hmac
from tests.api.clients import Partner, code
from tests.factories import County

PROBLEM = {"problem": "公开栏财务信息超过一个季度未更新", "source": "supervision", "category": "openness"}


class Signer(httpx.Auth):
    """Signs what a client sends, as the integrator's page tells; `changes` are made after signing."""

    requires_request_body = True

    def __init__(self, client_id: str, key_id: str, algorithm: str, key: bytes, public: bytes = b"") -> None:
        self.client_id, self.key_id, self.algorithm = client_id, key_id, ALGORITHMS[algorithm]
        self.key, self.public = key, public
        self.said: dict[str, str] = {}
        self.changes: dict[str, str] = {}

    def auth_flow(self, request: httpx.Request) -> Any:
        hashed = self.algorithm.new_digest()
        hashed.update(request.content)
        said = {"timestamp": str(int(time.time())), "nonce": uuid4().hex} | self.said
        path, _, query = request.url.raw_path.decode().partition("?")
        text = canonical(
            SignedRequest(method=request.method, path=path, query=query, digest=hashed.hexdigest(), **said)
        )
        made = gmssl_pyx.sm2_sign(self.key, self.public, text) if self.public else sign_by_hmac(self.key, text)
        request.headers.update(
            {
                "x-app-id": self.client_id,
                "x-key-id": self.key_id,
                "x-timestamp": said["timestamp"],
                "x-nonce": said["nonce"],
                "x-body-digest": f"{self.algorithm.digest_name}={hashed.hexdigest()}",
                "x-signature": base64.b64encode(made).decode(),
            }
            | self.changes
        )
        yield request


async def signer(partner: Partner, algorithm: str, *, confirmed: bool = True) -> Signer:
    """A key for requests, made by one administrator and confirmed by another."""
    body: dict[str, Any] = {"use": algorithm}
    public = b""
    if algorithm == "sm2-sm3":
        public, private = gmssl_pyx.sm2_key_generate()
        body["public_key"] = public.hex()
    made = await partner.done(await partner.keeper.post(f"{partner.path}/secrets", json=body, headers=partner.match))
    told = made.json()
    assert (told["client_secret"] is None) is bool(public)
    if confirmed:
        word = {"secret_id": told["id"], "reason": "对接方已当面核对"}
        await partner.done(
            await partner.giver.post(f"{partner.path}/secrets/confirmation", json=word, headers=partner.match)
        )
    key = private if public else bytes.fromhex(told["client_secret"])
    return Signer(partner.body["client_id"], told["id"], algorithm, key, public)


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county)


@pytest.fixture(params=["hmac-sha256", "sm2-sm3"])
async def signing(request: pytest.FixtureRequest, partner: Partner) -> httpx.AsyncClient:
    """A client that signs by either algorithm."""
    client = await partner.signed_in()
    client.auth = await signer(partner, request.param)
    return client


async def test_requests_200_when_signed_with_query_and_body(signing: httpx.AsyncClient, county: County) -> None:
    listed = await signing.get("/rectifications", params=[("limit", "2"), ("q", "公开")])
    assert listed.status_code == 200, listed.text
    body = {"organization_id": str(county.township.id), "source": {"kind": "self_check"}}
    refused = await signing.post("/rectifications", json=body)
    # The body was read whole and judged: the signature was no obstacle.
    assert refused.status_code == 422, refused.text
    changed = await signing.get("/changes", params={"resource": "rectifications", "wait": 1})
    assert changed.status_code == 200, changed.text


async def test_requests_401_unsigned_once_a_key_is_confirmed(partner: Partner) -> None:
    client = await partner.signed_in()
    await signer(partner, "hmac-sha256", confirmed=False)
    assert (await client.get("/rectifications")).status_code == 200
    await signer(partner, "hmac-sha256")
    refused = await client.get("/rectifications")
    assert (refused.status_code, code(refused)) == (401, "signature_missing")
    told = await partner.keeper.get(f"{partner.path}/events")
    assert [event["kind"] for event in told.json()["items"]].count("client.signature_refused") == 1


@pytest.mark.parametrize(
    ("header", "value", "refusal"),
    [
        ("x-signature", base64.b64encode(b"1" * 32).decode(), "signature_wrong"),
        ("x-signature", "not base64!", "signature_wrong"),
        ("x-nonce", "0f3c1e9a52d84b067f3c1e9a52d84b06", "signature_wrong"),
        ("x-nonce", "short", "nonce_malformed"),
        ("x-timestamp", "2026-11-30T08:00:00", "signature_untimely"),
        ("x-key-id", "018f3c1e-0000-7000-8000-000000000001", "signing_key_unknown"),
        ("x-key-id", "first", "signing_key_unknown"),
        ("x-app-id", "county-platform", "signing_key_unknown"),
        ("x-body-digest", "md5=00", "digest_malformed"),
    ],
)
async def test_request_401_when_what_was_signed_is_changed(
    signing: httpx.AsyncClient, header: str, value: str, refusal: str
) -> None:
    assert isinstance(signing.auth, Signer)
    signing.auth.changes = {header: value}
    refused = await signing.get("/rectifications")
    assert (refused.status_code, code(refused)) == (401, refusal)


@pytest.mark.parametrize("minutes", [6, -6])
async def test_request_401_outside_five_minutes(signing: httpx.AsyncClient, minutes: int) -> None:
    assert isinstance(signing.auth, Signer)
    signing.auth.said = {"timestamp": str(int(time.time()) + 60 * minutes)}
    refused = await signing.get("/rectifications")
    assert (refused.status_code, code(refused)) == (401, "signature_untimely")


async def test_request_401_when_sent_again(signing: httpx.AsyncClient) -> None:
    first = await signing.get("/rectifications")
    again = await signing.get("/rectifications", headers=first.request.headers, auth=None)
    assert (first.status_code, again.status_code, code(again)) == (200, 401, "nonce_used")


async def test_request_401_with_another_body(signing: httpx.AsyncClient, county: County) -> None:
    first = await signing.post("/rectifications", json={"problem": "甲"})
    assert isinstance(signing.auth, Signer)
    changed = signing.build_request("POST", "/rectifications", json={"problem": "乙"})
    changed.headers.update({name: first.request.headers[name] for name in first.request.headers if name[:2] == "x-"})
    refused = await signing.send(changed, auth=None)
    assert (refused.status_code, code(refused)) == (401, "digest_wrong")


async def test_upload_401_with_another_file_and_201_as_signed(signing: httpx.AsyncClient, partner: Partner) -> None:
    """A form is read by whoever handles it, not by who checks the signature."""
    await partner.give([*partner.body["scopes"], "attachment:write"])
    assert isinstance(signing.auth, Signer)
    token = (await partner.ask("attachment:write organization:read")).json()["access_token"]
    signing.headers["authorization"] = f"Bearer {token}"
    file = {"file": ("记录.txt", "会议记录".encode(), "text/plain")}
    place = {"organization_id": partner.body["reach"]["id"]}
    taken = await signing.post("/attachments", data=place, files=file)
    assert taken.status_code == 201, taken.text
    signing.auth.changes = {"x-body-digest": f"{signing.auth.algorithm.digest_name}=00"}
    refused = await signing.post("/attachments", data=place, files=file)
    assert (refused.status_code, code(refused)) == (401, "digest_wrong")


async def test_end_of_the_last_key_takes_the_scopes(partner: Partner) -> None:
    """One administrator alone must not lift a demand that another one has confirmed."""
    made = await signer(partner, "hmac-sha256")
    word = {"secret_id": made.key_id, "reason": "对接方更换密钥"}
    await partner.done(await partner.keeper.post(f"{partner.path}/secrets/end", json=word, headers=partner.match))
    assert partner.body["scopes"] == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"use": "sm2-sm3"}, "sm2_key_unusable"),
        ({"use": "sm2-sm3", "public_key": "00" * 64}, "sm2_key_unusable"),
        ({"use": "hmac-sha256", "public_key": "00" * 64}, "key_not_wanted"),
    ],
)
async def test_key_422_at_the_field(partner: Partner, body: dict[str, Any], problem: str) -> None:
    answer = await partner.keeper.post(f"{partner.path}/secrets", json=body, headers=partner.match)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/public_key", problem)]


async def test_a_key_buys_no_token_and_is_never_told_again(partner: Partner) -> None:
    made = await signer(partner, "hmac-sha256")
    secret = made.key.hex()
    assert (await partner.ask(client_secret=secret)).status_code == 401
    told = [(await partner.keeper.get(path)).text for path in (partner.path, f"{partner.path}/events")]
    assert secret not in "".join(told)
    uses = [one["use"] for one in json.loads(told[0])["secrets"]]
    assert sorted(uses) == ["hmac-sha256", "sign_in"]
