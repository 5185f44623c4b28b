"""Joining, moving and leaving over HTTP: who may, what ends with it, and what stays refused for good."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, RoleGrant
from backend.domain.access import Moment
from backend.domain.calendar import day_of
from backend.domain.staff.life import DORMANT_DAYS, WARNED_DAYS, suspend_dormant
from tests.api.accounts import REASON, change, code_of, detail, field_of, give, kinds_of, last_event, release
from tests.factories import County, make_account, named


def joiner(county: County, **changes: Any) -> dict[str, Any]:
    # Letters only: a run of digits in a user name may be somebody's number.
    tag = county.county.id.hex[-8:].translate(str.maketrans("0123456789", "ghijklmnop"))
    return {
        "username": f"lin.xiaoyu.{tag}",
        "name": f"林晓雨{tag}",
        "organization_id": str(county.village.id),
        **changes,
    }


async def join(county: County, who: str = "township_admin", **changes: Any) -> dict[str, Any]:
    answer = await county.client(who).post("/accounts", json=joiner(county, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def activate(county: County, id: str) -> None:
    async with county.app.state.database.transaction() as session:
        account = await session.get_one(Account, id)
        account.activated_at, account.last_used_on = datetime.now(UTC), day_of(datetime.now(UTC))


async def test_create_201_a_township_helps_itself_and_gives_no_right(county: County) -> None:
    made = await join(county)
    assert made["invitation"]["link"].endswith(f"/invitation#{made['invitation']['code']}")
    shown = await detail(county.client("township_admin"), made["id"])
    assert shown["state"] == "invited"
    assert shown["roles"] == []
    assert shown["can"] == ["invite", "suspend", "move", "hand_over", "close"]
    assert await kinds_of(county, made["id"]) == ["account.created", "account.invited"]
    refused = await give(county.client("township_admin"), made["id"], "clerk", county.village)
    assert (refused.status_code, code_of(refused)) == (403, "permission_missing")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"username": "Lin"}, "/username", "username_malformed"),
        ({"username": "l"}, "/username", "username_malformed"),
        ({"username": "lin13812345678"}, "/username", "username_personal"),
        ({"member_id": "0190a000-0000-7000-8000-000000000000"}, "/member_id", "member_unknown"),
        ({"organization_id": None}, "/organization_id", "required"),
    ],
)
async def test_create_422_at_the_field_that_is_wrong(
    county: County, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await county.client("township_admin").post("/accounts", json=joiner(county, **changes))
    assert (answer.status_code, field_of(answer)) == (422, (pointer, code))


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200f", "\u200b", "\x07", "\u2028", "\n"])
async def test_create_422_for_a_name_that_could_look_like_another(county: County, char: str) -> None:
    answer = await county.client("township_admin").post("/accounts", json=joiner(county, name=f"林晓{char}雨"))
    assert (answer.status_code, field_of(answer)) == (422, ("/name", "field_name_hides"))
    body = {"name": f"东沟{char}村", "kind": "village", "parent_id": str(county.township.id)}
    made = await county.client("township_admin").post("/organizations", json=body)
    assert (made.status_code, field_of(made)) == (422, ("/name", "field_name_hides"))


async def test_create_201_the_link_leads_where_the_caller_reaches_the_pages(county: County) -> None:
    client = county.client("township_admin")
    client.base_url = "http://gui.county.test:8443/api/v1"
    made = (await client.post("/accounts", json=joiner(county))).json()
    assert made["invitation"]["link"].startswith("http://gui.county.test:8443/invitation#")


async def test_create_422_for_a_second_account_of_one_person_unless_it_is_another(county: County) -> None:
    made = await join(county)
    again = await county.client("township_admin").post("/accounts", json=joiner(county, username="another.name"))
    assert field_of(again) == ("/name", "person_has_account")
    taken = await county.client("system_admin").post("/accounts", json=joiner(county, namesake=True))
    assert field_of(taken) == ("/username", "username_taken")
    other = await join(county, username=joiner(county)["username"] + ".b", namesake=True)
    assert other["id"] != made["id"]


async def test_create_403_where_the_caller_keeps_no_accounts(county: County, other_county: County) -> None:
    up = await county.client("township_admin").post(
        "/accounts", json=joiner(county, organization_id=str(county.county.id))
    )
    assert up.status_code == 404
    elsewhere = await county.client("county_admin").post(
        "/accounts", json=joiner(county, organization_id=str(other_county.village.id))
    )
    assert elsewhere.status_code == 404
    for who in ("clerk", "security_admin", "audit_admin", "member"):
        assert (await county.client(who).post("/accounts", json=joiner(county))).status_code == 403


async def test_get_404_out_of_reach_the_same_as_missing(county: County, other_county: County) -> None:
    client = county.client("system_admin")
    hidden = await client.get(f"/accounts/{other_county.accounts['clerk'].id}")
    missing = await client.get("/accounts/0190a000-0000-7000-8000-000000000000")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["detail"] == missing.json()["detail"]
    assert (
        await county.client("township_admin").get(f"/accounts/{county.accounts['audit_admin'].id}")
    ).status_code == 404


async def test_list_200_pages_searches_and_filters_within_reach(county: County) -> None:
    client = county.client("system_admin")
    seen, cursor = [], None
    while True:
        answer = (await client.get("/accounts", params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        seen += answer["items"]
        if (cursor := answer["next_cursor"]) is None:
            break
    names = [one["username"] for one in seen]
    assert names == sorted(names)
    assert len(seen) == len(county.accounts) - 1, "all but the platform's administrator, who works in no county"
    found = (await client.get("/accounts", params={"role": "inspector"})).json()["items"]
    assert [one["id"] for one in found] == [str(county.accounts["inspector"].id)]
    below = (await client.get("/accounts", params={"organization_id": str(county.branch.id)})).json()["items"]
    assert [one["id"] for one in below] == [str(county.accounts["member"].id)]
    said = (await client.get("/accounts", headers=named(county.accounts["clerk"].username[:14]))).json()["items"]
    assert str(county.accounts["clerk"].id) in {one["id"] for one in said}
    assert (await client.get("/accounts", params={"state": "closed"})).json()["items"] == []


async def test_suspend_200_ends_every_session_and_resume_gives_back(county: County) -> None:
    clerk = county.accounts["clerk"]
    before = county.client(clerk)
    assert (await before.get("/me")).status_code == 200
    keeper = county.client("township_admin")
    suspended = await change(keeper, clerk.id, "suspension")
    assert (suspended.status_code, suspended.json()["state"]) == (200, "suspended")
    assert (await before.get("/me")).status_code == 401
    assert code_of(await change(keeper, clerk.id, "suspension")) == "account_suspended_already"
    resumed = await change(keeper, clerk.id, "resumption")
    assert (resumed.status_code, resumed.json()["state"]) == (200, "invited")
    assert (await before.get("/me")).status_code == 401, "sessions from before stay ended"
    assert [one["role"] for one in resumed.json()["roles"]] == ["clerk"]
    assert await kinds_of(county, clerk.id) == ["account.suspended", "account.resumed"]


async def test_suspend_412_and_428_for_whoever_read_it_before(county: County) -> None:
    client, clerk = county.client("system_admin"), county.accounts["clerk"]
    assert (await change(client, clerk.id, "suspension", version=99)).status_code == 412
    answer = await client.post(f"/accounts/{clerk.id}/suspension", json={"reason": "长期外出"})
    assert answer.status_code == 428


async def test_suspend_403_of_oneself_of_administrators_and_of_who_holds_more(county: County) -> None:
    own = await change(county.client("system_admin"), county.accounts["system_admin"].id, "suspension")
    assert (own.status_code, code_of(own)) == (403, "own_account")
    apart = await change(county.client("county_admin"), county.accounts["audit_admin"].id, "suspension")
    assert (apart.status_code, code_of(apart)) == (403, "administrators_apart")
    # Somebody who works in the township but holds a role over the county is not the township's to take over.
    async with county.app.state.database.transaction() as session:
        strong = await make_account(session, "supervisor", county.county)
        strong.organization_id = county.township.id
    more = await change(county.client("township_admin"), strong.id, "invitation")
    assert (more.status_code, code_of(more)) == (403, "account_holds_more")
    assert (await change(county.client("system_admin"), strong.id, "suspension")).status_code == 200


async def test_move_200_ends_the_roles_that_do_not_fit(county: County) -> None:
    other = await county.organization("河湾口镇党委" + county.county.name[3:9], "township_committee", county.county)
    account = await county.account("clerk", county.township)
    assert (await give(county.client("security_admin"), account, "member", county.branch)).status_code == 201
    kept = await give(county.client("security_admin"), account, "clerk", county.county)
    assert kept.status_code == 201, kept.text
    near = await change(county.client("system_admin"), account.id, "move", organization_id=str(county.village.id))
    assert near.status_code == 200, near.text
    assert sorted(one["role"] for one in near.json()["roles"]) == ["clerk", "clerk"], "the branch is beside the village"
    far = await change(county.client("system_admin"), account.id, "move", organization_id=str(other.id))
    assert [one["organization_id"] for one in far.json()["roles"]] == [str(county.county.id)]
    event = await last_event(county, account.id)
    assert [one["role"] for one in event.data["grants_ended"]] == ["clerk"]
    again = await change(county.client("system_admin"), account.id, "move", organization_id=str(other.id))
    assert (again.status_code, code_of(again)) == (409, "account_works_there")


async def test_move_403_beyond_the_own_township(county: County) -> None:
    other = await county.organization("河湾口镇党委" + county.county.name[3:9], "township_committee", county.county)
    answer = await change(
        county.client("township_admin"), county.accounts["clerk"].id, "move", organization_id=str(other.id)
    )
    assert answer.status_code == 404
    assert (await detail(county.client("system_admin"), county.accounts["clerk"].id))["organization"]["id"] == str(
        county.township.id
    )


async def test_close_200_ends_everything_for_good(county: County) -> None:
    keeper = county.client("system_admin")
    account = await county.account("clerk", county.township)
    client = county.client(account)
    closed = await change(keeper, account.id, "closing")
    assert (closed.status_code, closed.json()["state"], closed.json()["roles"]) == (200, "closed", [])
    assert closed.json()["can"] == []
    assert (await client.get("/me")).status_code == 401
    for verb in ("resumption", "suspension", "invitation", "closing"):
        answer = await change(keeper, account.id, verb)
        assert (answer.status_code, code_of(answer)) == (409, "account_closed"), verb
    given = await give(county.client("security_admin"), account, "clerk", county.township)
    assert (given.status_code, code_of(given)) == (409, "account_closed")
    timeline = (await keeper.get(f"/accounts/{account.id}/events")).json()["items"]
    assert [one["title"] for one in timeline] == ["注销账号"]


async def test_recover_only_the_system_administrator_makes_a_password_anew(county: County) -> None:
    clerk = county.accounts["clerk"]
    await activate(county, str(clerk.id))
    refused = await change(county.client("township_admin"), clerk.id, "invitation")
    assert (refused.status_code, code_of(refused)) == (403, "not_yours_to_recover")
    before = county.client(clerk)
    made = await change(county.client("system_admin"), clerk.id, "invitation")
    assert made.status_code == 200
    assert (await before.get("/me")).status_code == 200, "to ask for it changes nothing"
    assert (await release(county, clerk.id)).status_code == 200
    assert (await before.get("/me")).status_code == 401
    left = datetime.fromisoformat(made.json()["expires_at"]) - datetime.now(UTC)
    assert left <= timedelta(hours=24)


async def test_recover_of_an_administrator_takes_the_office_with_it(county: County) -> None:
    """Otherwise two who meet could become the one who reads the audit; and for themselves nobody releases anything."""
    account = county.accounts["audit_admin"]
    await in_use(county, "audit_admin")
    await activate(county, str((await county.account("audit_admin", county.county, "第二名")).id))
    assert (await change(county.client("system_admin"), account.id, "invitation")).status_code == 200
    assert (await release(county, account.id)).status_code == 200
    assert (await detail(county.client("system_admin"), account.id))["roles"] == []
    own = county.accounts["security_admin"]
    await activate(county, str(own.id))
    assert (await change(county.client("system_admin"), own.id, "invitation")).status_code == 200
    answer = await release(county, own.id)
    assert (answer.status_code, code_of(answer)) == (403, "own_account")


async def told(county: County, who: str | Account) -> list[tuple[str, str, str]]:
    days = (await county.client(who).get("/me/notices")).json()["items"]
    return [(one["subject_kind"], one["subject_id"], one["step_title"]) for day in days for one in day["notices"]]


async def test_recover_is_told_to_the_person_and_the_auditor_before_and_after_the_release(county: County) -> None:
    clerk = county.accounts["clerk"]
    await activate(county, str(clerk.id))
    await change(county.client("system_admin"), clerk.id, "invitation")
    assert await told(county, "clerk") == [("account_own", str(clerk.id), "申请重设密码")]
    assert await told(county, "audit_admin") == [("account", str(clerk.id), "申请重设密码")]
    await release(county, clerk.id)
    assert len(await told(county, "audit_admin")) == 2
    assert await told(county, "township_admin") == []
    assert await kinds_of(county, clerk.id) == ["account.invited", "account.invitation_released"]
    event = await last_event(county, clerk.id)
    assert (event.data["anew"], event.reason) == (True, "已当面核实")


ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


async def in_use(county: County, *roles: str) -> None:
    for role in roles:
        await activate(county, str(county.accounts[role].id))


async def end_of(county: County, account: Account, role: str, **body: Any) -> httpx.Response:
    """The security administrator ends a role; who is another one where it is that one's own."""
    client = county.client("security_admin")
    (grant,) = [one for one in (await detail(client, account.id))["grants"] if one["role"] == role]
    return await client.post(
        f"/grants/{grant['id']}/end", json={"reason": REASON, **body}, headers={"if-match": f'"{grant["version"]}"'}
    )


