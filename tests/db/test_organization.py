"""The tree under random sequences of verbs, its kept counts, and bulk rows that are like single ones."""

import asyncio
import contextlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from backend.db.base import Session, new_id, utc_now
from backend.db.bulk import copy_rows
from backend.db.event import Event
from backend.db.member import ENDED, Member, MemberBranch
from backend.db.organization import (
    Organization,
    OrganizationName,
    OrganizationPlace,
    OrganizationStatus,
    OrganizationTally,
    segment_text,
    tally,
)
from backend.domain.access import Actor, Grant, Moment
from backend.domain.errors import Forbidden, Invalid, NotFound, Refused
from backend.domain.member import change_members, transfer_member
from backend.domain.member_registration import register_member, register_members
from backend.domain.member_rule import MemberValues
from backend.domain.organization import (
    change_organization,
    dissolve_organization,
    merge_organizations,
    move_organization,
)
from backend.domain.organization_creation import create_organization, create_organizations
from tests.factories import County
from tests.people import citizen_number

PLATFORM = Actor(uuid4(), "platform", None, (Grant("platform_admin", None, ""), Grant("county_admin", None, "")))
# Offices stand below one another, so that trees get deep; the others are refused somewhere.
KINDS = ("office", "party_branch", "office", "party_branch", "village", "management_district")


def moment(days: int = 0) -> Moment:
    return Moment(utc_now() + timedelta(days=days))


def person(branch: UUID, **values: Any) -> MemberValues:
    made: dict[str, Any] = {
        "organization_id": branch,
        "name": "查文敏",
        "id_number": citizen_number(),
        "phone": "19900002644",
        "status": "full",
        "joined_on": date(2010, 7, 1),
    }
    return made | values  # type: ignore[return-value]  # a merge of typed dicts is a dict to mypy


async def assert_the_tree_is_sound(session: Session, county_id: UUID) -> None:
    """Every path is its parent's with one segment more, so there is no cycle; counts, histories and stays agree."""
    session.expire_all()
    nodes = {
        node.id: node for node in await session.exec(select(Organization).where(Organization.county_id == county_id))
    }
    for node in nodes.values():
        above = nodes[node.parent_id].path if node.parent_id else ""
        assert node.path.startswith(above)
        assert node.path.removeprefix(above).count("/") == 1
        if node.status is OrganizationStatus.active and node.parent_id:
            assert nodes[node.parent_id].status is OrganizationStatus.active
    names = [(node.parent_id, node.name) for node in nodes.values() if node.status is OrganizationStatus.active]
    assert len(names) == len(set(names))
    for table, column in ((OrganizationName, "name"), (OrganizationPlace, "parent_id")):
        rows = await session.exec(select(table).where(col(table.organization_id).in_(nodes)))
        current = {row.organization_id: getattr(row, column) for row in rows if row.valid_to is None}
        active = {n.id: getattr(n, column) for n in nodes.values() if n.status is OrganizationStatus.active}
        assert current == active
    members = list(await session.exec(select(Member).where(Member.county_id == county_id)))
    counted: dict[tuple[UUID, str], int] = {}
    for member in members:
        key = (member.organization_id, member.status.value)
        counted[key] = counted.get(key, 0) + 1
        if member.status not in ENDED:
            assert nodes[member.organization_id].status is OrganizationStatus.active
    kept = await session.exec(select(OrganizationTally).where(col(OrganizationTally.organization_id).in_(nodes)))
    assert {(row.organization_id, row.status): row.count for row in kept if row.count} == counted
    stays = await session.exec(
        select(MemberBranch).where(MemberBranch.county_id == county_id, col(MemberBranch.valid_to).is_(None))
    )
    assert {stay.member_id: stay.organization_id for stay in stays} == {
        member.id: member.organization_id for member in members if member.status not in ENDED
    }


