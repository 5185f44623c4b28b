"""The people on the demonstration county's rosters: invented, and spread as a real county's are (handbook 6.1)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from backend.demo import names
from backend.demo.calendar import TODAY
from backend.demo.county import SEED, Branch
from backend.demo.places import COUNTY, COUNTY_CODE
from backend.domain.demo_id import demo_id
from backend.domain.identity import id_number_check
from backend.domain.member_rule import MemberValues, earliest_confirmation, years_later

ROSTER_DAY = date(2026, 3, 1)
"""Who joined later was registered later; nobody among the earlier ones changed since."""

# Shares in percent of the ages [from, to), by line; the rural ones are handbook 6.1.
AGES = {
    "rural": ((20, 35, 9), (35, 50, 18), (50, 60, 23), (60, 70, 24), (70, 80, 17), (80, 96, 9)),
    "enterprise": ((21, 35, 30), (35, 50, 42), (50, 60, 24), (60, 70, 4)),
    "other": ((22, 35, 18), (35, 50, 30), (50, 60, 24), (60, 70, 16), (70, 80, 8), (80, 96, 4)),
}
SCHOOLS = {
    "rural": (("小学", 31), ("初中", 41), ("高中", 12), ("中专", 6), ("大专", 7), ("大学本科", 3)),
    "enterprise": (("初中", 18), ("高中", 27), ("中专", 15), ("大专", 24), ("大学本科", 14), ("研究生", 2)),
    "other": (("高中", 14), ("中专", 16), ("大专", 34), ("大学本科", 32), ("研究生", 4)),
}
CATEGORIES = {
    "rural": (("农牧渔民", 86), ("个体工商户", 7), ("离退休人员", 5), ("学生", 2)),
    "enterprise": (("企业职工", 94), ("离退休人员", 6)),
    "other": (("机关事业单位职工", 78), ("离退休人员", 22)),
}
WOMEN, MOBILE, DOTTED, RARE, OTHER_GROUP = 22, 14, 2, 0.3, 1.5
"""Percent."""

# How many are on their way to membership, beyond the county's members: (main town, other townships and organs).
FUNNEL = {
    "probationary": (38, 412),
    "development_target": (42, 458),
    "activist": (95, 1_005),
    "applicant": (130, 1_370),
}
OVERDUE_PROBATION = 9
VETERANS = 10
"""Members of the main town who joined before October 1949."""


@dataclass(slots=True)
class People:
    """Makes one person after the other; every citizen number is given once."""

    rng: random.Random = field(default_factory=lambda: random.Random(SEED + 1))  # noqa: S311 - invented data
    orders: dict[tuple[date, int], int] = field(default_factory=dict)

    # One place for each share, so that drawing a surname is drawing a place.
    surnames: tuple[str, ...] = tuple(
        name
        for shares in (names.SURNAMES, names.TRICKY_SURNAMES, names.COMPOUND_SURNAMES)
        for name, share in shares.items()
        for _ in range(share)
    )

    def chance(self, percent: float) -> bool:
        return self.rng.random() * 100 < percent

    def pick(self, shares: tuple[tuple[str, int], ...]) -> str:
        point = self.rng.random() * 100
        for value, share in shares:
            point -= share
            if point < 0:
                return value
        return shares[-1][0]

    def name(self, born: date, woman: bool) -> tuple[str, str]:
        """An invented name and the ethnic group that goes with it."""
        if self.chance(DOTTED):
            first = self.rng.choice(names.DOTTED_FEMALE if woman else names.DOTTED_MALE)
            return f"{first}·{self.rng.choice(names.DOTTED_LAST)}", self.rng.choice(names.DOTTED_GROUPS)
        era = 0 if born.year < 1960 else 1 if born.year < 1985 else 2
        men = (names.MALE_OLD, names.MALE_MIDDLE, names.MALE_YOUNG)
        women = (names.FEMALE_OLD, names.FEMALE_MIDDLE, names.FEMALE_YOUNG)
        given = self.rng.choice((women if woman else men)[era])
        if self.chance(RARE):
            given = self.rng.choice(names.RARE)
        elif len(given) == 1 and self.chance(60):
            # Two single characters make most of the variety: 王建军, 李明辉.
            given = self.rng.choice((*"建国文志明永春玉晓海", given)) + given
        surname = self.rng.choice(self.surnames)
        return surname + given, self.rng.choice(names.OTHER_GROUPS) if self.chance(OTHER_GROUP) else "汉族"

    def id_number(self, born: date, woman: bool) -> str:
        """A citizen number of the unassigned region, with the next free order number of that day and sex."""
        order = self.orders.get((born, woman), 0 if woman else 1) + 2
        self.orders[born, woman] = order
        body = f"{COUNTY_CODE}{born:%Y%m%d}{order:03}"
        return body + id_number_check(body)

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def born_at_age(self, first: int, end: int) -> date:
        """A birthday of somebody who today is at least `first` and less than `end` years old."""
        youngest, oldest = TODAY.replace(year=TODAY.year - first), TODAY.replace(year=TODAY.year - end)
        return self.day(oldest + timedelta(days=1), youngest)

    def person(self, branch: Branch, born: date, status: str) -> MemberValues:
        """One person of a branch, without the dates of membership."""
        woman = self.chance(WOMEN)
        name, group = self.name(born, woman)
        old = born.year < 1947
        home = branch.name.partition("党")[0]
        category = self.pick(CATEGORIES[branch.line])
        if category == "学生" and born.year < 1998:
            category = "农牧渔民"
        values: MemberValues = {
            "organization_id": branch.id,
            "name": name,
            "sex": "female" if woman else "male",
            "birth_date": born,
            "ethnic_group": group,
            "id_number": self.id_number(born, woman),
            "phone": f"199{self.rng.randrange(10**8):08}" if self.chance(55 if old else 95) else None,
            "education": self._education(branch.line, born),
            "native_place": f"{COUNTY}{branch.town}{home}" if branch.line == "rural" else COUNTY,
            "status": status,
            "category": category,
            "is_mobile": born.year >= 1962 and self.chance(MOBILE * 1.45),
            "is_test": True,
        }
        return values

    def _education(self, line: str, born: date) -> str:
        """By age: of two draws the young get the longer schooling and the old the shorter."""
        order = [school for school, _ in SCHOOLS[line]]
        drawn = sorted((self.pick(SCHOOLS[line]), self.pick(SCHOOLS[line])), key=order.index)
        return drawn[born.year >= 1971] if self.chance(50) else self.rng.choice(drawn)

    def dates(self, values: MemberValues, born: date) -> MemberValues:
        """Give a full member the day of joining and, a year later or more, that of confirmation."""
        first, last = years_later(born, 19), min(years_later(born, 46), date(2025, 1, 20))
        joined = min(self.day(first, max(first, last)), date(2025, 1, 20))
        confirmed = earliest_confirmation(joined) + timedelta(days=self.rng.randint(0, 35))
        return self.joined(values, joined, confirmed)

    def joined(self, values: MemberValues, joined: date, confirmed: date | None) -> MemberValues:
        values["joined_on"], values["confirmed_on"], values["since"] = joined, confirmed, joined
        return values


def members_of(branch: Branch, size: int, people: People) -> Iterator[MemberValues]:
    """`size` full members, the branch's secretary first."""
    bands: list[tuple[int, int, int]] = [*AGES[branch.line]]
    weights = [share for _, _, share in bands]
    for place in range(size):
        first, end, _ = (38, 60, 0) if place == 0 else people.rng.choices(bands, weights)[0]
        born = people.born_at_age(first, end)
        values = people.dates(people.person(branch, born, "full"), born)
        if place == 0:
            values["remark"] = "党支部书记"
        yield values


