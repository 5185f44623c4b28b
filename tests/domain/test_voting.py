"""Quorum and majority in integers, from the lists themselves."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.voting import VOTE_RULES, Ratio, irregularities, tally
from tests.domain.walking import codes

MEETING = VOTE_RULES["collective_discussion"]


def people(present: int, absent: int = 0, recused: int = 0, probationary: int = 0) -> list[dict[str, Any]]:
    states = ["present"] * present + ["absent"] * absent + ["recused"] * recused
    listed = [{"name": f"P{n}", "standing": "voting", "state": state} for n, state in enumerate(states)]
    return listed + [{"name": f"Q{n}", "standing": "probationary", "state": "present"} for n in range(probationary)]


def votes(yes: int, no: int = 0, abstain: int = 0) -> list[dict[str, Any]]:
    choices = ["for"] * yes + ["against"] * no + ["abstain"] * abstain
    return [{"name": f"P{n}", "choice": choice} for n, choice in enumerate(choices)]


def test_eight_of_sixteen_fail_more_than_half_and_pass_half_or_more() -> None:
    room, ballots = people(8, absent=8), votes(8)
    assert not tally(MEETING, room, ballots).quorum
    assert tally(VOTE_RULES["branch_assembly"], room, ballots).quorum


def test_what_is_missing_is_counted() -> None:
    count = tally(MEETING, people(12, absent=4), votes(7, no=5))
    assert (count.due, count.yes_needed, count.yes_short, count.passed) == (16, 9, 2, False)
    short = tally(MEETING, people(6, absent=10), votes(6))
    assert (short.quorum_needed, short.quorum_short) == (9, 3)


def test_the_recused_leave_the_base() -> None:
    with_all = tally(MEETING, people(9, absent=1), votes(5, no=4))
    recused = tally(MEETING, people(8, absent=1, recused=1), votes(5, no=3))
    assert (with_all.due, with_all.passed) == (10, False)
    assert (recused.due, recused.passed) == (9, True)


def test_probationary_members_are_in_no_base_and_have_no_vote() -> None:
    room = people(5, probationary=6)
    assert tally(MEETING, room, votes(3, no=2)).due == 5
    assert codes(irregularities(MEETING, room, [{"name": "Q0", "choice": "for"}])) == ["voter_without_vote"]


def test_two_votes_have_two_denominators() -> None:
    room, ballots = people(9, absent=6), votes(5, no=4)
    assert not tally(VOTE_RULES["admission"], room, ballots).passed  # 5 of 15 due
    assert tally(VOTE_RULES["villager_assembly"], room, ballots).passed  # 5 of 9 present


def test_seventeen_votes_of_sixteen_are_refused() -> None:
    ballots = [{"choice": "for"}] * 17
    assert codes(irregularities(MEETING, people(16), ballots)) == ["more_votes_than_voters"]


@pytest.mark.parametrize(
    ("ballot", "code"),
    [
        ({"name": "P3", "choice": "for"}, "voter_recused"),
        ({"name": "P2", "choice": "for"}, "voter_absent"),
        ({"name": "somebody", "choice": "for"}, "voter_not_listed"),
    ],
)
def test_votes_of_people_who_had_none_are_refused(ballot: dict[str, str], code: str) -> None:
    assert codes(irregularities(MEETING, people(2, absent=1, recused=1), [ballot])) == [code]


def test_nobody_votes_or_attends_twice_however_the_name_is_spaced() -> None:
    room = [*people(3), {"name": "P 0", "standing": "voting", "state": "present"}]
    assert codes(irregularities(MEETING, room, [])) == ["attends_twice"]
    room[-1]["name"] = "P\u200b0"
    assert codes(irregularities(MEETING, room, [])) == ["attends_twice"]
    twice = [{"name": "P1", "choice": "for"}, {"name": "P 1", "choice": "for"}]
    assert codes(irregularities(MEETING, people(3), twice)) == ["votes_twice"]


def test_written_opinions_count_only_where_the_rule_takes_them() -> None:
    room = [*people(5, absent=3), {"name": "W", "standing": "voting", "state": "written"}]
    ballots = [*votes(4), {"name": "W", "choice": "for"}]
    assert irregularities(VOTE_RULES["admission"], room, ballots) == []
    assert tally(VOTE_RULES["admission"], room, ballots).passed
    assert codes(irregularities(MEETING, room, ballots)) == ["voter_absent"]


def test_an_election_needs_more_than_four_fifths() -> None:
    rule = VOTE_RULES["party_election"]
    assert not tally(rule, people(8, absent=2), votes(8)).quorum
    assert tally(rule, people(9, absent=2), votes(5, no=4)).passed


def test_a_villager_election_counts_ballots_not_heads() -> None:
    rule = VOTE_RULES["village_election"]
    assert not tally(rule, people(10), votes(5)).quorum
    assert tally(rule, people(10), votes(4, no=2)).passed


def test_an_empty_room_decides_nothing() -> None:
    for rule in VOTE_RULES.values():
        count = tally(rule, [], [])
        assert not count.quorum
        assert not count.passed


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 9), st.integers(0, 9), st.booleans())
def test_a_ratio_is_exact_and_needed_is_the_smallest_that_meets_it(
    count: int, base: int, denominator: int, numerator: int, strict: bool
) -> None:
    ratio = Ratio("due", numerator, denominator, strict)
    exact = base * Fraction(numerator, denominator)
    assert ratio.met(count, base) is (count > exact if strict else count >= exact)
    needed = ratio.needed(base)
    assert ratio.met(needed, base)
    assert needed == 0 or not ratio.met(needed - 1, base)


@given(st.sampled_from(sorted(VOTE_RULES)), st.integers(0, 40), st.integers(0, 20), st.integers(0, 40))
def test_a_vote_passes_exactly_when_nothing_is_short(rule: str, present: int, absent: int, yes: int) -> None:
    ballots: Sequence[dict[str, Any]] = votes(min(yes, present), no=max(0, present - yes))
    count = tally(VOTE_RULES[rule], people(present, absent), ballots)
    assert count.quorum is (count.quorum_short == 0)
    assert count.passed is (count.quorum_short == 0 and count.yes_short == 0)