class Steps:
    """One county in which verbs are tried at random; refusals are part of it."""

    def __init__(self, session: Session, cipher: Any) -> None:
        self.session, self.cipher, self.day = session, cipher, 0
        self.nodes: list[UUID] = []
        self.kinds: dict[UUID, str] = {}
        self.members: list[UUID] = []

    async def begin(self) -> None:
        name = f"县{new_id().hex}"
        values = {"parent_id": None, "kind": "county_committee", "name": name}
        self.county = await create_organization(self.session, PLATFORM, moment(), values)
        values = {"parent_id": self.county, "kind": "township_committee", "name": "镇党委"}
        self.nodes = [await create_organization(self.session, PLATFORM, moment(), values)]
        for number in range(8):
            await self.take("create", 0, number)
        for number in range(4):
            await self.take("register", 1, number + 1)

    def pick(self, number: int, kind: str | None = None) -> UUID:
        """Mostly a node that fits, so that more than refusals happens."""
        fitting = [node for node in self.nodes if kind is None or self.kinds.get(node) == kind]
        chosen = fitting if fitting and number % 8 else self.nodes
        return chosen[number % len(chosen)]

    async def version(self, id: UUID) -> int:
        question = sa.select(col(Organization.version)).where(col(Organization.id) == id)
        return (await self.session.execute(question)).scalar_one()

    async def take(self, step: str, one: int, two: int) -> None:
        at, here, there = moment(self.day), self.pick(one), self.pick(two)
        branch = self.pick(two, "party_branch")
        match step:
            case "create":
                kind = KINDS[two % len(KINDS)]
                values = {"parent_id": here, "kind": kind, "name": f"{kind}{two}"}
                made = await create_organization(self.session, PLATFORM, at, values)
                self.nodes.append(made)
                self.kinds[made] = kind
            case "move":
                version = await self.version(here)
                await move_organization(self.session, PLATFORM, at, here, version, parent_id=there, reason="x")
            case "merge":
                version, there = await self.version(here), self.pick(two, self.kinds.get(here))
                await merge_organizations(self.session, PLATFORM, at, here, version, into_id=there, reason="x")
            case "dissolve":
                await dissolve_organization(self.session, PLATFORM, at, here, await self.version(here), reason="x")
            case "rename":
                await change_organization(self.session, PLATFORM, at, here, None, {"name": f"改名{two % 3}"})
            case "register":
                self.members.append(await register_member(self.session, PLATFORM, at, self.cipher, person(branch)))
            case "transfer" if self.members:
                member = await self.session.get_one(Member, self.members[one % len(self.members)])
                day = (at.now + timedelta(hours=8)).date()
                await transfer_member(
                    self.session,
                    PLATFORM,
                    at,
                    member.id,
                    member.version,
                    organization_id=branch,
                    on=day,
                    reason="x",
                )
            case "end" if self.members:
                change = (self.members[one % len(self.members)], {"status": "withdrawn"})
                await change_members(self.session, PLATFORM, at, self.cipher, [change])
            case "wait":
                self.day += 1


STEPS = ("create", "create", "create", "create", "move", "move", "merge", "dissolve", "rename", "register", "register")
NUMBERS = st.integers(1, 500)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from((*STEPS, "transfer", "end", "wait")), NUMBERS, NUMBERS), min_size=10, max_size=30
    )
)
async def test_no_sequence_of_verbs_breaks_tree_histories_or_counts(
    app: Any, steps: list[tuple[str, int, int]]
) -> None:
    database = app.state.database
    async with database.sessions() as session, session.begin() as transaction:
        tried = Steps(session, app.state.cipher)
        await tried.begin()
        for step, one, two in steps:
            with contextlib.suppress(Refused):
                async with session.begin_nested():
                    await tried.take(step, one, two)
        await assert_the_tree_is_sound(session, tried.county)
        await transaction.rollback()


