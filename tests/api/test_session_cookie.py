"""A browser's session: a cookie that no script reads, no other site's request, and several tabs."""

import asyncio
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import RefreshToken
from backend.db.base import utc_now
from tests.signing_in import PAGE, bearer, browser, carry_on, me, person, sign_in


def cookies(answer: httpx.Response) -> SimpleCookie:
    return SimpleCookie("\n".join(answer.headers.get_list("set-cookie")).replace("\n", ", "))


def lines(answer: httpx.Response) -> dict[str, str]:
    return {line.partition("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}


async def test_sign_in_200_keeps_the_refresh_token_from_scripts(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        answer = await sign_in(client, account.username, **PAGE)
    assert answer.json()["refresh_token"] is None
    set_by = lines(answer)
    assert set(set_by) == {"__Secure-guanbiao-session", "__Secure-guanbiao-device"}
    for line in set_by.values():
        for part in ("httponly", "secure", "samesite=strict", "path=/api/v1/oauth"):
            assert part in line
        assert "domain=" not in line


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
async def test_sign_in_200_without_tls_only_on_this_machine(county, base: str) -> None:
    account = await person(county)
    async with browser(county.app, base=base) as client:
        answer = await sign_in(client, account.username, **PAGE)
    assert set(lines(answer)) == {"guanbiao-session", "guanbiao-device"}
    assert "secure" not in lines(answer)["guanbiao-session"].replace("__secure", "")


async def test_sign_in_200_without_tls_elsewhere_is_still_secure(county) -> None:
    account = await person(county)
    async with browser(county.app, base="http://county.test") as client:
        answer = await sign_in(client, account.username, **PAGE)
    assert "; secure" in lines(answer)["__Secure-guanbiao-session"]


async def test_refresh_200_from_the_cookie_and_again(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        await sign_in(client, account.username, **PAGE)
        for _ in range(3):
            answer = await carry_on(client, **PAGE)
            assert answer.status_code == 200
            assert answer.json()["refresh_token"] is None
        assert (await me(client, bearer(answer))).status_code == 200


async def test_refresh_400_without_the_header_that_only_the_page_can_send(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        await sign_in(client, account.username, **PAGE)
        assert (await carry_on(client)).json()["code"] == "invalid_grant"
        stolen = client.cookies["__Secure-guanbiao-session"]
        # What a browser holds is good in a cookie only.
        assert (await carry_on(client, stolen)).json()["code"] == "invalid_grant"
        assert (await carry_on(client, **PAGE)).status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://elsewhere.test"},
        {"origin": "null"},
        {"origin": "http://county.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_refresh_403_for_another_site(county, told: dict[str, str]) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        await sign_in(client, account.username, **PAGE)
        for answer in (
            await carry_on(client, **PAGE, **told),
            await sign_in(client, account.username, **PAGE, **told),
            await client.post("/api/v1/oauth/revoke", headers=PAGE | told),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        own = {"origin": "https://county.test", "sec-fetch-site": "same-origin"}
        assert (await carry_on(client, **PAGE, **own)).status_code == 200


async def test_no_other_site_is_given_leave_to_send_the_header(county) -> None:
    async with browser(county.app) as client:
        asked = {
            "origin": "https://elsewhere.test",
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-session",
        }
        answer = await client.options("/api/v1/oauth/token", headers=asked)
    assert not any(name.startswith("access-control-") for name in answer.headers)
    assert answer.status_code == 405


async def test_two_tabs_that_ask_at_once_go_on_in_one_line(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        await sign_in(client, account.username, **PAGE)
        old = client.cookies["__Secure-guanbiao-session"]
        tabs = []
        for _ in range(2):
            tab = browser(county.app)
            tab.cookies.set("__Secure-guanbiao-session", old, domain="county.test", path="/api/v1/oauth")
            tabs.append(tab)
        answers = await asyncio.gather(*(carry_on(tab, **PAGE) for tab in tabs))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert tabs[0].cookies["__Secure-guanbiao-session"] == tabs[1].cookies["__Secure-guanbiao-session"]
        assert (await carry_on(tabs[0], **PAGE)).status_code == 200
        # One of the two has gone on: whoever still comes with the old one has taken it.
        late = browser(county.app)
        late.cookies.set("__Secure-guanbiao-session", old, domain="county.test", path="/api/v1/oauth")
        answer = await carry_on(late, **PAGE)
        assert answer.json()["code"] == "session_ended"
        assert "max-age=0" in lines(answer)["__Secure-guanbiao-session"]
        assert (await carry_on(tabs[0], **PAGE)).status_code == 400
        for tab in (*tabs, late):
            await tab.aclose()


async def test_a_token_that_comes_back_after_half_a_minute_ends_the_session(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        await sign_in(client, account.username, **PAGE)
        old = client.cookies["__Secure-guanbiao-session"]
        await carry_on(client, **PAGE)
        async with county.app.state.database.transaction() as session:
            await session.execute(
                sa.update(RefreshToken)
                .where(col(RefreshToken.account_id) == account.id, col(RefreshToken.used_at).is_not(None))
                .values(used_at=utc_now() - timedelta(seconds=31))
            )
        async with browser(county.app) as thief:
            thief.cookies.set("__Secure-guanbiao-session", old, domain="county.test", path="/api/v1/oauth")
            assert (await carry_on(thief, **PAGE)).json()["code"] == "session_ended"


async def test_revoke_200_drops_the_cookie_and_ends_the_session(county) -> None:
    account = await person(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username, **PAGE)
        answer = await client.post("/api/v1/oauth/revoke", headers=PAGE)
        assert answer.status_code == 200
        assert "max-age=0" in lines(answer)["__Secure-guanbiao-session"]
        assert "__Secure-guanbiao-session" not in client.cookies
        assert (await me(client, bearer(opened))).status_code == 401