@pytest.mark.parametrize("verb", ["suspension", "closing", "move", "recovery"])
@pytest.mark.parametrize("role", ["security_admin", "audit_admin"])
async def test_anything_409_that_would_leave_nobody_in_an_administrator_s_office(
    county: County, other_county: County, role: str, verb: str
) -> None:
    await in_use(county, *ADMINISTRATORS)
    keeper, last = county.client("system_admin"), county.accounts[role]
    # Somebody who was given the role and never came takes nobody's place.
    await county.account(role, county.county, "未到任")
    if verb == "recovery":
        await change(keeper, last.id, "invitation")
        other = await county.account("security_admin", county.county, "另一安全员")
        answer = await change(county.client(other), last.id, "invitation/release")
    elif verb == "move":
        async with county.app.state.database.transaction() as session:
            session.add(RoleGrant(account_id=county.accounts["system_admin"].id, role="system_admin"))
        answer = await change(keeper, last.id, "move", organization_id=str(other_county.village.id))
    else:
        answer = await change(keeper, last.id, verb)
    assert (answer.status_code, code_of(answer)) == (409, "last_administrator"), answer.text
    second = await county.account(role, county.county, "第二名")
    await activate(county, str(second.id))
    again = "invitation/release" if verb == "recovery" else verb
    client = county.client(other) if verb == "recovery" else keeper
    more = {"organization_id": str(other_county.village.id)} if verb == "move" else {}
    assert (await change(client, last.id, again, **more)).status_code == 200


