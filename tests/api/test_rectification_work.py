"""Taking items through their steps: who may, what is refused, what is pointed out."""

import asyncio

import pytest

from backend.db.account import RoleGrant
from tests.api.accounts import field_of
from tests.api.decisions import codes, uploaded
from tests.api.rectifications import Walk, ahead, assignment, working_days_ahead
from tests.api.test_due_today import exported
from tests.api.test_rectification_paper import bulletin
from tests.files import pdf, picture


async def test_act_200_takes_an_item_from_registration_to_closing(county) -> None:
    walk = await Walk.start(county)
    seen = []
    while walk.step:
        seen.append((walk.step, walk.item["status"]))
        await walk.pass_step()
    assert seen == [
        ("assignment", "registered"),
        ("sign_for", "assigned"),
        ("plan", "signed_for"),
        ("plan_approval", "planned"),
        ("rectifying", "rectifying"),
        ("verification", "close_requested"),
        ("closing", "verified"),
    ]
    assert (walk.item["status"], walk.item["light"], walk.item["procedure"]["state"]) == ("closed", "grey", "closed")
    assert walk.item["closed_on"]
    assert "清淤疏通排水沟" in walk.item["measures"]
    assert "三次降雨未见积水" in walk.item["result"]


async def test_act_200_people_affected_are_asked_by_somebody_else_before_closing(county) -> None:
    walk = await (await Walk.start(county, affects_people=True)).pass_until("satisfaction")
    record = await walk.example("clerk")
    assert (await walk.act("unit", record=record)).json()["code"] == "party_barred"
    unhappy = {**(record or {}), "asked": 10, "satisfied": 5, "fairly": 2, "unsatisfied": 3, "no_answer": 0}
    assert [pointer for pointer, _ in codes(await walk.act("clerk", record=unhappy))]
    back = await walk.act("clerk", "returned", to="rectifying", reason="三成群众不满意", record=unhappy)
    assert back.status_code == 200, back.text
    assert (walk.step, walk.item["status"]) == ("rectifying", "rectifying")
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"


@pytest.mark.parametrize("source", ["inspection_tour", "county_transfer", "audit"])
async def test_act_403_a_source_that_has_to_confirm_confirms_from_above_the_township(county, source: str) -> None:
    walk = await (await Walk.start(county, source=source)).pass_until("source_confirmation")
    record = await walk.example("county_supervisor")
    for who in ("supervisor", "secretary"):
        answer = await walk.act(who, record=record)
        assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"


@pytest.mark.parametrize("source", ["democratic_life_meeting", "organizational_life_meeting"])
async def test_act_403_what_a_life_meeting_found_the_organisation_office_confirms(county, source: str) -> None:
    """Without such an office the county committee; where there is one, only its people, whatever else one may do."""
    walk = await (await Walk.start(county, source=source)).pass_until("organization_confirmation")
    record = await walk.example("county_admin")
    for who in ("supervisor", "second", "county_supervisor", "secretary", "clerk", "unit"):
        assert (await walk.act(who, record=record)).status_code == 403, who
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"

    office = await county.organization("柳塘镇组织科", "office", county.township)
    organizer = await county.account("clerk", office, "查文静")
    async with county.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=organizer.id, role="clerk", organization_id=county.township.id))
    walk = await (await Walk.start(county, source=source)).pass_until("organization_confirmation")
    walk.people["organizer"] = organizer
    refused = await walk.act("county_admin", record=record)
    assert (refused.status_code, refused.json()["code"]) == (403, "party_only")
    awaits = (await county.client(organizer).get("/me/tasks")).json()["items"]
    assert walk.item["id"] in {task["id"] for task in awaits}
    await walk.done("organizer", record=record)
    await walk.pass_until(None)
    assert walk.item["status"] == "closed"


async def test_act_409_what_a_life_meeting_found_is_not_withdrawn(county) -> None:
    walk = await Walk.start(county, source="organizational_life_meeting")
    answer = await walk.act("supervisor", "withdrawn", reason="重复登记")
    assert codes(answer) == [("/outcome", "source_confirms_its_end")]


