"""Whoever does whatever in any order, on a procedure with branches, extensions, notes and reopening."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.domain.calendar import day_of, overdue
from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.options import options
from backend.domain.procedure.position import position
from backend.domain.procedure.settling import applies
from backend.domain.procedure.trail import OUTCOMES, Attached, StepState, Trail
from tests.domain.model_paths import ANN, BOB, CAI, CALLERS, DAN, PROCEDURE, ULI, UNA, new_path

KEYS = [step.key for step in PROCEDURE.steps]
UNIT = {UNA.person, ULI.person}


class AnyWay(RuleBasedStateMachine):
    """Whatever is let in keeps the run whole; whatever is refused leaves no trace."""

    @initialize(
        severity=st.sampled_from(["general", "major"]),
        kind=st.sampled_from(["small", "large"]),
        days=st.sampled_from([None, 20, 40]),
        far=st.sampled_from(["nowhere", "work", "work", "proof", "rate", "over"]),
    )
    def it_begins(self, severity: str, kind: str, days: int | None, far: str) -> None:
        self.walk = new_path(severity)
        self.prefixes = [self.walk.here]
        self.original: dict[tuple[str, datetime], datetime | None] = {}
        while far != "nowhere" and self.walk.here.step not in (far, None):
            self.the_open_step_is_finished(kind, "good", days, ANN)

    @rule(days=st.integers(0, 12))
    def time_passes(self, days: int) -> None:
        self.walk.later(days)

    @rule(severity=st.sampled_from(["general", "major"]))
    def it_turns_out_graver(self, severity: str) -> None:
        self.walk.changed(subject={"severity": severity})

    @rule(
        caller=st.sampled_from(CALLERS),
        outcome=st.sampled_from(OUTCOMES),
        key=st.sampled_from([None, None, *KEYS]),
        to=st.sampled_from([None, "$end", *KEYS]),
        record=st.sampled_from([None, {"text": "x"}, {"kind": "large"}, {"grade": "bad"}, {"until": "2026-04-01"}]),
    )
    def someone_tries(
        self, caller: Caller, outcome: str, key: str | None, to: str | None, record: dict[str, Any] | None
    ) -> None:
        step = key or self.walk.here.step or "work"
        self.attempt(caller, outcome, step=step, to=to, record=record, reason="r", rule="r")

    @precondition(lambda self: self.walk.here.step)
    @rule(
        kind=st.sampled_from(["small", "large", "large", "none"]),
        grade=st.sampled_from(["good", "bad"]),
        days=st.sampled_from([None, 5, 20, 40]),
        first=st.sampled_from(CALLERS),
    )
    def the_open_step_is_finished(self, kind: str, grade: str, days: int | None, first: Caller) -> None:
        here, values = self.walk.here, {"evidence": (Attached("photo", "f"),)} if self.walk.here.step == "work" else {}
        if here.step == "sort":
            values["record"] = {"kind": kind, **({"due_on": self.day(days)} if days else {})}
        elif here.step == "rate":
            values["record"] = {"grade": grade}
        for caller in (first, UNA, ANN, CAI, DAN, BOB):
            if self.walk.here == here:
                self.attempt(caller, "done", **values)

    @precondition(lambda self: self.walk.here.step == "work")
    @rule(
        days=st.lists(st.sampled_from([1, 2, 4, 10, 20, 0]), min_size=2, max_size=2),
        asker=st.sampled_from([UNA, ULI]),
        yes=st.sampled_from([True, True, False]),
    )
    def more_time_is_asked_for(self, days: list[int], asker: Caller, yes: bool) -> None:
        due = self.walk.here.due_at or self.walk.now
        asked, granted = ((day_of(due) + timedelta(days=n)).isoformat() for n in days)
        self.attempt(asker, "extended", record={"until": asked}, reason="r")
        self.walk.later(days[0] // 4)
        for caller in (asker, ULI, DAN):
            if self.walk.here.pending:
                self.attempt(caller, "extended", record={"until": granted}) if yes else self.attempt(
                    caller, "returned", to="work", reason="no"
                )

    @precondition(lambda self: self.walk.here.step == "work")
    @rule(reached=st.booleans(), ahead=st.integers(1, 30))
    def a_note_is_made(self, reached: bool, ahead: int) -> None:
        due = self.walk.here.due_at
        day = [day_of(due).isoformat()] if due and reached else []
        self.attempt(UNA, "noted", record={"text": "x", "reached": day, "next": [self.day(ahead)]})

    @precondition(lambda self: self.walk.here.step)
    @rule(caller=st.sampled_from(CALLERS), to=st.sampled_from(["work", "work", *KEYS]))
    def it_goes_back(self, caller: Caller, to: str) -> None:
        for other in (caller, CAI, ANN):
            if self.walk.here.step != to:
                self.attempt(other, "returned", to=to, reason="no")

    @precondition(lambda self: self.walk.here.step == "second")
    @rule(people=st.lists(st.sampled_from(CALLERS), min_size=2, max_size=3))
    def it_is_waived(self, people: list[Caller]) -> None:
        for caller in people:
            self.attempt(caller, "skipped", step="second", reason="r", rule="r")

    @precondition(lambda self: self.walk.here.state == "closed")
    @rule(caller=st.sampled_from([ULI, BOB, DAN]), days=st.sampled_from([None, 30]))
    def it_is_reopened(self, caller: Caller, days: int | None) -> None:
        record = {"due_on": self.day(days)} if days else None
        self.attempt(caller, "reopened", step="work", reason="again", record=record)

    def day(self, ahead: int) -> str:
        return (day_of(self.walk.now) + timedelta(days=ahead)).isoformat()

    def attempt(self, caller: Caller, outcome: str, **values: Any) -> None:
        walk, before = self.walk, self.walk.here
        # No two acts at one moment, so that every limit is known by when it was set.
        walk.now += timedelta(seconds=1)
        act = walk.act(caller, outcome, **values)
        problems = walk.check(act, caller)
        assert walk.here == before
        if problems:
            return
        walk.do(caller, outcome, **values)
        self.prefixes.append(walk.here)
        if outcome == "reopened":
            assert before.state == "closed"
            assert walk.here.round == before.round + 1
        if walk.here.step != before.step and outcome in ("done", "skipped"):
            self.led_rightly()

    def led_rightly(self) -> None:
        """What was passed on the way does not apply, and what opened does."""
        here, stored = self.walk.here, self.walk.trail.acts[-1]
        records = {s.key: s.record for s in here.in_force() if s.record is not None}
        last = KEYS.index(here.step) if here.step else len(KEYS)
        for place in range(KEYS.index(stored.step) + 1, last):
            assert not applies(PROCEDURE.steps[place], records, self.walk.facts)
            assert here.steps[place].state == "passed"
        assert here.step is None or applies(PROCEDURE.steps[last], records, self.walk.facts)
        assert stored.to in (None, here.step, "$end")

    def teardown(self) -> None:
        """The position is a function of the trail: every beginning of it replays to what was seen then."""
        trail = self.walk.trail
        assert len(self.prefixes) == len(trail.acts) + 1
        for length, seen in enumerate(self.prefixes):
            prefix = Trail(trail.started_at, trail.acts[:length], trail.content_sha256, trail.started_step)
            assert position(PROCEDURE, prefix, self.walk.calendar) == seen

    @invariant()
    def every_act_has_one_place_and_none_is_lost(self) -> None:
        here, acts = self.walk.here, self.walk.trail.acts
        named = [n for state in here.steps for n in (*state.acts, *state.superseded)]
        assert sorted(named) == list(range(len(acts)))
        assert all(one.at <= other.at for one, other in pairwise(acts))

    @invariant()
    def a_passed_step_has_nothing_in_force(self) -> None:
        for state in self.walk.here.steps:
            if state.state in ("passed", "waiting"):
                assert (state.acts, state.record, state.by, state.due_at) == ((), None, None, None)

    @invariant()
    def steps_before_the_open_one_are_settled_and_those_after_wait(self) -> None:
        here = self.walk.here
        last = KEYS.index(here.step) if here.step else len(KEYS)
        assert all(s.state in ("done", "skipped", "passed") for s in here.steps[:last])
        assert all(s.state == "waiting" for s in here.steps[last + 1 :])
        assert (here.step is None) is (here.state == "closed")

    @invariant()
    def nobody_judges_their_own_work_nor_acts_where_others_should(self) -> None:
        here, acts = self.walk.here, self.walk.trail.acts

        def did(state: StepState) -> set[str]:
            return {acts[n].by for n in state.acts if acts[n].outcome == "done"}

        for step, state in zip(PROCEDURE.steps, here.steps, strict=True):
            for key in step.other_than:
                assert not did(state) & did(here.of(key))
            assert not step.only or did(state) <= UNIT
            assert not step.barred or not did(state) & UNIT
            assert state.state != "done" or did(state)

    @invariant()
    def the_original_limit_stays_and_no_extension_goes_too_far(self) -> None:
        acts = self.walk.trail.acts
        for state in self.walk.here.steps:
            extension = PROCEDURE.step(state.key).extension
            if state.limit_from is None or state.original_due_at is None:
                assert not state.extensions
                continue
            place = (state.key, state.limit_from)
            assert self.original.setdefault(place, state.original_due_at) == state.original_due_at
            assert extension or not state.extensions
            if extension is None:
                continue
            assert len(state.extensions) <= extension.at_most
            share = (day_of(state.original_due_at) - day_of(state.limit_from)).days * extension.share_percent / 100
            before = day_of(state.original_due_at)
            for one in state.extensions:
                asked, granted = acts[one.asked], acts[one.granted]
                assert 0 < (one.until - before).days <= share
                assert asked.by != granted.by
                assert granted.by not in UNIT
                assert asked.by in UNIT
                assert asked.reason
                assert not overdue(self.prefixes[one.asked].due_at, asked.at)
                before = one.until
            assert state.due_at is None or day_of(state.due_at) == before

    @invariant()
    def nothing_is_sent_back_too_often(self) -> None:
        assert self.walk.here.returns.count(("rate", "work")) <= 2

    @invariant()
    def the_matter_has_a_limit_while_it_can_be_told(self) -> None:
        here = self.walk.here
        if here.step in ("work", "proof"):
            assert here.limit_at == here.due_at
        assert here.checking is (here.step in ("proof", "second"))
        assert here.step or here.limit_at is None

    @invariant()
    def what_is_offered_as_allowed_is_for_this_person(self) -> None:
        walk = self.walk
        for caller in CALLERS:
            for option in options(PROCEDURE, walk.trail, caller, walk.facts, walk.now, walk.calendar):
                people = {"party_only", "party_barred", "same_person_as_step", "role_not_allowed"}
                assert not option.allowed or not people & {problem.code for problem in option.missing}


TestAnyWay = AnyWay.TestCase
TestAnyWay.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, phases=[Phase.generate])
