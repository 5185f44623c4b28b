"""Handing a person's open work over: what waits for nobody else, what names them, and who may take it."""

from typing import Any

import httpx

from backend.db.account import Account, RoleGrant
from tests.api.accounts import change, code_of, detail, field_of, give, kinds_of, last_event
from tests.api.feedbacks import Case, about
from tests.api.rectifications import assignment, new_rectification
from tests.factories import County

LEAVER, SUCCESSOR = "曾立德", "任春来"


async def people(county: County) -> tuple[Account, Account]:
    """A village's only clerk, named in an item that was given to the village, and who comes next."""
    leaver = await county.account("clerk", county.village, LEAVER)
    successor = await county.account(None, county.village, SUCCESSOR)
    return leaver, successor


async def item_of(county: County, leader: str = "任思远") -> dict[str, Any]:
    """An item that is assigned to the village and waits there."""
    made = (await county.client("clerk").post("/rectifications", json=new_rectification(county))).json()
    record = assignment(county, responsible_leader=leader, responsible_person=LEAVER)
    acted = await county.client("supervisor").post(
        f"/rectifications/{made['id']}/acts",
        json={"step": "assignment", "outcome": "done", "record": record},
        headers={"if-match": f'"{made["version"]}"'},
    )
    assert acted.status_code == 200, acted.text
    return dict(acted.json())


async def hand_over(
    county: County, leaver: Account, successor: Account, who: str | Account = "system_admin"
) -> httpx.Response:
    return await change(county.client(who), leaver.id, "handover", successor_id=str(successor.id))


async def test_hand_over_201_in_one_act_once_the_successor_may(county: County) -> None:
    leaver, successor = await people(county)
    item = await item_of(county)
    asked = await county.client("system_admin").get(
        f"/accounts/{leaver.id}/handover", params={"successor_id": str(successor.id)}
    )
    package = asked.json()
    assert [(one["number"], one["alone"], one["title"]) for one in package["items"]] == [(item["number"], True, None)]
    assert [one["as_what"] for one in package["named"]] == ["责任人"]
    assert SUCCESSOR in {one["name"] for one in package["contacts"]}
    assert [one["code"] for one in package["lacking"]] == ["successor_lacks_role"]
    refused = await hand_over(county, leaver, successor)
    assert (refused.status_code, code_of(refused)) == (422, "successor_cannot")
    assert field_of(refused) == ("/successor_id", "successor_lacks_role")
    assert item["number"] in refused.json()["errors"][0]["message"]
    blocked = await change(county.client("system_admin"), leaver.id, "closing")
    assert (blocked.status_code, code_of(blocked)) == (409, "open_work_remains")

    assert (await give(county.client("security_admin"), successor, "clerk", county.village)).status_code == 201
    done = await hand_over(county, leaver, successor)
    assert done.status_code == 201, done.text
    assert {key: done.json()[key] for key in ("items", "alone", "named")} == {"items": 1, "alone": 0, "named": 1}
    after = (await county.client("clerk").get(f"/rectifications/{item['id']}")).json()
    assert after["responsible_person"] == SUCCESSOR
    assert (await last_event(county, item["id"])).data["responsible_person"] == {"old": LEAVER, "new": SUCCESSOR}
    assert "account.handed_over" in await kinds_of(county, leaver.id)
    shown = await detail(county.client("system_admin"), leaver.id)
    assert shown["handovers"][0]["to"]["name"] == SUCCESSOR
    assert (await change(county.client("system_admin"), leaver.id, "closing")).status_code == 200


async def test_hand_over_the_package_of_ones_own_has_the_titles(county: County) -> None:
    leaver, _ = await people(county)
    item = await item_of(county, leader=LEAVER)
    own = (await county.client(leaver).get("/me/handover")).json()
    assert own["items"][0]["title"] == item["problem"]
    assert own["named"][0]["as_what"] == "责任领导"
    assert (await county.client(leaver).get(f"/accounts/{leaver.id}/handover")).status_code == 403


async def test_hand_over_422_to_nobody_fit(county: County, other_county: County) -> None:
    leaver, successor = await people(county)
    assert field_of(await hand_over(county, leaver, leaver)) == ("/successor_id", "successor_same")
    stranger = other_county.accounts["clerk"]
    assert field_of(await hand_over(county, leaver, stranger)) == ("/successor_id", "successor_unknown")
    await change(county.client("system_admin"), successor.id, "suspension")
    assert field_of(await hand_over(county, leaver, successor)) == ("/successor_id", "successor_unknown")


async def test_close_200_may_leave_the_work_when_nobody_can_take_it(county: County) -> None:
    leaver, _ = await people(county)
    item = await item_of(county)
    closed = await change(county.client("system_admin"), leaver.id, "closing", leave_work=True)
    assert closed.status_code == 200
    assert (await last_event(county, leaver.id)).data["work_left"] is True
    after = (await county.client("clerk").get(f"/rectifications/{item['id']}")).json()
    assert after["responsible_person"] == LEAVER


async def test_hand_over_201_leaves_what_others_are_named_in(county: County) -> None:
    """A person of the same name elsewhere in the county keeps what names them."""
    leaver, successor = await people(county)
    elsewhere = await county.organization("西沟村" + county.county.name[3:9], "village", county.township)
    await county.account("clerk", elsewhere, LEAVER)
    made = (await county.client("clerk").post("/rectifications", json=new_rectification(county))).json()
    record = assignment(county, responsible_unit_id=str(elsewhere.id), responsible_person=LEAVER)
    acted = await county.client("supervisor").post(
        f"/rectifications/{made['id']}/acts",
        json={"step": "assignment", "outcome": "done", "record": record},
        headers={"if-match": f'"{made["version"]}"'},
    )
    assert acted.status_code == 200
    assert (await hand_over(county, leaver, successor)).status_code == 201
    after = (await county.client("clerk").get(f"/rectifications/{made['id']}")).json()
    assert after["responsible_person"] == LEAVER


async def test_hand_over_names_no_card_that_is_about_whoever_looks(county: County) -> None:
    """Whoever administers accounts from an office that a card is about learns of it by nobody's package."""
    leaver = county.accounts["clerk"]
    admin = await county.account("township_admin", county.office, "任公平")
    async with county.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=admin.id, role="township_admin", organization_id=county.township.id))
    other, meant = await Case.sent(county), await Case.sent(county, about=about(county.office))
    for who, numbers in (("system_admin", (other, meant)), (admin, (other,))):
        package = await county.client(who).get(f"/accounts/{leaver.id}/handover")
        assert package.status_code == 200, package.text
        found = {one["number"] for one in package.json()["items"] if one["kind"] == "feedback"}
        assert found == {case.receipt["number"] for case in numbers}
    nobody = await county.account(None, county.township, "新来的")
    asked = await county.client(admin).get(f"/accounts/{leaver.id}/handover", params={"successor_id": str(nobody.id)})
    refused = await hand_over(county, leaver, nobody, who=admin)
    for answer in (asked, refused):
        assert meant.receipt["number"] not in answer.text
