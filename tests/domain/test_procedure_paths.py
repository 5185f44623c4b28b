"""The ways that a run can take, on a procedure that has nothing to do with any record system."""

from datetime import timedelta
from typing import Any

import pytest

from backend.domain.calendar import day_of
from backend.domain.procedure.loading import InvalidDefinition, load
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import Act, Attached, BrokenTrail, Trail
from tests.domain.model import changed, step, with_step
from tests.domain.model_paths import ANN, BOB, CAI, DAN, NOTE, PATHS, PROCEDURE, SORT, ULI, UNA, new_path
from tests.domain.walking import START, Walk, at, codes

PHOTO = (Attached("photo", "f"),)


def worked(walk: Walk, **values: Any) -> Walk:
    return walk.do(UNA, evidence=PHOTO, **values)


def at_work(severity: str = "general", **record: Any) -> Walk:
    return new_path(severity).to("sort").do(ANN, record={"kind": "small", **record}).do(UNA)


def day(walk: Walk, days: int) -> str:
    return (day_of(walk.now) + timedelta(days=days)).isoformat()


def states(walk: Walk) -> dict[str, str]:
    return {state.key: state.state for state in walk.here.steps}


def test_a_run_begins_at_the_first_step_that_applies() -> None:
    assert new_path("general").here.step == "sort"
    assert states(new_path("general"))["alarm"] == "passed"
    assert new_path("major").here.step == "alarm"


def test_steps_that_do_not_apply_are_passed_and_where_it_leads_is_stored() -> None:
    walk = worked(at_work()).do(CAI)
    assert (walk.trail.acts[-1].to, walk.here.step, states(walk)["second"]) == ("rate", "rate", "passed")
    major = worked(new_path("major").to("sort").do(ANN, record={"kind": "large"}).do(UNA)).do(CAI)
    assert (major.trail.acts[-1].to, major.here.step) == (None, "second")


def test_what_is_learned_of_the_subject_later_does_not_move_a_run() -> None:
    walk = worked(new_path("general").do(ANN, record={"kind": "large"}).do(UNA)).do(CAI)
    here = walk.here
    assert walk.changed(subject={"severity": "major"}).here == here
    # Somebody may go back to what turned out to be needed, and to nothing that is not.
    assert walk.back_to(ANN) == ("work", "second")
    assert worked(at_work()).do(CAI).back_to(ANN) == ("work",)


def test_a_run_ends_early_when_nothing_more_applies() -> None:
    walk = new_path().do(ANN, record={"kind": "none"})
    assert (walk.here.state, walk.here.result, walk.trail.acts[-1].to) == ("closed", "none", "$end")
    assert set(states(walk).values()) == {"done", "passed"}
    rated = worked(at_work()).do(CAI).do(ANN)
    assert (rated.here.state, rated.here.result, states(rated)["review"]) == ("closed", "small", "passed")
    assert worked(at_work()).do(CAI).do(ANN, record={"grade": "bad"}).here.step == "review"


def test_a_repeating_procedure_opens_its_next_round_where_it_applies() -> None:
    guard = {"field": "subject:/severity", "in": ["major"]}
    steps = [step("alarm", applies=guard), step("do"), step("after", applies=guard)]
    circle = load({**PATHS, "steps": steps, "repeats": True, "reopening": {"roles": ["boss"], "to": "do"}})
    walk = Walk(circle, facts=new_path("general").facts)
    walk.do(ANN).do(ANN)
    assert (walk.here.round, walk.here.step, states(walk)["alarm"]) == (3, "do", "passed")
    walk.changed(subject={"severity": "major"}).do(ANN).do(ANN)
    assert (walk.here.round, walk.here.step) == (4, "alarm")


def test_only_the_people_of_a_party_act_where_it_is_for_them() -> None:
    walk = new_path().do(ANN)
    (problem,) = walk.problems(ANN)
    assert (problem.code, problem.params["party"]["en"]) == ("party_only", "unit")
    assert walk.refused(ULI) == []
    assert walk.changed(parties={}).refused(UNA) == ["party_unset"]


def test_whoever_did_a_step_does_not_judge_it() -> None:
    walk = new_path().do(BOB).do(UNA)
    worked(walk)
    assert walk.refused(BOB) == ["same_person_as_step"]
    assert walk.refused(ULI) == ["party_barred"]
    walk.do(CAI, "returned", to="work", reason="no")
    worked(walk)
    assert walk.refused(CAI) == []


