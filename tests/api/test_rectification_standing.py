"""What is kept up for good (长期坚持): a milestone that was missed stays missed whatever the item goes through."""

from tests.api.decisions import codes
from tests.api.rectifications import Walk, ahead, assignment, listed, row_of
from tests.api.test_due_today import exported
from tests.api.test_rectification_work import standing
from tests.factories import County


async def late(walk: Walk) -> tuple[str, int]:
    row = await row_of(walk)
    return row["light"], row["overdue_days"]


async def planned(walk: Walk, *days: int, dry_run: bool = False):
    goals = [{"what": "清淤", "due_on": ahead(day)} for day in days]
    record = {**(await walk.example("unit") or {}), "milestones": goals}
    return await walk.act("unit", record=record, dry_run=dry_run)


async def noted(walk: Walk, **said: object):
    return await walk.act("unit", "noted", record={"text": "已完成清淤", **said}, evidence=await walk.proof("unit"))


def for_good(county: County, **changes: object) -> dict[str, object]:
    given = assignment(county, deadline_kind="standing", **changes)
    del given["due_on"]
    return given


async def test_act_200_the_unit_plans_anew_and_stays_red(timely: County) -> None:
    walk = await standing(timely, 10)
    await walk.later(13)
    assert await late(walk) == ("red", 3)
    back = await walk.act("unit", "returned", to="plan", reason="重新制定方案")
    assert back.status_code == 200, back.text
    assert await late(walk) == ("red", 3)
    assert walk.item["id"] in {item["id"] for item in await listed(timely, overdue=True)}
    assert "红灯" in await exported(walk)
    for dry_run in (True, False):
        assert codes(await planned(walk, 101, dry_run=dry_run)) == [("/record/milestones", "milestone_too_far")]
    assert (await planned(walk, 100)).status_code == 200
    assert await late(walk) == ("red", 3)
    await walk.pass_until("rectifying")
    assert await late(walk) == ("red", 3)
    assert (await noted(walk, reached=[ahead(10)])).status_code == 200
    assert (await late(walk))[1] == 0


async def test_act_200_the_next_milestone_stands_while_the_unit_plans_anew(timely: County) -> None:
    walk = await standing(timely, 10, 70)
    await walk.later(9)
    await walk.act("unit", "returned", to="plan", reason="重新制定方案")
    assert await late(walk) == ("yellow", 0)
    await walk.later(30)
    assert await late(walk) == ("red", 29)
    assert codes(await planned(walk, 39 + 90)) == [("/record/milestones", "milestone_too_far")]


async def test_act_200_given_back_and_assigned_again_it_stays_red(timely: County) -> None:
    """To the unit that had it as to another one."""
    walk = await standing(timely, 10, 70)
    await walk.later(13)
    for where in ({}, {"responsible_unit_id": str(timely.office.id)}):
        back = await walk.act("supervisor", "returned", to="assignment", reason="不属于本单位职责")
        assert back.status_code == 200, back.text
        assert await late(walk) == ("red", 3)
        dated = assignment(timely, due_on=ahead(60), **where)
        assert codes(await walk.act("supervisor", record=dated))[0] == ("/record/deadline_kind", "limit_kind_stays")
        await walk.done("supervisor", record=for_good(timely, **where))
        assert await late(walk) == ("red", 3)


async def test_reopen_200_the_day_is_a_milestone_that_no_assignment_takes_away(timely: County) -> None:
    walk = await (await standing(timely, 10, 70)).pass_until(None)
    far = {"step": "rectifying", "reason": "问题复发，又积水", "record": {"due_on": ahead(91)}}
    for dry_run in (True, False):
        refused = await walk.act("second", "reopened", dry_run=dry_run, **far)
        assert codes(refused) == [("/record/due_on", "milestone_too_far")]
    far["record"] = {"due_on": ahead(20)}
    answer = await walk.act("second", "reopened", **far)
    assert answer.status_code == 200, answer.text
    assert (walk.item["due_on"], walk.item["procedure"]["limit_at"][:10]) == (None, ahead(20))
    await walk.later(21)
    assert await late(walk) == ("red", 1)
    for to in ("plan", "assignment"):
        back = await walk.act("unit", "returned", to=to, reason="重新制定方案")
        assert back.status_code == 200, back.text
        assert await late(walk) == ("red", 1)
    await walk.done("supervisor", record=for_good(timely))
    assert await late(walk) == ("red", 1)
    await walk.pass_until("plan")
    assert (await planned(walk, 50)).status_code == 200
    await walk.pass_until("rectifying")
    assert await late(walk) == ("red", 1)
    assert (await noted(walk, reached=[ahead(20)])).status_code == 200
    assert (await late(walk))[1] == 0


async def test_list_200_the_counts_say_of_a_milestone_on_its_day_what_the_lights_say(timely: County) -> None:
    """Due today is not late, and the day after it is: in the list, its filters, the board's counts and the export."""
    walk = await standing(timely, 10, 70)
    for days, light, is_late in ((10, "yellow", False), (1, "red", True)):
        await walk.later(days)
        assert await late(walk) == (light, int(is_late))
        for asked, there in (({"overdue": True}, is_late), ({"overdue": False}, not is_late), ({"light": light}, True)):
            assert (walk.item["id"] in {item["id"] for item in await listed(timely, **asked)}) is there, asked
        answer = await timely.client("supervisor").get("/figures/lights")
        assert answer.status_code == 200, answer.text
        facts = {fact["key"]: fact["value"] for fact in answer.json()["facts"]}
        assert {key: facts[key] for key in ("yellow", "red")} == {"yellow": 0, "red": 0, light: 1}