async def test_a_roster_of_a_county_is_like_its_organisations_made_one_by_one(county: County, database: Any) -> None:
    async with database.transaction() as session:
        root, town, branch = new_id(), new_id(), new_id()
        name = f"云川县委{root.hex}"
        rows = [
            {"id": root, "parent_id": None, "kind": "county_committee", "name": name, "region_code": "990100000000"},
            {"id": town, "parent_id": root, "kind": "township_committee", "name": "和井镇党委"},
            {
                "id": branch,
                "parent_id": town,
                "kind": "party_branch",
                "name": "曾家庄村党支部",
                "founded_on": (date(1986, 7, 1), date(1986, 7, 31)),
            },
        ]
        assert await create_organizations(session, PLATFORM, moment(), rows) == [root, town, branch]
        single = await create_organization(
            session, PLATFORM, moment(), {"parent_id": town, "kind": "party_branch", "name": "曾家沟村党支部"}
        )
        made = {
            node.id: node for node in await session.exec(select(Organization).where(Organization.county_id == root))
        }
        assert made[branch].path == made[town].path + made[branch].path.split("/")[-2] + "/"
        assert (made[branch].founded_on, made[branch].valid_from) == (date(1986, 7, 1), date(1986, 7, 1))
        assert made[branch].grams
        assert made[branch].pinyin.startswith("zengjiazhuang")
        differing = {
            key
            for key, value in made[branch].model_dump().items()
            if (value is None) != (made[single].model_dump()[key] is None)
        }
        assert differing == {"founded_on"}
        await assert_the_tree_is_sound(session, root)
        question = select(Event).where(col(Event.county_id) == root)
        kinds = [event.kind for event in await session.exec(question)]
        assert kinds == ["organization.created"] * 4


async def test_a_roster_with_faults_names_every_row_and_makes_nothing(county: County, database: Any) -> None:
    base = {"parent_id": county.township.id, "kind": "village"}
    rows = [
        {**base, "name": "甲村"},
        {**base, "name": "甲村"},
        {**base, "name": "乙村", "kind": "castle"},
        {**base, "name": "丙村", "parent_id": county.branch.id},
    ]
    with pytest.raises(Invalid) as refused:
        async with database.transaction() as session:
            await create_organizations(session, county.actor("clerk"), moment(), rows)
    assert {(problem.pointer, problem.code) for problem in refused.value.problems} == {
        ("/rows/1/name", "name_taken"),
        ("/rows/2/kind", "unknown_kind"),
        ("/rows/3/parent_id", "wrong_parent_kind"),
    }
    async with database.transaction() as session:
        question = select(Organization).where(Organization.county_id == county.county.id, Organization.name == "甲村")
        assert (await session.exec(question)).all() == []


async def test_a_roster_goes_nowhere_that_its_bringer_may_not_write(
    county: County, other_county: County, database: Any
) -> None:
    for parent, refusal in ((other_county.township.id, NotFound), (None, Forbidden)):
        rows = [{"parent_id": parent, "kind": "county_committee" if parent is None else "village", "name": "某村"}]
        with pytest.raises(refusal):
            async with database.transaction() as session:
                await create_organizations(session, county.actor("clerk"), moment(), rows)


async def test_many_members_are_registered_with_counts_stays_and_one_event_each(county: County, database: Any) -> None:
    rows = [person(branch.id) for branch in (county.branch, county.other_branch) for _ in range(1100)]
    told: list[int] = []

    async def progress(done: int) -> None:
        told.append(done)

    async with database.transaction() as session:
        cipher = county.app.state.cipher
        ids = await register_members(session, county.actor("clerk"), moment(), cipher, rows, progress)
        assert len(set(ids)) == len(rows)
        assert told == [500, 1000, 1500, 2000, 2200]
        await assert_the_tree_is_sound(session, county.county.id)
        question = sa.select(sa.func.count()).where(
            col(Event.kind) == "member.registered", col(Event.county_id) == county.county.id
        )
        assert (await session.execute(question)).scalar_one() == len(rows)
        single = await register_member(session, county.actor("clerk"), moment(), cipher, person(county.branch.id))
        one, many = await session.get_one(Member, single), await session.get_one(Member, ids[0])
        assert {key: type(value) for key, value in one.model_dump().items()} == {
            key: type(value) for key, value in many.model_dump().items()
        }


