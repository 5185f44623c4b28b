"""Lending roles while one is away: for a time, to somebody fit, never on, and always said for whom."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, Delegation, RoleGrant
from backend.db.procedure import ProcedureAct
from backend.domain.calendar import day_of
from tests.api.accounts import REASON, change, code_of, field_of, give, kinds_of
from tests.api.feedbacks import Case, about
from tests.api.rectifications import new_rectification
from tests.factories import County, named


def day(ahead: int) -> str:
    return (day_of(datetime.now(UTC)) + timedelta(days=ahead)).isoformat()


async def lend(county: County, lender: Account, to: Account, **body: object) -> httpx.Response:
    return await county.client(lender).post(
        "/me/delegations", json={"to_id": str(to.id), "ends_on": day(7), "reason": "外出学习", **body}
    )


def acting(county: County, deputy: Account, absent: Account) -> httpx.AsyncClient:
    client = county.client(deputy)
    client.headers["on-behalf-of"] = str(absent.id)
    return client


async def pair(county: County, role: str = "clerk") -> tuple[Account, Account]:
    return await county.account(role, county.township, "林秋实"), await county.account(None, county.office, "区慧")


async def test_lend_201_the_deputy_acts_for_the_absent_and_events_say_so(county: County) -> None:
    absent, deputy = await pair(county)
    made = await lend(county, absent, deputy)
    assert made.status_code == 201, made.text
    plain = (await county.client(deputy).get("/me")).json()
    assert (plain["roles"], plain["may_act_for"]) == ([], [{"id": str(absent.id), "name": "林秋实"}])
    client = acting(county, deputy, absent)
    me = (await client.get("/me")).json()
    assert [one["role"] for one in me["roles"]] == ["clerk"]
    assert me["on_behalf_of"] == {"id": str(absent.id), "name": "林秋实"}
    without = await county.client(deputy).post("/rectifications", json=new_rectification(county))
    assert without.status_code == 403
    item = await client.post("/rectifications", json=new_rectification(county))
    assert item.status_code == 201, item.text
    assert await kinds_of(county, absent.id) == ["delegation.given"]


async def test_lend_the_deputys_act_names_both(county: County) -> None:
    """A supervisor's deputy assigns an item: the act is the deputy's, on behalf of the supervisor."""
    absent, deputy = await pair(county, "supervisor")
    assert (await lend(county, absent, deputy)).status_code == 201
    item = (await county.client("clerk").post("/rectifications", json=new_rectification(county))).json()
    record = {
        "responsible_unit_id": str(county.village.id),
        "responsible_leader": "任思远",
        "responsible_person": "曾立德",
        "deadline_kind": "dated",
        "due_on": day(40),
    }
    sent = {"step": "assignment", "outcome": "done", "record": record}
    headers = {"if-match": f'"{item["version"]}"'}
    refused = await county.client(deputy).post(f"/rectifications/{item['id']}/acts", json=sent, headers=headers)
    assert refused.status_code in (403, 404)
    acted = await acting(county, deputy, absent).post(f"/rectifications/{item['id']}/acts", json=sent, headers=headers)
    assert acted.status_code == 200, acted.text
    act = next(step for step in acted.json()["procedure"]["steps"] if step["key"] == "assignment")["acts"][0]
    assert act["by"]["name"] == "区慧"
    assert act["on_behalf_of"] == {"id": str(absent.id), "name": "林秋实"}
    async with county.app.state.database.transaction() as session:
        question = sa.select(ProcedureAct).where(col(ProcedureAct.by) == deputy.id)
        row = (await session.execute(question)).scalar_one()
    assert row.on_behalf_of == absent.id
    # As closing sheets and dossiers name who acted.
    assert row.signed == "区慧（代林秋实）"


async def test_on_behalf_403_without_a_loan_and_422_for_nonsense(county: County) -> None:
    absent, deputy = await pair(county)
    refused = await acting(county, deputy, absent).get("/me")
    assert (refused.status_code, code_of(refused)) == (403, "not_deputy")
    client = county.client(deputy)
    client.headers["on-behalf-of"] = "nobody"
    assert (await client.get("/me")).status_code == 422


async def test_on_behalf_404_for_a_card_about_where_the_absent_works(county: County) -> None:
    absent, deputy = (
        await county.account(None, county.office, "任思远"),
        await county.account(None, county.township, "区慧"),
    )
    assert (await give(county.client("security_admin"), absent, "clerk", county.township)).status_code == 201
    assert (await lend(county, absent, deputy)).status_code == 201
    case = await Case.sent(county, about=about(county.office))
    harmless = await Case.sent(county)
    for client in (county.client(absent), acting(county, deputy, absent)):
        assert (await client.get(harmless.path)).status_code == 200
        assert (await client.get(case.path)).status_code == 404
        assert (await client.get("/feedback-cards", params={"q": case.receipt["number"]})).json()["items"] == []


async def test_end_200_by_either_and_refused_at_the_next_request(county: County) -> None:
    for who in (0, 1):
        people = await pair(county)
        made = (await lend(county, *people)).json()["items"][0]
        client = acting(county, people[1], people[0])
        assert (await client.get("/me")).status_code == 200
        ended = await county.client(people[who]).post(
            f"/me/delegations/{made['id']}/end", json={"reason": "提前返回"}, headers={"if-match": '"1"'}
        )
        assert ended.status_code == 200, ended.text
        assert ended.json()["items"][0]["state"] == "over"
        assert code_of(await client.get("/me")) == "not_deputy"
        again = await county.client(people[who]).post(
            f"/me/delegations/{made['id']}/end", json={"reason": "提前返回"}, headers={"if-match": '"2"'}
        )
        assert code_of(again) == "delegation_over"
    third = county.client("clerk")
    assert (
        await third.post(f"/me/delegations/{made['id']}/end", json={"reason": "提前返回"}, headers={"if-match": '"2"'})
    ).status_code == 404


async def test_it_ends_by_itself_and_with_the_role_it_came_from(county: County) -> None:
    absent, deputy = await pair(county)
    await lend(county, absent, deputy)
    client = acting(county, deputy, absent)
    async with county.app.state.database.transaction() as session:
        grant = (await session.execute(sa.select(RoleGrant).where(col(RoleGrant.account_id) == absent.id))).scalar_one()
    ended = await county.client("security_admin").post(
        f"/grants/{grant.id}/end", json={"reason": REASON}, headers={"if-match": '"1"'}
    )
    assert ended.status_code == 200
    assert code_of(await client.get("/me")) == "not_deputy"
    assert (await county.client(absent).get("/me/delegations")).json()["items"][0]["state"] == "over"
    absent, deputy = await pair(county)
    await lend(county, absent, deputy)
    async with county.app.state.database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(sa.update(RoleGrant).where(col(RoleGrant.account_id) == deputy.id).values(ends_at=past))
        await session.execute(sa.update(Delegation).where(col(Delegation.to_id) == deputy.id).values(ends_at=past))
    assert code_of(await acting(county, deputy, absent).get("/me")) == "not_deputy"


@pytest.mark.parametrize("verb", ["suspension", "closing"])
async def test_it_ends_when_either_account_does(county: County, verb: str) -> None:
    for who in (0, 1):
        people = await pair(county)
        await lend(county, *people)
        assert (await change(county.client("system_admin"), people[who].id, verb)).status_code == 200
        answer = await acting(county, people[1], people[0]).get("/me")
        assert answer.status_code in (401, 403)


async def test_lend_409_for_what_is_lent_cannot_be_lent_or_excludes(county: County) -> None:
    absent, deputy = await pair(county)
    third = await county.account(None, county.office)
    await lend(county, absent, deputy)
    assert code_of(await lend(county, absent, deputy)) == "lent_already"
    assert code_of(await lend(county, deputy, third)) == "nothing_to_lend"
    on = await acting(county, deputy, absent).post(
        "/me/delegations", json={"to_id": str(third.id), "ends_on": day(3), "reason": "外出学习"}
    )
    assert (on.status_code, code_of(on)) == (403, "lent_is_not_lent_on")
    checker = await county.account("supervisor", county.township)
    clash = await lend(county, absent, checker)
    assert (clash.status_code, code_of(clash)) == (409, "duties_conflict_colleague")
    for office in ("security_admin", "discipline_officer"):
        holder = await county.account(office, county.county)
        neighbour = await county.account(None, county.county)
        assert code_of(await lend(county, holder, neighbour)) == "nothing_to_lend"


async def test_give_409_beside_a_lent_role_too(county: County) -> None:
    absent, deputy = await pair(county)
    await lend(county, absent, deputy)
    answer = await give(county.client("security_admin"), deputy, "inspector", county.township)
    assert (answer.status_code, code_of(answer)) == (409, "duties_conflict")


async def test_lend_422_at_the_field_that_is_wrong(county: County, other_county: County) -> None:
    absent, deputy = await pair(county)
    stranger = await other_county.account(None, other_county.office)
    assert field_of(await lend(county, absent, stranger)) == ("/to_id", "colleague_unknown")
    assert field_of(await lend(county, absent, absent)) == ("/to_id", "colleague_unknown")
    assert field_of(await lend(county, absent, deputy, ends_on=day(120))) == ("/ends_on", "loan_too_long")
    assert field_of(await lend(county, absent, deputy, ends_on=day(-1))) == ("/ends_on", "ends_before_start")
    other = (await county.client("clerk").get("/me/delegations")).json()["lendable"][0]["id"]
    assert field_of(await lend(county, absent, deputy, grant_ids=[other])) == ("/grant_ids/0", "grant_not_lendable")
    limited = await county.account(None, county.township)
    made = await give(county.client("security_admin"), limited, "clerk", county.township, ends_on=day(2))
    assert made.status_code == 201
    assert field_of(await lend(county, limited, deputy)) == ("/ends_on", "beyond_own_grant")


async def test_colleagues_200_are_those_nearby(county: County, other_county: County) -> None:
    absent, deputy = await pair(county)
    found = (await county.client(absent).get("/me/delegations/colleagues", params={"limit": 200})).json()["items"]
    ids = {one["id"] for one in found}
    assert str(deputy.id) in ids
    assert str(absent.id) not in ids
    assert not ids & {str(one.id) for one in other_county.accounts.values()}
    sought = (await county.client(absent).get("/me/delegations/colleagues", headers=named("区慧"))).json()["items"]
    assert str(deputy.id) in {one["id"] for one in sought}
