"""The sample workbooks of an invented county, against what expected.json says of them."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from backend.workbook.ledger import Known, KnownOrganization, Row
from backend.workbook.member import MEMBER
from backend.workbook.organization import ORGANIZATION, parents_first
from backend.workbook.reading import read_workbook

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
TODAY = date(2026, 11, 22)


def organizations() -> list[Row]:
    return list(read_workbook(SAMPLES / "organizations.xlsx", ORGANIZATION, Known(TODAY)))


def known() -> Known:
    found = (KnownOrganization(str(row.row), row.values["name"], row.values["kind"]) for row in organizations())
    return Known.of(TODAY, found)


def refusals(rows: Iterable[Row]) -> list[dict[str, object]]:
    return [{"row": r.row, "column": r.column, "code": r.code} for row in rows for r in row.refusals]


def text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def test_reads_every_organization_as_expected() -> None:
    expected = EXPECTED["organizations.xlsx"]
    read = [
        {
            "row": row.row,
            "name": row.values["name"],
            "kind": row.cells["组织类别"],
            "parent": row.values["parent"] or "",
            "founded_on": text(row.values["founded_on"]),
            "term_ends_on": text(row.values["term_ends_on"]),
        }
        for row in organizations()
    ]
    assert refusals(organizations()) == expected["refused"] == []
    assert len(read) == expected["data_rows"]
    assert read == expected["rows"]


def test_every_organization_comes_after_its_parent_and_only_the_county_has_none() -> None:
    seen: set[tuple[str, int]] = set()
    without = 0
    for row in parents_first(organizations()):
        parent = row.values["parent_at"]
        without += parent is None
        assert parent is None or parent in seen
        seen.add((row.sheet, row.row))
    assert (len(seen), without) == (235, 1)


@pytest.mark.parametrize("name", ["members.xlsx", "members-gbk.csv"])
def test_reads_members_as_expected(name: str) -> None:
    expected = EXPECTED["members.xlsx"]
    reading = read_workbook(SAMPLES / name, MEMBER, known())
    rows = list(reading)
    assert refusals(rows) == expected["refused"]
    assert (reading.counts.total, reading.counts.acceptable) == (expected["data_rows"], expected["acceptable"])
    names = {each[0].id: each[0].name for each in known().organizations.values()}
    first = [
        {
            "row": row.row,
            "name": row.values["name"],
            "organization": names[row.values["organization_id"]],
            "joined_on": text(row.values["joined_on"]),
        }
        for row in rows[:5]
    ]
    assert first == expected["first_rows"]
