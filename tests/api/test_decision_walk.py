"""The eight steps and what follows, walked by people over HTTP, and everything that tries to get around them."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from backend.db.account import RoleGrant
from backend.db.event import Event
from backend.db.procedure import ProcedureAct
from tests.api.decisions import Walk, codes, uploaded

STEPS = [
    "intention_solicitation",
    "investigation",
    "expert_consultation",
    "opinion_solicitation",
    "public_hearing",
    "pilot",
    "legality_review",
    "resolution",
    "publication",
    "execution",
    "evaluation",
    "closing",
]


async def counted(walk: Walk) -> tuple[int, int]:
    """How many acts and events the decision has."""
    async with walk.county.app.state.database.reader() as reader:
        events = sa.select(sa.func.count()).where(Event.subject_id == walk.decision["id"])
        acts = sa.select(sa.func.count()).select_from(ProcedureAct)
        return (await reader.execute(acts)).scalar_one(), (await reader.execute(events)).scalar_one()


async def test_walk_200_all_the_way_by_the_rendered_examples_alone(demo) -> None:
    walk = await Walk.start(demo)
    passed, statuses = [], []
    while walk.step is not None:
        passed.append(walk.step)
        await walk.pass_step()
        statuses.append(walk.decision["status"])
    assert passed == STEPS
    assert statuses == ["running"] * 7 + ["adopted", "adopted", "executing", "evaluated", "closed"]
    assert walk.decision["closed_at"] is not None
    assert walk.decision["procedure"]["options"] == []
    # Twelve steps, one of them with two signatures; one event for each act and one for the start.
    assert (await counted(walk))[1] == 14


async def test_act_409_once_it_is_over(county) -> None:
    walk = await Walk.start(county)
    assert (await walk.act("secretary", "withdrawn", reason="条件不具备")).status_code == 200
    answer = await walk.act("clerk", step="intention_solicitation", record=None, evidence=[])
    assert (answer.status_code, answer.json()["code"]) == (409, "run_over")


@pytest.mark.parametrize("step", STEPS[1:])
async def test_act_422_jumping_ahead(county, step: str) -> None:
    walk = await Walk.start(county)
    answer = await walk.act("clerk", step=step, record={}, evidence=[])
    assert (answer.status_code, answer.json()["code"]) == (422, "unready")
    assert codes(answer) == [("/step", "step_not_open")]
    assert "意向征集" in answer.json()["errors"][0]["message"]


async def test_act_422_names_every_field_that_is_missing_in_the_callers_language(county) -> None:
    walk = await Walk.start(county)
    answer = await walk.act("clerk", record={"proposals": []})
    assert codes(answer) == [("/record/conclusion", "field_required"), ("/record/proposals", "field_few")]
    assert answer.json()["errors"][0]["message"] == "请填写“研究意见”"
    english = county.client("clerk", "en")
    answer = await english.post(
        f"{walk.path}/acts",
        json={"step": walk.step, "outcome": "done", "record": {"proposals": []}},
        headers={"if-match": '"1"'},
    )
    assert answer.json()["errors"][0]["message"] == "Fill in Conclusion"


async def test_act_403_for_those_who_hold_no_role_at_the_step(county) -> None:
    walk = await Walk.start(county)
    for who, code in (
        ("inspector", "role_not_allowed"),
        ("secretary", "role_not_allowed"),
        ("legal_reviewer", "role_not_allowed"),
        ("platform_admin", "permission_missing"),
    ):
        answer = await walk.act(who, record=None, evidence=[])
        assert (answer.status_code, answer.json()["code"]) == (403, code), who
    assert walk.decision["version"] == 1


async def test_act_404_out_of_sight_and_401_anonymous(county, other_county, anonymous) -> None:
    walk = await Walk.start(county)
    body = {"step": walk.step, "outcome": "done"}
    outside = await other_county.client("clerk").post(f"{walk.path}/acts", json=body, headers={"if-match": '"1"'})
    assert outside.status_code == 404
    assert (await anonymous.post(f"/api/v1{walk.path}/acts", json=body)).status_code == 401


async def test_act_428_without_and_412_with_a_stale_version(county) -> None:
    walk = await Walk.start(county)
    body = {"step": walk.step, "outcome": "done"}
    assert (await walk.client("clerk").post(f"{walk.path}/acts", json=body)).status_code == 428
    answer = await walk.act("clerk", version=9)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


async def test_act_200_for_one_of_two_at_once(county) -> None:
    walk = await Walk.start(county)
    record = await walk.example("clerk")
    body = {"step": walk.step, "outcome": "done", "record": record}
    clients = [county.client("clerk"), county.client("township_admin")]
    answers = await asyncio.gather(
        *(client.post(f"{walk.path}/acts", json=body, headers={"if-match": '"1"'}) for client in clients)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await counted(walk))[1] == 2
    again = await clients[0].post(f"{walk.path}/acts", json=body, headers={"if-match": '"2"'})
    assert codes(again) == [("/step", "step_not_open")]


async def test_act_200_dry_run_says_what_would_be_refused_and_changes_nothing(county) -> None:
    walk = await Walk.start(county)
    before = await walk.seen_by("clerk"), await counted(walk)
    refused = await walk.act("clerk", dry_run=True, record={"conclusion": " "})
    assert refused.status_code == 200
    assert refused.json()["allowed"] is False
    assert codes(refused) == [("/record/proposals", "field_required")]
    wrong = await walk.act("inspector", dry_run=True, record=None, evidence=[])
    assert (wrong.json()["allowed"], codes(wrong)[0]) == (False, ("", "role_not_allowed"))
    fine = (await walk.act("clerk", dry_run=True)).json()
    # Towards the end of a year the limit lies in one whose holidays nobody has published.
    assert {warning["code"] for warning in fine.pop("warnings")} <= {"calendar_provisional"}
    assert fine == {"allowed": True, "problems": []}
    assert (await walk.seen_by("clerk"), await counted(walk)) == before


async def test_act_422_for_a_body_that_is_no_act(county) -> None:
    walk = await Walk.start(county)
    assert codes(await walk.act("clerk", outcome="closed")) == [("/outcome", "field_literal_error")]
    assert codes(await walk.act("clerk", at="2020-01-01")) == [("/at", "field_extra_forbidden")]
    assert codes(await walk.act("clerk", by=str(county.accounts["secretary"].id))) == [("/by", "field_extra_forbidden")]
    for record in ({"conclusion": "a\x00b"}, {"a\x00": 1}, {"x": nested(40)}):
        assert ("/record", "field_text_unstorable") in codes(await walk.act("clerk", record=record))


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 0


async def test_act_422_a_day_before_the_waits_are_over_and_200_after(demo) -> None:
    """29 days of comment, and a legality review that a holiday or a weekend made look long enough, are too short."""
    walk = await Walk.start(demo)
    for step in ("opinion_solicitation", "public_hearing", "legality_review"):
        await walk.pass_until(step)
        who = "legal_reviewer" if step == "legality_review" else "clerk"
        now = datetime.fromisoformat((await walk.client("clerk").get("/me")).json()["now"])
        left = datetime.fromisoformat(walk.decision["procedure"]["earliest_at"]) - now
        if left.days:
            await walk.later(left.days)
        early = await walk.act(who)
        assert early.status_code == 422
        assert {code for _, code in codes(early)} & {"too_early", "too_early_unless_shortened"}
        await walk.later(1)
        answer = await walk.act(who)
        assert answer.status_code == 200, answer.text


async def test_act_422_shorter_comment_only_with_a_published_reason(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("opinion_solicitation")
    record = await walk.example("clerk")
    assert record
    shorter = {**record, "shorter_period": {"reason": "汛期抢险", "published_in": "镇政府网站"}}
    lacking = await walk.act("clerk", record=shorter)
    assert codes(lacking) == [("/evidence", "evidence_missing")]
    client = walk.client("clerk")
    papers = [
        {"id": await uploaded(client, demo.township.id), "kind": kind} for kind in ("notice", "shorter_period_notice")
    ]
    assert (await walk.act("clerk", record=shorter, evidence=papers)).status_code == 200


async def test_act_422_waiving_what_may_not_be_waived(demo) -> None:
    walk = await Walk.start(demo)
    for step in ("intention_solicitation", "legality_review", "resolution"):
        await walk.pass_until(step)
        for who in ("clerk", "secretary", "legal_reviewer"):
            answer = await walk.act(who, "skipped", reason="急", rule="无")
            assert codes(answer) == [("/outcome", "step_not_waivable")], (step, who)


async def test_act_200_waives_with_reason_rule_and_a_second_person(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("expert_consultation")
    assert codes(await walk.act("clerk", "skipped")) == [("/reason", "reason_needed"), ("/rule", "rule_needed")]
    assert (await walk.act("clerk", "skipped", reason="不涉及专业问题", rule="条例第十九条")).status_code == 200
    assert walk.step == "expert_consultation"
    assert walk.decision["procedure"]["pending"]["kind"] == "waiver"
    assert [holder["name"] for holder in walk.decision["procedure"]["holders"]] == ["secretary"]
    assert (await walk.act("clerk", "skipped", reason="同意", rule="条例第十九条")).status_code == 403
    # Someone who holds both roles is still one person.
    assert (await walk.act("secretary", "skipped")).status_code == 200
    assert walk.step == "opinion_solicitation"
    assert walk.decision["procedure"]["steps"][2]["state"] == "skipped"


async def test_act_422_a_waiver_is_not_approved_by_whoever_asked(demo) -> None:
    both = await demo.account("secretary", demo.township)
    async with demo.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=both.id, role="clerk", organization_id=demo.township.id))
    demo.accounts["both"] = both
    walk = await Walk.start(demo)
    await walk.pass_until("expert_consultation")
    assert (await walk.act("both", "skipped", reason="不涉及", rule="第十九条")).status_code == 200
    answer = await walk.act("both", "skipped", reason="同意", rule="第十九条")
    assert codes(answer) == [("", "waiver_same_person")]


async def test_act_422_the_same_person_does_not_sign_twice(demo) -> None:
    both = await demo.account("secretary", demo.township)
    async with demo.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=both.id, role="clerk", organization_id=demo.township.id))
    demo.accounts["both"] = both
    walk = await Walk.start(demo)
    await walk.pass_until("resolution")
    assert (await walk.act("both")).status_code == 200
    assert walk.decision["procedure"]["pending"]["missing"] == 1
    assert codes(await walk.act("both")) == [("", "already_signed")]
    assert (await walk.act("secretary")).status_code == 200
    assert walk.decision["status"] == "adopted"


async def test_act_403_a_reviewer_of_the_sponsor_unit(demo) -> None:
    insider = await demo.account("legal_reviewer", demo.office, "内部人")
    demo.accounts["insider"] = insider
    walk = await Walk.start(demo, organization_id=str(demo.office.id))
    await walk.pass_until("legality_review")
    answer = await walk.act("insider", record=None, evidence=[])
    assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")
    assert "内部人" not in [holder["name"] for holder in walk.decision["procedure"]["holders"]]
    tasks = (await demo.client(insider).get("/me/tasks")).json()["items"]
    assert tasks == []


async def test_act_403_a_reviewer_who_wrote_the_text(demo) -> None:
    """Whoever wrote it is of the sponsor unit, wherever they sit."""
    both = await demo.account("legal_reviewer", demo.county)
    async with demo.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=both.id, role="clerk", organization_id=demo.township.id))
    demo.accounts["both"] = both
    walk = await Walk.start(demo)
    answer = await walk.client("both").patch(
        walk.path, json={"text": {"title": "t", "body": "b"}}, headers={"if-match": '"1"'}
    )
    walk.decision = answer.json()
    await walk.pass_until("legality_review")
    answer = await walk.act("both", record=None, evidence=[])
    assert (answer.status_code, answer.json()["code"]) == (403, "party_barred")


async def test_act_422_a_resolution_without_quorum_or_in_disorder(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("resolution")
    example = await walk.example("clerk")
    assert example
    papers = await walk.evidence("clerk")

    async def refused(**changes: Any) -> list[tuple[str, str]]:
        answer = await walk.act("clerk", record={**example, **changes}, evidence=papers, dry_run=True)
        return codes(answer)

    def people(present: int, absent: int) -> list[dict[str, str]]:
        states = ["present"] * present + ["absent"] * absent
        return [{"name": f"委员{n}", "standing": "voting", "state": state} for n, state in enumerate(states)]

    def ballots(count: int) -> list[dict[str, str]]:
        return [{"name": f"委员{n}", "choice": "for"} for n in range(count)]

    meeting = {"chair": "委员0", "views": [{"name": "委员0", "view": "同意"}]}
    assert await refused(**meeting, attendance=people(8, 8), votes=ballots(8)) == [
        ("/record/attendance", "quorum_not_met")
    ]
    assert await refused(**meeting, attendance=people(9, 7), votes=ballots(9)) == []
    assert ("/record/votes", "more_votes_than_voters") in await refused(
        **meeting, attendance=people(16, 0), votes=ballots(17)
    )
    assert ("/record/recorder", "same_person") in await refused(recorder=example["chair"])
    assert ("/record/views", "dissent_missing") in await refused(
        views=[v for v in example["views"] if v["name"] != "仇建国"]
    )
    assert ("/record/views", "not_last") in await refused(views=example["views"][::-1])
    votes = [*example["votes"], {"name": "解春生", "choice": "for"}]
    assert ("/record/votes/4/name", "voter_recused") in await refused(votes=votes)
    hearing = walk.decision["procedure"]["steps"][4]["acts"][0]["record"]["held_on"]
    assert ("/record/held_on", "day_before_earlier_step") in await refused(held_on=hearing)
    assert ("/record/held_on", "day_in_future") in await refused(held_on="2999-01-01")
    assert walk.step == "resolution"


async def test_act_422_an_expert_who_is_the_proposer_and_a_warning_for_a_tie(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("expert_consultation")
    example = await walk.example("clerk")
    assert example
    papers = await walk.evidence("clerk")

    def expert(**changes: str) -> dict[str, Any]:
        return {**example, "experts": [{**example["experts"][0], **changes}]}

    for who in ({"name": "曾 晓岚"}, {"organization": demo.office.name}):
        answer = await walk.act("clerk", record=expert(**who), evidence=papers, dry_run=True)
        assert codes(answer) == [("/record/experts/0", "party_member_listed")]
    answer = await walk.act("clerk", record=expert(interest="direct"), evidence=papers, dry_run=True)
    assert codes(answer) == [("/record/experts/0/interest", "interest_declared")]
    tied = await walk.act("clerk", record=expert(name="任思远"), evidence=papers, dry_run=True)
    assert tied.json()["allowed"] is True
    (tie,) = (warning for warning in tied.json()["warnings"] if warning["code"] == "tie_known")
    assert "责任人" in tie["message"]


async def test_act_200_returns_reopen_the_step_and_its_clock(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("legality_review")
    first = walk.decision["procedure"]["steps"][3]["earliest_at"]
    assert codes(await walk.act("legal_reviewer", "returned", to="opinion_solicitation")) == [
        ("/reason", "reason_needed")
    ]
    assert codes(await walk.act("legal_reviewer", "returned", to="resolution", reason="x")) == [
        ("/to", "return_not_allowed")
    ]
    answer = await walk.act("legal_reviewer", "returned", to="opinion_solicitation", reason="征求意见范围不全")
    assert answer.status_code == 200
    assert walk.step == "opinion_solicitation"
    assert walk.decision["procedure"]["steps"][3]["earliest_at"] > first
    assert [act["in_force"] for act in walk.decision["procedure"]["steps"][3]["acts"]] == [False]
    assert {code for _, code in codes(await walk.act("clerk"))} == {"too_early_unless_shortened"}


async def test_amend_200_materially_sends_it_back_to_the_opinions(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("resolution")
    reviewed = walk.decision["text"]["sha256"]
    assert (await walk.act("clerk")).status_code == 200
    text = {"title": "改后的决议", "body": "改后的内容"}

    async def amend(*, material: bool, body: dict[str, str]) -> None:
        answer = await walk.client("clerk").patch(
            walk.path,
            json={"text": body, "material": material},
            headers={"if-match": f'"{walk.decision["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        walk.decision = answer.json()

    await amend(material=False, body=text)
    assert walk.step == "legality_review"
    assert walk.decision["procedure"]["steps"][6]["acts"][0]["text_sha256"] == reviewed
    events = (await walk.client("clerk").get(f"{walk.path}/events")).json()["items"]
    assert (events[0]["kind"], events[0]["data"]["returned_to"]) == ("decision.amended", "legality_review")
    await walk.pass_until("resolution")
    await amend(material=True, body={**text, "body": "内容大不相同"})
    assert walk.step == "opinion_solicitation"
    await walk.pass_until("publication")
    assert walk.decision["status"] == "adopted"


async def test_amend_409_after_adoption_and_after_publication(demo) -> None:
    walk = await Walk.start(demo)
    for step in ("publication", "execution"):
        await walk.pass_until(step)
        for body in ({"text": {"title": "a", "body": "b"}}, {"background": "x"}):
            answer = await walk.client("clerk").patch(
                walk.path, json=body, headers={"if-match": f'"{walk.decision["version"]}"'}
            )
            assert (answer.status_code, answer.json()["code"]) == (409, "decision_taken")
    answer = await walk.act("secretary", "withdrawn", reason="不办了")
    assert codes(answer) == [("/outcome", "withdrawal_too_late")]


async def test_act_200_an_inspector_evaluates_what_others_carried_out(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("evaluation")
    assert (await walk.act("clerk")).status_code == 403
    example = await walk.example("inspector")
    assert example
    own = {**example, "evaluating_unit": demo.office.name}
    assert ("/record/evaluating_unit", "party_member_listed") in codes(await walk.act("inspector", record=own))
    executing = walk.decision["procedure"]["steps"][9]["acts"][0]["record"]["executing_unit"]
    repeated = {**example, "evaluating_unit": executing}
    assert ("/record/evaluating_unit", "named_before") in codes(await walk.act("inspector", record=repeated))
    assert (await walk.act("inspector")).status_code == 200
    assert walk.decision["status"] == "evaluated"