async def test_end_grant_409_of_the_last_auditor_now_and_with_a_day(county: County) -> None:
    await in_use(county, *ADMINISTRATORS)
    last = county.accounts["audit_admin"]
    tomorrow = (day_of(datetime.now(UTC)) + timedelta(days=1)).isoformat()
    for body in ({}, {"ends_on": tomorrow}):
        answer = await end_of(county, last, "audit_admin", **body)
        assert (answer.status_code, code_of(answer)) == (409, "last_administrator")
    second = await county.account("audit_admin", county.county, "接任")
    await activate(county, str(second.id))
    assert (await end_of(county, last, "audit_admin")).status_code == 200
    answer = await end_of(county, second, "audit_admin")
    assert (answer.status_code, code_of(answer)) == (409, "last_administrator")


async def test_end_grant_409_while_all_the_others_run_out_by_a_day(county: County) -> None:
    """The day comes by itself, and nobody would be asked on it."""
    await in_use(county, *ADMINISTRATORS)
    last = county.accounts["audit_admin"]
    second = await county.account("audit_admin", county.county, "接任一年")
    await activate(county, str(second.id))
    async with county.app.state.database.transaction() as session:
        timed = sa.update(RoleGrant).where(col(RoleGrant.account_id) == second.id)
        await session.execute(timed.values(ends_at=datetime.now(UTC) + timedelta(days=365)))
    answer = await end_of(county, last, "audit_admin")
    assert (answer.status_code, code_of(answer)) == (409, "last_administrator")
    assert (await change(county.client("system_admin"), last.id, "suspension")).status_code == 409
    # The one with a day may go: the office stays held.
    assert (await end_of(county, second, "audit_admin")).status_code == 200


