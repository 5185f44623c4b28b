"""The rosters of all branches: how many people each has, and who they are."""

import random
from collections.abc import Sequence
from datetime import date

from backend.demo.county import SEED, Branch
from backend.demo.people import (
    FUNNEL,
    OVERDUE_PROBATION,
    ROSTER_DAY,
    VETERANS,
    People,
    known_person,
    members_of,
    newcomer,
    veteran,
)
from backend.demo.places import BRANCH_SIZES, MAIN, TOWNSHIPS
from backend.domain.member_rule import MemberValues

COUNTY_MEMBERS = 38_000

# How many branches of the main town have how many members: (3-6, 7-20, 21-49, 50+), with the members of the line.
MAIN_BANDS = {"rural": ((2, 28, 42, 9), 2_650), "enterprise": ((5, 13, 6, 0), 380), "other": ((0, 1, 4, 1), 190)}
SHARES = (6, 38, 47, 9)

KNOWN = {
    "榆桥镇机关党支部": (
        {"name": "林秋实", "sex": "male", "birth_date": date(1976, 9, 12)},
        {"name": "区慧", "sex": "female", "birth_date": date(1991, 4, 3)},
        {"name": "任思远", "sex": "male", "birth_date": date(1982, 11, 25)},
        {"name": "查文静", "sex": "female", "birth_date": date(1985, 6, 18)},
        {"name": "仇建国", "sex": "male", "birth_date": date(1974, 1, 30)},
        {"name": "解春生", "sex": "male", "birth_date": date(1979, 3, 9)},
        {"name": "单明礼", "sex": "male", "birth_date": date(1984, 8, 21)},
        {"name": "陶文清", "sex": "female", "birth_date": date(1987, 12, 2)},
    ),
    "柳塘村党支部": (
        {"name": "曾广耀", "sex": "male", "birth_date": date(1963, 5, 16)},
        {"name": "单玉兰", "sex": "female", "birth_date": date(1971, 10, 8)},
        {"name": "解明山", "sex": "male", "birth_date": date(1958, 2, 20)},
    ),
}
"""People whom accounts, records and examples name: the name alone makes the id."""


def _sizes(branches: Sequence[Branch], counts: Sequence[int], total: int, rng: random.Random) -> dict[str, int]:
    """Give each branch a size in a band, so that the bands have these counts and all members add up to `total`.

    The largest go to branches below a general branch, which is what large branches are split into.
    """
    bands = [band for band, count in zip(BRANCH_SIZES, counts, strict=True) for _ in range(count)]
    rng.shuffle(bands)
    order = sorted(branches, key=lambda branch: branch.below_general)
    bands.sort(key=lambda band: band == BRANCH_SIZES[-1])
    sizes = {branch.name: rng.randint(*band) for branch, band in zip(order, bands, strict=True)}
    band_of = {branch.name: band for branch, band in zip(order, bands, strict=True)}
    names, off = list(sizes), total - sum(sizes.values())
    while off:
        name = rng.choice(names)
        first, last = band_of[name]
        step = 1 if off > 0 else -1
        if first <= sizes[name] + step <= last:
            sizes[name] += step
            off -= step
    return sizes


def _counts(branches: int) -> tuple[int, ...]:
    """How many branches fall into each band by the shares; the third band takes what rounding leaves."""
    counts = [branches * share // 100 for share in SHARES]
    counts[2] += branches - sum(counts)
    return tuple(counts)


def branch_sizes(branches: Sequence[Branch]) -> dict[str, int]:
    """How many members each branch has, full and probationary."""
    rng = random.Random(SEED + 2)  # noqa: S311 - invented data, no secret
    sizes: dict[str, int] = {}
    for line, (counts, total) in MAIN_BANDS.items():
        own = [branch for branch in branches if branch.town == MAIN.name and branch.line == line]
        sizes |= _sizes(own, counts, total, rng)
    for town in TOWNSHIPS[1:]:
        own = [branch for branch in branches if branch.town == town.name]
        sizes |= _sizes(own, _counts(len(own)), town.members, rng)
    organs = [branch for branch in branches if not branch.town]
    return sizes | _sizes(organs, _counts(len(organs)), COUNTY_MEMBERS - sum(town.members for town in TOWNSHIPS), rng)


def county_roster(branches: Sequence[Branch]) -> list[MemberValues]:
    """Everybody in the county's branches, the same at every call."""
    people, sizes = People(), branch_sizes(branches)
    # A branch of a handful develops nobody for years.
    larger = [branch for branch in branches if sizes[branch.name] >= 15]
    own = [branch for branch in larger if branch.town == MAIN.name]
    others = [branch for branch in larger if branch.town != MAIN.name]
    arriving: dict[str, list[tuple[str, bool]]] = {branch.name: [] for branch in branches}
    for status, counts in FUNNEL.items():
        for group, count in zip((own, others), counts, strict=True):
            for place in range(count):
                name = people.rng.choice(group).name
                late = OVERDUE_PROBATION if group is own else OVERDUE_PROBATION * 10
                arriving[name].append((status, place < late))
    rural = [branch.name for branch in own if branch.line == "rural" and branch.name not in KNOWN]
    veterans = set(people.rng.sample(rural, VETERANS))
    roster: list[MemberValues] = []
    for branch in branches:
        roster += _branch_roster(branch, sizes[branch.name], arriving[branch.name], people, branch.name in veterans)
    return roster


def _branch_roster(
    branch: Branch, size: int, arriving: list[tuple[str, bool]], people: People, has_veteran: bool
) -> list[MemberValues]:
    known = [known_person(branch, who, people) for who in KNOWN.get(branch.name, ())]
    made = known + [newcomer(branch, status, people, overdue=late) for status, late in arriving]
    if has_veteran:
        made.append(veteran(branch, people))
    members = sum(values["status"] in ("full", "probationary") for values in made)
    return [*members_of(branch, size - members, people), *made]


def by_registration(roster: Sequence[MemberValues]) -> tuple[list[MemberValues], list[MemberValues]]:
    """Those on the first roster, and those who came after it."""
    first = [values for values in roster if values["since"] < ROSTER_DAY]
    return first, [values for values in roster if values["since"] >= ROSTER_DAY]
