"""A limit moves by extension only: not by assigning an item again, nor by an extension granted after it has passed."""

import pytest

from tests.api.decisions import codes
from tests.api.rectifications import Walk, ahead, assignment, listed, row_of, working_days_ahead
from tests.api.test_due_today import exported
from tests.api.test_rectification_work import standing


async def returned_overdue(timely) -> Walk:
    """An item whose limit of eight days has passed while its unit had it, given back to be assigned again."""
    walk = await Walk.start(timely)
    await walk.assigned(due_on=walk.ahead(8))
    await walk.pass_until("rectifying")
    await walk.later(10)
    assert (await row_of(walk))["light"] == "red"
    back = await walk.act("unit", "returned", to="assignment", reason="责任人变动，请重新交办")
    assert back.status_code == 200, back.text
    return walk


async def test_act_422_a_limit_that_has_passed_does_not_move_by_assigning_again(timely) -> None:
    walk = await returned_overdue(timely)
    later = await walk.act("supervisor", record=assignment(timely, due_on=walk.ahead(150)))
    assert codes(later) == [("/record/due_on", "limit_moves_by_extension")]
    for_good = {key: value for key, value in assignment(timely, deadline_kind="standing").items() if key != "due_on"}
    assert codes(await walk.act("supervisor", record=for_good)) == [("/record/deadline_kind", "limit_kind_stays")]
    other = assignment(timely, due_on=walk.ahead(150), responsible_unit_id=str(timely.office.id))
    assert codes(await walk.act("supervisor", record=other)) == [("/record/due_on", "limit_moves_by_extension")]
    past = await walk.act("supervisor", record=assignment(timely, due_on=walk.ahead(7)))
    assert ("/record/due_on", "day_in_past") in codes(past)


async def test_act_200_a_limit_that_has_passed_is_kept_and_stays_red(timely) -> None:
    """Also while nobody has the item: giving it back stops no clock, on no page, list, count or export."""
    walk = await returned_overdue(timely)
    row = await row_of(walk)
    assert (row["status"], row["light"], row["overdue_days"]) == ("registered", "red", 2)
    seen = await walk.seen_by("supervisor")
    assert seen["light"] == "red"
    assert walk.item["id"] in {item["id"] for item in await listed(timely, overdue=True)}
    assert "红灯" in await exported(walk)
    proposed = (await walk.option("supervisor"))["record_schema"]["properties"]
    assert proposed["due_on"]["default"] == walk.ahead(8)
    await walk.assigned(due_on=walk.ahead(8))
    await walk.pass_until("rectifying")
    assert (walk.item["due_on"], walk.item["original_due_on"]) == (walk.ahead(8), walk.ahead(8))
    row = await row_of(walk)
    assert (row["light"], row["overdue_days"] > 0) == ("red", True)
    late = await walk.post("unit", "/extensions", {"until": walk.ahead(12), "reason": "连续降雨"})
    assert late.status_code == 422


async def test_list_200_what_is_given_back_in_time_keeps_its_day_for_the_light(timely) -> None:
    walk = await Walk.start(timely)
    await walk.assigned(due_on=walk.ahead(8))
    await walk.pass_until("rectifying")
    back = await walk.act("unit", "returned", to="assignment", reason="责任人变动，请重新交办")
    assert back.status_code == 200, back.text
    assert (await row_of(walk))["light"] == "green"
    for days, light in ((1, "yellow"), (7, "yellow"), (1, "red")):
        await walk.later(days)
        assert (await row_of(walk))["light"] == light


@pytest.mark.parametrize("step", ["rectifying", "verification"])
async def test_list_200_what_is_kept_up_for_good_and_given_back_keeps_its_milestone_for_the_light(timely, step) -> None:
    walk = await standing(timely, 8, 70)
    await walk.pass_until(step)
    who = "unit" if step == "rectifying" else "supervisor"
    record = None if step == "rectifying" else {**(await walk.example(who) or {}), "effect": "not_effective"}
    back = await walk.act(who, "returned", to="assignment", reason="责任人变动，请重新交办", record=record)
    assert back.status_code == 200, back.text
    assert (await row_of(walk))["light"] == "green"
    for days, light, late in ((1, "yellow", 0), (7, "yellow", 0), (1, "red", 1)):
        await walk.later(days)
        row = await row_of(walk)
        assert (row["light"], row["overdue_days"]) == (light, late)
    assert "超期1天" in await exported(walk)
    assert (await walk.seen_by("supervisor"))["light"] == "red"
    again = assignment(timely, deadline_kind="standing")
    del again["due_on"]
    await walk.done("supervisor", record=again)
    assert ((await row_of(walk))["light"], (await row_of(walk))["overdue_days"]) == ("red", 1)


