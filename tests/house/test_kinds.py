"""Every kind of event is known for what it does, and each that changes something is shown by a test."""

import ast
from pathlib import Path

from backend.db import changes as _listens  # noqa: F401 - it is what notices changes
from backend.domain.event import EVENT_KINDS, ROSTER_READS, SENSITIVE_READS
from tests.house.kinds import BEGINS, CHANGES, ENDS, HAPPENS, READS

TESTS = Path(__file__).parents[1]


def test_every_kind_of_event_is_of_one_nature() -> None:
    known = [*BEGINS, *ENDS, *READS, *HAPPENS, *CHANGES]
    assert sorted(known) == sorted(EVENT_KINDS)


def test_every_kind_of_reading_answers_who_read_what() -> None:
    assert READS == SENSITIVE_READS > ROSTER_READS


def test_every_kind_that_changes_something_is_shown_by_a_test_that_exists() -> None:
    """`tests/api/conftest.py` has that test fail unless it makes such an event with old and new value."""
    gone = []
    for kind, test in CHANGES.items():
        file, name = test.split("::")
        path = TESTS / ("demo" if file == "test_demo.py" else "api") / file
        functions = {
            node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.AsyncFunctionDef)
        }
        if name not in functions:
            gone.append(kind)
    assert gone == []