async def test_act_422_a_major_problem_needs_five_whys_a_rule_and_a_second_verifier(county) -> None:
    walk = await (await Walk.start(county, severity="major")).pass_until("plan")
    plan = await walk.example("unit")
    assert plan
    assert codes(await walk.act("unit", record={**plan, "whys": plan["whys"][:4]})) == [("/record/whys", "too_few")]
    assert codes(await walk.act("unit", record={key: plan[key] for key in ("measures", "whys")})) == [
        ("/record/cause", "field_required")
    ]
    await walk.pass_until("rectifying")
    done = await walk.example("unit")
    assert done
    proof = await walk.proof("unit")
    for name in ("rule", "correction", "consequence", "similar"):
        lacking = {key: value for key, value in done.items() if key != name}
        assert (f"/record/{name}", "field_required") in codes(await walk.act("unit", record=lacking, evidence=proof))
    assert codes(await walk.act("unit", record=done, evidence=proof)) == [("/evidence", "evidence_missing")]
    await walk.pass_until("second_verification")
    again = await walk.act("supervisor")
    assert (again.status_code, again.json()["code"]) == (403, "same_person_as_step")
    await walk.pass_until(None)


async def test_act_403_its_own_unit_neither_approves_nor_verifies_nor_closes(county) -> None:
    walk = await Walk.start(county)
    walk.people["own_supervisor"] = await county.account("supervisor", county.village, "村里的督查员")
    for step in ("plan_approval", "verification", "closing"):
        await walk.pass_until(step)
        who = "unit_secretary" if step == "plan_approval" else "own_supervisor"
        answer = await walk.act(who)
        assert (answer.status_code, answer.json()["code"]) == (403, "party_barred"), step


async def test_act_403_only_its_own_unit_signs_plans_and_works(county) -> None:
    walk = await Walk.start(county)
    for step in ("sign_for", "plan", "rectifying"):
        await walk.pass_until(step)
        answer = await walk.act("clerk")
        assert (answer.status_code, answer.json()["code"]) == (403, "party_only"), step


async def test_act_422_without_evidence_and_with_a_stock_phrase(county) -> None:
    walk = await (await Walk.start(county)).pass_until("rectifying")
    assert ("/evidence", "evidence_too_few") in codes(await walk.act("unit", record={"result": "排水沟已全线清淤疏通"}))
    answer = await walk.act("unit", record={"result": "已处理"}, evidence=await walk.proof("unit"))
    assert codes(answer) == [("/record/result", "not_concrete")]


DEADLINES = [
    ({"due_on": working_days_ahead(2)}, [("/record/due_on", "days_apart_short")]),
    ({"due_on": working_days_ahead(3)}, []),
    ({"due_on": working_days_ahead(1), "emergency": {"reason": "汛期险情"}}, []),
    ({"due_on": ahead(-1)}, [("/record/due_on", "day_in_past"), ("/record/due_on", "days_apart_short")]),
    ({"due_on": None}, [("/record/due_on", "field_type")]),
    ({"deadline_kind": "standing"}, [("/record/due_on", "field_must_be_empty")]),
    ({"deadline_kind": "immediate", "due_on": working_days_ahead(6)}, [("/record/due_on", "days_apart_long")]),
    ({"deadline_kind": "immediate", "due_on": working_days_ahead(5)}, []),
]


@pytest.mark.parametrize(("changes", "refused"), DEADLINES)
async def test_act_422_limits_that_are_too_near_or_do_not_fit_their_kind(county, changes, refused) -> None:
    walk = await Walk.start(county)
    judged = await walk.act("supervisor", record=assignment(county, **changes), dry_run=True)
    assert codes(judged) == refused


async def test_act_200_at_once_means_five_working_days(county) -> None:
    walk = await Walk.start(county)
    given = assignment(county, deadline_kind="immediate")
    del given["due_on"]
    await walk.done("supervisor", record=given)
    assert walk.item["due_on"] == walk.item["original_due_on"] == working_days_ahead(5)


async def test_act_422_a_major_problem_is_not_put_right_at_once(county) -> None:
    walk = await Walk.start(county, severity="major")
    record = assignment(county, deadline_kind="immediate", due_on=working_days_ahead(5))
    assert codes(await walk.act("supervisor", record=record)) == [("/record/deadline_kind", "not_for_this_subject")]


