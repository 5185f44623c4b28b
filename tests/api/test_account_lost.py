"""A lost device or authenticator over HTTP: who may end sessions and take a second step away, and what it leaves."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, RoleGrant
from backend.db.base import utc_now
from backend.db.notice import Notice
from backend.db.second_step import SecondStep
from tests.api.accounts import REASON, change, code_of, detail, give, kinds_of, last_event, released_code
from tests.api.test_account_life import join
from tests.factories import County, make_account
from tests.signing_in import PASSWORD, bearer, browser, me, person, sign_in, with_authenticator

SESSIONS, STEP = "sessions/end", "second-step/reset"


async def lost(county: County, who: str, id: Any, verb: str) -> httpx.Response:
    return await county.client(who).post(f"/accounts/{id}/{verb}", json={"reason": REASON})


async def test_end_sessions_200_signs_out_everywhere_and_the_person_reads_why(county: County) -> None:
    account = await person(county)
    async with browser(county.app) as desk, browser(county.app) as phone:
        opened = [await sign_in(client, account.username) for client in (desk, phone)]
        # The factory's own session is the third.
        assert (await lost(county, "security_admin", account.id, SESSIONS)).json() == {"ended": 3}
        assert [(await me(desk, bearer(one))).status_code for one in opened] == [401, 401]
        assert (await lost(county, "security_admin", account.id, SESSIONS)).json() == {"ended": 0}
        again = await sign_in(desk, account.username)
        read = await desk.get("/api/v1/me/security/events", headers=bearer(again))
    items = {item["kind"]: item for item in read.json()["items"]}
    ended = items["account.session_ended"]
    assert ended["actor"]["name"] == "security_admin"
    assert (ended["reason"], ended["data"]["sessions"]) == (REASON, 3)
    assert "account.signed_in" in items


async def test_events_200_are_one_s_own_alone(county: County) -> None:
    account, other = await person(county), await person(county)
    await lost(county, "security_admin", other.id, SESSIONS)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username)
        read = await client.get("/api/v1/me/security/events", headers=bearer(opened))
    assert [item["kind"] for item in read.json()["items"]] == ["account.signed_in"]


async def test_reset_second_step_200_takes_the_authenticator_and_every_session_away(county: County) -> None:
    account, authenticator = await with_authenticator(county)
    async with browser(county.app) as client:
        opened = await sign_in(client, account.username, otp=authenticator.now())
        assert "reset_second_step" in (await detail(county.client("security_admin"), account.id))["can"]
        assert (await lost(county, "security_admin", account.id, STEP)).json() == {"was_set": True}
        assert (await me(client, bearer(opened))).status_code == 401
        again = await sign_in(client, account.username)
        assert (await me(client, bearer(again))).json()["due"] == "second_step"
    async with county.app.state.database.reader() as reader:
        said = await reader.execute(sa.select(Notice.step_title).where(col(Notice.account_id) == account.id))
    assert [title["en"] for title in said.scalars()] == ["Authenticator reset"]
    event = await last_event(county, account.id)
    assert event.kind == "account.signed_in"
    assert (await kinds_of(county, account.id)).count("account.second_step_reset") == 1
    shown = await detail(county.client("security_admin"), account.id)
    assert "reset_second_step" not in shown["can"]
    assert "end_sessions" in shown["can"]


async def test_reset_second_step_200_without_one_leaves_no_event(county: County) -> None:
    account = await person(county)
    assert (await lost(county, "security_admin", account.id, STEP)).json() == {"was_set": False}
    assert await kinds_of(county, account.id) == []


@pytest.mark.parametrize("verb", [SESSIONS, STEP])
async def test_lost_403_of_oneself_and_for_everybody_without_the_right(county: County, verb: str) -> None:
    own = await lost(county, "security_admin", county.accounts["security_admin"].id, verb)
    assert (own.status_code, code_of(own)) == (403, "own_account")
    for who in ("system_admin", "audit_admin", "county_admin", "township_admin", "clerk", "member"):
        answer = await lost(county, who, county.accounts["clerk"].id, verb)
        assert (answer.status_code, code_of(answer)) == (403, "permission_missing"), who


@pytest.mark.parametrize("verb", [SESSIONS, STEP])
async def test_lost_404_elsewhere_the_same_as_missing(county: County, other_county: County, verb: str) -> None:
    hidden = await lost(county, "security_admin", other_county.accounts["clerk"].id, verb)
    missing = await lost(county, "security_admin", "0190a000-0000-7000-8000-000000000000", verb)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["detail"] == missing.json()["detail"]


@pytest.mark.parametrize("verb", [SESSIONS, STEP])
async def test_lost_422_without_a_reason(county: County, verb: str) -> None:
    path = f"/accounts/{county.accounts['clerk'].id}/{verb}"
    answer = await county.client("security_admin").post(path, json={"reason": "  "})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"


async def test_reset_second_step_403_of_who_reaches_further_than_the_administrator(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        strong = await make_account(session, None, county.county)
        session.add(RoleGrant(account_id=strong.id, role="platform_admin", organization_id=None))
    answer = await lost(county, "security_admin", strong.id, STEP)
    assert (answer.status_code, code_of(answer)) == (403, "account_holds_more")
    # To sign somebody out gives nobody anything.
    assert (await lost(county, "security_admin", strong.id, SESSIONS)).json() == {"ended": 1}


async def test_reset_second_step_409_of_a_closed_account(county: County) -> None:
    account = await county.account("clerk", county.township)
    assert (await change(county.client("system_admin"), account.id, "closing")).status_code == 200
    answer = await lost(county, "security_admin", account.id, STEP)
    assert (answer.status_code, code_of(answer)) == (409, "account_closed")


async def test_nobody_takes_an_account_over_alone(county: County) -> None:
    """The password is the system administrator's to make anew, the second step the security administrator's."""
    account, _ = await with_authenticator(county)
    async with county.app.state.database.transaction() as session:
        kept = await session.get_one(Account, account.id)
        kept.activated_at = kept.created_at
    assert code_of(await lost(county, "system_admin", account.id, STEP)) == "permission_missing"
    assert code_of(await change(county.client("security_admin"), account.id, "invitation")) == "permission_missing"
    made = await change(county.client("system_admin"), account.id, "invitation")
    assert made.status_code == 200, made.text
    password = "Orchard-3-lantern-Fog"
    async with browser(county.app) as client:

        async def take(**codes: str) -> httpx.Response:
            return await client.post("/api/v1/invitations/acceptance", json={"password": password, **codes})

        assert code_of(await take(code=made.json()["code"])) == "invitation_waits"
        second = await released_code(county, account.id)
        assert code_of(await take(code=second)) == "invitation_unknown"
        # Even both together leave the second step.
        assert (await take(code=made.json()["code"], second_code=second)).status_code == 200
        asked = await sign_in(client, account.username, password)
        assert asked.json()["code"] == "second_step_required"
        assert (await sign_in(client, account.username, PASSWORD)).json()["code"] == "invalid_grant"
    async with county.app.state.database.transaction() as session:
        assert (await session.exec(SecondStep.__table__.select().where(SecondStep.account_id == account.id))).one()


@pytest.mark.parametrize("keeper", ["system_admin", "county_admin", "township_admin"])
async def test_nobody_who_keeps_accounts_makes_a_person_up_and_works_as_that_person(
    county: County, anonymous: httpx.AsyncClient, keeper: str
) -> None:
    """A new account is given its role by the security administrator, and opens with that person's code alone."""
    made = await join(county, keeper)
    code = made["invitation"]["code"]
    assert (await give(county.client("security_admin"), made["id"], "clerk", county.village)).status_code == 201
    body = {"code": code, "password": "Orchard-3-lantern-Fog"}
    for more in ({}, {"second_code": code}):
        answer = await anonymous.post("/api/v1/invitations/acceptance", json=body | more)
        assert (answer.status_code, code_of(answer)) == (409, "invitation_waits")
    assert code_of(await change(county.client(keeper), made["id"], "invitation/release")) == "permission_missing"
    assert code_of(await give(county.client(keeper), made["id"], "secretary", county.village)) == "permission_missing"


async def test_nobody_becomes_who_has_no_authenticator_alone(county: County, anonymous: httpx.AsyncClient) -> None:
    account = await person(county, "clerk", activated_at=utc_now())
    made = await change(county.client("system_admin"), account.id, "invitation")
    assert made.status_code == 200, made.text
    body = {"code": made.json()["code"], "password": "Orchard-3-lantern-Fog"}
    answer = await anonymous.post("/api/v1/invitations/acceptance", json=body)
    assert (answer.status_code, code_of(answer)) == (409, "invitation_waits")
    async with browser(county.app) as client:
        assert (await sign_in(client, account.username)).status_code == 200, "the person's own password goes on"


@pytest.mark.parametrize("reason", ["x", "核对", "。。。。。。", "a b c"])
@pytest.mark.parametrize("verb", [SESSIONS, STEP])
async def test_lost_422_for_a_reason_that_says_nothing(county: County, verb: str, reason: str) -> None:
    path = f"/accounts/{county.accounts['clerk'].id}/{verb}"
    answer = await county.client("security_admin").post(path, json={"reason": reason})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/reason", "field_reason_too_short")]
