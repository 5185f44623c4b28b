"""The engine, on procedures that have nothing to do with any record system."""

import ast
import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import backend.domain
from backend.domain.procedure.check import Caller, attached, check, settled
from backend.domain.procedure.content import step_to_repeat
from backend.domain.procedure.example import described, rendered
from backend.domain.procedure.loading import InvalidDefinition, load
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.trail import OUTCOMES, Act, Attached, BrokenTrail, Trail
from backend.domain.procedures.registry import indexed
from backend.domain.scene import Facts
from tests.domain.walking import Walk, at, codes

DOMAIN = Path(backend.domain.__file__ or "").parent


def both(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def step(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": both(key), "help": both(key), "roles": ["doer"], **more}


RECORD = {
    "type": "object",
    "required": ["note"],
    "additionalProperties": False,
    "properties": {
        "note": {"type": "string", "title": "说明", "x-title-en": "Note", "minLength": 1},
        "day": {
            "type": "string",
            "format": "date",
            "title": "日期",
            "x-title-en": "Day",
            "x-day": {"not_before_opening": True, "not_future": True},
        },
        "sooner": {"type": "string", "title": "理由", "x-title-en": "Reason"},
    },
    "examples": [{"note": "x", "day": "@today"}],
}
ROLES = {role: both(role) for role in ("doer", "boss", "checker")}
MODEL: dict[str, Any] = {
    "key": "model",
    "version": 1,
    "title": both("model"),
    "roles": ROLES,
    "parties": {"maker": both("maker")},
    "withdrawal": {"roles": ["boss"], "before": "last"},
    "revised_by": ["doer"],
    "steps": [
        step("first", record=RECORD),
        step("maybe", waiver={"asked_by": ["doer"], "approved_by": ["boss"]}, back_to=["first"]),
        step(
            "asked",
            waits=[{"days": 10, "unit": "natural", "shortened_by": "/sooner"}],
            due={"days": 20, "unit": "working"},
            record=RECORD,
            content="material",
            back_to=["first", "asked"],
        ),
        step("judged", roles=["checker"], barred=["maker"], back_to=["first", "asked"], content="any"),
        step("signed", countersign={"count": 3, "roles": ["boss", "checker"]}, record=RECORD, back_to=["judged"]),
        step("last"),
    ],
}
PROCEDURE = load(MODEL)
VERSIONS = indexed([MODEL, {**MODEL, "version": 2, "steps": [*MODEL["steps"][:-1], step("added"), step("last")]}])
CALLERS = [
    Caller("ann", frozenset({"doer"})),
    Caller("bob", frozenset({"doer", "boss"})),
    Caller("cai", frozenset({"boss"})),
    Caller("dan", frozenset({"checker"})),
    Caller("eve", frozenset({"checker", "boss", "doer"}), frozenset({"maker-office"})),
    Caller("nobody", frozenset()),
]
FACTS = Facts(parties={"maker": frozenset({"maker-office"})}, content_sha256="v1")
ANN, BOB, CAI, DAN, EVE, NOBODY = CALLERS


def new_walk(**values: Any) -> Walk:
    return Walk(PROCEDURE, facts=FACTS, people=(ANN, DAN, CAI, BOB), **values)


class AnySequenceOfActs(RuleBasedStateMachine):
    """Whoever tries whatever in any order: only proper acts are let in, and the trail tells where the run stands."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = new_walk()
        self.versions = 1
        self.prefixes = [self.walk.here]

    @rule(days=st.integers(0, 25))
    def time_passes(self, days: int) -> None:
        self.walk.later(days)

    @rule(text=st.sampled_from(["v1", "v2", "v3"]))
    def the_text_changes(self, text: str) -> None:
        self.walk.changed(content_sha256=text)

    @rule(
        caller=st.sampled_from(CALLERS),
        outcome=st.sampled_from([*OUTCOMES, "done", "skipped", "returned", "done", "skipped", "returned"]),
        key=st.sampled_from([None, None, None, *[s.key for s in PROCEDURE.steps]]),
        to=st.sampled_from([None, *[s.key for s in PROCEDURE.steps]]),
        reason=st.sampled_from(["", "why"]),
        record=st.booleans(),
        back=st.sampled_from([0, 0, 0, 5]),
    )
    def someone_acts(
        self, caller: Caller, outcome: str, key: str | None, to: str | None, reason: str, record: bool, back: int
    ) -> None:
        walk = self.walk
        target = key or walk.here.step or "last"
        schema = PROCEDURE.step(target).schema
        example = walk.example() if record and schema and walk.here.step == target else None
        act = Act(
            step=target,
            outcome=outcome,  # type: ignore[arg-type]  # drawn from OUTCOMES
            by=caller.person,
            at=walk.now - timedelta(days=back),
            reason=reason,
            rule=reason,
            record=example,
            to=to if outcome == "returned" else None,
            content_sha256=walk.facts.content_sha256,
        )
        before = walk.here
        problems = check(PROCEDURE, walk.trail, act, caller, walk.facts, walk.calendar)
        assert position(PROCEDURE, walk.trail, walk.calendar) == before
        if not problems:
            walk.trail = walk.trail.with_act(settled(PROCEDURE, walk.trail, act, walk.calendar))
            self.prefixes.append(walk.here)

    @precondition(lambda self: self.walk.here.step)
    @rule(caller=st.sampled_from(CALLERS), days=st.sampled_from([0, 3, 11]))
    def someone_finishes_the_open_step(self, caller: Caller, days: int) -> None:
        self.walk.later(days)
        self.attempt(caller, "done")

    @precondition(lambda self: self.walk.here.step)
    @rule(days=st.integers(10, 12))
    def everyone_who_should_finishes_the_open_step(self, days: int) -> None:
        self.walk.later(days)
        open_step = self.walk.here.step
        for caller in (ANN, DAN, CAI, BOB):
            if self.walk.here.step == open_step:
                self.attempt(caller, "done")

    @precondition(lambda self: self.walk.here.step == "maybe")
    @rule(people=st.lists(st.sampled_from([ANN, BOB, CAI, EVE]), min_size=1, max_size=3))
    def some_ask_for_a_waiver_and_approve_it(self, people: list[Caller]) -> None:
        for caller in people:
            if self.walk.here.step == "maybe":
                self.attempt(caller, "skipped", reason="why", rule="rule 9")

    @precondition(lambda self: self.walk.here.step)
    @rule(caller=st.sampled_from(CALLERS[:5]), data=st.data())
    def someone_returns_the_open_step(self, caller: Caller, data: st.DataObject) -> None:
        place = PROCEDURE.place(self.walk.here.step or "last")
        to = data.draw(st.sampled_from([s.key for s in PROCEDURE.steps[: place + 1]]))
        self.attempt(caller, "returned", to=to, reason="why")

    def attempt(self, caller: Caller, outcome: str, **values: Any) -> None:
        walk = self.walk
        act = walk.act(caller, outcome, **values)
        if not walk.check(act, caller):
            walk.do(caller, outcome, **values)
            self.prefixes.append(walk.here)

    @invariant()
    def a_closed_run_has_every_step_done_or_properly_waived(self) -> None:
        here, acts = self.walk.here, self.walk.trail.acts
        for definition, state in zip(PROCEDURE.steps, here.steps, strict=True):
            if state.state == "waiting":
                assert here.state != "closed"
            if state.state == "skipped":
                asked, approved = [acts[n] for n in state.acts if acts[n].outcome == "skipped"][-2:]
                assert definition.waiver
                assert asked.by != approved.by
                assert asked.reason
                assert asked.rule
            if state.state == "done":
                # A return to the step itself declines the signatures before it; they count no longer.
                declined = max((n for n in state.acts if acts[n].outcome == "returned"), default=-1)
                signers = {acts[n].by for n in state.acts if acts[n].outcome == "done" and n > declined}
                assert len(signers) >= (definition.countersign.count if definition.countersign else 1)
                assert "eve" not in signers or "maker" not in definition.barred
                assert (state.record is None) is (definition.schema is None)
                assert state.opened_at
                assert state.closed_at
                if definition.waits:
                    assert state.earliest_at
                    assert state.closed_at >= state.earliest_at

    @invariant()
    def steps_in_force_come_before_the_open_one_and_others_after(self) -> None:
        here = self.walk.here
        if here.step:
            place = PROCEDURE.place(here.step)
            assert all(s.state in ("done", "skipped") for s in here.steps[:place])
            assert all(s.state == "waiting" for s in here.steps[place + 1 :])

    @invariant()
    def the_position_is_a_function_of_the_trail(self) -> None:
        acts = self.walk.trail.acts
        assert len(self.prefixes) == len(acts) + 1
        for length, seen in enumerate(self.prefixes):
            prefix = Trail(self.walk.trail.started_at, acts[:length], self.walk.trail.content_sha256)
            assert position(PROCEDURE, prefix, self.walk.calendar) == seen

    @invariant()
    def every_act_has_one_place_and_none_is_back_dated(self) -> None:
        here, acts = self.walk.here, self.walk.trail.acts
        named = [n for state in here.steps for n in (*state.acts, *state.superseded)]
        assert sorted(named) == list(range(len(acts)))
        assert all(one.at <= other.at for one, other in pairwise(acts))

    @invariant()
    def a_newer_version_changes_nothing(self) -> None:
        assert position(VERSIONS["model", 1], self.walk.trail, self.walk.calendar) == self.walk.here

    @invariant()
    def options_of_a_run_that_is_over_are_none(self) -> None:
        walk = self.walk
        found = options(PROCEDURE, walk.trail, EVE, walk.facts, walk.now, walk.calendar)
        assert bool(found) is (walk.here.state == "open")


TestAnySequenceOfActs = AnySequenceOfActs.TestCase
TestAnySequenceOfActs.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


def test_a_definition_survives_json_and_keeps_a_copy_of_its_own() -> None:
    data = copy.deepcopy(MODEL)
    loaded = load(data)
    data["steps"].clear()
    assert loaded.to_data() == MODEL
    assert load(json.loads(json.dumps(loaded.to_data()))) == loaded == PROCEDURE


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
    assert walk.here.due_at == at("2026-03-06 00:00")


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


def test_an_id_alone_is_given_as_the_only_kind_of_the_step() -> None:
    kinds = [{"kind": "plan", "title": both("plan")}, {"kind": "photo", "title": both("photo")}]
    one, two = (load(with_step(evidence=kinds[:count])).steps[0] for count in (1, 2))
    assert attached(one, ["a", {"id": "b", "kind": "x"}]) == (Attached("plan", "a"), Attached("x", "b"))
    assert attached(two, ["a", {"id": "b"}]) == (Attached("other", "a"), Attached("other", "b"))


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


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(MODEL), **values}


def with_step(**values: Any) -> dict[str, Any]:
    return changed(steps=[step("only", **values)], withdrawal={"roles": ["boss"]})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(version="1"), "field_type"),
        (changed(steps=[]), "field_few"),
        (changed(lambda_="x"), "field_unknown"),
        (changed(steps=[step("same"), step("same")]), "step_key_repeats"),
        (changed(withdrawal={"roles": ["boss"], "before": "nowhere"}), "step_unknown"),
        (changed(revised_by=["stranger"]), "role_unknown"),
        (with_step(roles=["stranger"]), "role_unknown"),
        (with_step(back_to=["nowhere"]), "step_unknown"),
        (with_step(barred=["stranger"]), "party_unknown"),
        (with_step(due={"days": 0, "unit": "natural"}), "field_small"),
        (with_step(countersign={"count": 1, "roles": ["boss"]}), "field_small"),
        (with_step(waits=[{"days": 1, "unit": "natural", "shortened_by": "/x"}]), "record_undefined"),
        (with_step(record=RECORD, waits=[{"days": 1, "unit": "natural", "shortened_by": "/x"}]), "reference_unknown"),
        (with_step(record={**RECORD, "examples": []}), "example_missing"),
        (with_step(record={**RECORD, "examples": [{"note": 1}]}), "field_type"),
        (with_step(record={**RECORD, "required": "note"}), "schema_wrong"),
        (with_step(record={**RECORD, "properties": {"note": {"type": "string"}}}), "title_missing"),
        (
            with_step(
                record={
                    **RECORD,
                    "properties": {"note": {"title": "甲", "x-title-en": "A", "enum": ["x"], "x-labels": {}}},
                    "examples": [{"note": "x"}],
                }
            ),
            "label_missing",
        ),
        (with_step(conditions=[{"rule": "eval"}]), "rule_unknown"),
        (with_step(record=RECORD, conditions=[{"rule": "filled", "field": "/x"}]), "reference_unknown"),
        (
            with_step(result={"vote": {"table": "none"}, "passed": "yes", "failed": "no", "failed_ends": True}),
            "rule_parameter_wrong",
        ),
    ],
)
def test_a_wrong_definition_is_refused_when_it_is_loaded(data: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        load(data)
    assert code in codes(list(refused.value.problems))


def test_a_step_may_not_go_back_to_a_later_one() -> None:
    with pytest.raises(InvalidDefinition):
        load(changed(steps=[step("one", back_to=["two"]), step("two")], withdrawal={"roles": ["boss"]}))


def test_the_same_version_is_not_defined_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        indexed([MODEL, MODEL])


def test_an_example_renders_days_that_are_not_before_the_opening() -> None:
    example = {"a": "@today-7", "b": ["@today"], "c": "@today+3", "d": "@opening", "e": "not @today", "f": 1}
    now, opened = at("2026-06-10 00:30"), at("2026-06-05 09:00")
    assert rendered(example, now, opened) == {
        "a": "2026-06-05",
        "b": ["2026-06-10"],
        "c": "2026-06-13",
        "d": "2026-06-05",
        "e": "not @today",
        "f": 1,
    }


def test_a_definition_described_for_readers_has_examples_of_today() -> None:
    shown = described(PROCEDURE, at("2026-06-10 12:00"))
    assert shown["steps"][0]["record_schema"]["examples"] == [{"note": "x", "day": "2026-06-10"}]
    assert shown["steps"][1]["record_schema"] is None
    assert PROCEDURE.to_data() == MODEL


MESSAGES: dict[str, dict[str, str]] = json.loads((DOMAIN / "procedures" / "messages.json").read_text("utf-8"))


def said_codes() -> Iterator[str]:
    """Every text that looks like a code where the engine makes a problem or names an option."""
    files = [DOMAIN / "condition.py", DOMAIN / "voting.py", *(DOMAIN / "procedure").glob("*.py")]
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
        elif isinstance(node, ast.Constant) and str(node.value).startswith(("field_", "option.", "voter_")):
            yield str(node.value)
    yield from ("reason_needed", "rule_needed", "vote_passes", "vote_fails")


def test_every_code_has_words_in_both_languages_and_no_word_is_idle() -> None:
    assert {code for code in said_codes() if not code.startswith("_")} == set(MESSAGES)
    for code, texts in MESSAGES.items():
        assert set(texts) == {"zh-CN", "en"}, code
        places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
        assert places[1] <= places[0] | {"needed", "due", "total"}, code
