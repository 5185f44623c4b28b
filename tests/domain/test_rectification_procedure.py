"""The definition of rectification: nobody closes an item without those who have to agree, whatever is tried."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.domain.procedure.attempt import Caller
from backend.domain.procedure.trail import OUTCOMES, Act, Attached, StepState
from tests.domain.rectifying import (
    CALLERS,
    MEANT,
    NOBODY,
    OF_TOWN,
    OF_UNIT,
    ORGANIZER,
    PROOF,
    RULED,
    SUPERVISOR,
    Item,
    claimed,
    item,
)

SOURCES = ["supervision", "feedback", "inspection_tour", "county_transfer", "audit", "democratic_life_meeting"]
LIFE = {"democratic_life_meeting", "organizational_life_meeting"}
CONFIRMED = {"inspection_tour", "county_transfer", "audit"}
SEVERITIES = ["general", "important", "major"]


Intruder = tuple[Caller, tuple[Attached, ...], str]

# What an intruder's record lacks, or says.
FLAWS = st.sampled_from(
    ["", "rule", "unsatisfied", "whys", "satisfaction", "cause", "similar", "not_effective", "not_recognized"]
)
INTRUDERS = st.lists(
    st.tuples(st.sampled_from(CALLERS), st.sampled_from([(), PROOF, RULED]), FLAWS), min_size=1, max_size=8
)


def flawed(record: dict[str, Any] | None, flaw: str) -> dict[str, Any] | None:
    """An example's record without a field, or with people who are not satisfied, or a finding that is not good."""
    if record is None:
        return None
    if flaw == "unsatisfied":
        unhappy = {"satisfied": 2, "fairly": 0, "unsatisfied": 10, "no_answer": 0, "asked": 12}
        if "satisfaction" in record:
            return {**record, "satisfaction": {**record["satisfaction"], **unhappy}}
        return {**record, **unhappy} if "satisfied" in record else record
    if flaw == "not_effective" and "effect" in record:
        return {**record, "effect": flaw}
    if flaw == "not_recognized" and "outcome" in record:
        return {**record, "outcome": flaw}
    if flaw == "whys" and flaw in record:
        return {**record, "whys": record["whys"][:4]}
    return {name: value for name, value in record.items() if name != flaw}


def done_by(walk: Item, state: StepState) -> str:
    return next(act for n in reversed(state.acts) if (act := walk.trail.acts[n]).outcome == "done").by


def satisfied(record: Mapping[str, Any]) -> bool:
    return record["asked"] > 0 and record["satisfied"] + record["fairly"] >= 0.8 * record["asked"]


def assert_properly_closed(walk: Item) -> None:
    """All that has to be there when an item is closed, read off its acts."""
    here, subject = walk.here, walk.facts.subject
    states = {state.key: state for state in here.steps if state.state == "done"}
    checked = states.get("verification") or states["recognition"]
    assert done_by(walk, checked) not in OF_UNIT
    proven = states["rectifying"] if "verification" in states else states["recognition"]
    assert any(walk.trail.acts[n].evidence for n in proven.acts if walk.trail.acts[n].outcome == "done")
    assert done_by(walk, states["closing"]) not in OF_UNIT
    assert checked.key == "verification" or done_by(walk, states["closing"]) != done_by(walk, checked)
    if subject["affects_people"]:
        asked = states.get("satisfaction") or states["recognition"]
        assert asked.record
        assert done_by(walk, asked) not in OF_UNIT
        assert satisfied(asked.record if asked.key == "satisfaction" else asked.record["satisfaction"])
    if subject["source"] in CONFIRMED:
        assert done_by(walk, states["source_confirmation"]) not in OF_TOWN
    if subject["source"] in LIFE:
        assert done_by(walk, states["organization_confirmation"]) == ORGANIZER.person
    if subject["severity"] == "major":
        second = done_by(walk, states["second_verification"])
        assert second not in OF_UNIT | {done_by(walk, checked)}
        if "plan" in states:
            assert len((states["plan"].record or {})["whys"]) >= 5
            assert (states["rectifying"].record or {})["rule"]
    if "rectifying" in states:
        assert done_by(walk, states["rectifying"]) in OF_UNIT
        assert done_by(walk, states["sign_for"]) in OF_UNIT
        assert done_by(walk, states["plan_approval"]) not in OF_UNIT


@pytest.mark.parametrize("begin", [item, claimed])
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("affects_people", [True, False])
def test_an_item_closes_when_everybody_who_has_to_agrees(
    begin: Any, severity: str, source: str, affects_people: bool
) -> None:
    walk = begin(severity=severity, source=source, affects_people=affects_people).until(None)
    assert walk.here.state == "closed"
    assert_properly_closed(walk)


def attempt(walk: Item, caller: Caller, outcome: str, **values: Any) -> bool:
    """Do it if it is let in."""
    if walk.check(walk.act(caller, outcome, **values), caller):
        return False
    walk.do(caller, outcome, **values)
    return True


def go_on(walk: Item, until: str | None, intruders: list[Intruder]) -> None:
    """As far as a step; whoever gets through before those who are meant, gets through."""
    for _ in range(15):
        step = walk.here.step
        if step in (None, until):
            return
        for caller, evidence, flaw in intruders:
            if walk.here.step == step:
                shown = evidence if step in ("rectifying", "recognition") else ()
                attempt(walk, caller, "done", record=flawed(walk.example(), flaw), evidence=shown)
        if walk.here.step == step:
            proof = RULED if step == "rectifying" else PROOF if step == "recognition" else ()
            attempt(walk, MEANT[str(step)], "done", evidence=proof)


