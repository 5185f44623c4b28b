"""The procedures as data, and what awaits each person."""

from datetime import datetime

from backend.domain.calendar import day_of
from tests.api.decisions import Walk, started


async def test_list_200_and_get_200_for_any_reader(county) -> None:
    for who in ("member", "inspector", "legal_reviewer", "clerk", "platform_admin"):
        client = county.client(who)
        listed, *others = (await client.get("/procedures")).json()["items"]
        assert listed == (await client.get("/procedures/decision")).json()
        for other in others:
            assert other == (await client.get(f"/procedures/{other['key']}")).json()
    assert listed["key"] == "decision"
    assert [step["key"] for step in listed["steps"]][7] == "resolution"
    assert listed["title"] == {"zh-CN": "重大事项八步决策", "en": "Eight-step decision"}


async def test_get_200_shows_limits_waivers_and_examples_with_days_that_hold_now(county) -> None:
    client = county.client("clerk")
    definition = (await client.get("/procedures/decision")).json()
    steps = {step["key"]: step for step in definition["steps"]}
    assert steps["opinion_solicitation"]["waits"] == [
        {"days": 30, "unit": "natural", "shortened_by": "/shorter_period"}
    ]
    assert {key for key, step in steps.items() if step["waiver"]} == {"expert_consultation", "public_hearing", "pilot"}
    assert steps["resolution"]["countersign"] == {"count": 2, "roles": ["secretary"]}
    example = steps["resolution"]["record_schema"]["examples"][0]
    assert example["held_on"][:4].isdecimal()


async def test_get_404_for_an_unknown_procedure(county) -> None:
    assert (await county.client("clerk").get("/procedures/nothing")).status_code == 404


async def test_procedures_401_anonymous_and_403_without_a_role(county, anonymous) -> None:
    assert (await anonymous.get("/api/v1/procedures")).status_code == 401
    nobody = await county.account(None, county.township)
    for path in ("/procedures", "/procedures/decision", "/me/tasks"):
        assert (await county.client(nobody).get(path)).status_code == 403


async def tasks(walk: Walk, who: str) -> list[dict]:
    answer = await walk.client(who).get("/me/tasks")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_tasks_200_follow_the_open_step_from_person_to_person(demo) -> None:
    walk = await Walk.start(demo)
    (task,) = await tasks(walk, "clerk")
    assert task == {
        "kind": "decision",
        "id": walk.decision["id"],
        "number": walk.decision["number"],
        "title": walk.decision["title"],
        "step": "intention_solicitation",
        "step_title": "意向征集",
        "since": task["since"],
        "due_at": task["due_at"],
        "light": "green",
        "organization": {"id": str(demo.township.id), "name": demo.township.name},
    }
    for who in ("secretary", "legal_reviewer", "inspector", "member"):
        assert await tasks(walk, who) == []
    await walk.pass_until("legality_review")
    assert await tasks(walk, "clerk") == []
    assert [task["step"] for task in await tasks(walk, "legal_reviewer")] == ["legality_review"]
    await walk.pass_until("resolution")
    assert await tasks(walk, "secretary") == []
    assert (await walk.act("clerk")).status_code == 200
    # The first signature is given; now it waits for the secretary, since that moment.
    assert await tasks(walk, "clerk") == []
    (task,) = await tasks(walk, "secretary")
    signed_at = walk.decision["procedure"]["steps"][7]["acts"][0]["at"]
    assert datetime.fromisoformat(task["since"]) == datetime.fromisoformat(signed_at)
    assert (await walk.act("secretary")).status_code == 200
    await walk.pass_until("evaluation")
    for who in ("secretary", "inspector", "township_admin"):
        assert [task["step"] for task in await tasks(walk, who)] == ["evaluation"]


async def test_tasks_200_turn_yellow_and_red_as_the_limit_comes(demo) -> None:
    walk = await Walk.start(demo)
    run = walk.decision["procedure"]
    # Counted from the limit: where the clock stands, and so whether the limit moved off a rest day, is others' doing.
    left = (day_of(datetime.fromisoformat(run["due_at"])) - day_of(datetime.fromisoformat(run["opened_at"]))).days
    for days, light in ((left - 8, "green"), (1, "yellow"), (7, "yellow"), (1, "red")):
        await walk.later(days)
        (task,) = await tasks(walk, "clerk")
        assert task["light"] == light, days
        assert (await walk.seen_by("clerk"))["procedure"]["light"] == light
        listed = (await walk.client("clerk").get("/decisions", params={"overdue": "true"})).json()["items"]
        assert bool(listed) is (light == "red")


async def test_tasks_200_show_no_other_county_and_end_with_the_run(county, other_county) -> None:
    walk = await Walk.start(county)
    assert (await other_county.client("clerk").get("/me/tasks")).json()["items"] == []
    assert (await walk.act("secretary", "withdrawn", reason="条件不具备")).status_code == 200
    assert await tasks(walk, "clerk") == []


async def test_tasks_200_page_by_cursor(county) -> None:
    made = {(await started(county))["id"] for _ in range(3)}
    client = county.client("clerk")
    first = (await client.get("/me/tasks", params={"limit": 2})).json()
    second = (await client.get("/me/tasks", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert {item["id"] for item in [*first["items"], *second["items"]]} == made
    assert second["next_cursor"] is None