async def test_act_422_standing_needs_milestones_at_most_ninety_days_apart(county) -> None:
    walk = await Walk.start(county)
    given = assignment(county, deadline_kind="standing")
    del given["due_on"]
    await walk.done("supervisor", record=given)
    await walk.pass_until("plan")
    plan = await walk.example("unit")
    assert plan
    bare = {key: value for key, value in plan.items() if key != "milestones"}
    assert codes(await walk.act("unit", record=bare)) == [("/record/milestones", "too_few")]

    def planned(*days: int) -> dict[str, object]:
        return {**plan, "milestones": [{"what": "阶段目标", "due_on": ahead(day)} for day in days]}

    far = await walk.act("unit", record=planned(60, 151))
    assert codes(far) == [("/record/milestones/1/due_on", "days_apart_long")]
    await walk.done("unit", record=planned(60, 150))
    await walk.pass_until("rectifying")
    assert (walk.item["due_on"], walk.item["procedure"]["limit_at"][:10]) == (None, ahead(60))


async def test_act_422_a_note_of_a_standing_item_leaves_a_milestone_ahead(county) -> None:
    walk = await standing(county, 10)
    note = {"text": "已完成清淤", "reached": [ahead(10)]}
    proof = await walk.proof("unit")
    for dry_run in (True, False):
        answer = await walk.act("unit", "noted", record=note, evidence=proof, dry_run=dry_run)
        assert codes(answer) == [("/record/next", "milestone_needed")]
    far = await walk.act("unit", "noted", record={**note, "next": [ahead(91)]}, evidence=proof)
    assert codes(far) == [("/record/next", "milestone_too_far")]
    good = await walk.act("unit", "noted", record={**note, "next": [ahead(90)]}, evidence=proof)
    assert good.status_code == 200, good.text
    assert walk.item["procedure"]["limit_at"][:10] == ahead(90)


async def test_act_422_a_milestone_is_reached_with_proof_and_when_it_is_due(county) -> None:
    walk = await standing(county, 15, 60)
    proof = await walk.proof("unit")
    bare = await walk.act("unit", "noted", record={"text": "已完成清淤", "reached": [ahead(15)]})
    assert codes(bare) == [("/evidence", "milestone_needs_evidence")]
    for day, code in ((60, "milestone_not_due"), (14, "milestone_unknown")):
        record = {"text": "已完成清淤", "reached": [ahead(day)]}
        answer = await walk.act("unit", "noted", record=record, evidence=proof)
        assert codes(answer) == [("/record/reached/0", code)]
    good = await walk.act("unit", "noted", record={"text": "已完成清淤", "reached": [ahead(15)]}, evidence=proof)
    assert good.status_code == 200, good.text
    assert walk.item["procedure"]["limit_at"][:10] == ahead(60)


async def test_act_422_a_note_sets_few_milestones_and_none_far_from_the_one_before(county) -> None:
    walk = await standing(county, 15)
    for days, code in (
        ((20, 30, 40, 50, 60), "milestones_too_many"),
        ((60, 151), "milestone_too_far"),
        ((0,), "milestone_in_past"),
    ):
        answer = await walk.act("unit", "noted", record={"text": "后续安排", "next": [ahead(day) for day in days]})
        assert codes(answer) == [("/record/next", code)]
    good = await walk.act("unit", "noted", record={"text": "后续安排", "next": [ahead(60), ahead(150)]})
    assert good.status_code == 200, good.text


async def standing(county, *days: int) -> Walk:
    """An item that is kept up for good and being put right, with milestones so many days ahead."""
    walk = await Walk.start(county)
    given = assignment(county, deadline_kind="standing")
    del given["due_on"]
    await walk.done("supervisor", record=given)
    await walk.pass_until("plan")
    goals = [{"what": "清淤", "due_on": ahead(day)} for day in days]
    await walk.done("unit", record={**(await walk.example("unit") or {}), "milestones": goals})
    return await walk.pass_until("rectifying")


async def test_act_warns_of_a_file_that_proves_another_item(county) -> None:
    first = await (await Walk.start(county)).pass_until("rectifying")
    await first.done(
        "unit", evidence=await first.proof("unit", picture("same")) + await first.proof("unit", pdf(), "rule")
    )
    second = await (await Walk.start(county, problem="路灯损坏未及时维修")).pass_until("rectifying")
    answer = await second.act(
        "unit",
        dry_run=True,
        record={"result": "七盏路灯全部更换并亮灯"},
        evidence=await second.proof("unit", picture("same")),
    )
    found = answer.json()
    assert found["allowed"]
    (warning,) = [one for one in found["warnings"] if one["code"] == "evidence_used_elsewhere"]
    assert first.item["number"] in warning["message"]


