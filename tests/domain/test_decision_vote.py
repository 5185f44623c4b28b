"""The vote of the eight-step decision: who was there, who voted, on which text, on which day."""

from datetime import datetime, timedelta
from typing import Any

from backend.domain.procedure.remarks import remarks
from backend.domain.procedures.registry import current
from tests.domain.walking import CLERK, OTHER_CLERK, SECRETARY, Walk

DECISION = current("decision")


def walk_to(step: str) -> Walk:
    return Walk(DECISION).to(step)


def test_the_text_voted_is_the_text_reviewed() -> None:
    walk = walk_to("resolution").later(5).changed(content_sha256="b" * 64)
    assert walk.refused(CLERK) == ["content_changed"]
    assert walk.refused(CLERK, content_sha256="a" * 64) == ["content_stale", "content_changed"]
    walk.do(CLERK, "returned", to="legality_review", reason="文本修改")
    walk.later(31).finish().later(1).finish()
    assert walk.here.result == "adopted"


def test_what_is_decided_does_not_go_back_to_those_who_were_heard_on_an_earlier_wording() -> None:
    walk = walk_to("resolution").later(5).changed(content_sha256="b" * 64)
    walk.do(CLERK, "returned", to="legality_review", reason="文字修改")
    assert "opinion_solicitation" in walk.back_to(CLERK)
    walk.to("publication")
    assert walk.here.result == "adopted"
    assert walk.back_to(CLERK) == ()
    assert "return_not_allowed" in walk.refused(CLERK, "returned", to="opinion_solicitation", reason="想改")


def test_no_resolution_takes_effect_before_it_is_made() -> None:
    walk = walk_to("resolution").later(5)
    held_on = walk.example()["held_on"]  # type: ignore[index]  # the step has an example
    assert walk.refused(CLERK, record=walk.example(effective_on="2020-01-01")) == ["days_apart_short"]
    assert walk.refused(CLERK, record=walk.example(effective_on=held_on)) == []


def test_the_text_may_not_change_between_two_signatures() -> None:
    walk = walk_to("resolution").later(5).do(CLERK)
    assert "content_changed_since_signing" in walk.changed(content_sha256="b" * 64).refused(SECRETARY)


def test_the_resolution_needs_the_secretary_beside_whoever_records_it() -> None:
    walk = walk_to("resolution").later(5).do(CLERK)
    assert walk.here.step == "resolution"
    assert walk.here.roles == ("secretary",)
    assert walk.refused(CLERK) == ["role_not_allowed", "already_signed"]
    assert walk.refused(OTHER_CLERK) == ["role_not_allowed"]
    other = {**walk.trail.acts[-1].record, "place": "别处"}  # type: ignore[dict-item]  # the act has a record
    assert walk.refused(SECRETARY, record=other) == ["record_differs"]
    walk.do(SECRETARY)
    assert walk.here.step == "publication"


def test_the_secretary_may_decline_without_setting_back_the_clock() -> None:
    walk = walk_to("resolution").later(5)
    opened = walk.here.opened_at
    walk.do(CLERK).later(1).do(SECRETARY, "returned", to="resolution", reason="记录有误")
    assert walk.here.pending is None
    assert walk.here.opened_at == opened
    assert walk.refused(CLERK) == []


def test_a_deferred_vote_reopens_the_step_and_its_clock() -> None:
    walk = walk_to("resolution").later(5).do(CLERK, "returned", to="resolution", reason="未达成一致，暂缓表决")
    assert walk.here.step == "resolution"
    assert walk.here.opened_at == walk.now


def resolution(walk: Walk, **changes: Any) -> list[str]:
    return walk.refused(CLERK, record=walk.example(**changes))


def members(present: int, absent: int = 0) -> list[dict[str, str]]:
    return [
        {"name": f"委员{n}", "standing": "voting", "state": "present" if n < present else "absent"}
        for n in range(present + absent)
    ]


def ballots(yes: int, no: int = 0) -> list[dict[str, str]]:
    return [{"name": f"委员{n}", "choice": "for" if n < yes else "against"} for n in range(yes + no)]


def meeting(present: int, absent: int, yes: int, no: int = 0) -> dict[str, Any]:
    spoke = [{"name": f"委员{n}", "view": "意见"} for n in range(1, present)]
    return {
        "attendance": members(present, absent),
        "votes": ballots(yes, no),
        "chair": "委员0",
        "views": [*spoke, {"name": "委员0", "view": "总结"}],
    }


def test_a_meeting_of_eight_of_sixteen_decides_nothing() -> None:
    walk = walk_to("resolution").later(5)
    (problem,) = walk.problems(CLERK, record=walk.example(**meeting(8, 8, 8)))
    assert (problem.code, problem.params["short"]) == ("quorum_not_met", 1)
    assert resolution(walk, **meeting(9, 7, 9)) == []


def test_seventeen_votes_in_a_room_of_sixteen_are_refused() -> None:
    walk = walk_to("resolution").later(5)
    assert resolution(walk, **meeting(16, 0, 17)) == ["voter_not_listed", "more_votes_than_voters"]
    secret = {**meeting(16, 0, 0), "votes": [{"choice": "for"}] * 17, "method": "secret"}
    assert resolution(walk, **secret) == ["more_votes_than_voters"]


