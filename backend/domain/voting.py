"""Quorum and majority: one table of meetings, one function that counts, in integers.

`2 * yes > due` is exact where a float is not, and `>` differs from `>=`: 8 of 16 fail "more than half"
and pass "half or more".
Counts come from the attendance list and the votes themselves; nobody types a total.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backend.domain.errors import Problem
from backend.domain.identity import compact

Base = Literal["total", "due", "present", "cast"]
"""total: all with a vote; due: those of them who are expected; present: those who came; cast: ballots given."""

Who = Mapping[str, Any]
"""One line of the attendance list: `{name, standing, state}`.

standing: voting, excused (has a vote but is not expected: in `total`, not in `due`), probationary, observer.
state: present, absent, recused, written (absent with a written opinion).
"""

Ballot = Mapping[str, Any]
"""One vote: `{name?, choice: for|against|abstain}`; without a name when the ballot is secret."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """`count / base` against `numerator / denominator`; `strict` means more than, otherwise at least."""

    base: Base
    numerator: int
    denominator: int
    strict: bool

    def met(self, count: int, base: int) -> bool:
        left, right = count * self.denominator, base * self.numerator
        return left > right if self.strict else left >= right

    def needed(self, base: int) -> int:
        """The smallest count that meets the ratio."""
        return (
            base * self.numerator // self.denominator + 1
            if self.strict
            else -(-base * self.numerator // self.denominator)
        )


@dataclass(frozen=True, slots=True)
class VoteRule:
    """One row of the table (handbook 2.12). `counts` is what the quorum counts: people who came, or ballots."""

    key: str
    title: Mapping[str, str]
    quorum: Ratio
    majority: Ratio
    counts: Literal["present", "cast"] = "present"
    written_opinions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the lists add up to under one rule; `quorum_short` and `yes_short` say how many are missing."""

    rule: str
    total: int
    due: int
    present: int
    recused: int
    cast: int
    yes: int
    no: int
    abstain: int
    quorum_needed: int
    quorum_short: int
    yes_needed: int
    yes_short: int
    quorum: bool
    passed: bool


def _ratio(base: Base, sign: Literal[">", ">="], numerator: int, denominator: int) -> Ratio:
    return Ratio(base, numerator, denominator, sign == ">")


def _rule(key: str, zh: str, en: str, quorum: Ratio, majority: Ratio, **more: Any) -> VoteRule:
    return VoteRule(key, {"zh-CN": zh, "en": en}, quorum, majority, **more)


_HALF_DUE, _HALF_PRESENT, _HALF_CAST = (_ratio(base, ">", 1, 2) for base in ("due", "present", "cast"))
_TWO_THIRDS_DUE = _ratio("due", ">=", 2, 3)

VOTE_RULES: Mapping[str, VoteRule] = {
    rule.key: rule
    for rule in (
        _rule("collective_discussion", "领导班子集体讨论", "Collective discussion", _HALF_DUE, _HALF_DUE),
        _rule(
            "admission",
            "支部大会（接收、转正）",
            "Branch assembly (admission)",
            _HALF_DUE,
            _HALF_DUE,
            written_opinions=True,
        ),
        _rule("branch_assembly", "支部党员大会（一般事项）", "Branch assembly", _ratio("due", ">=", 1, 2), _HALF_DUE),
        _rule(
            "branch_committee", "支部委员会", "Branch committee", _ratio("due", ">=", 1, 2), _ratio("total", ">", 1, 2)
        ),
        _rule("party_election", "党内选举", "Party election", _ratio("due", ">", 4, 5), _HALF_PRESENT),
        _rule(
            "villager_assembly",
            "村民会议（按人）",
            "Villager assembly (adults)",
            _ratio("total", ">", 1, 2),
            _HALF_PRESENT,
        ),
        _rule(
            "household_assembly",
            "村民会议（按户）",
            "Villager assembly (households)",
            _ratio("total", ">=", 2, 3),
            _HALF_PRESENT,
        ),
        _rule(
            "villager_representatives",
            "村民代表会议",
            "Villager representatives",
            _ratio("total", ">=", 2, 3),
            _HALF_PRESENT,
        ),
        _rule("villager_group", "村民小组会议", "Villager group", _ratio("total", ">=", 2, 3), _HALF_PRESENT),
        _rule(
            "village_election",
            "村民委员会选举",
            "Village election",
            _ratio("total", ">", 1, 2),
            _HALF_CAST,
            counts="cast",
        ),
        _rule(
            "make_up_election",
            "村民委员会另行选举",
            "Make-up election",
            _ratio("total", ">", 0, 1),
            _ratio("cast", ">=", 1, 3),
            counts="cast",
        ),
        _rule("recall", "罢免表决", "Recall", _ratio("total", ">", 1, 2), _HALF_CAST, counts="cast"),
        _rule(
            "collective_assembly",
            "集体经济组织成员大会",
            "Collective assembly",
            _ratio("total", ">=", 2, 3),
            _ratio("total", ">=", 2, 3),
        ),
        _rule(
            "member_deliberation",
            "党员大会审议（四议两公开）",
            "Members' deliberation (4+2)",
            _TWO_THIRDS_DUE,
            _HALF_DUE,
        ),
    )
}


