"""Counties, organisations and accounts for tests, straight into the tables; one factory per noun."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from backend.db.account import Account, RoleGrant
from backend.db.base import Session, new_id, utc_now
from backend.db.organization import Organization, OrganizationName, OrganizationPlace, new_segments
from backend.db.session import AccountSession
from backend.domain.access import ROLE_PERMISSIONS, Actor, Grant
from backend.domain.pinyin import grams
from backend.domain.sign_in_rule import SESSION_LENGTH

# Where each role sits in the county that `make_county` makes.
SEATS = {
    "platform_admin": None,
    "county_admin": "county",
    "township_admin": "township",
    "secretary": "township",
    "clerk": "township",
    "supervisor": "township",
    "discipline_officer": "county",
    "legal_reviewer": "county",
    "inspector": "county",
    "member": "branch",
    "system_admin": "county",
    "security_admin": "county",
    "audit_admin": "county",
}

_numbers = itertools.count(1)


async def make_organization(
    session: Session, name: str, kind: str, parent: Organization | None = None, **columns: Any
) -> Organization:
    key = new_id()
    (segment,) = await new_segments(session)
    organization = Organization(
        id=key,
        county_id=parent.county_id if parent else key,
        parent_id=parent.id if parent else None,
        path=(parent.path if parent else "") + segment + "/",
        name=name,
        kind=kind,
        valid_from=date(2020, 1, 1),
        sort_key=name,
        grams=grams(name),
        is_test=True,
        **columns,
    )
    session.add(organization)
    await session.flush()
    session.add(OrganizationName(organization_id=key, name=name, valid_from=date(2020, 1, 1)))
    session.add(OrganizationPlace(organization_id=key, parent_id=organization.parent_id, valid_from=date(2020, 1, 1)))
    await session.flush()
    return organization


async def make_account(
    session: Session, role: str | None, organization: Organization | None, name: str = ""
) -> Account:
    """An account with one grant; its password hash is no hash, so it signs in only by a minted token."""
    account = Account(
        username=f"{role or 'nobody'}-{next(_numbers)}-{new_id().hex[-8:]}",
        name=name or f"{role}",
        password_hash="-",
        organization_id=organization.id if organization else None,
        is_test=True,
    )
    session.add(account)
    await session.flush()
    await make_session(session, account)
    if role is not None:
        session.add(
            RoleGrant(account_id=account.id, role=role, organization_id=organization.id if organization else None)
        )
        await session.flush()
    return account


async def make_session(session: Session, account: Account, **columns: Any) -> AccountSession:
    """A session that had both steps; the account's first one bears its id, so that `token_of` needs no more."""
    now = utc_now()
    values = {
        "id": account.id,
        "used_at": now,
        "ends_at": now + SESSION_LENGTH,
        "idle_minutes": 30,
        "second_step": True,
    }
    made = AccountSession(**(values | {"account_id": account.id} | columns))
    session.add(made)
    await session.flush()
    return made


def token_of(app: Any, account: Account) -> str:
    """An access token of the account's first session."""
    return app.state.tokens.issue(account.id, account.id, account.session_epoch)


@dataclass
class County:
    """A small county and the people who work in it."""

    app: Any
    county: Organization
    township: Organization
    office: Organization
    justice_office: Organization
    village: Organization
    branch: Organization
    other_branch: Organization
    accounts: dict[str, Account] = field(default_factory=dict)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def token(self, account: Account) -> str:
        return token_of(self.app, account)

    def client(self, who: str | Account, language: str = "zh-CN") -> httpx.AsyncClient:
        """A client signed in as the county's account for a role, or as any account."""
        account = self.accounts[who] if isinstance(who, str) else who
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://test/api/v1",
            headers={"authorization": f"Bearer {self.token(account)}", "accept-language": language},
        )
        self.clients.append(made)
        return made

    def actor(self, role: str) -> Actor:
        account, seat = self.accounts[role], SEATS[role]
        place = getattr(self, seat) if seat else None
        grant = Grant(role, place.id if place else None, place.path if place else "", place.name if place else "")
        return Actor(account.id, account.name, account.organization_id, (grant,), account.username, grant.path)

    async def account(self, role: str | None, organization: Organization | None, name: str = "") -> Account:
        async with self.app.state.database.transaction() as session:
            return await make_account(session, role, organization, name)

    async def organization(
        self, name: str, kind: str, parent: Organization | None = None, **columns: Any
    ) -> Organization:
        async with self.app.state.database.transaction() as session:
            return await make_organization(session, name, kind, parent or self.township, **columns)

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()


async def make_county(app: Any) -> County:
    tag = new_id().hex[-6:]
    async with app.state.database.transaction() as session:
        root = await make_organization(session, f"试验县{tag}委", "county_committee", region_code="990200000000")
        township = await make_organization(session, f"柳塘镇{tag}党委", "township_committee", root)
        office = await make_organization(session, f"柳塘镇{tag}党政综合办公室", "office", township)
        justice = await make_organization(session, f"试验县{tag}司法局", "office", root)
        village = await make_organization(session, f"东沟村{tag}", "village", township)
        branch = await make_organization(session, f"东沟村{tag}党支部", "party_branch", township)
        other = await make_organization(session, f"西沟村{tag}党支部", "party_branch", township)
        made = County(app, root, township, office, justice, village, branch, other)
        for role in ROLE_PERMISSIONS:
            seat = SEATS[role]
            made.accounts[role] = await make_account(session, role, getattr(made, seat) if seat else None)
    return made


def by_id(items: list[dict[str, Any]], id: UUID) -> dict[str, Any]:
    return next(item for item in items if item["id"] == str(id))


def named(name: str) -> dict[str, str]:
    """The header by which a list of people is searched."""
    return {"x-search-name": quote(name)}
