"""The pure rules of decisions: the six answers, the status, the names in a line, the mask."""

from datetime import date

import pytest

from backend.db.decision import DecisionStatus
from backend.domain.decision.facts import names_in
from backend.domain.decision.goal import ANSWERS, goal_problems
from backend.domain.decision.status import status_of
from backend.domain.identity import mask_name
from backend.domain.procedure.trail import Position
from tests.api.decisions import GOAL, goal

TODAY = date(2026, 6, 9)


def test_six_answers_that_are_there_are_no_problem() -> None:
    assert goal_problems(GOAL, TODAY) == []


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("value", [None, "", " 　\n", "\u200b\ufeff", "\u3164"])
def test_each_answer_that_is_lacking_is_named(path: str, value: str | None) -> None:
    (problem,) = goal_problems(goal(path, value), TODAY)
    assert (problem.pointer, problem.code) == (f"/five_w_one_h{path}", "answer_missing")


def test_nothing_at_all_lacks_every_answer() -> None:
    assert [problem.pointer for problem in goal_problems({}, TODAY)] == [f"/five_w_one_h{path}" for path in ANSWERS]


@pytest.mark.parametrize(
    ("start", "due", "codes"),
    [
        ("2026-06-09", "2026-06-09", []),
        ("2026-06-01", "2026-06-09", []),
        ("2026-06-10", "2026-06-09", ["due_before_start"]),
        ("2026-06-01", "2026-06-08", ["due_in_past"]),
        ("2026-06-08", "2026-06-07", ["due_in_past", "due_before_start"]),
    ],
)
def test_days_of_the_goal(start: str, due: str, codes: list[str]) -> None:
    problems = goal_problems({**GOAL, "when": {"start_on": start, "due_on": due}}, TODAY)
    assert [problem.code for problem in problems] == codes


@pytest.mark.parametrize(
    ("state", "step", "result", "status"),
    [
        ("open", "intention_solicitation", None, "running"),
        ("open", "resolution", None, "running"),
        ("open", "publication", "adopted", "adopted"),
        ("open", "execution", "adopted", "adopted"),
        ("open", "evaluation", "adopted", "executing"),
        ("open", "closing", "adopted", "evaluated"),
        ("closed", None, "adopted", "closed"),
        ("ended", None, "rejected", "rejected"),
        ("withdrawn", None, None, "withdrawn"),
    ],
)
def test_status_follows_from_the_position(state: str, step: str | None, result: str | None, status: str) -> None:
    here = Position(state=state, round=1, steps=(), step=step, result=result)
    assert status_of(here) is DecisionStatus(status)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("张 三", {"张三"}),
        ("镇人大代表 曾晓岚", {"镇人大代表", "曾晓岚", "镇人大代表曾晓岚"}),
        ("曾晓岚、单立群", {"曾晓岚", "单立群", "曾晓岚、单立群"}),
        ("买买提·艾山", {"买买提·艾山"}),
    ],
)
def test_names_are_found_in_a_line_of_free_text(text: str, names: set[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(("name", "shown"), [("", ""), ("单", "单*"), ("陶秀英", "陶**"), ("𠅤某", "𠅤*")])
def test_masks_keep_the_surname_alone(name: str, shown: str) -> None:
    assert mask_name(name) == shown
