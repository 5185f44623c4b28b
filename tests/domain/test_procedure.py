"""The engine, on a procedure that has nothing to do with any record system."""

from datetime import timedelta
from typing import Any

import pytest

from backend.domain.procedure.content import step_to_repeat
from backend.domain.procedure.loading import load
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import Act, Attached, BrokenTrail, Trail
from tests.domain.model import ANN, BOB, CAI, DAN, FACTS, MODEL, PROCEDURE, RECORD, new_walk, step, with_step
from tests.domain.walking import Walk, at, codes


def test_a_return_reopens_the_step_and_its_clock_and_makes_the_rest_stale() -> None:
    walk = new_walk().to("judged")
    walk.later(1).do(DAN, "returned", to="asked", reason="unclear")
    state = walk.here.of("asked")
    assert (walk.here.step, state.times, state.opened_at, state.record) == ("asked", 2, walk.now, None)
    assert state.superseded == (2,)
    assert walk.later(9).refused(ANN) == ["too_early_unless_shortened"]
    assert walk.later(2).refused(ANN) == []


def test_a_wait_is_shortened_only_by_a_reason() -> None:
    walk = new_walk().to("asked").later(3)
    assert walk.refused(ANN, record=walk.example(sooner="")) == ["too_early_unless_shortened"]
    assert walk.refused(ANN, record=walk.example(sooner="urgent")) == []


def test_limits_end_at_midnight_in_shanghai() -> None:
    walk = new_walk(now=at("2026-01-30 23:30"))
    walk.do(ANN, record={"note": "x"}).do(ANN)
    assert walk.here.earliest_at == at("2026-02-10 00:00")
    # Twenty working days after Friday 30 January, over the Spring Festival with two make-up Saturdays.
    assert walk.here.due_at == at("2026-03-05 23:59:59")


def test_three_signatures_come_from_three_people() -> None:
    walk = new_walk().to("signed").later(1)
    assert walk.refused(CAI, record=walk.example()) == ["role_not_allowed"]
    walk.do(BOB)
    assert walk.refused(BOB) == ["already_signed"]
    walk.do(CAI)
    assert walk.here.pending
    assert walk.here.pending.missing == 1
    assert walk.refused(ANN) == ["role_not_allowed"]
    assert walk.refused(CAI, "skipped", reason="r", rule="r")[0] == "step_not_waivable"
    walk.do(DAN)
    assert walk.here.step == "last"
    assert walk.here.of("signed").record == walk.trail.acts[-3].record


def test_a_declined_signature_is_not_counted_again() -> None:
    walk = new_walk().to("signed").later(1).do(BOB).do(CAI).do(DAN, "returned", to="signed", reason="no")
    assert walk.here.pending is None
    walk.do(BOB).do(CAI)
    assert walk.here.step == "signed"


def test_an_asked_waiver_does_not_stop_the_step_from_being_done() -> None:
    walk = new_walk().to("maybe").do(ANN, "skipped", reason="r", rule="r")
    assert walk.here.roles == ("boss",)
    walk.do(ANN)
    assert walk.here.of("maybe").state == "done"


def test_nobody_acts_for_another_nor_in_the_past() -> None:
    walk = new_walk().later(3)
    act = walk.act(ANN)
    assert codes(walk.check(act, BOB)) == ["act_by_other"]
    assert walk.refused(ANN, at=walk.now - timedelta(days=4), record={"note": "x"}) == ["act_back_dated"]


