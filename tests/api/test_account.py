"""Who I am, and the keys that prove it."""

import pytest
from jose import jwt

from backend.db.account import Account, RoleGrant
from tests.factories import make_account


@pytest.fixture
async def account(county) -> Account:
    return await county.account("clerk", county.township)


async def me(client, token: str):
    return await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})


async def test_me_401_without_a_token(anonymous) -> None:
    answer = await anonymous.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_me_speaks_english_when_asked(anonymous) -> None:
    answer = await anonymous.get("/api/v1/me", headers={"accept-language": "en-GB,en;q=0.9"})
    assert answer.json()["detail"] == "Please sign in"


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
