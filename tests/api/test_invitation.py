"""Choosing a password with a code: once, in time, and by nobody who has not got it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, AccountInvitation
from backend.domain.staff.invitation import code_hash, new_code
from tests.api.accounts import change, code_of, detail, field_of, kinds_of, release, released_code
from tests.api.test_account_life import join
from tests.factories import County

PASSWORD = "Ginkgo-leaf 47 stone bridge"


async def read(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/api/v1/invitations/reading", json={"code": code})


async def accept(
    client: httpx.AsyncClient, code: str, second: str | None = None, password: str = PASSWORD
) -> httpx.Response:
    body = {"code": code, "password": password} | ({"second_code": second} if second is not None else {})
    return await client.post("/api/v1/invitations/acceptance", json=body)


async def sign_in(client: httpx.AsyncClient, username: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post(
        "/api/v1/oauth/token", data={"grant_type": "password", "username": username, "password": password}
    )


async def test_accept_200_once_and_the_person_signs_in(county: County, anonymous: httpx.AsyncClient) -> None:
    made = await join(county)
    code = made["invitation"]["code"]
    shown = (await read(anonymous, code.lower().replace("-", " "))).json()
    assert shown["username"] == made["invitation"]["username"]
    assert (shown["waits"], shown["second_code"]) == (True, True)
    second = await released_code(county, made["id"])
    shown = (await read(anonymous, code)).json()
    assert (shown["waits"], shown["second_code"]) == (False, True)
    assert shown["organization"] == county.village.name
    assert (await sign_in(anonymous, shown["username"])).status_code == 400, "nobody before a password was chosen"
    accepted = await accept(anonymous, code, second.lower())
    assert (accepted.status_code, accepted.json()) == (200, {"username": shown["username"]})
    assert (await sign_in(anonymous, shown["username"])).status_code == 200
    again = await accept(anonymous, code, second, "Another long 99 password")
    assert (again.status_code, code_of(again)) == (404, "invitation_unknown")
    assert await kinds_of(county, made["id"]) == [
        "account.created",
        "account.invited",
        "account.invitation_released",
        "account.sign_in_failed",
        "account.activated",
        "account.signed_in",
    ]
    state = (await county.client("township_admin").get(f"/accounts/{made['id']}")).json()
    assert (state["state"], state["invited_until"]) == ("active", None)
    assert state["last_used_on"] is not None


async def test_accept_422_says_everything_wrong_with_the_password_and_keeps_the_code(
    county: County, anonymous: httpx.AsyncClient
) -> None:
    made = await join(county)
    code, second = made["invitation"]["code"], await released_code(county, made["id"])
    for weak in ("short", "aaaaaaaaaaaaaaaa", made["invitation"]["username"] + "A1!"):
        answer = await accept(anonymous, code, second, weak)
        assert answer.status_code == 422
        assert {one["pointer"] for one in answer.json()["errors"]} == {"/password"}
    assert (await accept(anonymous, code, second)).status_code == 200


async def test_accept_404_for_a_code_that_is_made_up_replaced_out_of_date_or_of_a_suspended_account(
    county: County, anonymous: httpx.AsyncClient
) -> None:
    made = await join(county)
    first = made["invitation"]["code"]
    answers = [await read(anonymous, new_code())]
    second = (await change(county.client("township_admin"), made["id"], "invitation")).json()["code"]
    answers.append(await read(anonymous, first))
    assert (await read(anonymous, second)).status_code == 200
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(AccountInvitation)
            .where(col(AccountInvitation.code_hash) == code_hash(second))
            .values(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        )
    answers += [await read(anonymous, second), await accept(anonymous, second)]
    third = (await change(county.client("township_admin"), made["id"], "invitation")).json()["code"]
    await change(county.client("township_admin"), made["id"], "suspension")
    answers.append(await accept(anonymous, third))
    assert {(one.status_code, code_of(one)) for one in answers} == {(404, "invitation_unknown")}


async def test_only_a_hash_of_the_code_is_kept(county: County) -> None:
    made = await join(county)
    code = made["invitation"]["code"]
    async with county.app.state.database.transaction() as session:
        rows = (await session.execute(sa.select(sa.cast(AccountInvitation.__table__.table_valued(), sa.Text)))).all()
        account = await session.get_one(Account, made["id"])
    assert account.password_hash == "-"
    bare = code.replace("-", "")
    assert not any(code in str(row) or bare in str(row) for row in rows)


async def test_accept_409_before_another_person_released_the_code(county: County, anonymous: httpx.AsyncClient) -> None:
    made = await join(county)
    code = made["invitation"]["code"]
    waits = await accept(anonymous, code, code)
    assert (waits.status_code, code_of(waits)) == (409, "invitation_waits")
    second = await released_code(county, made["id"])
    for wrong in (None, "", code, second[:-1]):
        answer = await accept(anonymous, code, wrong)
        assert (answer.status_code, field_of(answer)) == (422, ("/second_code", "second_code_wrong"))
    assert code_of(await accept(anonymous, second, code)) == "invitation_unknown", "the second code opens nothing"
    assert (await accept(anonymous, code, second)).status_code == 200


async def test_release_200_again_replaces_the_second_code_and_a_new_first_code_waits_again(
    county: County, anonymous: httpx.AsyncClient
) -> None:
    made = await join(county)
    code, lost = made["invitation"]["code"], await released_code(county, made["id"])
    second = await released_code(county, made["id"])
    assert field_of(await accept(anonymous, code, lost)) == ("/second_code", "second_code_wrong")
    renewed = (await change(county.client("township_admin"), made["id"], "invitation")).json()["code"]
    answer = await accept(anonymous, renewed, second)
    assert (answer.status_code, code_of(answer)) == (409, "invitation_waits")
    again = await released_code(county, made["id"])
    assert (await accept(anonymous, renewed, again)).status_code == 200
    done = await release(county, made["id"])
    assert (done.status_code, code_of(done)) == (409, "no_invitation")


async def test_release_403_for_whoever_keeps_accounts_and_for_who_made_the_code(county: County) -> None:
    made = await join(county)
    for who in ("system_admin", "county_admin", "township_admin", "audit_admin", "clerk"):
        answer = await release(county, made["id"], who, version=1)
        assert (answer.status_code, code_of(answer)) == (403, "permission_missing"), who
    # Somebody whose duty changed between the two codes would hold both.
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(AccountInvitation)
            .where(col(AccountInvitation.account_id) == made["id"])
            .values(invited_by=county.accounts["security_admin"].id)
        )
    assert "release" not in (await detail(county.client("security_admin"), made["id"]))["can"]
    answer = await release(county, made["id"])
    assert (answer.status_code, code_of(answer)) == (403, "invited_by_oneself")


async def test_release_412_when_the_code_was_replaced_meanwhile(county: County) -> None:
    made = await join(county)
    seen = await detail(county.client("security_admin"), made["id"])
    assert ("release" in seen["can"], seen["invitation_released"]) == (True, False)
    await change(county.client("township_admin"), made["id"], "invitation")
    assert (await release(county, made["id"], version=seen["version"])).status_code == 412
    assert (await release(county, made["id"])).status_code == 200
    assert (await detail(county.client("security_admin"), made["id"]))["invitation_released"] is True


@pytest.mark.parametrize("typed", ["ABCDE-01234-56789-0123Z", "abcde 0l234 56789 OI23z"])
def test_a_code_is_read_as_people_write_it(typed: str) -> None:
    assert code_hash(typed) == code_hash("ABCDE0123456789" + "0123Z")