def veteran(branch: Branch, people: People) -> MemberValues:
    """Someone in their late nineties who joined before the founding of the republic."""
    born = people.day(date(1927, 1, 10), date(1930, 8, 20))
    joined = people.day(years_later(born, 18), date(1949, 9, 20))
    values = people.person(branch, born, "full")
    values["category"], values["is_mobile"], values["education"] = "离退休人员", False, "小学"
    return people.joined(values, joined, joined)


def newcomer(branch: Branch, status: str, people: People, *, overdue: bool = False) -> MemberValues:
    """Someone on the way to membership; `overdue`: a probation that should have ended by now."""
    born = people.born_at_age(20, 46)
    values = people.person(branch, born, status)
    if status == "probationary":
        last = date(2025, 10, 20) if overdue else date(2026, 11, 6)
        joined = people.day(date(2025, 6, 2) if overdue else date(2025, 12, 1), last)
        return people.joined(values, joined, None)
    since = {"applicant": (90, 700), "activist": (400, 1_000), "development_target": (700, 1_500)}[status]
    values["since"] = TODAY - timedelta(days=people.rng.randint(*since))
    return values


def known_person(branch: Branch, who: dict[str, Any], people: People) -> MemberValues:
    """A person whom the demonstration's accounts and records name."""
    woman, born = who["sex"] == "female", who["birth_date"]
    values = people.person(branch, born, "full")
    values["id"], values["name"], values["sex"] = demo_id("member", who["name"]), who["name"], who["sex"]
    values["id_number"], values["ethnic_group"], values["is_mobile"] = people.id_number(born, woman), "汉族", False
    return people.dates(values, born)
