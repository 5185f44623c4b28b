"""Who closes an item is not who owns it: whoever it names as leader or person judges nothing of it."""

import pytest

from tests.api.rectifications import Walk, assignment
from tests.api.test_delegation import acting, lend


async def owned_by_supervisor(county, **changes: str) -> Walk:
    """An item that names somebody of the office of supervision, who would verify and close it otherwise."""
    walk = await Walk.start(county, severity="major", affects_people=True)
    walk.people["owner"] = await county.account("supervisor", county.township, "隋长河")
    return await walk.done("supervisor", record=assignment(county, **changes))


@pytest.mark.parametrize(
    "changes", [{"responsible_leader": "隋长河（副镇长）"}, {"responsible_person": "解小满、隋 长河"}]
)
async def test_act_403_whoever_an_item_names_neither_verifies_nor_closes_it(county, changes: dict[str, str]) -> None:
    walk = await owned_by_supervisor(county, **changes)
    for step in ("verification", "second_verification", "satisfaction", "closing"):
        await walk.pass_until(step)
        option = await walk.option("owner")
        assert not option["allowed"], step
        record = await walk.example("supervisor")
        answer = await walk.act("owner", record=record)
        assert (answer.status_code, answer.json()["code"]) == (403, "party_barred"), step
        assert "同名" in answer.json()["detail"]
        tasks = (await walk.client("owner").get("/me/tasks")).json()["items"]
        assert walk.item["id"] not in [task["id"] for task in tasks]
        assert "隋长河" not in [holder["name"] for holder in walk.item["holders"]]
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"


@pytest.mark.parametrize(("field", "status"), [("responsible_person", 403), ("responsible_leader", 200)])
async def test_act_403_the_person_named_does_not_approve_the_plan(county, field: str, status: int) -> None:
    walk = await (await owned_by_supervisor(county, **{field: "隋长河"})).pass_until("plan_approval")
    answer = await walk.act("owner")
    assert answer.status_code == status, answer.text


async def test_act_403_a_deputy_of_whoever_is_named_does_not_close_it_either(county) -> None:
    walk = await owned_by_supervisor(county, responsible_leader="隋长河")
    deputy = await county.account(None, county.office, "区慧")
    assert (await lend(county, walk.people["owner"], deputy)).status_code == 201
    await walk.pass_until("verification")
    record = await walk.example("supervisor")
    walk.clients["deputy"] = acting(county, deputy, walk.people["owner"])
    answer = await walk.act("deputy", record=record)
    assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")


async def test_act_200_helping_units_are_told_and_bear_nothing(county) -> None:
    """They stand in the assignment for everybody to read; signing and working stay with the responsible unit."""
    helper = await county.account("clerk", county.office, "区慧")
    walk = await Walk.start(county)
    walk.people["helper"] = helper
    await walk.assigned(helpers=[county.office.name, "县水利局"])
    (step,) = [one for one in walk.item["procedure"]["steps"] if one["key"] == "assignment"]
    (act,) = step["acts"]
    assert act["record"]["helpers"] == [county.office.name, "县水利局"]
    assert (await walk.client("helper").get(walk.path)).status_code == 404
    assert walk.item["responsible_unit"]["id"] == str(county.village.id)
