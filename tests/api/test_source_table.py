"""Every line of what programs may bring says only what its shape and its verbs can do."""

from typing import Any

import pytest

from backend.api.source_table import BY_NAME, LINES, Line
from backend.domain.access import CLIENT_SCOPES
from backend.domain.change import BY_NAME as READ
from backend.domain.errors import Invalid


@pytest.fixture(params=LINES, ids=lambda line: line.name)
def line(request: pytest.FixtureRequest) -> Line:
    return request.param


def test_what_may_change_is_in_the_shape_and_not_all_of_it(line: Line) -> None:
    fields = set(line.shape.model_fields)
    assert line.sourced.changeable < fields
    required = {name for name, field in line.shape.model_fields.items() if field.is_required()}
    assert "organization_id" in required - line.sourced.changeable


def test_programs_may_carry_the_permission_and_read_the_same_in_the_feed(line: Line) -> None:
    assert line.sourced.permission in CLIENT_SCOPES
    assert BY_NAME[line.name] is line
    assert line.name in READ


def test_a_body_is_read_at_its_fields_and_compared_without_defaults(line: Line) -> None:
    body = line.sourced.read(line.example)
    said: dict[str, Any] = line.sourced.told(body)
    assert {name for name, value in line.example.items() if value is not None} >= set(said)
    spelled_out = body.model_dump(mode="json")
    assert line.sourced.told(line.sourced.read(spelled_out)) == said
    with pytest.raises(Invalid) as refused:
        line.sourced.read({**line.example, "category": None, "more": 1})
    pointers = {problem.pointer for problem in refused.value.problems}
    assert pointers == {"/category", "/more"}
