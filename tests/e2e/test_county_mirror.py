"""The mirror that the documents offer: a snapshot, the feed, and killed anywhere it goes on where it was."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import Installation
from tests.e2e.phone import Office, said
from tests.e2e.programs import rows, run, running, until

pytestmark = pytest.mark.e2e

RECORD = "SELECT body FROM record WHERE resource = 'rectifications' AND body LIKE ?"


def item(office: Office, problem: str) -> str:
    place = office.place("榆桥镇党委")
    return office.register(
        organization_id=place,
        problem=problem,
        category="infrastructure",
        source="supervision",
        source_document="党建督查第11期",
        affects_people=False,
        nobody_affected_reason="只涉及机关内部台账，不涉及住户",
    )


def test_a_mirror_that_is_killed_holds_what_the_county_holds(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "mirror.sqlite"
    office = Office(installation, "supervisor")
    first = run(installation, "county_mirror", "--file", str(file), "--once")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "snapshot: {" in first.stdout
    ((before,),) = rows(file, "SELECT count(*) FROM record WHERE resource = 'rectifications'")
    assert before > 10

    seen, unseen = said("灭火器过期"), said("台账缺页")
    with running(installation, "county_mirror", "--file", str(file)) as program:
        made = item(office, seen)
        until(lambda: rows(file, RECORD, f"%{seen}%"))
        program.kill()
        program.wait()
    item(office, unseen)
    assert rows(file, RECORD, f"%{unseen}%") == []

    again = run(installation, "county_mirror", "--file", str(file), "--compare")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "snapshot" not in again.stdout
    assert again.stdout.splitlines()[-1] == "0 groups differ"
    assert [json.loads(body)["id"] for (body,) in rows(file, RECORD, f"%{seen}%")] == [made]
    assert len(rows(file, RECORD, f"%{unseen}%")) == 1


def test_a_mirror_that_lost_something_says_which_group_differs(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "mirror.sqlite"
    assert run(installation, "county_mirror", "--file", str(file), "--once").returncode == 0
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("DELETE FROM record WHERE id = (SELECT min(id) FROM record WHERE resource = 'decisions')")
    found = run(installation, "county_mirror", "--file", str(file), "--compare")
    assert found.returncode == 1
    assert found.stdout.splitlines()[-1] == "1 groups differ"
    assert "decisions of " in found.stdout
    # A cursor that the service does not know is no end: it begins with a snapshot, and all is there again.
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("UPDATE kept SET value = 'AAAA' WHERE name = 'cursor'")
    again = run(installation, "county_mirror", "--file", str(file), "--compare")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "snapshot: {" in again.stdout
    assert again.stdout.splitlines()[-1] == "0 groups differ"