async def test_act_warns_of_evidence_older_than_the_problem(demo) -> None:
    village_file = await uploaded(demo.client("clerk"), demo.village.id, picture("old"))
    assert (await demo.client("clerk").post("/demo/clock", json={"days": 2})).status_code == 200
    walk = await (await Walk.start(demo)).pass_until("rectifying")
    judged = await walk.act(
        "unit",
        dry_run=True,
        record={"result": "七盏路灯全部更换并亮灯"},
        evidence=[{"id": village_file, "kind": "photo"}],
    )
    assert "evidence_older" in [one["code"] for one in judged.json()["warnings"]]


async def test_act_warns_of_closing_on_the_day_of_assignment(demo) -> None:
    walk = await (await Walk.start(demo)).pass_until("closing")
    warnings = (await walk.act("supervisor", dry_run=True)).json()["warnings"]
    assert [one["code"] for one in warnings] == ["closed_same_day"]
    await walk.later(1)
    warnings = (await walk.act("supervisor", dry_run=True)).json()["warnings"]
    assert [one["code"] for one in warnings] == []


async def test_act_200_a_unit_objects_and_does_not_assign_itself_a_later_day(county) -> None:
    walk = await (await Walk.start(county)).pass_until("sign_for")
    back = await walk.act("unit_secretary", "returned", to="assignment", reason="问题路段不在本村")
    assert back.status_code == 200, back.text
    answer = await walk.act("unit_secretary", record=assignment(county, due_on=ahead(900)))
    assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")
    later = await walk.act("supervisor", record=assignment(county, due_on=ahead(60)))
    assert codes(later) == [("/record/due_on", "limit_moves_by_extension")]
    await walk.assigned(due_on=ahead(30))
    assert (walk.item["due_on"], walk.item["original_due_on"]) == (ahead(30), ahead(40))


async def test_act_403_its_own_unit_does_not_withdraw_it(county) -> None:
    walk = await (await Walk.start(county)).pass_until("plan")
    answer = await walk.act("unit_secretary", "withdrawn", reason="不存在此问题")
    assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")
    # Nor does any one person outside it: another one of supervision than those who assigned it and gave it back.
    ground = {"reason": "排水沟属相邻村，本村误登", "rule": "与ZG-2026-0001重复登记"}
    early = await walk.act("second", "withdrawn", **ground)
    assert codes(early) == [("/outcome", "withdrawal_given_back_first")]
    offered = await walk.option("second", "withdrawn")
    assert (offered["allowed"], offered["missing"][-1]["code"]) == (False, "withdrawal_given_back_first")
    back = await walk.act("county_supervisor", "returned", to="assignment", reason="登记有误，提请撤回")
    assert back.status_code == 200, back.text
    for who in ("supervisor", "county_supervisor", "county_admin"):
        answer = await walk.act(who, "withdrawn", **ground)
        assert (answer.status_code, answer.json()["code"]) == (403, "withdrawal_needs_another"), who
    offered = await walk.option("second", "withdrawn")
    assert (offered["allowed"], {one["pointer"] for one in offered["missing"]}) == (True, {"/reason", "/rule"})
    empty = await walk.act("second", "withdrawn", reason="不再办理", rule=" ")
    assert codes(empty) == [("/reason", "withdrawal_not_concrete"), ("/rule", "withdrawal_needs_ground")]
    gone = await walk.act("second", "withdrawn", **ground)
    assert gone.json()["status"] == "withdrawn"
    assert "已撤回" in await exported(walk)
    assert "当月新登记问题1件" in await bulletin(county)


async def test_act_200_what_nobody_was_given_is_withdrawn_by_one_and_leaves_the_ledger(county) -> None:
    walk = await Walk.start(county)
    assert (await walk.act("supervisor", "withdrawn", reason="登记错误")).status_code == 200
    assert "当月新登记问题0件" in await bulletin(county)