def normal_name(name: object) -> str:
    """A name as names are compared: without the spaces that clerks put into it ("张 三"), nor any that nobody sees."""
    return compact(str(name or ""))


def tally(rule: VoteRule, attendance: Sequence[Who], ballots: Sequence[Ballot]) -> Tally:
    """Count. People who recused themselves, probationary members and observers are in no base."""
    entitled = [who for who in attendance if who.get("standing", "voting") in ("voting", "excused")]
    recused = sum(who.get("state") == "recused" for who in entitled)
    counted = [who for who in entitled if who.get("state") != "recused"]
    present = sum(who.get("state") == "present" for who in counted)
    choices = [ballot.get("choice") for ballot in ballots]
    bases: dict[Base, int] = {
        "total": len(counted),
        # Someone who was not expected and came all the same is due like everybody else who came.
        "due": sum(who.get("standing", "voting") == "voting" or who.get("state") == "present" for who in counted),
        "present": present,
        "cast": len(choices),
    }
    attending = bases[rule.counts]
    quorum_base, majority_base = bases[rule.quorum.base], bases[rule.majority.base]
    yes = choices.count("for")
    # An empty room meets "at least two thirds of nobody"; it still decides nothing.
    quorum = attending > 0 and rule.quorum.met(attending, quorum_base)
    enough = yes > 0 and rule.majority.met(yes, majority_base)
    quorum_needed, yes_needed = max(1, rule.quorum.needed(quorum_base)), max(1, rule.majority.needed(majority_base))
    return Tally(
        rule=rule.key,
        **bases,
        recused=recused,
        yes=yes,
        no=choices.count("against"),
        abstain=choices.count("abstain"),
        quorum_needed=quorum_needed,
        quorum_short=max(0, quorum_needed - attending),
        yes_needed=yes_needed,
        yes_short=max(0, yes_needed - yes),
        quorum=quorum,
        passed=quorum and enough,
    )


def irregularities(
    rule: VoteRule, attendance: Sequence[Who], ballots: Sequence[Ballot], *, at: str = ""
) -> list[Problem]:
    """What makes the lists impossible: too many ballots, votes of people who had none, the same person twice.

    `at` is the pointer of the object that holds both lists as `attendance` and `votes`.
    """
    problems: list[Problem] = []
    standing: dict[str, Who] = {}
    for place, who in enumerate(attendance):
        name = normal_name(who.get("name"))
        if name in standing:
            problems.append(Problem(f"{at}/attendance/{place}/name", "attends_twice", {"name": name}))
        standing[name] = who
    may_vote = {name for name, who in standing.items() if _may_vote(rule, who)}
    seen: set[str] = set()
    for place, ballot in enumerate(ballots):
        name = normal_name(ballot.get("name"))
        if not name:
            continue
        pointer = f"{at}/votes/{place}/name"
        if name not in may_vote:
            problems.append(Problem(pointer, _why_not(standing.get(name)), {"name": name}))
        if name in seen:
            problems.append(Problem(pointer, "votes_twice", {"name": name}))
        seen.add(name)
    if len(ballots) > len(may_vote):
        problems.append(
            Problem(f"{at}/votes", "more_votes_than_voters", {"votes": len(ballots), "voters": len(may_vote)})
        )
    return problems


def _may_vote(rule: VoteRule, who: Who) -> bool:
    states = ("present", "written") if rule.written_opinions else ("present",)
    return who.get("standing", "voting") in ("voting", "excused") and who.get("state") in states


def _why_not(who: Who | None) -> str:
    if who is None:
        return "voter_not_listed"
    if who.get("state") == "recused":
        return "voter_recused"
    return "voter_absent" if who.get("standing", "voting") in ("voting", "excused") else "voter_without_vote"
