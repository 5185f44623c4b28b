"""The eight-step decision: the whole walk, and every way in which it has been cheated."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.access import ROLE_PERMISSIONS
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.remarks import remarks
from backend.domain.procedure.settling import settled
from backend.domain.procedure.trail import Attached
from backend.domain.procedures.registry import current
from tests.domain.walking import (
    CLERK,
    FACTS,
    JUSTICE_ID,
    OTHER_CLERK,
    PEOPLE,
    REVIEWER,
    SECRETARY,
    Walk,
    at,
    codes,
)

DECISION = current("decision")
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
WAIVED = {"reason": "不涉及专业技术问题", "rule": "镇重大事项决策程序第九条"}


def walk_to(step: str) -> Walk:
    return Walk(DECISION).to(step)


def test_the_steps_are_the_eight_and_what_follows_them() -> None:
    assert [step.key for step in DECISION.steps] == STEPS


def test_the_definition_is_plain_json_and_names_only_roles_of_the_platform() -> None:
    assert json.loads(json.dumps(DECISION.to_data())) == DECISION.to_data()
    assert set(DECISION.roles) <= set(ROLE_PERMISSIONS)


def test_three_people_and_the_examples_walk_the_whole_procedure() -> None:
    walk = Walk(DECISION)
    for step in STEPS:
        assert walk.here.step == step
        walk.later(31).finish()
    assert walk.here.state == "closed"
    assert walk.here.result == "adopted"
    assert {state.state for state in walk.here.steps} == {"done"}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 4 * 365 * 24 * 60))
def test_the_examples_walk_it_whatever_the_minute(minutes: int) -> None:
    walk = Walk(DECISION, now=at("2025-01-01 00:00") + timedelta(minutes=minutes))
    for _ in STEPS:
        walk.later(31).finish()
    assert walk.here.state == "closed"


@pytest.mark.parametrize("step", STEPS)
def test_an_example_is_accepted_as_soon_as_the_step_may_close(step: str) -> None:
    walk = walk_to(step)
    walk.now = walk.here.earliest_at or walk.now
    walk.finish()
    assert walk.here.step != step


@pytest.mark.parametrize("step", STEPS[:-1])
def test_no_step_is_jumped(step: str) -> None:
    walk = walk_to(step).later(31)
    following = STEPS[STEPS.index(step) + 1]
    assert walk.refused(SECRETARY, step=following) == ["step_not_open"]


@pytest.mark.parametrize("step", [s for s in STEPS if s not in ("expert_consultation", "public_hearing", "pilot")])
def test_only_the_third_fifth_and_sixth_step_may_be_waived(step: str) -> None:
    assert "step_not_waivable" in walk_to(step).refused(CLERK, "skipped", **WAIVED)


@pytest.mark.parametrize("step", ["expert_consultation", "public_hearing", "pilot"])
def test_a_waiver_needs_a_reason_a_rule_and_a_second_person(step: str) -> None:
    walk = walk_to(step)
    assert walk.refused(CLERK, "skipped") == ["reason_needed", "rule_needed"]
    assert walk.refused(SECRETARY, "skipped", **WAIVED) == ["role_not_allowed"]
    walk.do(CLERK, "skipped", **WAIVED)
    assert walk.here.step == step
    assert walk.refused(CLERK, "skipped") == ["role_not_allowed", "waiver_same_person"]
    assert walk.refused(OTHER_CLERK, "skipped") == ["role_not_allowed"]
    walk.do(SECRETARY, "skipped")
    assert walk.here.of(step).state == "skipped"


def test_one_person_holding_both_roles_cannot_waive_alone() -> None:
    both = replace(CLERK, roles=frozenset({"clerk", "secretary"}))
    walk = walk_to("pilot").do(both, "skipped", **WAIVED)
    assert walk.refused(both, "skipped", **WAIVED) == ["waiver_same_person"]


def test_comments_close_after_thirty_days_of_which_the_first_is_not_counted() -> None:
    walk = walk_to("opinion_solicitation")
    walk.now = at("2026-08-03 23:59")
    opened = walk.trail.acts[-1]
    walk.trail = replace(walk.trail, acts=(*walk.trail.acts[:-1], replace(opened, at=at("2026-07-04 10:00"))))
    (problem,) = walk.problems(CLERK)
    assert problem.code == "too_early_unless_shortened"
    assert problem.params["until"]["zh-CN"] == "2026年8月3日"
    assert problem.params["passed"] == 30
    walk.now = at("2026-08-02 12:00")  # 29 days
    assert walk.refused(CLERK) == ["too_early_unless_shortened"]
    walk.now = at("2026-08-04 00:00")
    assert walk.refused(CLERK) == []


def test_comments_do_not_close_on_the_make_up_workday_that_is_their_last_day() -> None:
    walk = Walk(DECISION, now=at("2026-01-05 09:00"))
    for _ in range(2):
        walk.later(31).finish()
    walk.now = at("2026-04-09 09:00")
    walk.finish()
    walk.now = at("2026-05-09 18:00")  # a Saturday that is worked
    assert walk.refused(CLERK) == ["too_early_unless_shortened"]
    walk.now = at("2026-05-10 00:00")
    assert walk.refused(CLERK) == []


def test_a_notice_published_late_moves_the_end_of_comments() -> None:
    walk = walk_to("opinion_solicitation").later(31)
    late = (walk.now - timedelta(days=29)).date().isoformat()
    assert walk.refused(CLERK, record=walk.example(published_on=late)) == ["days_apart_short"]
    in_time = (walk.now - timedelta(days=31)).date().isoformat()
    assert walk.refused(CLERK, record=walk.example(published_on=in_time)) == []


def test_comments_are_shorter_only_with_a_published_reason() -> None:
    walk = walk_to("opinion_solicitation").later(10)
    shorter = {"reason": "汛期临近，须先行抢修", "published_in": "镇政府网站"}
    assert walk.refused(CLERK, record=walk.example(shorter_period=shorter)) == ["evidence_missing"]
    evidence = (Attached("notice", "f1"), Attached("shorter_period_notice", "f2"))
    assert walk.refused(CLERK, record=walk.example(shorter_period=shorter), evidence=evidence) == []
    unsaid = walk.example(shorter_period={**shorter, "reason": "  "})
    assert walk.refused(CLERK, record=unsaid, evidence=evidence) == ["field_required"]


def test_every_opinion_has_an_outcome_before_comments_close() -> None:
    walk = walk_to("opinion_solicitation").later(31).changed(subject={"opinions": {"received": 5, "answered": 3}})
    (problem,) = walk.problems(CLERK)
    assert (problem.code, problem.params) == ("unanswered", {"count": 2, "of": 5})
    assert walk.changed(subject={}).refused(CLERK) == ["fact_unknown"]


def test_an_expert_is_no_party_has_no_interest_and_ties_are_pointed_out() -> None:
    walk = walk_to("expert_consultation").later(5)
    expert = walk.example()["experts"][0]  # type: ignore[index]  # the step has a record

    def refused(**changes: Any) -> list[str]:
        return walk.refused(CLERK, record=walk.example(experts=[{**expert, **changes}]))

    assert refused(name="曾 晓岚") == ["party_member_listed"]
    assert refused(organization="城建办公室") == ["party_member_listed"]
    assert refused(interest="direct") == ["interest_declared"]
    walk.changed(ties={expert["name"]: "提议人的配偶"})
    assert walk.refused(CLERK) == []
    act = walk.act(CLERK)
    assert codes(list(remarks(DECISION, walk.trail, act, CLERK, walk.facts, walk.calendar))) == ["tie_known"]


def test_two_options_are_needed_when_views_differ() -> None:
    walk = walk_to("investigation").later(5)
    one = walk.example()["options"][:1]  # type: ignore[index]  # the step has a record
    assert walk.refused(CLERK, record=walk.example(options=one)) == ["too_few"]
    assert walk.refused(CLERK, record=walk.example(options=one, views_differ=False)) == []


def test_hearing_papers_go_out_seven_days_ahead() -> None:
    walk = walk_to("public_hearing").later(31)
    sent = (walk.now - timedelta(days=6)).date().isoformat()
    assert walk.refused(CLERK, record=walk.example(materials_sent_on=sent)) == ["days_apart_short"]


def test_a_hearing_record_is_signed_by_all_and_not_kept_by_its_host() -> None:
    walk = walk_to("public_hearing").later(31)
    record = walk.example(recorder="任思远")
    assert record
    record["participants"][0]["signed"] = False
    assert sorted(walk.refused(CLERK, record=record)) == ["not_signed", "same_person"]


def test_a_pilot_that_failed_is_not_passed() -> None:
    walk = walk_to("pilot").later(31)
    assert walk.refused(CLERK, record=walk.example(conclusion="stop")) == ["must_be_returned"]
    backwards = walk.example(started_on=walk.now.date().isoformat(), ended_on=walk.now.date().isoformat())
    assert walk.refused(CLERK, record=backwards) == ["days_apart_short"]
    walk.do(CLERK, "returned", to="investigation", reason="效果不佳", record=walk.example(conclusion="stop"))
    assert walk.here.step == "investigation"


def test_six_working_days_over_a_holiday_are_too_few_for_the_review() -> None:
    walk = walk_to("pilot")
    walk.now = at("2026-09-23 10:00")
    walk.finish()
    # Thu 24, then off 25-27, Mon 28, Tue 29, Wed 30, off 1-7 October, Thu 8, Fri 9, Sat 10 (made up) is the seventh.
    walk.now = at("2026-10-09 18:00")
    (problem,) = walk.problems(REVIEWER)
    assert (problem.code, problem.params["passed"]) == ("too_early_unless_shortened", 6)
    walk.now = at("2026-10-11 00:00")
    assert walk.refused(REVIEWER) == []


def test_a_shorter_review_needs_both_sides_in_writing() -> None:
    walk = walk_to("legality_review").later(1)
    agreed = {"reason": "汛期抢修", "sponsor_agreed_by": "任思远", "reviewer_agreed_by": "单明"}
    record = walk.example(agreed_shorter=agreed)
    opinion, agreement = Attached("opinion", "f1"), Attached("agreement", "f2")
    assert walk.refused(REVIEWER, record=record, evidence=(opinion,)) == ["evidence_missing"]
    assert walk.refused(REVIEWER, record=record, evidence=(opinion, agreement)) == []


def test_the_reviewer_is_not_of_the_sponsor_unit() -> None:
    walk = walk_to("legality_review").later(31).changed(parties={"sponsor_unit": frozenset({JUSTICE_ID})})
    assert walk.refused(REVIEWER) == ["party_barred"]
    assert walk.changed(parties={}).refused(REVIEWER) == ["party_unset"]


@pytest.mark.parametrize("finding", ["unlawful", "needs_change"])
def test_what_is_unlawful_or_must_change_goes_back(finding: str) -> None:
    walk = walk_to("legality_review").later(31)
    record = walk.example(content={"finding": finding, "opinion": "与上位规定抵触"})
    assert walk.refused(REVIEWER, record=record) == ["must_be_returned"]
    walk.do(REVIEWER, "returned", to="investigation", reason="内容不合法", record=record)
    assert walk.here.step == "investigation"


def test_an_empty_review_opinion_is_refused() -> None:
    walk = walk_to("legality_review").later(31)
    for opinion in ("", "  "):
        record = walk.example(power={"finding": "lawful", "opinion": opinion})
        assert walk.refused(REVIEWER, record=record) == ["field_required"]


def test_a_return_makes_later_steps_stale_and_restarts_the_clock() -> None:
    walk = walk_to("resolution").later(5)
    first_opened = walk.here.of("opinion_solicitation").opened_at
    walk.do(CLERK, "returned", to="opinion_solicitation", reason="重大修改")
    state = walk.here.of("opinion_solicitation")
    assert (state.times, state.record, bool(state.superseded)) == (2, None, True)
    assert first_opened
    assert state.opened_at == walk.now > first_opened
    assert walk.later(10).refused(CLERK) == ["too_early_unless_shortened"]
    assert {walk.here.of(key).state for key in STEPS[4:]} == {"waiting"}
    assert walk.here.of("legality_review").record is None
    walk.to("publication")
    assert walk.here.of("legality_review").times == 2


def test_a_material_change_lets_the_office_send_a_matter_back_from_the_review() -> None:
    walk = walk_to("legality_review").later(2)
    refused = walk.refused(CLERK, "returned", to="opinion_solicitation", reason="改")
    assert refused == ["role_not_allowed", "party_barred"]
    walk.changed(content_sha256="b" * 64)
    walk.do(CLERK, "returned", to="opinion_solicitation", reason="重大修改")
    assert walk.here.step == "opinion_solicitation"


def test_publication_masks_personal_data_and_explains_adoption() -> None:
    walk = walk_to("publication").later(1)
    assert walk.refused(CLERK, record=walk.example(masked=False)) == ["field_const"]
    assert walk.refused(CLERK, record=walk.example(adoption_explanation="")) == ["field_required"]


def test_who_assessed_or_carried_it_out_does_not_evaluate_it() -> None:
    walk = walk_to("evaluation").later(5)
    for unit in ("榆桥镇城建办公室", "市公路勘察设计院"):
        assert walk.refused(SECRETARY, record=walk.example(evaluating_unit=unit)) == ["named_before"]
    assert walk.refused(SECRETARY, record=walk.example(evaluating_unit="城建办公室")) == ["party_member_listed"]


def test_a_matter_is_withdrawn_only_before_it_is_published() -> None:
    early = walk_to("pilot")
    assert early.refused(SECRETARY, "withdrawn") == ["reason_needed"]
    assert early.refused(CLERK, "withdrawn", reason="不再需要") == ["role_not_allowed"]
    early.do(SECRETARY, "withdrawn", reason="不再需要")
    assert early.here.state == "withdrawn"
    assert walk_to("publication").refused(SECRETARY, "withdrawn", reason="x") == ["withdrawal_too_late"]


@pytest.mark.parametrize("step", STEPS)
def test_what_the_options_allow_is_accepted_with_the_example(step: str) -> None:
    walk = walk_to(step)
    for days in (0, 1, 8, 31):
        moved = Walk(DECISION, facts=FACTS)
        moved.trail, moved.now = walk.trail, walk.now + timedelta(days=days)
        for caller in PEOPLE:
            (done,) = [
                option
                for option in options(DECISION, moved.trail, caller, moved.facts, moved.now, moved.calendar)
                if option.outcome == "done"
            ]
            fillable = [p for p in done.missing if p.code not in ("record_missing", "evidence_missing")]
            if not fillable:
                assert done.allowed
                assert moved.refused(caller) == []
            elif not done.allowed:
                assert moved.refused(caller) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("2026-02-30"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def spoiled(value: Any, data: st.DataObject) -> Any:
    """A copy of plain data with something else somewhere, or something gone."""
    if data.draw(st.integers(0, 5)) == 0:
        return data.draw(JSON)
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if data.draw(st.integers(0, 9))}
        return {k: spoiled(v, data) for k, v in kept.items()}
    if isinstance(value, list):
        return [spoiled(item, data) for item in value]
    return value


@pytest.fixture(scope="module")
def walks() -> dict[str, Walk]:
    return {step: walk_to(step).later(31) for step in STEPS}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_recorded_is_judged_and_never_breaks_the_engine(
    walks: dict[str, Walk], data: st.DataObject
) -> None:
    walk = walks[data.draw(st.sampled_from(STEPS))]
    record = spoiled(walk.example(), data)
    act = walk.act(data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from(["done", "returned"])), record=record)
    for caller in PEOPLE:
        list(remarks(DECISION, walk.trail, act, caller, walk.facts, walk.calendar))
        if not walk.check(act, caller):
            trail = walk.trail.with_act(settled(DECISION, walk.trail, act, walk.facts, walk.calendar))
            position(DECISION, trail, walk.calendar)


def test_the_options_of_a_reviewer_show_form_example_and_what_is_missing() -> None:
    walk = walk_to("legality_review").later(2)
    found = {o.outcome: o for o in options(DECISION, walk.trail, REVIEWER, walk.facts, walk.now, walk.calendar)}
    assert set(found) == {"done", "returned"}
    done = found["done"]
    assert done.allowed  # both sides may have agreed to less
    assert codes(list(done.missing)) == ["too_early_unless_shortened", "evidence_missing", "record_missing"]
    assert done.record_schema
    assert done.record_schema["examples"] == [walk.example()]
    assert found["returned"].to == tuple(STEPS[:7])


def test_the_options_of_an_outsider_say_whose_turn_it_is() -> None:
    walk = walk_to("legality_review").later(31)
    (done,) = options(DECISION, walk.trail, SECRETARY, walk.facts, walk.now, walk.calendar)[:1]
    assert not done.allowed
    assert done.missing[0].code == "role_not_allowed"
    assert done.missing[0].params["roles"]["zh-CN"] == "法律审查人员"


def test_a_run_that_is_over_has_no_options() -> None:
    walk = walk_to("pilot").do(SECRETARY, "withdrawn", reason="不再需要")
    assert options(DECISION, walk.trail, CLERK, walk.facts, walk.now, walk.calendar) == []


def test_lateness_a_tie_and_an_unpublished_calendar_are_pointed_out() -> None:
    walk = Walk(DECISION, now=at("2026-12-20 09:00"), facts=replace(FACTS, ties={CLERK.name: "本人承包该路段绿化"}))
    walk.later(60)
    said = codes(list(remarks(DECISION, walk.trail, walk.act(CLERK), CLERK, walk.facts, walk.calendar)))
    assert said == ["overdue", "calendar_provisional", "caller_tied"]