async def test_act_422_units_that_an_item_cannot_be_given_to(county, other_county) -> None:
    walk = await Walk.start(county, "county_admin")
    gone = await county.organization("撤销的村", "village", status="dissolved")
    for unit, code in (
        (other_county.village.id, "unit_not_found"),
        (gone.id, "organization_over"),
        (county.county.id, "unit_without_verifier"),
    ):
        answer = await walk.act("county_admin", record=assignment(county, responsible_unit_id=str(unit)))
        assert codes(answer) == [("/record/responsible_unit_id", code)]


async def test_act_412_on_an_older_version_and_404_out_of_sight(county, other_county) -> None:
    walk = await (await Walk.start(county)).pass_until("plan")
    assert (await walk.act("unit", version=1)).status_code == 412
    answer = await other_county.client("supervisor").post(
        walk.path + "/acts", json={"step": "plan", "outcome": "done"}, headers={"if-match": walk.version}
    )
    assert answer.status_code == 404


async def test_assign_412_for_the_second_of_two_at_once(county) -> None:
    """The first gives the item to another organisation; the second is late, and the item does not seem to be gone."""
    walk = await Walk.start(county)
    body = {"step": walk.step, "outcome": "done", "record": assignment(county)}
    headers = {"if-match": walk.version}
    who = ("supervisor", "second", "county_supervisor")
    answers = await asyncio.gather(
        *(walk.client(one).post(f"{walk.path}/acts", json=body, headers=headers) for one in who)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_act_403_the_proposed_unit_neither_assigns_nor_withdraws_its_own_finding(county) -> None:
    own = {"organization_id": str(county.village.id), "responsible_unit_id": str(county.village.id)}
    walk = await Walk.start(county, source="self_review", **own)
    for outcome in ("done", "withdrawn"):
        answer = await walk.act("unit_secretary", outcome, reason="自行处理")
        assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")
    merged = await walk.post("unit_secretary", "/merge", {"into_id": walk.item["id"], "reason": "重复"})
    assert merged.status_code == 422
    await walk.assigned()
    assert walk.item["status"] == "assigned"


async def test_act_422_nobody_assigns_an_item_to_the_unit_they_are_of(county) -> None:
    own = {"organization_id": str(county.village.id), "source": "self_review", "affects_people": True}
    walk = await Walk.start(county, "unit_secretary", **own)
    given = assignment(county, due_on=ahead(900))
    assert codes(await walk.act("unit_secretary", record=given)) == [("/record/responsible_unit_id", "unit_is_own")]
    many = {"ids": [walk.item["id"]], **assignment(county)}
    bulk = await walk.client("unit_secretary").post("/rectifications/assignments", json=many)
    assert bulk.json()["items"][0]["refusal"]["code"] == "unit_is_own"
    town = assignment(county, responsible_unit_id=str(county.township.id))
    assert codes(await walk.act("supervisor", record=town)) == [("/record/responsible_unit_id", "unit_is_own")]
    await walk.done("county_supervisor", record=town)


@pytest.mark.parametrize("who", ["clerk", "secretary", "township_admin", "county_admin"])
async def test_supervise_403_for_others_than_the_office_of_supervision(county, who: str) -> None:
    walk = await Walk.start(county)
    answer = await walk.post(who, "/supervision", {"reason": "群众多次反映"})
    assert answer.status_code == 403
    assert (await walk.post("supervisor", "/supervision", {"reason": "群众多次反映"})).status_code == 200


async def test_act_422_for_names_and_texts_in_the_form_that_hide_something(county) -> None:
    walk = await Walk.start(county)
    for name in ("任\u202e思远", "任思\u200b远", "任思远\n林晓雨"):
        record = assignment(county, due_on=walk.ahead(40), responsible_leader=name)
        assert field_of(await walk.act("supervisor", record=record)) == ("/record/responsible_leader", "field_hides")
    await walk.pass_step()
    await walk.pass_step()
    assert walk.step == "plan"
    record = await walk.example("unit")
    area = next(key for key, value in record.items() if isinstance(value, str) and len(value) > 8)
    hidden = await walk.act("unit", record=record | {area: "一、清淤。\n二、\u2066护坡\u2069。"})
    assert field_of(hidden) == (f"/record/{area}", "field_hides")
    plain = await walk.act("unit", record=record | {area: "一、清淤。\r\n\t二、护坡 ⚠️ 👷\u200d♂️。"})
    assert plain.status_code == 200, plain.text