async def test_act_422_a_kind_and_a_day_stay_with_the_unit_before_the_limit_too(county) -> None:
    walk = await Walk.start(county)
    await walk.assigned()
    await walk.pass_until("rectifying")
    await walk.act("unit", "returned", to="assignment", reason="责任人变动")
    at_once = assignment(county, deadline_kind="immediate", due_on=working_days_ahead(5))
    assert codes(await walk.act("supervisor", record=at_once)) == [("/record/deadline_kind", "limit_kind_stays")]
    many = {"ids": [walk.item["id"]], "due_on": ahead(41)}
    bulk = await walk.client("supervisor").post("/rectifications/assignments", json=many)
    assert bulk.json()["items"][0]["refusal"]["code"] == "limit_moves_by_extension"
    for_good = assignment(county, deadline_kind="standing", responsible_unit_id=str(county.office.id))
    del for_good["due_on"]
    assert codes(await walk.act("supervisor", record=for_good)) == [("/record/deadline_kind", "limit_kind_stays")]
    other = assignment(county, due_on=ahead(41), responsible_unit_id=str(county.office.id))
    assert codes(await walk.act("supervisor", record=other)) == [("/record/due_on", "limit_moves_by_extension")]
    await walk.done("supervisor", record={**other, "due_on": ahead(39)})
    assert (walk.item["due_on"], walk.item["original_due_on"]) == (ahead(39), ahead(40))


async def test_act_422_no_way_through_other_units_moves_a_limit(county) -> None:
    """Given back, given to another unit and back again: without an extension it stays where it was."""
    walk = await Walk.start(county)
    await walk.assigned(due_on=ahead(10))
    office = str(county.office.id)
    for unit, days in ((office, 200), (None, 400)):
        back = await walk.act("supervisor", "returned", to="assignment", reason="调整责任单位")
        assert back.status_code == 200, back.text
        where = {"responsible_unit_id": unit} if unit else {}
        far = await walk.act("supervisor", record=assignment(county, due_on=ahead(days), **where))
        assert codes(far) == [("/record/due_on", "limit_moves_by_extension")]
        await walk.assigned(due_on=ahead(10), **where)
    assert (walk.item["due_on"], walk.item["original_due_on"], walk.item["extensions"]) == (ahead(10), ahead(10), 0)


async def test_transfer_200_the_other_unit_gets_what_was_granted_before(county) -> None:
    """Who needs longer because the unit changes asks for it first; it is granted from outside the unit."""
    walk = await Walk.start(county)
    await walk.assigned(due_on=ahead(20))
    await walk.pass_until("rectifying")
    for who in ("unit", "supervisor"):
        answer = await walk.post(who, "/extensions", {"until": ahead(28), "reason": "沟渠改由镇里管护，需重新测量"})
        assert answer.status_code == 200, answer.text
    office = str(county.office.id)
    moved = await walk.post("supervisor", "/transfer", {"responsible_unit_id": office, "reason": "沟渠由镇里管护"})
    assert moved.status_code == 200, moved.text
    assert (await walk.option("supervisor"))["record_schema"]["properties"]["due_on"]["default"] == ahead(28)
    await walk.assigned(responsible_unit_id=office, due_on=ahead(28))
    assert (walk.item["due_on"], walk.item["original_due_on"], walk.item["extensions"]) == (ahead(28), ahead(20), 1)


async def test_act_200_at_once_given_again_keeps_its_day(timely) -> None:
    at_once = assignment(timely, deadline_kind="immediate")
    del at_once["due_on"]
    walk = await Walk.start(timely)
    await walk.done("supervisor", record=at_once)
    due = walk.item["due_on"]
    await walk.later(2)
    back = await walk.act("unit", "returned", to="assignment", reason="责任人变动")
    assert back.status_code == 200, back.text
    await walk.done("supervisor", record=at_once)
    assert (walk.item["due_on"], walk.item["original_due_on"]) == (due, due)


async def test_extend_422_is_not_granted_after_the_limit(timely) -> None:
    walk = await Walk.start(timely)
    await walk.assigned(due_on=walk.ahead(8))
    await walk.pass_until("rectifying")
    asked = {"until": walk.ahead(12), "reason": "连续降雨"}
    assert (await walk.post("unit", "/extensions", asked)).status_code == 200
    await walk.later(9)
    late = await walk.post("supervisor", "/extensions", asked)
    assert codes(late) == [("", "extension_grant_too_late")]
    row = await row_of(walk)
    assert (row["light"], row["extensions"], row["due_on"]) == ("red", 0, walk.ahead(8))
    declined = await walk.act("supervisor", "returned", to="rectifying", reason="时限已过，不予延期")
    assert declined.status_code == 200, declined.text
    proof = await walk.proof("unit")
    await walk.done("unit", record={"result": "排水沟已全线疏通，三次降雨未见积水"}, evidence=proof)


async def test_extend_422_two_are_all_whoever_has_the_item(timely) -> None:
    """Another assignment may set an earlier day, and gives no more extensions."""
    walk = await (await Walk.start(timely)).pass_until("rectifying")
    for until in (50, 60):
        for who in ("unit", "supervisor"):
            asked = {"until": walk.ahead(until), "reason": "连续降雨"}
            answer = await walk.post(who, "/extensions", asked)
            assert answer.status_code == 200, answer.text
    other = {"responsible_unit_id": str(timely.office.id), "reason": "沟渠由镇里管护"}
    assert (await walk.post("supervisor", "/transfer", other)).status_code == 200
    walk.people["unit"] = await timely.account("clerk", timely.office, "区慧")
    walk.clients.pop("unit", None)
    await walk.assigned(responsible_unit_id=str(timely.office.id), due_on=walk.ahead(30))
    await walk.pass_until("rectifying")
    third = await walk.post("unit", "/extensions", {"until": walk.ahead(40), "reason": "连续降雨"})
    assert codes(third) == [("/outcome", "extensions_used_up")]
