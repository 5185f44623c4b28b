"""Who signs in to the demonstration: one account for every role, and colleagues who are only seen."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.account import Account, AccountInvitation, Delegation, RoleGrant
from backend.db.base import Session, utc_now
from backend.db.organization import Organization, organizations_by_id
from backend.demo.calendar import at
from backend.domain.access import Actor, Grant
from backend.domain.calendar import day_of
from backend.domain.demo_id import demo_id
from backend.domain.password_hash import NO_PASSWORD
from backend.domain.staff.invitation import code_hash

# Grants are judged by the machine's clock, the acts by the county's: both must find them in force.
GRANTED_AT = at("2020-01-01 00:00")


class Person(NamedTuple):
    """One account: `seat` is where the person works, `reach` where the role is held; None is over all counties."""

    username: str
    name: str
    role: str | None
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
    Person("supervisor", "仇明远", "supervisor", "榆桥镇督查考核和贯标办公室", _TOWN, signs_in=True),
    Person("supervisor2", "查静宜", "supervisor", "榆桥镇督查考核和贯标办公室", _TOWN, signs_in=True),
    Person("village_secretary", "曾立德", "secretary", "柳塘村", "柳塘村", signs_in=True),
    Person("village_clerk", "解小满", "clerk", "柳塘村", "柳塘村", signs_in=True),
    Person("discipline_officer", "任公正", "discipline_officer", "县纪委监委", "澄湖县委", signs_in=True),
    Person("county.supervision", "单向荣", "supervisor", "县督查考核办公室", "澄湖县委", signs_in=True),
    # Three people who keep the system and do none of the county's work.
    Person("system_admin", "翟守成", "system_admin", "县委组织部", "澄湖县委", signs_in=True),
    Person("security_admin", "缪安宁", "security_admin", "县委组织部", "澄湖县委", signs_in=True),
    Person("audit_admin", "盖明察", "audit_admin", "县纪委监委", "澄湖县委", signs_in=True),
    Person("yuqiao.village.huaiyin", "区保田", "secretary", "槐荫村", "槐荫村"),
    Person("yuqiao.village.donggou", "查春来", "secretary", "东沟村", "东沟村"),
    Person("yuqiao.village.shiqiaotou", "陶大河", "secretary", "石桥头村", "石桥头村"),
    Person("yuqiao.village.shangpo", "任守田", "secretary", "上坡村", "上坡村"),
    Person("yuqiao.finance", "解春玲", "clerk", "榆桥镇财政所", "榆桥镇财政所"),
    Person("yuqiao.deputy", "解春生", "secretary", _TOWN, _TOWN),
    Person("yuqiao.organization", "查文静", "clerk", "榆桥镇组织科", _TOWN),
    Person("yuqiao.services", "陶立新", "clerk", "榆桥镇公共服务办公室", _TOWN),
    Person("county.justice", "仇雅琴", "legal_reviewer", "县司法局", "澄湖县委"),
    Person("county.inspection", "翟向东", "inspector", "县督查考核办公室", "澄湖县委"),
    Person("qingxikou.secretary", "缪国栋", "secretary", "清溪口镇党委", "清溪口镇党委"),
    Person("qingxikou.clerk", "盖晓燕", "clerk", "清溪口镇党政综合办公室", "清溪口镇党委"),
    Person("hewankou.clerk", "卢静", "clerk", "河湾口镇党政综合办公室", "河湾口镇党委"),
    Person("chengnan.clerk", "崔海燕", "clerk", "澄南街道党政综合办公室", "澄南街道党工委"),
    # One who joins, one who has left for a while, and one who takes over from another.
    Person("yuqiao.newcomer", "林晓帆", None, "榆桥镇党政综合办公室", None),
    Person("yuqiao.retired", "陶正平", None, "榆桥镇经管站", None),
    Person("yuqiao.village.successor", "任春来", "secretary", "上坡村", "上坡村"),
)

INVITATION = "DEM0A-BCDEF-GH234-56789"
SECOND_CODE = "DEM0B-GH234"
"""The newcomer's two codes, so that the page where a password is chosen can be tried out."""


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
                # In use from today on, by the machine's clock, as far as the rule about dormant accounts is concerned.
                activated_at=GRANTED_AT if person.username != "yuqiao.newcomer" else None,
                last_used_on=day_of(utc_now()) if person.username != "yuqiao.newcomer" else None,
            )
        )
    await session.flush()
    for person in PEOPLE:
        if person.role is None:
            continue
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
    await _add_changes(session)


async def _add_changes(session: Session) -> None:
    """Somebody who joins, somebody who is suspended, and somebody who is away: the clerk stands in."""
    now = utc_now()
    session.add(
        AccountInvitation(
            account_id=demo_id("account", "yuqiao.newcomer"),
            code_hash=code_hash(INVITATION),
            anew=False,
            expires_at=now + timedelta(days=3650),
            released_by=demo_id("account", "security_admin"),
            released_at=now,
            second_hash=code_hash(SECOND_CODE),
        )
    )
    retired = await session.get_one(Account, demo_id("account", "yuqiao.retired"))
    retired.suspended_at, retired.suspended_for = GRANTED_AT, "借调县里，暂停使用"
    absent, deputy = demo_id("account", "yuqiao.organization"), demo_id("account", "clerk")
    away = Delegation(
        id=demo_id("delegation", "yuqiao.organization"),
        from_id=absent,
        to_id=deputy,
        starts_at=GRANTED_AT,
        ends_at=now + timedelta(days=3650),
        reason="外出学习",
    )
    session.add(away)
    await session.flush()
    session.add(
        RoleGrant(
            id=demo_id("grant", "clerk for yuqiao.organization"),
            account_id=deputy,
            role="clerk",
            organization_id=demo_id("organization", _TOWN),
            starts_at=away.starts_at,
            ends_at=away.ends_at,
            reason=away.reason,
            on_behalf_of=absent,
            delegation_id=away.id,
            source_id=demo_id("grant", "yuqiao.organization"),
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
        .values(password_hash=password_hash, last_used_on=day_of(utc_now()))
    )


async def actors(session: Session) -> dict[str, Actor]:
    """Everybody as the verbs know them, by user name."""
    places = [demo_id("organization", name) for person in PEOPLE for name in (person.reach, person.seat) if name]
    found = await organizations_by_id(session, places)
    return {person.username: _actor(person, found) for person in PEOPLE}


def _actor(person: Person, places: Mapping[UUID, Organization]) -> Actor:
    place = places[demo_id("organization", person.reach)] if person.reach else None
    grant = Grant(
        person.role or "", place.id if place else None, place.path if place else "", place.name if place else ""
    )
    seat = demo_id("organization", person.seat) if person.seat else None
    path = places[seat].path if seat else ""
    grants = (grant,) if person.role else ()
    return Actor(demo_id("account", person.username), person.name, seat, grants, person.username, path)


def installer() -> Actor:
    """The platform's administrator before the county stands."""
    return _actor(PEOPLE[0], {})
