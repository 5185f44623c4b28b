"""Giving roles and ending them: by whom, to whom, where, for how long, and never beside what excludes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.db.account import RoleGrant
from backend.domain.calendar import day_of, end_of
from tests.api.accounts import REASON, code_of, detail, field_of, give, kinds_of
from tests.factories import County


def today() -> date:
    return day_of(datetime.now(UTC))


async def end(county: County, id: str, version: int = 1, **body: object):
    return await county.client("security_admin").post(
        f"/grants/{id}/end", json={"reason": REASON, **body}, headers={"if-match": f'"{version}"'}
    )


async def test_give_201_is_in_force_at_the_next_request(county: County) -> None:
    account = await county.account(None, county.village)
    assert (await county.client(account).get("/accounts")).status_code == 403
    made = await give(county.client("security_admin"), account, "township_admin", county.township)
    assert made.status_code == 201, made.text
    assert (await county.client(account).get("/accounts")).status_code == 200
    ended = await end(county, made.json()["id"])
    assert ended.status_code == 200
    assert (await county.client(account).get("/accounts")).status_code == 403
    shown = await detail(county.client("security_admin"), account.id)
    assert shown["grants"][0] | {"id": "", "starts_at": "", "ends_at": ""} == {
        "id": "",
        "role": "township_admin",
        "organization": {"id": str(county.township.id), "name": county.township.name},
        "starts_at": "",
        "ends_at": "",
        "in_force": False,
        "reason": REASON,
        "ended_for": REASON,
        "given_by": {"id": str(county.accounts["security_admin"].id), "name": "security_admin"},
        "on_behalf_of": None,
        "version": 2,
    }
    # Before and after the role, what it opens was refused; that is told too.
    told = [kind for kind in await kinds_of(county, account.id) if kind != "account.refused"]
    assert told == ["grant.given", "grant.ended"]


async def test_give_201_with_days_both_of_which_count(county: County) -> None:
    account = await county.account(None, county.village)
    starts, ends = today() + timedelta(days=2), today() + timedelta(days=5)
    made = await give(
        county.client("security_admin"),
        account,
        "clerk",
        county.village,
        starts_on=starts.isoformat(),
        ends_on=ends.isoformat(),
    )
    assert made.status_code == 201
    async with county.app.state.database.transaction() as session:
        grant = await session.get_one(RoleGrant, made.json()["id"])
    assert grant.ends_at == end_of(ends)
    assert day_of(grant.starts_at) == starts
    assert (await county.client(account).get("/me")).json()["roles"] == []


@pytest.mark.parametrize(
    ("days", "pointer", "code"),
    [((-1, None), "/starts_on", "day_is_over"), ((3, 2), "/ends_on", "ends_before_start")],
)
async def test_give_422_for_days_that_cannot_be(
    county: County, days: tuple[int, int | None], pointer: str, code: str
) -> None:
    named = {
        key: (today() + timedelta(days=n)).isoformat()
        for key, n in zip(("starts_on", "ends_on"), days, strict=True)
        if n is not None
    }
    answer = await give(county.client("security_admin"), county.accounts["member"], "clerk", county.village, **named)
    assert (answer.status_code, field_of(answer)) == (422, (pointer, code))


async def test_give_422_for_a_role_that_is_not_held_there(county: County) -> None:
    account = await county.account(None, county.village)
    client = county.client("security_admin")
    for role, place in (
        ("township_admin", county.village),
        ("county_admin", county.township),
        ("audit_admin", county.office),
    ):
        answer = await give(client, account, role, place)
        assert field_of(answer) == ("/role", "role_not_there"), role
    assert field_of(await give(client, account, "emperor", county.village)) == ("/role", "role_unknown")


async def test_give_403_to_oneself_and_beyond_the_own_reach(county: County, other_county: County) -> None:
    client = county.client("security_admin")
    own = await give(client, county.accounts["security_admin"], "member", county.branch)
    assert (own.status_code, code_of(own)) == (403, "own_grant")
    account = await county.account(None, county.village)
    beyond = await give(client, account, "platform_admin", None)
    assert (beyond.status_code, code_of(beyond)) == (403, "beyond_your_reach")
    assert (await give(client, account, "clerk", other_county.village)).status_code == 404
    assert (await give(client, other_county.accounts["clerk"], "member", county.branch)).status_code == 404
    for who in ("system_admin", "audit_admin", "county_admin", "township_admin", "secretary"):
        assert (await give(county.client(who), account, "clerk", county.village)).status_code == 403, who


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("system_admin", "audit_admin"),
        ("security_admin", "system_admin"),
        ("clerk", "audit_admin"),
        ("member", "system_admin"),
        ("clerk", "secretary"),
        ("secretary", "inspector"),
        ("clerk", "legal_reviewer"),
        ("supervisor", "clerk"),
        ("discipline_officer", "secretary"),
    ],
)
async def test_give_409_for_duties_that_exclude_each_other(county: County, held: str, wanted: str) -> None:
    account = await county.account(held, county.county)
    answer = await give(county.client("security_admin"), account, wanted, county.county)
    assert (answer.status_code, code_of(answer)) == (409, "duties_conflict")
    assert "{" not in answer.json()["detail"]
    english = await give(county.client("security_admin", "en"), account, wanted, county.county)
    assert "exclude" in english.json()["detail"]


async def test_give_201_for_duties_apart_in_place_or_in_time(county: County) -> None:
    account = await county.account("clerk", county.village)
    client = county.client("security_admin")
    assert (await give(client, account, "secretary", county.branch)).status_code == 201, "another place"
    assert code_of(await give(client, account, "inspector", county.township)) == "duties_conflict", "covers both"
    leaving = await county.account(None, county.village)
    last = today() + timedelta(days=3)
    assert (await give(client, leaving, "clerk", county.village, ends_on=last.isoformat())).status_code == 201
    same_day = await give(client, leaving, "secretary", county.village, starts_on=last.isoformat())
    assert code_of(same_day) == "duties_conflict"
    next_day = await give(
        client, leaving, "secretary", county.village, starts_on=(last + timedelta(days=1)).isoformat()
    )
    assert next_day.status_code == 201


async def test_give_409_what_is_held_already(county: County) -> None:
    answer = await give(county.client("security_admin"), county.accounts["clerk"], "clerk", county.township)
    assert (answer.status_code, code_of(answer)) == (409, "already_held")


async def test_end_409_when_it_is_over_and_412_when_it_changed(county: County) -> None:
    account = await county.account(None, county.village)
    made = (await give(county.client("security_admin"), account, "clerk", county.village)).json()
    assert (await end(county, made["id"], version=7)).status_code == 412
    assert (await end(county, made["id"], ends_on=(today() + timedelta(days=3)).isoformat())).status_code == 200
    later = await end(county, made["id"], 2, ends_on=(today() + timedelta(days=9)).isoformat())
    assert field_of(later) == ("/ends_on", "ends_later_than_now")
    assert (await end(county, made["id"], 2)).status_code == 200
    over = await end(county, made["id"], 3)
    assert (over.status_code, code_of(over)) == (409, "grant_over")


async def test_end_404_for_a_grant_out_of_reach(county: County, other_county: County) -> None:
    account = await other_county.account(None, other_county.village)
    made = (await give(other_county.client("security_admin"), account, "clerk", other_county.village)).json()
    assert (await end(county, made["id"])).status_code == 404
    assert (await county.client("security_admin").get(f"/grants/{made['id']}")).status_code == 404
    assert (await other_county.client("security_admin").get(f"/grants/{made['id']}")).status_code == 200


async def test_roles_200_says_what_excludes_what(county: County) -> None:
    roles = {one["role"]: one for one in (await county.client("security_admin").get("/grants/roles")).json()["items"]}
    assert set(roles["audit_admin"]["excludes"]) == set(roles) - {"audit_admin"}
    assert "secretary" in roles["clerk"]["excludes"]
    assert roles["member"]["excludes"] == ["platform_admin", "system_admin", "security_admin", "audit_admin"][1:]
    assert roles["clerk"]["lendable"] is True
    assert roles["security_admin"]["lendable"] is False