def test_an_earlier_record_chooses_or_names_the_limit() -> None:
    chosen, named = at_work(), at_work(due_on="2026-05-20")
    other = new_path().do(ANN, record={"kind": "large"}).do(UNA)
    assert chosen.here.due_at == at("2026-03-12 23:59:59")
    assert other.here.due_at == at("2026-04-01 23:59:59")
    assert named.here.due_at == named.here.limit_at == at("2026-05-20 23:59:59")


def test_milestones_are_the_limit_until_notes_reach_them() -> None:
    walk = at_work(marks=[{"on": "2026-06-01"}, {"on": "2026-04-01"}])
    assert walk.here.due_at == at("2026-04-01 23:59:59")
    walk.do(UNA, "noted", record={"text": "x", "reached": ["2026-04-01"]})
    assert (walk.here.step, walk.here.due_at) == ("work", at("2026-06-01 23:59:59"))
    walk.do(UNA, "noted", record={"text": "x", "reached": ["2026-06-01"], "next": ["2026-08-01"]})
    assert walk.here.due_at == at("2026-08-01 23:59:59")
    assert walk.refused(UNA, "extended", record={"until": "2026-08-10"}, reason="r") == ["extension_not_possible"]
    # A return to the work keeps what was reached; a new sorting begins anew.
    worked(walk).do(CAI, "returned", to="work", reason="no")
    assert walk.here.due_at == at("2026-08-01 23:59:59")
    walk.do(UNA, "returned", to="sort", reason="no").do(ANN, record={"kind": "small", "marks": [{"on": "2026-04-01"}]})
    assert walk.here.limit_at == at("2026-04-01 23:59:59")


def test_the_limit_of_the_matter_shows_as_soon_as_it_can_be_told() -> None:
    walk = new_path().do(ANN, record={"kind": "small", "due_on": "2026-05-20"})
    assert (walk.here.step, walk.here.limit_at) == ("sign", at("2026-05-20 23:59:59"))
    assert walk.here.due_at != walk.here.limit_at
    assert new_path().do(ANN).here.limit_at == new_path().do(ANN).here.due_at
    worked(walk.do(UNA))
    assert (walk.here.checking, walk.here.limit_at) == (True, walk.here.due_at)
    walk.do(CAI)
    assert (walk.here.checking, walk.here.limit_at) == (False, walk.here.due_at)
    assert walk.do(ANN).here.limit_at is None


def test_an_extension_is_asked_for_in_time_and_granted_by_another_above() -> None:
    walk = at_work(due_on="2026-04-01")  # thirty days from Monday 2 March
    ask = {"record": {"until": "2026-04-16"}, "reason": "rain"}
    assert walk.refused(ANN, "extended", **ask) == ["party_only"]
    assert walk.refused(UNA, "extended", record={"until": "2026-04-16"}) == ["reason_needed"]
    assert walk.refused(UNA, "extended", reason="r") == ["record_missing"]
    assert walk.refused(UNA, "extended", record={"until": "soon"}, reason="r") == ["field_format"]
    assert walk.refused(UNA, "extended", record={"until": "2026-04-01"}, reason="r") == ["extension_not_later"]
    (problem,) = walk.problems(UNA, "extended", record={"until": "2026-04-17"}, reason="r")
    assert (problem.code, problem.params["latest"]["en"]) == ("extension_too_long", "16 April 2026")
    walk.do(UNA, "extended", **ask)
    assert walk.here.pending
    assert (walk.here.pending.kind, walk.here.roles, walk.here.due_at) == (
        "extension",
        ("boss",),
        at("2026-04-01 23:59:59"),
    )
    assert walk.refused(ULI, "extended", record={"until": "2026-04-10"}) == ["party_barred"]
    assert walk.refused(ULI, "returned", to="work", reason="no") == ["party_barred"]
    walk.do(DAN, "extended", record={"until": "2026-04-10"})
    state = walk.here.of("work")
    assert (state.due_at, state.original_due_at) == (at("2026-04-10 23:59:59"), at("2026-04-01 23:59:59"))
    assert [(str(one.until), one.asked, one.granted) for one in state.extensions] == [("2026-04-10", 2, 3)]
    assert walk.here.limit_at == state.due_at


