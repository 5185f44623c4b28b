"""Who signs in to the demonstration: one account for every role, and colleagues who are only seen."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, RoleGrant
from backend.db.base import Session
from backend.db.organization import Organization, organizations_by_id
from backend.demo.calendar import at
from backend.domain.access import Actor, Grant
from backend.domain.demo_id import demo_id

# No password matches it: whoever has it is in the county, but cannot sign in.
NO_PASSWORD = "-"  # noqa: S105 - the absence of one

# Grants are judged by the machine's clock, the acts by the county's: both must find them in force.
GRANTED_AT = at("2020-01-01 00:00")


class Person(NamedTuple):
    """One account: `seat` is where the person works, `reach` where the role is held; None is over all counties."""

    username: str
    name: str
    role: str
    seat: str | None
    reach: str | None
    signs_in: bool = False


_TOWN = "榆桥镇党委"

PEOPLE = (
    Person("platform_admin", "平台管理员", "platform_admin", None, None, signs_in=True),
    Person("county_admin", "程远山", "county_admin", "县委组织部", "澄湖县委", signs_in=True),
    Person("township_admin", "任思远", "township_admin", "榆桥镇人民政府", _TOWN, signs_in=True),
    Person("secretary", "林秋实", "secretary", _TOWN, _TOWN, signs_in=True),
    Person("clerk", "区慧", "clerk", "榆桥镇党政综合办公室", _TOWN, signs_in=True),
    Person("legal_reviewer", "单明礼", "legal_reviewer", "榆桥镇司法所", _TOWN, signs_in=True),
    Person("inspector", "陶文清", "inspector", "榆桥镇督查考核和贯标办公室", _TOWN, signs_in=True),
    # A member of a village branch sees, and speaks on, what the township decides.
    Person("member", "曾广耀", "member", "柳塘村党支部", _TOWN, signs_in=True),
    Person("yuqiao.deputy", "解春生", "secretary", _TOWN, _TOWN),
    Person("yuqiao.organization", "查文静", "clerk", "榆桥镇组织科", _TOWN),
    Person("yuqiao.services", "陶立新", "clerk", "榆桥镇公共服务办公室", _TOWN),
    Person("county.justice", "仇雅琴", "legal_reviewer", "县司法局", "澄湖县委"),
    Person("county.inspection", "翟向东", "inspector", "县督查考核办公室", "澄湖县委"),
    Person("qingxikou.secretary", "缪国栋", "secretary", "清溪口镇党委", "清溪口镇党委"),
    Person("qingxikou.clerk", "盖晓燕", "clerk", "清溪口镇党政综合办公室", "清溪口镇党委"),
    Person("hewankou.clerk", "卢静", "clerk", "河湾口镇党政综合办公室", "河湾口镇党委"),
    Person("chengnan.clerk", "崔海燕", "clerk", "澄南街道党政综合办公室", "澄南街道党工委"),
)


async def add_accounts(session: Session) -> None:
    """Store the accounts and their grants, all without a password yet."""
    for person in PEOPLE:
        session.add(
            Account(
                id=demo_id("account", person.username),
                username=person.username,
                name=person.name,
                password_hash=NO_PASSWORD,
                organization_id=demo_id("organization", person.seat) if person.seat else None,
                is_test=True,
                created_at=GRANTED_AT,
                updated_at=GRANTED_AT,
            )
        )
    await session.flush()
    for person in PEOPLE:
        session.add(
            RoleGrant(
                id=demo_id("grant", person.username),
                account_id=demo_id("account", person.username),
                role=person.role,
                organization_id=demo_id("organization", person.reach) if person.reach else None,
                starts_at=GRANTED_AT,
                created_at=GRANTED_AT,
            )
        )
    await session.flush()


async def set_password(session: Session, password_hash: str) -> None:
    """Let those sign in who may, with one password."""
    names = [person.username for person in PEOPLE if person.signs_in]
    await session.execute(
        sa.update(Account)
        .where(col(Account.username).in_(names), col(Account.is_test))
        .values(password_hash=password_hash)
    )


async def actors(session: Session) -> dict[str, Actor]:
    """Everybody as the verbs know them, by user name."""
    places = [demo_id("organization", person.reach) for person in PEOPLE if person.reach]
    found = await organizations_by_id(session, places)
    return {person.username: _actor(person, found) for person in PEOPLE}


def _actor(person: Person, places: Mapping[UUID, Organization]) -> Actor:
    place = places[demo_id("organization", person.reach)] if person.reach else None
    grant = Grant(person.role, place.id if place else None, place.path if place else "", place.name if place else "")
    seat = demo_id("organization", person.seat) if person.seat else None
    return Actor(demo_id("account", person.username), person.name, seat, (grant,), person.username)


def installer() -> Actor:
    """The platform's administrator before the county stands."""
    return _actor(PEOPLE[0], {})
