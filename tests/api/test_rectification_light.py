"""Whose lateness is told of an item: the unit's while it has it, and of every other step its holders'."""

import io

import pytest
from docx import Document

from tests.api.rectifications import Walk, ahead, assignment, listed, row_of
from tests.api.test_due_today import exported, now_of
from tests.api.test_rectification_work import standing
from tests.factories import County


async def bulletin(county: County) -> str:
    asked = {"organization_id": str(county.township.id), "month": f"{await now_of(county):%Y-%m}"}
    answer = await county.client("supervisor").get("/rectifications/bulletin.docx", params=asked)
    assert answer.status_code == 200, answer.text
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)


@pytest.mark.parametrize("step", ["assignment", "verification", "closing"])
async def test_list_200_a_unit_is_not_late_with_what_others_sit_on(timely: County, step: str) -> None:
    walk = await (await Walk.start(timely)).pass_until(step)
    await walk.later(25)
    row = await row_of(walk)
    assert (row["light"], row["overdue_days"]) == ("grey" if step == "assignment" else "blue", 0)
    assert row["step_late_days"] > 0
    assert row["handed_in_late_days"] == 0
    seen = await walk.seen_by("supervisor")
    assert (seen["light"], seen["procedure"]["light"]) == (row["light"], row["light"])
    assert walk.item["id"] not in {item["id"] for item in await listed(timely, overdue=True)}
    assert walk.item["id"] not in {item["id"] for item in await listed(timely, light="red")}
    line = await exported(walk)
    assert "超期" not in line
    assert f"本环节逾期{row['step_late_days']}天" in line
    said = await bulletin(timely)
    assert "其中超期0件" in said
    assert "逾期未办的1件，不计入责任单位超期" in said
    assert "超期1至2件" not in said


async def test_list_200_what_was_handed_in_late_stays_told_as_that(timely: County) -> None:
    walk = await Walk.start(timely)
    await walk.done("supervisor", record=assignment(timely, due_on=ahead(10)))
    await walk.pass_until("rectifying")
    await walk.later(12)
    row = await row_of(walk)
    assert (row["light"], row["overdue_days"]) == ("red", 2)
    await walk.pass_until("verification")
    await walk.later(3)
    row = await row_of(walk)
    assert (row["light"], row["overdue_days"], row["handed_in_late_days"]) == ("blue", 0, 2)
    assert "申请销号时已超期2天" in await exported(walk)
    said = await bulletin(timely)
    assert "另有1件申请销号时已超期" in said
    assert f"超期1至2件的单位1个：{timely.village.name}" in said
    back = await walk.act("supervisor", "returned", to="rectifying", reason="佐证不足", record=await effect(walk))
    assert back.status_code == 200, back.text
    assert ((await row_of(walk))["light"], (await row_of(walk))["overdue_days"]) == ("red", 5)
    await walk.pass_until(None)
    assert (walk.item["light"], walk.item["handed_in_late_days"]) == ("grey", 5)


async def sent_back(walk: Walk, to: str = "rectifying") -> None:
    answer = await walk.act("supervisor", "returned", to=to, reason="仍有两处积水", record=await effect(walk))
    assert answer.status_code == 200, answer.text


async def effect(walk: Walk) -> dict[str, object]:
    return {**(await walk.example("supervisor") or {}), "effect": "not_effective"}


async def test_list_200_a_missed_milestone_of_a_dated_item_is_yellow(timely: County) -> None:
    walk = await Walk.start(timely)
    await walk.assigned()
    await walk.pass_until("plan")
    plan = {**(await walk.example("unit") or {}), "milestones": [{"what": "清淤", "due_on": ahead(10)}]}
    await walk.done("unit", record=plan)
    await walk.pass_until("rectifying")
    await walk.later(10)
    assert (await row_of(walk))["light"] == "green"
    await walk.later(1)
    assert (await row_of(walk))["light"] == "yellow"
    assert walk.item["id"] in {item["id"] for item in await listed(timely, light="yellow")}
    assert "黄灯" in await exported(walk)


async def test_list_200_a_milestone_reached_late_stays_yellow_until_the_next_is_in_time(timely: County) -> None:
    walk = await standing(timely, 10, 70)
    await walk.later(12)
    row = await row_of(walk)
    assert (row["light"], row["overdue_days"]) == ("red", 2)
    for after, reached, following, light in ((1, 10, 100, "yellow"), (47, 70, 150, "green")):
        await walk.later(after)
        note = {"text": "已完成清淤", "reached": [ahead(reached)], "next": [ahead(following)]}
        answer = await walk.act("unit", "noted", record=note, evidence=await walk.proof("unit"))
        assert answer.status_code == 200, answer.text
        row = await row_of(walk)
        assert (row["light"], row["overdue_days"]) == (light, 0)


async def test_list_200_what_is_kept_up_for_good_and_handed_in_late_is_told_as_that(timely: County) -> None:
    walk = await standing(timely, 10, 70)
    await walk.later(13)
    await walk.pass_until("verification")
    assert (await row_of(walk))["handed_in_late_days"] == 3
    await sent_back(walk)
    assert (await row_of(walk))["handed_in_late_days"] == 0


async def test_list_200_another_plan_does_not_make_up_for_a_missed_milestone(timely: County) -> None:
    walk = await standing(timely, 10, 70)
    await walk.later(12)
    await walk.pass_until("verification")
    await sent_back(walk, "plan")
    assert ((await row_of(walk))["light"], (await row_of(walk))["overdue_days"]) == ("red", 2)
    plan = {**(await walk.example("unit") or {}), "milestones": [{"what": "清淤", "due_on": ahead(40)}]}
    await walk.done("unit", record=plan)
    await walk.pass_until("rectifying")
    assert ((await row_of(walk))["light"], (await row_of(walk))["overdue_days"]) == ("red", 2)
    for after, note, light in (
        (1, {"reached": [ahead(10)]}, "yellow"),
        (20, {"reached": [ahead(40)], "next": [ahead(100)]}, "green"),
    ):
        await walk.later(after)
        proof = await walk.proof("unit")
        answer = await walk.act("unit", "noted", record={"text": "已完成清淤", **note}, evidence=proof)
        assert answer.status_code == 200, answer.text
        assert (await row_of(walk))["light"] == light