def test_an_extension_has_its_end() -> None:
    walk = at_work(due_on="2026-04-01")
    walk.later(31)
    assert walk.refused(UNA, "extended", record={"until": "2026-04-10"}, reason="r") == ["extension_too_late"]
    walk = at_work(due_on="2026-04-01")
    for until in ("2026-04-10", "2026-04-20"):
        walk.do(UNA, "extended", record={"until": until}, reason="r").do(DAN, "extended", record={"until": until})
    assert walk.refused(UNA, "extended", record={"until": "2026-04-25"}, reason="r") == ["extensions_used_up"]
    # What was granted on a named day outlives a return; the count does too.
    worked(walk).do(CAI, "returned", to="work", reason="no")
    assert walk.here.due_at == at("2026-04-20 23:59:59")
    assert walk.refused(UNA, "extended", record={"until": "2026-04-25"}, reason="r") == ["extensions_used_up"]


def test_no_means_no_and_the_step_goes_on() -> None:
    walk = at_work().do(UNA, "extended", record={"until": "2026-03-15"}, reason="r")
    walk.do(DAN, "returned", to="work", reason="no")
    assert (walk.here.pending, walk.here.step, walk.here.due_at) == (None, "work", at("2026-03-12 23:59:59"))
    walk.do(UNA, "extended", record={"until": "2026-03-15"}, reason="r").do(UNA, "noted", record={"text": "x"})
    assert walk.here.pending
    worked(walk)
    assert walk.here.step == "proof"
    assert walk.refused(CAI, "extended", record={"until": "2026-03-15"}, reason="r") == ["extension_not_possible"]


def test_a_note_needs_its_people_and_its_form() -> None:
    walk = at_work()
    assert walk.refused(ANN, "noted", record={"text": "x"}) == ["party_only"]
    assert walk.refused(UNA, "noted") == ["record_missing"]
    assert walk.refused(UNA, "noted", record={"text": " "}) == ["field_required"]
    assert walk.refused(UNA, "noted", record={"text": "x"}, evidence=PHOTO) == []
    assert worked(walk).refused(CAI, "noted", record={"text": "x"}) == ["note_not_possible"]


def test_some_evidence_of_any_of_the_kinds_is_needed() -> None:
    walk = at_work()
    assert walk.refused(UNA) == ["evidence_too_few"]
    assert walk.refused(UNA, evidence=(Attached("other", "f"),)) == ["evidence_too_few"]
    assert walk.refused(UNA, evidence=(Attached("paper", "f"),)) == []


def test_returns_run_out_where_they_are_counted() -> None:
    walk = at_work()
    for _ in range(3):
        worked(walk).do(CAI, "returned", to="work", reason="no")
    for _ in range(2):
        worked(walk).do(CAI).do(ANN, "returned", to="work", reason="no")
    worked(walk).do(CAI)
    assert walk.refused(ANN, "returned", to="work", reason="no") == ["too_many_returns"]
    assert walk.back_to(ANN) == ()
    walk.do(ANN, record={"grade": "bad"}).do(DAN)
    walk.do(DAN, "reopened", reason="again", step="work")
    assert worked(walk).do(CAI).refused(ANN, "returned", to="work", reason="no") == []


def test_a_closed_run_is_reopened_with_a_reason_and_keeps_what_was_done() -> None:
    walk = worked(at_work(due_on="2026-04-01")).do(CAI).do(ANN)
    acts = len(walk.trail.acts)
    assert walk.later(60).refused(DAN) == ["run_over"]
    assert walk.refused(DAN, "reopened", step="work") == ["reason_needed"]
    assert walk.refused(DAN, "reopened", step="sign", reason="r") == ["step_not_open"]
    assert walk.refused(ULI, "reopened", step="work", reason="r") == ["party_barred"]
    assert walk.refused(CAI, "reopened", step="work", reason="r") == ["role_not_allowed"]
    (option,) = options(PROCEDURE, walk.trail, DAN, walk.facts, walk.now, walk.calendar)
    assert (option.outcome, option.step, option.allowed) == ("reopened", "work", True)
    assert options(PROCEDURE, walk.trail, CAI, walk.facts, walk.now, walk.calendar) == []
    due_on = day(walk, 30)
    walk.do(DAN, "reopened", step="work", reason="it is back", record={"due_on": due_on})
    here = walk.here
    assert (here.state, here.round, here.step, here.closed_at) == ("open", 2, "work", None)
    assert (here.of("sign").state, here.of("proof").state, here.of("proof").superseded) == ("done", "waiting", (3,))
    assert here.of("work").acts == (acts,)
    assert here.due_at == at(f"{due_on} 23:59:59")
    assert walk.refused(DAN, "reopened", reason="r") == ["reopening_not_possible"]


