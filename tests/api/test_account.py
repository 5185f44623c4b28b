"""Sign-in, sessions and tokens over HTTP."""

import base64
import json
from datetime import timedelta

import pytest
from jose import jwt

from backend.api.token import TokenIssuer
from backend.db.account import Account, RoleGrant
from backend.db.base import new_id
from backend.domain.account import hash_password
from tests.factories import make_account

PASSWORD = "correct horse battery"


@pytest.fixture
async def account(county) -> Account:
    async with county.app.state.database.transaction() as session:
        made = await make_account(session, "clerk", county.township)
        made.password_hash = await hash_password(PASSWORD)
        session.add(made)
    return made


async def sign_in(client, username: str, password: str = PASSWORD):
    return await client.post(
        "/api/v1/oauth/token", data={"grant_type": "password", "username": username, "password": password}
    )


async def carry_on(client, token: str):
    return await client.post("/api/v1/oauth/token", data={"grant_type": "refresh_token", "refresh_token": token})


async def me(client, token: str):
    return await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})


async def test_token_200_for_the_right_password(anonymous, account, county) -> None:
    answer = await sign_in(anonymous, account.username)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 600
    who = (await me(anonymous, answer.json()["access_token"])).json()
    assert who["username"] == account.username
    assert who["organization"]["id"] == str(county.township.id)
    assert who["roles"] == [
        {
            "role": "clerk",
            "organization": {"id": str(county.township.id), "name": county.township.name},
            "path": county.township.path,
        }
    ]
    assert "decision:act" in who["permissions"]


async def test_token_400_says_the_same_for_a_wrong_name_and_a_wrong_password(anonymous, account) -> None:
    wrong_name = await sign_in(anonymous, "nobody-here")
    wrong_password = await sign_in(anonymous, account.username, "something else")
    assert wrong_name.status_code == wrong_password.status_code == 400
    assert wrong_name.json()["code"] == wrong_password.json()["code"] == "invalid_grant"
    assert wrong_name.json()["detail"] == wrong_password.json()["detail"]


async def test_token_400_for_a_password_that_no_text_may_hold(anonymous) -> None:
    assert (await sign_in(anonymous, "a\x00b")).status_code == 400


async def test_token_422_for_an_unknown_grant_type(anonymous) -> None:
    answer = await anonymous.post("/api/v1/oauth/token", data={"grant_type": "magic"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/grant_type"


async def test_refresh_200_once_and_reuse_ends_the_session(anonymous, account) -> None:
    first = (await sign_in(anonymous, account.username)).json()
    second = await carry_on(anonymous, first["refresh_token"])
    assert second.status_code == 200
    reused = await carry_on(anonymous, first["refresh_token"])
    assert reused.status_code == 400
    assert reused.json()["code"] == "session_ended"
    # The thief's reuse ended the owner's session too, and that was stored although the answer is a refusal.
    assert (await carry_on(anonymous, second.json()["refresh_token"])).status_code == 400


async def test_me_401_without_a_token(anonymous) -> None:
    answer = await anonymous.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_me_speaks_english_when_asked(anonymous) -> None:
    answer = await anonymous.get("/api/v1/me", headers={"accept-language": "en-GB,en;q=0.9"})
    assert answer.json()["detail"] == "Please sign in"


def forged(token: str, **header: str) -> str:
    _, body, _ = token.split(".")
    head = base64.urlsafe_b64encode(json.dumps({"typ": "JWT", **header}).encode()).decode().rstrip("=")
    return f"{head}.{body}."


async def test_me_401_for_every_kind_of_bad_token(anonymous, account, app, tmp_path) -> None:
    issuer: TokenIssuer = app.state.tokens
    good = issuer.issue(account.id, new_id(), 0)
    public = issuer._public.to_pem().decode()
    claims = jwt.get_unverified_claims(good)
    bad = {
        "no algorithm": forged(good, alg="none"),
        "symmetric with the public key": _hmac_signed(claims, public),
        "another key": TokenIssuer(tmp_path).issue(account.id, new_id(), 0),
        "expired": issuer.issue(account.id, new_id(), 0, lifetime=timedelta(seconds=-5)),
        "another audience": jwt.encode(claims | {"aud": "other"}, issuer._private, algorithm="ES256"),
        "another issuer": jwt.encode(claims | {"iss": "other"}, issuer._private, algorithm="ES256"),
        "from the future": jwt.encode(claims | {"nbf": claims["exp"] + 1000}, issuer._private, algorithm="ES256"),
        "cut short": good[:-5],
        "garbage": "a.b.c",
        "other epoch": issuer.issue(account.id, new_id(), 7),
        "unknown account": issuer.issue(new_id(), new_id(), 0),
    }
    assert (await me(anonymous, good)).status_code == 200
    for name, token in bad.items():
        assert (await me(anonymous, token)).status_code == 401, name


def _hmac_signed(claims: dict, secret: str) -> str:
    """An HS256 token whose secret is the public key, made by hand because libraries refuse to."""
    import hashlib
    import hmac

    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    digest = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


async def test_me_401_at_once_when_the_account_is_suspended(anonymous, account, county) -> None:
    token = county.token(account)
    assert (await me(anonymous, token)).status_code == 200
    async with county.app.state.database.transaction() as session:
        (await session.get_one(Account, account.id)).suspended_at = account.created_at
    assert (await me(anonymous, token)).status_code == 401


async def test_a_grant_that_ended_gives_nothing(county, account, anonymous) -> None:
    async with county.app.state.database.transaction() as session:
        other = await make_account(session, None, county.township)
        session.add(
            RoleGrant(account_id=other.id, role="clerk", organization_id=county.township.id, ends_at=other.created_at)
        )
    answer = await me(anonymous, county.token(other))
    assert answer.json()["roles"] == []
    assert answer.json()["permissions"] == []


async def test_jwks_200_verifies_an_access_token(anonymous, account, county) -> None:
    keys = (await anonymous.get("/.well-known/jwks.json")).json()["keys"]
    claims = jwt.decode(
        county.token(account), keys[0], algorithms=["ES256"], audience="guanbiao-api", issuer="guanbiao"
    )
    assert claims["sub"] == str(account.id)
    assert "d" not in keys[0]