def test_a_lost_vote_ends_the_run_as_rejected_and_says_by_how_much() -> None:
    walk = walk_to("resolution").later(5)
    record = walk.example(**meeting(16, 0, 7, no=9))
    act = walk.act(CLERK, record=record)
    said = {p.code: p.params for p in remarks(DECISION, walk.trail, act, CLERK, walk.facts, walk.calendar)}
    assert said["vote_fails"]["short"] == 2
    assert said["signatures_to_come"]["missing"] == 1
    walk.do(CLERK, record=record).do(SECRETARY)
    assert (walk.here.state, walk.here.result, walk.here.step) == ("ended", "rejected", None)
    assert walk.refused(CLERK, step="publication") == ["run_over"]


def test_the_recused_leave_the_base_of_the_vote() -> None:
    walk = walk_to("resolution").later(5)
    held = meeting(10, 0, 5, no=4)
    held["attendance"][9]["state"] = "recused"
    held["views"] = [view for view in held["views"] if view["name"] != held["attendance"][9]["name"]]
    walk.do(CLERK, record=walk.example(**held)).do(SECRETARY)
    assert walk.here.result == "adopted"  # 5 of 9; of 10 it would have been lost


def test_a_recused_member_who_votes_is_refused() -> None:
    walk = walk_to("resolution").later(5)
    held = meeting(10, 0, 10)
    held["attendance"][9]["state"] = "recused"
    held["views"] = [view for view in held["views"] if view["name"] != held["attendance"][9]["name"]]
    assert resolution(walk, **held) == ["voter_recused", "more_votes_than_voters"]


def test_the_chair_is_there_speaks_last_and_keeps_no_minutes() -> None:
    walk = walk_to("resolution").later(5)
    example = walk.example()
    assert example
    assert resolution(walk, recorder="林 秋实") == ["same_person"]
    assert resolution(walk, views=example["views"][::-1]) == ["not_last"]
    assert resolution(walk, chair="外来人") == ["not_listed", "not_last"]


def test_dissent_is_kept_word_for_word() -> None:
    walk = walk_to("resolution").later(5)
    example = walk.example()
    assert example
    silent = [view for view in example["views"] if view["name"] != "仇建国"]
    assert resolution(walk, views=silent) == ["dissent_missing"]
    walk.do(CLERK).do(SECRETARY)
    kept = walk.here.of("resolution").record
    assert kept
    assert kept["views"] == example["views"]


def test_a_secret_ballot_bears_no_names_and_a_named_one_all() -> None:
    walk = walk_to("resolution").later(5)
    assert resolution(walk, method="secret") == ["field_must_be_empty"] * 4
    assert resolution(walk, votes=[{"choice": "for"}] * 3) == ["field_required"] * 3


def test_nobody_speaks_who_did_not_come() -> None:
    walk = walk_to("resolution").later(5)
    example = walk.example()
    assert example
    strangers = [{"name": "外来人", "view": "我也同意。"}, *example["views"]]
    assert resolution(walk, views=strangers) == ["not_listed"]
    recused = [{"name": "解春生", "view": "我回避，但是同意。"}, *example["views"]]
    assert resolution(walk, views=recused) == ["not_listed"]


def test_a_township_cannot_choose_the_easier_majority_of_villagers() -> None:
    walk = walk_to("resolution").later(5)
    held = {**meeting(11, 5, 6, no=5), "body": "villager_representatives"}
    assert resolution(walk, **held) == ["not_for_this_subject"]  # 6 of 11 present; of 16 due it is no majority


def test_villagers_decide_by_their_own_rule() -> None:
    village = {"opinions": {"received": 3, "answered": 3}, "organization_kind": "village"}
    walk = walk_to("resolution").later(5).changed(subject=village)
    held = {**meeting(9, 6, 5, no=4), "body": "villager_representatives"}
    assert resolution(walk, **held) == ["quorum_not_met"]  # 9 of 15 is less than two thirds
    walk.do(CLERK, record=walk.example(**{**meeting(10, 5, 6, no=4), "body": "villager_representatives"}))
    walk.do(SECRETARY)
    assert walk.here.result == "adopted"  # 6 of 10 present, though only 6 of 15 due


def test_no_day_lies_before_its_step_or_in_the_future() -> None:
    walk = walk_to("resolution").later(5)
    opened = walk.here.opened_at
    assert opened
    before = (opened - timedelta(days=1)).date().isoformat()
    assert resolution(walk, held_on=before) == ["day_before_opening"]
    assert resolution(walk, held_on=(walk.now + timedelta(days=1)).date().isoformat()) == ["day_in_future"]


def test_a_resolution_dated_before_the_hearing_is_refused_with_that_reason() -> None:
    walk = walk_to("resolution").later(5)
    hearing = walk.here.of("public_hearing").record
    assert hearing
    dated = (datetime.fromisoformat(hearing["held_on"]) - timedelta(days=2)).date().isoformat()
    (problem,) = walk.problems(CLERK, record=walk.example(held_on=dated))
    assert (problem.pointer, problem.code) == ("/record/held_on", "day_before_earlier_step")
