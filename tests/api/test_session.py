"""Sessions: their limits, the list of one's own, and ending them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account
from backend.db.base import utc_now
from backend.db.session import AccountSession
from tests.signing_in import bearer, browser, carry_on, me, person, sign_in, with_authenticator

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


async def put(county, account: Account, **values) -> None:
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(AccountSession).where(col(AccountSession.account_id) == account.id).values(**values)
        )


@pytest.mark.parametrize("role", ["clerk", "township_admin"])
async def test_a_session_that_is_not_used_ends(county, role: str) -> None:
    limit = timedelta(minutes=10 if role == "township_admin" else 30)
    if role == "clerk":
        account, otp = await person(county, role), None
    else:
        account, authenticator = await with_authenticator(county, role)
        otp = authenticator.now()
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username, otp=otp)
        await put(county, account, used_at=utc_now() - limit + timedelta(seconds=20))
        assert (await me(client, bearer(opened))).status_code == 200
        # That was a use, so the time begins anew.
        await put(county, account, used_at=utc_now() - limit)
        answer = await me(client, bearer(opened))
        assert (answer.status_code, answer.json()["code"]) == (401, "session_over")
        assert (await carry_on(client, opened.json()["refresh_token"])).status_code == 400


async def test_every_request_counts_as_use_to_the_minute(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        before = utc_now() - timedelta(minutes=5)
        await put(county, account, used_at=before)
        await me(client, bearer(opened))
        listed = (await client.get("/api/v1/me/sessions", headers=bearer(opened))).json()["items"]
    assert max(item["used_at"] for item in listed) > before.isoformat()


async def test_a_session_that_is_used_ends_after_twelve_hours(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        await put(county, account, ends_at=utc_now())
        assert (await me(client, bearer(opened))).json()["code"] == "session_over"
        assert (await carry_on(client, opened.json()["refresh_token"])).status_code == 400


async def test_own_200_lists_devices_in_words_and_says_which_is_this_one(county) -> None:
    account = await person(county)
    async with browser(county.app) as desk, browser(county.app) as phone:
        desk.headers["user-agent"] = CHROME
        phone.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile MicroMessenger/8.0.49"
        await sign_in(phone, account.username)
        opened = await sign_in(desk, account.username)
        answer = await desk.get("/api/v1/me/sessions", headers=bearer(opened))
    items = [item for item in answer.json()["items"] if item["device"]]
    assert [(item["device"], item["is_present"]) for item in items] == [
        ("Chrome · Windows", True),
        ("微信 · Android", False),
    ]
    assert "192." not in answer.text


async def test_end_200_one_of_my_sessions_and_no_other_s(county) -> None:
    account, other = await person(county), await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        lost = await sign_in(client, account.username)
        strange = await sign_in(client, other.username)
        theirs = (await client.get("/api/v1/me/sessions", headers=bearer(strange))).json()["items"]
        foreign = next(item["id"] for item in theirs if item["is_present"])
        answer = await client.post(f"/api/v1/me/sessions/{foreign}/end", headers=bearer(opened))
        assert answer.status_code == 404
        mine = (await client.get("/api/v1/me/sessions", headers=bearer(lost))).json()["items"]
        own = next(item["id"] for item in mine if item["is_present"])
        assert (await client.post(f"/api/v1/me/sessions/{own}/end", headers=bearer(opened))).json() == {"ended": 1}
        assert (await me(client, bearer(lost))).json()["code"] == "session_over"
        assert (await client.post(f"/api/v1/me/sessions/{own}/end", headers=bearer(opened))).status_code == 404
        assert (await me(client, bearer(opened))).status_code == 200


async def test_end_others_200_leaves_the_present_one(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        others = [await sign_in(client, account.username) for _ in range(2)]
        opened = await sign_in(client, account.username)
        # The factory's own session is one of them.
        answer = await client.post("/api/v1/me/sessions/end-others", headers=bearer(opened))
        assert answer.json() == {"ended": 3}
        assert [(await me(client, bearer(one))).status_code for one in others] == [401, 401]
        assert (await me(client, bearer(opened))).status_code == 200


async def test_a_token_of_no_session_is_refused(county) -> None:
    account = await person(county)
    token = county.app.state.tokens.issue(account.id, county.county.id, account.session_epoch)
    async with browser(county.app) as client:
        answer = await me(client, {"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_a_token_of_another_s_session_is_refused(county) -> None:
    account, other = await person(county), await person(county)
    token = county.app.state.tokens.issue(account.id, other.id, account.session_epoch)
    async with browser(county.app) as client:
        assert (await me(client, {"authorization": f"Bearer {token}"})).status_code == 401
