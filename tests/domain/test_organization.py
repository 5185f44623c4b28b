"""The rules of an organisation's own fields and of its place."""

from datetime import date
from typing import Any

import pytest

from backend.db.organization_view import paths_above
from backend.domain.organization import wrong_parent_kind
from backend.domain.organization_rule import organization_problems

TODAY = date(2026, 11, 20)
RIGHT = {"name": "柳塘村", "kind": "village"}


def problems(**values: Any) -> set[tuple[str, str]]:
    return {(p.pointer, p.code) for p in organization_problems(RIGHT | values, TODAY)}


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"name": None}, "/name", "organization_name_invalid"),
        ({"name": "123"}, "/name", "organization_name_invalid"),
        ({"name": "😀"}, "/name", "organization_name_invalid"),
        ({"name": "村" * 101}, "/name", "organization_name_invalid"),
        ({"kind": "castle"}, "/kind", "unknown_kind"),
        ({"region_code": "9999"}, "/region_code", "region_code_length"),
        ({"region_code": "990100000001"}, "/region_code", "region_code_levels"),
        ({"credit_code": "91999901MA00000AB2"}, "/credit_code", "credit_code_checksum"),
        ({"founded_on": date(2026, 11, 21)}, "/founded_on", "date_in_future"),
        (
            {"term_starts_on": date(2026, 1, 2), "term_ends_on": date(2026, 1, 1)},
            "/term_ends_on",
            "term_ends_too_early",
        ),
        ({"founded_on": date(2026, 1, 2), "term_ends_on": date(2026, 1, 1)}, "/term_ends_on", "term_ends_too_early"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, Any], pointer: str, code: str) -> None:
    assert problems(**values) == {(pointer, code)}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "第十新村😀"},
        {"founded_on": TODAY},
        {"founded_on": (date(2026, 11, 1), date(2026, 11, 30))},
        {"credit_code": "N2999901MF00000175", "region_code": "999901100200"},
        {"founded_on": (date(2026, 1, 1), date(2026, 1, 31)), "term_ends_on": (date(2026, 1, 1), date(2026, 1, 31))},
    ],
)
def test_what_only_looks_wrong_is_accepted(values: dict[str, Any]) -> None:
    assert problems(**values) == set()


def test_a_branch_does_not_stand_above_a_township() -> None:
    problem = wrong_parent_kind("township_committee", "party_branch")
    assert problem is not None
    assert problem.code == "wrong_parent_kind"
    assert problem.params["parent_kind"]["en"] == "party branch"


def test_only_a_county_stands_at_the_top() -> None:
    assert wrong_parent_kind("county_committee", None) is None
    problem = wrong_parent_kind("village", None)
    assert problem is not None
    assert problem.code == "parent_required"


def test_paths_above_are_those_of_all_nodes_over_it() -> None:
    assert paths_above("c1/t3/v117/") == ["c1/", "c1/t3/"]
    assert paths_above("c1/") == []
