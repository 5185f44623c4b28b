"""People who sign in with a password, for tests: accounts, the ways to ask, and an authenticator."""

import itertools
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher

from backend.db.account import Account
from backend.db.base import new_id, utc_now
from backend.db.second_step import SecondStep
from backend.domain.second_step import PLACE
from tests.factories import County, make_account

PASSWORD = "River-7-kettle-Moss"
# The parameters of a hash are in it, so one that is made cheaply is also judged cheaply.
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TOKEN = "/api/v1/oauth/token"
PAGE = {"x-session": "cookie"}

_addresses = itertools.count(1)


async def person(county: County, role: str | None = "clerk", **columns: Any) -> Account:
    async with county.app.state.database.transaction() as session:
        made = await make_account(session, role, county.township)
        made.password_hash = _CHEAP
        for name, value in columns.items():
            setattr(made, name, value)
        session.add(made)
    return made


async def with_authenticator(county: County, role: str = "secretary") -> tuple[Account, pyotp.TOTP]:
    """Somebody whose authenticator was set up long ago."""
    account, secret, key = await person(county, role), pyotp.random_base32(), new_id()
    sealed = county.app.state.cipher.encrypt(secret, PLACE, key)
    async with county.app.state.database.transaction() as session:
        session.add(SecondStep(id=key, account_id=account.id, secret=sealed, confirmed_at=utc_now()))
    return account, pyotp.TOTP(secret)


def browser(app: Any, address: str | None = None, base: str = "https://county.test") -> httpx.AsyncClient:
    """A client with cookies of its own and, unless given, an address that no other test has."""
    if address is None:
        number = next(_addresses)
        address = f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"
    transport = httpx.ASGITransport(app, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url=base, headers={"accept-language": "en"})


async def sign_in(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD, otp: str | None = None, **headers: str
) -> httpx.Response:
    form = {"grant_type": "password", "username": username, "password": password}
    return await client.post(TOKEN, data=form | ({"otp": otp} if otp else {}), headers=headers)


async def carry_on(client: httpx.AsyncClient, token: str | None = None, **headers: str) -> httpx.Response:
    form = {"grant_type": "refresh_token"} | ({"refresh_token": token} if token else {})
    return await client.post(TOKEN, data=form, headers=headers)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def me(client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    return await client.get("/api/v1/me", headers=headers)