async def test_many_members_with_faults_name_every_row_and_register_nobody(county: County, database: Any) -> None:
    twice = citizen_number()
    rows = [
        person(county.branch.id, id_number=twice),
        person(county.branch.id, id_number=twice),
        person(county.village.id),
        person(county.branch.id, phone="12"),
    ]
    with pytest.raises(Invalid) as refused:
        async with database.transaction() as session:
            await register_members(session, county.actor("clerk"), moment(), county.app.state.cipher, rows)
    assert {(problem.pointer, problem.code) for problem in refused.value.problems} == {
        ("/rows/1/id_number", "id_number_taken"),
        ("/rows/2/organization_id", "not_a_branch"),
        ("/rows/3/phone", "invalid_phone"),
    }
    async with database.transaction() as session:
        question = select(Member).where(Member.county_id == county.county.id)
        assert (await session.exec(question)).all() == []


async def test_an_import_changes_many_and_counts_only_those_that_differ(county: County, database: Any) -> None:
    cipher, actor = county.app.state.cipher, county.actor("clerk")
    async with database.transaction() as session:
        ids = await register_members(session, actor, moment(), cipher, [person(county.branch.id) for _ in range(3)])
    async with database.transaction() as session:
        changes = [
            (ids[0], {"education": "大专"}),
            (ids[1], {"name": "查文敏"}),
            (ids[2], {"organization_id": county.other_branch.id, "phone": "13700001111"}),
        ]
        assert await change_members(session, actor, moment(), cipher, changes) == 2
        await assert_the_tree_is_sound(session, county.county.id)
        kinds = [
            (event.subject_id, event.kind)
            for event in await session.exec(
                select(Event)
                .where(col(Event.county_id) == county.county.id, col(Event.kind) != "member.registered")
                .order_by(col(Event.sequence))
            )
        ]
        assert sorted(kinds) == sorted(
            [(ids[0], "member.changed"), (ids[2], "member.transferred"), (ids[2], "member.changed")]
        )


async def test_two_transactions_that_count_the_same_branches_do_not_wait_for_each_other(
    county: County, database: Any
) -> None:
    async def count(*branches: UUID) -> None:
        for _ in range(20):
            async with database.transaction() as session:
                for branch in sorted(branches, key=str):
                    await tally(session, branch, "test", {"a": 1, "b": -1})

    await asyncio.gather(
        count(county.branch.id, county.other_branch.id), count(county.other_branch.id, county.branch.id)
    )
    async with database.transaction() as session:
        question = select(OrganizationTally).where(
            OrganizationTally.subject == "test",
            col(OrganizationTally.organization_id).in_([county.branch.id, county.other_branch.id]),
        )
        assert {(row.status, row.count) for row in await session.exec(question)} == {("a", 40), ("b", -40)}


async def test_copied_rows_vanish_with_their_transaction_and_clash_as_others_do(county: County, database: Any) -> None:
    row = {
        "id": new_id(),
        "created_at": utc_now(),
        "organization_id": county.village.id,
        "name": "旧名",
        "valid_from": date(2020, 1, 1),
    }
    async with database.sessions() as session, session.begin() as transaction:
        await copy_rows(session, OrganizationName, [row])
        await transaction.rollback()
    async with database.transaction() as session:
        assert await session.get(OrganizationName, row["id"]) is None
    with pytest.raises(DBAPIError) as clash:
        async with database.transaction() as session:
            await copy_rows(session, OrganizationName, [row, row])
    assert getattr(clash.value.orig, "sqlstate", None) == "23505"


def test_segments_are_short_and_all_different() -> None:
    assert [segment_text(number) for number in (0, 9, 10, 35, 36, 46655)] == ["0", "9", "a", "z", "10", "zzz"]
    assert len({segment_text(number) for number in range(5000)}) == 5000