async def test_two_who_take_the_last_two_auditors_away_at_once_leave_one(county: County) -> None:
    await in_use(county, *ADMINISTRATORS)
    second = await county.account("audit_admin", county.county, "第二名")
    await activate(county, str(second.id))
    both = (county.accounts["audit_admin"], second)
    answers = await asyncio.gather(*(change(county.client("system_admin"), one.id, "suspension") for one in both))
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_the_last_auditor_is_not_suspended_for_want_of_use(county: County) -> None:
    last = county.accounts["audit_admin"]
    async with county.app.state.database.transaction() as session:
        account = await session.get_one(Account, last.id)
        account.activated_at = datetime.now(UTC)
        account.last_used_on = day_of(datetime.now(UTC)) - timedelta(days=DORMANT_DAYS + 1)
        account.warned_on = day_of(datetime.now(UTC)) - timedelta(days=WARNED_DAYS)
    async with county.app.state.database.transaction() as session:
        while await suspend_dormant(session, Moment(datetime.now(UTC))):
            await session.flush()
    assert (await detail(county.client("system_admin"), last.id))["state"] == "active"


@pytest.mark.parametrize("keeper", ["township_admin", "county_admin"])
@pytest.mark.parametrize("role", ["secretary", "supervisor", "legal_reviewer", "inspector", "discipline_officer"])
async def test_change_403_by_an_author_of_whoever_approves_checks_or_audits(
    county: County, keeper: str, role: str
) -> None:
    other = await county.account(role, county.township if role != "inspector" else county.office)
    client = county.client(keeper)
    for verb in ("suspension", "closing", "invitation", "move"):
        more = {"organization_id": str(county.village.id)} if verb == "move" else {}
        answer = await change(client, other.id, verb, **more)
        assert (answer.status_code, code_of(answer)) == (403, "checkers_apart"), verb
    assert set((await detail(client, other.id))["can"]) == set()
    body = {"successor_id": str(county.accounts["clerk"].id), "reason": REASON}
    version = (await detail(client, other.id))["version"]
    handed = await client.post(f"/accounts/{other.id}/handover", json=body, headers={"if-match": f'"{version}"'})
    assert (handed.status_code, code_of(handed)) == (403, "checkers_apart")
    assert (await change(county.client("system_admin"), other.id, "suspension")).status_code == 200


