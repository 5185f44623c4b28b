"""Whoever does whatever in any order: the engine holds."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.check import check
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.settling import settled
from backend.domain.procedure.trail import OUTCOMES, Act, Trail
from tests.domain.model import ANN, BOB, CAI, CALLERS, DAN, EVE, PROCEDURE, VERSIONS, new_walk


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
            walk.trail = walk.trail.with_act(settled(PROCEDURE, walk.trail, act, walk.facts, walk.calendar))
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