def test_days_in_a_record_lie_between_the_opening_and_today() -> None:
    walk = new_walk(now=at("2026-03-02 23:30")).later(2)
    assert walk.refused(ANN, record={"note": "x", "day": "2026-03-01"}) == ["day_before_opening"]
    assert walk.refused(ANN, record={"note": "x", "day": "2026-03-02"}) == []
    assert walk.refused(ANN, record={"note": "x", "day": "2026-03-05"}) == ["day_in_future"]
    walk.do(ANN, record={"note": "x", "day": "2026-03-04"}).later(1).do(ANN).later(11)
    (problem,) = walk.problems(ANN, record={"note": "x", "day": "2026-03-03"})
    assert (problem.code, problem.params["other"]["en"]) == ("day_before_earlier_step", "4 March 2026")


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({}, ("/record/note", "field_required")),
        ({"note": ""}, ("/record/note", "field_required")),
        ({"note": 7}, ("/record/note", "field_type")),
        ({"note": "x", "more": 1}, ("/record/more", "field_unknown")),
        ({"note": "x", "day": "2026-02-30"}, ("/record/day", "field_format")),
        ({"note": "x", "a/b": 1}, ("/record/a~1b", "field_unknown")),
    ],
)
def test_a_record_that_does_not_follow_its_schema_is_refused_field_by_field(
    record: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert [(p.pointer, p.code) for p in new_walk().problems(ANN, record=record)] == [problem]


def test_a_text_of_spaces_and_a_number_that_is_none_are_refused() -> None:
    counted = {
        **RECORD,
        "properties": {**RECORD["properties"], "n": {"type": "number", "title": "数", "x-title-en": "N"}},
    }
    walk = Walk(load(with_step(record=counted)), people=(ANN,))
    assert walk.refused(ANN, record={"note": " \t"}) == ["field_required"]
    assert walk.refused(ANN, record={"note": "x", "n": float("nan")}) == ["field_type"]


def test_evidence_of_an_unknown_kind_is_refused_and_other_is_always_taken() -> None:
    walk = new_walk()
    assert walk.refused(ANN, evidence=(Attached("photo", "f"),)) == ["evidence_unknown"]
    assert walk.refused(ANN, evidence=(Attached("other", "f"),)) == []


def test_steps_take_no_record_that_they_do_not_ask_for() -> None:
    walk = new_walk().to("maybe")
    assert walk.refused(ANN, record={"note": "x"}) == ["record_not_expected"]
    assert walk.refused(ANN, "skipped", record={"note": "x"}, reason="r", rule="r") == ["record_not_expected"]


def test_a_changed_text_sends_a_run_back_to_the_first_step_that_saw_the_old_one() -> None:
    walk = new_walk().to("signed")
    assert step_to_repeat(PROCEDURE, walk.here, "v1", material=True) is None
    assert step_to_repeat(PROCEDURE, walk.here, "v2", material=True) == "asked"
    assert step_to_repeat(PROCEDURE, walk.here, "v2", material=False) == "judged"
    asked = new_walk().to("asked")
    assert step_to_repeat(PROCEDURE, asked.here, "v2", material=True) == "asked"
    assert step_to_repeat(PROCEDURE, asked.here, "v2", material=False) is None


def test_a_repeating_procedure_opens_a_new_round() -> None:
    circle = load({**MODEL, "steps": [step("plan"), step("do")], "repeats": True, "withdrawal": {"roles": ["boss"]}})
    walk = Walk(circle, facts=FACTS)
    for _ in range(4):
        walk.later(1).do(ANN)
    assert (walk.here.round, walk.here.step, walk.here.state) == (3, "plan", "open")
    assert walk.here.of("plan").superseded == (0, 2)


def test_trails_that_were_never_accepted_are_called_broken() -> None:
    start = at("2026-03-02 09:00")
    act = Act(step="first", outcome="done", by="ann", at=start)
    maybe = Act(step="maybe", outcome="skipped", by="ann", at=start)
    to_signed = (act, *(Act(step=key, outcome="done", by="ann", at=start) for key in ("maybe", "asked", "judged")))
    sign = Act(step="signed", outcome="done", by="ann", at=start)
    broken: list[tuple[Act, ...]] = [
        (Act(step="last", outcome="done", by="ann", at=start),),
        (Act(step="first", outcome="skipped", by="ann", at=start),),
        (Act(step="first", outcome="done", by="ann", at=start - timedelta(days=1)),),
        (Act(step="first", outcome="returned", by="ann", at=start, to="last"),),
        (act, maybe, maybe),
        (*to_signed, sign, sign),
        (Act(step="first", outcome="withdrawn", by="cai", at=start), act),
    ]
    for acts in broken:
        with pytest.raises(BrokenTrail):
            position(PROCEDURE, Trail(start, acts), new_walk().calendar)
