"""Whoever learns that a citizen number is registered elsewhere is known to the auditor and to the person."""

from typing import Any

import httpx
import pytest

from backend.domain import member_collision
from tests.api.accounts import code_of
from tests.api.test_ledger_undo import bring_in, codes
from tests.api.test_member import IF_1, errors, register, registered
from tests.factories import County
from tests.people import citizen_number
from tests.rosters import person

KIND = "member.collision_seen"


async def other_town(county: County, number: str, place: str = "河湾口") -> dict[str, Any]:
    """Somebody on the roster of another township of the county, which the clerk does not see."""
    town = await county.organization(f"{place}镇党委" + county.county.name[3:9], "township_committee", county.county)
    branch = await county.organization(f"{place}村党支部" + county.county.name[3:9], "party_branch", town)
    answer = await register(county, "county_admin", organization_id=str(branch.id), id_number=number)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def told(county: County) -> list[tuple[str, str, str]]:
    found = await county.client("audit_admin").get("/events", params={"kind": KIND})
    assert found.status_code == 200, found.text
    return [(one["subject_id"], one["actor"]["name"], one["data"]["way"]) for one in found.json()["items"]]


async def test_register_and_change_422_tell_the_auditor_who_learned_it(county: County) -> None:
    number = citizen_number()
    theirs = await other_town(county, number)
    answer = await register(county, id_number=number)
    assert errors(answer) == {("/id_number", "id_number_taken")}
    own = await registered(county)
    client = county.client("clerk")
    assert (await client.get(f"/members/{theirs['id']}")).status_code == 404
    answer = await client.patch(f"/members/{own['id']}", json={"id_number": number}, headers=IF_1)
    assert errors(answer) == {("/id_number", "id_number_taken")}
    assert sorted(await told(county)) == [(theirs["id"], "clerk", way) for way in ("change", "registration")]


async def test_register_422_of_somebody_in_sight_tells_nothing_new(county: County) -> None:
    number = citizen_number()
    await registered(county, id_number=number)
    assert errors(await register(county, id_number=number)) == {("/id_number", "id_number_taken")}
    assert await told(county) == []


async def test_import_201_tells_the_auditor_of_each_who_is_elsewhere(county: County) -> None:
    row = person(1, county.branch.name)
    theirs = await other_town(county, row["公民身份号码"])
    body = await bring_in(county.client("clerk"), [row, person(2, county.branch.name)])
    assert codes(body) == [("所在党支部", "known_in_other_branch")]
    assert {(member, way) for member, _, way in await told(county)} == {(theirs["id"], "import")}


async def test_register_429_after_many_for_the_known_and_the_unknown_alike(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_collision, "AT_MOST", 2)
    theirs = [citizen_number() for _ in range(2)]
    for place, number in zip(("河湾口", "石桥"), theirs, strict=True):
        await other_town(county, number, place)

    async def tried(number: str) -> httpx.Response:
        return await register(county, id_number=number)

    # Whom one knows of already is told again, and counts once.
    assert [(await tried(number)).status_code for number in (theirs[0], theirs[0], theirs[1])] == [422, 422, 422]
    for one in (*theirs, citizen_number()):
        answer = await tried(one)
        assert (answer.status_code, code_of(answer)) == (429, "collisions_seen")
    assert len(await told(county)) == 3


async def test_import_201_after_many_tells_the_known_and_the_unknown_apart_no_more(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_collision, "AT_MOST", 2)
    rows = [person(one, county.branch.name) for one in range(6)]
    for place, row in zip(("河湾口", "石桥", "竹园"), (rows[0], rows[2], rows[3]), strict=True):
        await other_town(county, row["公民身份号码"], place)
    clerk = county.client("clerk")
    wrong = {**rows[5], "入党时间": rows[5]["出生日期"]}
    body = await bring_in(clerk, [*rows[:5], wrong])
    elsewhere, withheld = ("所在党支部", "known_in_other_branch"), ("公民身份号码", "collisions_seen")
    assert [(one["row"], one["column"], one["code"]) for one in body["refused"]] == [
        (2, *elsewhere), (4, *elsewhere), (5, *withheld), (6, *withheld), (7, "入党时间", "joined_under_age")
    ]  # fmt: skip
    assert body["rows"]["created"] == 1
    assert len(await told(county)) == 2
    # A second workbook tells what was told, and of nobody else; registering waits too.
    again = await bring_in(clerk, [rows[0], rows[2], rows[3], rows[4], rows[1]])
    assert codes(again) == [elsewhere, elsewhere, withheld, withheld]
    assert again["rows"]["unchanged"] == 1
    assert code_of(await register(county, id_number=citizen_number())) == "collisions_seen"
