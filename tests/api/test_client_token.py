"""How a partner's program gets a token: by secret, by HTTP Basic, by an assertion; and everything that gets none."""

import base64
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jose import jwt

from tests.api.clients import SCOPES, Partner, code, key_pair
from tests.factories import County

AUDIENCE = "http://127.0.0.1:8000/api/v1/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county)


async def test_token_200_for_what_was_asked_and_given(partner: Partner) -> None:
    answer = await partner.ask("rectification:read")
    body = answer.json()
    assert (answer.status_code, body["scope"], body["refresh_token"]) == (200, "rectification:read", None)
    assert answer.headers["cache-control"] == "no-store"
    client = await partner.signed_in("rectification:read")
    assert (await client.get("/rectifications")).status_code == 200
    refused = await client.get("/organizations")
    assert (refused.status_code, code(refused)) == (403, "permission_missing")


async def test_token_200_by_http_basic(partner: Partner) -> None:
    word = base64.b64encode(f"{partner.body['client_id']}:{partner.secret}".encode()).decode()
    answer = await partner.anybody.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "scope": "rectification:read"},
        headers={"authorization": f"Basic {word}"},
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("scope", ["", "  ", "member:read", "rectification:read member:read", "account:write"])
async def test_token_400_without_a_scope_or_with_one_that_was_not_given(partner: Partner, scope: str) -> None:
    answer = await partner.ask(scope)
    assert (answer.status_code, code(answer)) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "wrong"},
        {"client_secret": None},
        {"client_secret": ""},
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "a\x00b"},
        {"client_assertion_type": ASSERTION, "client_assertion": "a.b.c"},
    ],
)
async def test_token_401_for_a_client_that_does_not_prove_itself(partner: Partner, changes: dict[str, Any]) -> None:
    answer = await partner.ask(**changes)
    assert (answer.status_code, code(answer)) == (401, "invalid_client")


async def test_token_400_for_a_client_that_was_given_nothing(county: County) -> None:
    bare = await Partner.start(county, scopes=[])
    assert bare.body["state"] == "without_scope"
    assert code(await bare.ask("rectification:read")) == "invalid_scope"


def assertion(partner: Partner, private: str) -> dict[str, Any]:
    """What a client shows that proves itself by its own key."""
    name, now = partner.body["client_id"], int(time.time())
    claims = {"iss": name, "sub": name, "aud": AUDIENCE, "iat": now, "exp": now + 120, "jti": uuid4().hex}
    signed = jwt.encode(claims, private, algorithm="ES256")
    return {"client_secret": None, "client_assertion_type": ASSERTION, "client_assertion": signed}


async def test_token_401_by_a_key_that_nobody_has_confirmed_and_200_by_two_that_somebody_has(partner: Partner) -> None:
    """Whoever keeps clients lets in no program of their own by a key, whatever scopes are given meanwhile."""
    keys = [key_pair(), key_pair()]
    ids = [await partner.add_key(public) for _, public in keys]
    await partner.give(SCOPES)
    shown = {kept["id"]: kept for kept in partner.body["secrets"]}
    for (private, public), key in zip(keys, ids, strict=True):
        assert (shown[key]["use"], shown[key]["public_key"], shown[key]["confirmed_at"]) == (
            "private_key_jwt", public, None,
        )  # fmt: skip
        assert (await partner.ask(**assertion(partner, private))).status_code == 401
        own = await partner.keeper.post(
            f"{partner.path}/secrets/confirmation", json={"secret_id": key, "reason": "自己的"}, headers=partner.match
        )
        assert own.status_code in (403, 422)
        await partner.confirm(key)
        assert (await partner.ask(**assertion(partner, private))).status_code == 200
    third = {"use": "private_key_jwt", "public_key": key_pair()[1]}
    refused = await partner.keeper.post(f"{partner.path}/secrets", json=third, headers=partner.match)
    assert (refused.status_code, code(refused)) == (409, "secrets_enough")


async def test_token_401_by_a_key_that_ended_and_its_tokens_with_it(partner: Partner) -> None:
    private, public = key_pair()
    key = await partner.add_key(public)
    await partner.confirm(key)
    client = await partner.signed_in()
    ended = {"secret_id": key, "reason": "对接方更换密钥"}
    await partner.done(await partner.keeper.post(f"{partner.path}/secrets/end", json=ended, headers=partner.match))
    assert (await partner.ask(**assertion(partner, private))).status_code == 401
    assert (await client.get("/organizations")).status_code == 401
    # A key for tokens asks for no signed requests, so that nothing of the scopes is lost with it.
    assert partner.body["scopes"] == sorted(SCOPES)
    again = {"use": "private_key_jwt", "public_key": public}
    used = await partner.keeper.post(f"{partner.path}/secrets", json=again, headers=partner.match)
    assert [each["code"] for each in used.json()["errors"]] == ["key_in_use"]


async def test_token_200_by_an_assertion_once(partner: Partner) -> None:
    private, public = key_pair()
    await partner.confirm(await partner.add_key(public))
    name, now = partner.body["client_id"], int(time.time())
    claims = {"iss": name, "sub": name, "aud": AUDIENCE, "iat": now, "exp": now + 120, "jti": uuid4().hex}

    async def ask(
        changed: dict[str, Any] | None = None, key: str = private, algorithm: str = "ES256"
    ) -> httpx.Response:
        said = claims | (changed or {})
        signed = jwt.encode({k: v for k, v in said.items() if v is not None}, key, algorithm=algorithm)
        return await partner.ask(client_secret=None, client_assertion_type=ASSERTION, client_assertion=signed)

    assert (await ask()).status_code == 200
    assert code(await ask()) == "invalid_client", "the same one a second time"
    anew = {"jti": uuid4().hex}
    for wrong in (
        {"aud": "elsewhere"}, {"aud": "guanbiao"}, {"aud": "http://test/api/v1/oauth/token"}, {"aud": None},
        {"iss": "other"}, {"sub": None}, {"exp": now - 60, "iat": now - 120},
        {"iat": now + 60, "exp": now + 120}, {"exp": now + 4000}, {"jti": None}, {"iat": None}, {"exp": None},
    ):  # fmt: skip
        assert (await ask(anew | wrong)).status_code == 401, wrong
    stranger, _ = key_pair()
    assert (await ask(anew, key=stranger)).status_code == 401
    assert (await ask(anew, key=public.replace("-----", ""), algorithm="HS256")).status_code == 401
    assert (await ask(anew)).status_code == 200


async def test_a_failure_is_an_event_once_an_hour_and_keeps_nobody_out(partner: Partner) -> None:
    for _ in range(70):
        refused = await partner.ask(client_secret="wrong")
    assert refused.status_code == 429
    # The right secret is let in from the same address.
    assert (await partner.ask()).status_code == 200
    events = (await partner.keeper.get(f"{partner.path}/events")).json()["items"]
    assert [event["kind"] for event in events].count("client.sign_in_failed") == 1
