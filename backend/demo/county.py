"""The tree of the demonstration county, as rows that the bulk verb takes: parents before what stands below them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle, product
from uuid import UUID

from backend.demo import places
from backend.demo.places import COUNTY, COUNTY_CODE, MAIN, TOWNSHIPS, Township
from backend.domain.demo_id import demo_id
from backend.domain.identity import credit_code_check
from backend.domain.organization_rule import OrganizationValues

SEED = 999_901

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch to fill with members: `line` is rural, enterprise or other, `town` empty for county organs."""

    id: UUID
    name: str
    line: str
    town: str
    below_general: bool


@dataclass(slots=True)
class Plan:
    """All organisations by name; every name occurs once in the county, so that a name is enough to make an id."""

    rng: random.Random
    rows: dict[str, OrganizationValues] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    credit_numbers: int = 0

    def add(self, name: str, kind: str, parent: str | None, **columns: object) -> str:
        if name in self.rows:
            raise ValueError(f"{name} stands twice in the plan")
        values: OrganizationValues = {
            "id": demo_id("organization", name),
            "parent_id": demo_id("organization", parent) if parent else None,
            "kind": kind,
            "name": name,
            "is_test": True,
        }
        values.update(columns)  # type: ignore[typeddict-item]  # the keywords are the columns of the same type
        self.rows[name] = values
        return name

    def branch(self, name: str, parent: str, line: str, town: str, *, kind: str = "party_branch") -> None:
        below = self.rows[parent]["kind"] == "general_branch"
        years, starts = (5, self._day(2023, 2026)) if line == "rural" else (3, self._day(2025, 2026))
        self.add(
            name,
            kind,
            parent,
            founded_on=self._day(1956, 2008),
            term_starts_on=starts,
            term_ends_on=starts.replace(year=starts.year + years) - timedelta(days=1),
        )
        self.branches.append(Branch(demo_id("organization", name), name, line, town, below))

    def credit_code(self, registry: str) -> str:
        """An unused code of the county: registry and class (`91` for companies), region, number, check."""
        self.credit_numbers += 1
        number, digits = self.credit_numbers, ""
        while number:
            number, digit = divmod(number, 31)
            digits = _CREDIT_ALPHABET[digit] + digits
        body = f"{registry}{COUNTY_CODE}MA{digits.rjust(7, '0')}"
        return body + credit_code_check(body)

    def _day(self, first: int, end: int) -> date:
        """Some day from the year `first` up to but not including the year `end`."""
        start = date(first, 1, 1)
        # The 28th at the latest, so that the same day exists in every year.
        day = start + timedelta(days=self.rng.randrange((date(end, 1, 1) - start).days))
        return day.replace(day=min(day.day, 28))


def county_plan() -> Plan:
    """Everything that stands in the county, the same at every call."""
    plan = Plan(random.Random(SEED))  # noqa: S311 - invented data, no secret
    root = plan.add(f"{COUNTY}委", "county_committee", None, region_code=f"{COUNTY_CODE}000000", founded_on=_FOUNDED)
    government = plan.add(f"{COUNTY}人民政府", "county", root, founded_on=_FOUNDED)
    for organ in places.COUNTY_ORGANS:
        plan.add(organ, "office", root if organ.startswith("县委") else government)
        for number in "一二三"[: places.BRANCHES_PER_ORGAN]:
            plan.branch(f"{organ}第{number}党支部", organ, "other", "")
    # Hears of misconduct; its own branch belongs to another committee.
    plan.add("县纪委监委", "office", root)
    villages, communities = _village_names(plan.rng), _community_names()
    for township in TOWNSHIPS:
        _township(plan, township, root, villages, communities)
    _retime(plan)
    return plan


_FOUNDED = date(1984, 5, 1)


def _township(plan: Plan, town: Township, root: str, villages: Iterator[str], communities: Iterator[str]) -> None:
    is_main = town is MAIN
    code = f"{COUNTY_CODE}{town.code}"
    kind = "党工委" if town.name.endswith("街道") else "党委"
    committee = plan.add(f"{town.name}{kind}", "township_committee", root, founded_on=_FOUNDED)
    seat = "办事处" if town.name.endswith("街道") else "人民政府"
    government = plan.add(f"{town.name}{seat}", "township", committee, region_code=f"{code}000", founded_on=_FOUNDED)
    for office in places.TOWN_OFFICES if is_main else places.OFFICES:
        plan.add(f"{town.name}{office}", "office", committee, short_name=office)
    if is_main:
        plan.add(f"{town.name}临时专班", "office", committee, short_name="临时专班")
    prefix = "" if is_main else town.name
    districts = [
        plan.add(f"{prefix}{name}", "management_district", committee) for name in places.DISTRICTS[: town.districts]
    ]
    own = [*places.MAIN_VILLAGES] if is_main else [next(villages) for _ in range(town.villages)]
    homes = [*places.MAIN_COMMUNITIES] if is_main else [next(communities) for _ in range(town.communities)]
    for number, (name, district) in enumerate(zip(own, cycle(districts), strict=False)):
        plan.add(name, "village", district, region_code=f"{code}{200 + number}", credit_code=plan.credit_code("54"))
    for number, name in enumerate(homes):
        plan.add(name, "community", districts[-1], region_code=f"{code}{number + 1:03}")
    _village_branches(plan, town, [*own, *homes])
    _enterprises(plan, town, committee, government)
    _institutions(plan, town, committee, government)