async def test_change_403_by_an_author_of_who_stands_in_for_the_approver(county: County) -> None:
    deputy = await county.account(None, county.township, "代书记")
    secretary = county.accounts["secretary"]
    lent = await county.client("secretary").post(
        "/me/delegations", json={"to_id": str(deputy.id), "reason": "外出学习"}
    )
    assert lent.status_code == 201, lent.text
    answer = await change(county.client("township_admin"), deputy.id, "suspension")
    assert (answer.status_code, code_of(answer)) == (403, "checkers_apart")
    assert (await change(county.client("system_admin"), secretary.id, "suspension")).status_code == 200


async def test_dormant_accounts_are_warned_about_and_then_suspended(county: County) -> None:
    today = day_of(datetime.now(UTC))
    moment = Moment(datetime.now(UTC))
    used = {
        "fresh": 10,
        "idle": DORMANT_DAYS - WARNED_DAYS + 1,
        "dormant": DORMANT_DAYS + 1,
        "warned": DORMANT_DAYS + 1,
    }
    accounts = {name: await county.account("clerk", county.township, name) for name in used}
    async with county.app.state.database.transaction() as session:
        for name, days in used.items():
            account = await session.get_one(Account, accounts[name].id)
            account.activated_at = datetime.now(UTC)
            account.last_used_on = today - timedelta(days=days)
            account.warned_on = today - timedelta(days=WARNED_DAYS) if name == "warned" else None
    async with county.app.state.database.transaction() as session:
        while await suspend_dormant(session, moment):
            await session.flush()
    states = {
        name: (await detail(county.client("system_admin"), account.id))["state"] for name, account in accounts.items()
    }
    assert states == {"fresh": "active", "idle": "active", "dormant": "active", "warned": "suspended"}
    assert await kinds_of(county, accounts["idle"].id) == ["account.dormancy_warned"]
    assert await kinds_of(county, accounts["dormant"].id) == ["account.dormancy_warned"], "nobody without a warning"
    assert (await last_event(county, accounts["warned"].id)).data["reason"] == "dormant"
    assert await kinds_of(county, accounts["fresh"].id) == []
    # Signing in counts as use, and a resumed account has all its days again.
    resumed = await change(county.client("system_admin"), accounts["warned"].id, "resumption")
    assert resumed.json()["last_used_on"] == today.isoformat()