def test_what_does_not_apply_is_not_reopened() -> None:
    walk = new_path().do(ANN, record={"kind": "none"})
    assert walk.refused(DAN, "reopened", step="work", reason="r") == ["reopening_not_possible"]
    assert options(PROCEDURE, walk.trail, DAN, walk.facts, walk.now, walk.calendar) == []


def test_a_form_begins_with_what_is_known() -> None:
    walk = new_path()
    walk.changed(prefill={"sort": {"kind": "large", "unknown": 1}, "work": {"kind": "none"}})
    (done,) = options(PROCEDURE, walk.trail, ANN, walk.facts, walk.now, walk.calendar)
    assert done.record_schema
    assert done.record_schema["properties"]["kind"]["default"] == "large"
    assert "default" not in SORT["properties"]["kind"]
    walk = at_work(due_on="2026-04-01")

    def until(caller: Any) -> Any:
        found = options(PROCEDURE, walk.trail, caller, walk.facts, walk.now, walk.calendar)
        return next(o.record_schema["properties"]["until"]["default"] for o in found if o.outcome == "extended")

    assert until(UNA) == "2026-04-16"
    walk.do(UNA, "extended", record={"until": "2026-04-12"}, reason="r")
    assert until(DAN) == "2026-04-12"


def test_an_option_says_what_else_is_needed() -> None:
    walk = at_work()
    found = {o.outcome: o for o in options(PROCEDURE, walk.trail, UNA, walk.facts, walk.now, walk.calendar)}
    assert list(found) == ["done", "noted", "extended", "returned"]
    assert codes(list(found["done"].missing)) == ["evidence_too_few"]
    assert codes(list(found["extended"].warnings)) == ["extension_needs_approval"]
    assert found["noted"].record_schema
    assert all(option.allowed for option in found.values())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (with_step(applies={"field": "later:/x", "in": [1]}), "reference_unknown"),
        (with_step(applies=[]), "field_wrong"),
        (with_step(only=["stranger"]), "party_unknown"),
        (with_step(other_than=["only"]), "step_unknown"),
        (with_step(due_by={"field": "only:/x", "periods": {}}), "reference_unknown"),
        (with_step(due_from={"day": "only:/x"}), "reference_unknown"),
        (with_step(note={**NOTE, "examples": []}), "example_missing"),
        (with_step(note={"type": "object", "properties": {}, "required": 1}), "schema_wrong"),
        (with_step(result={"field": "/x"}), "record_undefined"),
        (with_step(result={"field": "/x", "vote": {}}), "field_wrong"),
        (with_step(returns_at_most=0), "field_wrong"),
        (changed(steps=[step("subject")], withdrawal={"roles": ["boss"]}), "step_key_repeats"),
        (changed(reopening={"roles": ["boss"], "to": "nowhere"}), "step_unknown"),
        (changed(reopening={"roles": ["stranger"], "to": "first"}), "role_unknown"),
        (changed(reopening={"roles": ["boss"], "to": "first", "barred": ["stranger"]}), "party_unknown"),
        (changed(ladder=[{"rung": "x", "to": ["stranger"], "days": 1}]), "role_unknown"),
        (changed(ladder=[{"rung": "x", "to": ["holders"]}]), "rung_wrong"),
        (
            changed(steps=[step("aa", limit=True), step("bb", limit=True)], withdrawal={"roles": ["boss"]}),
            "limit_repeats",
        ),
        (
            changed(
                steps=[step("aa", record=SORT), step("bb", due_from={"day": "aa:/kind"})],
                withdrawal={"roles": ["boss"]},
            ),
            "reference_unknown",
        ),
    ],
)
def test_a_wrong_way_is_refused_when_it_is_loaded(data: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        load(data)
    assert code in codes(list(refused.value.problems))


def test_trails_that_were_never_accepted_are_called_broken() -> None:
    def act(key: str, outcome: str = "done", by: str = "x", **values: Any) -> Act:
        return Act(step=key, outcome=outcome, by=by, at=START, **values)  # type: ignore[arg-type]  # any text

    sort = act("sort", record={"kind": "small"})
    ask = act("work", "extended", record={"until": "2026-03-15"})
    broken = [
        (act("sort", to="alarm"),),
        (act("sort", to="nowhere"),),
        (act("sort", "noted"),),
        (act("sort", "extended", record={"until": "2026-03-15"}),),
        (act("work", "reopened"),),
        (act("sort", to="$end"), act("sort", "reopened")),
        (sort, act("sign"), ask, ask),
    ]
    for acts in broken:
        with pytest.raises(BrokenTrail):
            position(PROCEDURE, Trail(START, acts, started_step="sort"), new_path().calendar)