def _village_branches(plan: Plan, town: Township, homes: list[str]) -> None:
    """One branch each; the villages with a general branch have two or three below it."""
    # Not the first ones: the best known villages of the main town keep the plain branch that examples speak of.
    generals = set(homes[-8 - town.village_generals : -8])
    threes = 2 if town is MAIN else town.village_generals
    for home in homes:
        if town is MAIN:
            watched = "村务" if home.endswith("村") else "居务"
            plan.add(f"{home}{watched}监督委员会", "supervision_committee", home)
        if home not in generals:
            plan.branch(f"{home}党支部", home, "rural", town.name)
            continue
        general = plan.add(f"{home}党总支", "general_branch", home, founded_on=_FOUNDED)
        for number in "一二三" if threes > 0 else "一二":
            plan.branch(f"{home}第{number}党支部", general, "rural", town.name)
        threes -= 1


def _enterprises(plan: Plan, town: Township, committee: str, government: str) -> None:
    short = town.name.rstrip("镇乡街道")
    names = (f"{short}{word}{line}有限公司" for line, word in product(places.ENTERPRISE_LINES, places.ENTERPRISE_WORDS))
    known = iter(places.BACKBONE_ENTERPRISES if town is MAIN else ())
    companies = [
        plan.add(next(known, None) or next(names), "enterprise", government, credit_code=plan.credit_code("91"))
        for _ in range(town.enterprises)
    ]
    waiting = iter(companies)
    for place in range(town.committees):
        company = next(waiting)
        party = plan.add(f"{company}党委", "enterprise_committee", company, founded_on=date(2006, 7, 1))
        for number in "一二" if town is MAIN and place else "一二三":
            plan.branch(f"{company}第{number}党支部", party, "enterprise", town.name)
    for _ in range(town.enterprise_generals):
        if town is MAIN:
            host = plan.add(places.ENTERPRISE_GENERAL, "collective_economic_organization", government)
            general = plan.add(f"{host}党总支", "general_branch", committee, founded_on=date(2012, 7, 1))
        else:
            host = next(waiting)
            general = plan.add(f"{host}党总支", "general_branch", host, founded_on=date(2012, 7, 1))
        for number in "一二三":
            plan.branch(f"{host}第{number}党支部", general, "enterprise", town.name)
    joint = 3 if town is MAIN else 1
    for place in range(town.enterprise_branches):
        company = next(waiting)
        if place < joint:
            plan.branch(f"{company}联合党支部", committee, "enterprise", town.name, kind="joint_branch")
        else:
            plan.branch(f"{company}党支部", company, "enterprise", town.name)


def _institutions(plan: Plan, town: Township, committee: str, government: str) -> None:
    """The township's own organs, its schools and its hospital: four branches, six in the main town."""
    plan.branch(f"{town.name}机关党支部", f"{town.name}党政综合办公室", "other", town.name)
    for name in ("中心中学", "中心小学"):
        school = plan.add(f"{town.name}{name}", "school", government, credit_code=plan.credit_code("12"))
        plan.branch(f"{school}党支部", school, "other", town.name)
    hospital = plan.add(f"{town.name}中心卫生院", "office", government, credit_code=plan.credit_code("12"))
    plan.branch(f"{hospital}党支部", hospital, "other", town.name)
    if town is MAIN:
        plan.branch(f"{town.name}站所联合支部", f"{town.name}财政所", "other", town.name)
        plan.branch(f"{town.name}退休干部党支部", committee, "other", town.name)


def _retime(plan: Plan) -> None:
    """Some terms in the main town end soon or have ended, so that elections have something to remind of."""
    own = [branch.name for branch in plan.branches if branch.town == MAIN.name and branch.line == "rural"]
    for place, name in enumerate(own[20:28]):
        ends = date(2026, 9, 27) + timedelta(days=47 * place) if place < 2 else date(2026, 12, 20 + place)
        plan.rows[name]["term_ends_on"] = ends
        plan.rows[name]["term_starts_on"] = ends.replace(year=ends.year - 5) + timedelta(days=1)


def _village_names(rng: random.Random) -> Iterator[str]:
    taken = {*places.MAIN_VILLAGES}
    families = [f"{name}家{ending}村" for name, ending in product(places.FAMILIES, places.FAMILY_ENDINGS)]
    scenery = [f"{word}{ending}" for word, ending in product(places.LANDSCAPE, places.LANDSCAPE_ENDINGS)]
    names = [name for name in (*families, *scenery) if name not in taken]
    rng.shuffle(names)
    return iter(names)


def _community_names() -> Iterator[str]:
    return (word + ending for ending, word in product(places.COMMUNITY_ENDINGS, places.COMMUNITY_WORDS))