@settings(max_examples=150, deadline=None)
@given(
    begin=st.sampled_from([item, item, claimed]),
    severity=st.sampled_from(SEVERITIES),
    source=st.sampled_from(SOURCES),
    affects_people=st.booleans(),
    intruders=INTRUDERS,
)
def test_whoever_tries_first_closes_nothing_improperly(
    begin: Any, severity: str, source: str, affects_people: bool, intruders: list[Intruder]
) -> None:
    walk = begin(severity=severity, source=source, affects_people=affects_people)
    for _ in range(2):
        go_on(walk, None, intruders)
        if walk.here.state == "closed":
            assert_properly_closed(walk)


class AnyAttempts(RuleBasedStateMachine):
    """Whoever tries whatever in any order: an item is closed only as it may be."""

    walk: Item
    closings: int = 0

    @initialize(
        begin=st.sampled_from([item, claimed]),
        severity=st.sampled_from(SEVERITIES),
        source=st.sampled_from(SOURCES),
        affects_people=st.booleans(),
    )
    def an_item_is_registered(self, begin: Any, severity: str, source: str, affects_people: bool) -> None:
        self.walk = begin(severity=severity, source=source, affects_people=affects_people)

    @rule(days=st.integers(0, 9))
    def time_passes(self, days: int) -> None:
        self.walk.later(days)

    def attempt(self, caller: Caller, outcome: str, **values: Any) -> bool:
        return attempt(self.walk, caller, outcome, **values)

    @precondition(lambda self: self.walk.here.step)
    @rule(until=st.sampled_from([*MEANT, None, None, "closing"]), intruders=INTRUDERS)
    def it_goes_on_and_at_every_step_others_try_first(self, until: str | None, intruders: list[Intruder]) -> None:
        go_on(self.walk, until, intruders)

    @precondition(lambda self: self.walk.here.step)
    @rule(caller=st.sampled_from(CALLERS))
    def someone_withdraws_it(self, caller: Caller) -> None:
        self.attempt(caller, "withdrawn", reason="登记错误")

    @precondition(lambda self: self.walk.here.step)
    @rule(caller=st.sampled_from(CALLERS), to=st.sampled_from(["assignment", "plan", "rectifying"]))
    def someone_returns_it(self, caller: Caller, to: str) -> None:
        self.attempt(caller, "returned", to=to, reason="不到位")

    @rule(
        caller=st.sampled_from(CALLERS),
        outcome=st.sampled_from(OUTCOMES),
        step=st.sampled_from([None, "rectifying", "assignment", "closing", "verification"]),
        to=st.sampled_from([None, "assignment", "plan", "rectifying", "closing", "$end"]),
        record=st.sampled_from([None, {}, {"until": "2026-03-20"}, {"text": "继续推进"}, {"due_on": "2027-01-01"}]),
    )
    def someone_tries_anything(
        self, caller: Caller, outcome: str, step: str | None, to: str | None, record: dict[str, Any] | None
    ) -> None:
        values: dict[str, Any] = {"to": to, "record": record, "reason": "说明理由"}
        if step in {known.key for known in self.walk.procedure.steps}:
            values["step"] = step
        self.attempt(caller, outcome, **values)

    @precondition(lambda self: self.walk.here.state == "closed")
    @rule(caller=st.sampled_from(CALLERS), due=st.sampled_from([None, {"due_on": "2027-06-01"}]))
    def someone_opens_it_again(self, caller: Caller, due: dict[str, Any] | None) -> None:
        to = self.walk.procedure.reopening
        assert to
        opened = self.attempt(caller, "reopened", step=to.to, record=due, reason="复查发现反弹")
        assert not opened or caller.person not in OF_UNIT

    @invariant()
    def whoever_closed_it_had_everybody_agree(self) -> None:
        if self.walk.here.state == "closed":
            assert_properly_closed(self.walk)

    @invariant()
    def nobody_without_a_role_did_anything(self) -> None:
        assert NOBODY.person not in {act.by for act in self.walk.trail.acts}

    @invariant()
    def its_own_unit_never_ended_it(self) -> None:
        last: Act | None = self.walk.trail.acts[-1] if self.walk.trail.acts else None
        if last and self.walk.here.state != "open" and "responsible_unit" in self.walk.facts.parties:
            assert last.by not in OF_UNIT


TestAnyAttempts = AnyAttempts.TestCase
TestAnyAttempts.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)


def test_a_reopened_item_has_a_new_limit_and_keeps_its_closing() -> None:
    walk = item(affects_people=True).until(None).later(100)
    walk.do(SUPERVISOR, "reopened", step="rectifying", reason="复查发现反弹", record={"due_on": "2026-08-31"})
    assert (walk.here.round, walk.here.step) == (2, "rectifying")
    assert walk.here.limit_at
    assert walk.here.limit_at.isoformat() == "2026-08-31T15:59:59+00:00"
    assert [act.step for act in walk.trail.acts].count("closing") == 1
    assert_properly_closed(walk.until(None))
