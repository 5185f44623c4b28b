"""The shapes of accounts: as lists and pages show them, and what a change brings."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from backend.api import examples
from backend.api.shapes import Answer, Body, Name, Why

State = Literal["invited", "active", "suspended", "closed"]
Reason = Annotated[Why, StringConstraints(max_length=400), Field(examples=["工作调整"])]


class Place(Answer):
    id: UUID
    name: str


class PersonName(Answer):
    id: UUID
    name: str


class HeldRole(Answer):
    """A role in force now; without organization over all counties. `lent`: it is a colleague's."""

    role: str
    organization_id: UUID | None
    organization_name: str | None
    lent: bool


class AccountRow(Answer):
    """An account. `last_used_on` is kept as a day and no finer; on `dormant_on` it is suspended unless it is used."""

    id: UUID
    username: str
    name: str
    organization: Place | None
    state: State
    suspended_for: str | None
    roles: list[HeldRole]
    last_used_on: date | None
    dormant_on: date | None
    version: int


class AccountPage(Answer):
    items: list[AccountRow]
    next_cursor: str | None


class GrantRow(Answer):
    """A role that was given, is or will be. `on_behalf_of` is whose role it is when it was lent."""

    id: UUID
    role: str
    organization: Place | None
    starts_at: datetime
    ends_at: datetime | None
    in_force: bool
    reason: str
    ended_for: str | None
    given_by: PersonName | None
    on_behalf_of: PersonName | None
    version: int


class HandoverRow(Answer):
    """What was left to whom: `items` waited for the person, `alone` of them for nobody else, `named` named them."""

    id: UUID
    from_: Annotated[PersonName, Field(alias="from")]
    to: PersonName
    by: str
    at: datetime
    reason: str
    items: int
    alone: int
    named: int


Deed = Literal[
    "invite",
    "recover",
    "suspend",
    "resume",
    "move",
    "hand_over",
    "close",
    "grant",
    "end_sessions",
    "reset_second_step",
    "release",
]


class AccountDetail(AccountRow):
    """An account with all its roles, the ended ones too, and what the caller may do with it.

    `invited_until`: a code is under way; `invitation_released`: it works, together with the second one.
    """

    member_id: UUID | None
    created_at: datetime
    activated_at: datetime | None
    invited_until: datetime | None
    invitation_released: bool
    grants: list[GrantRow]
    handovers: list[HandoverRow]
    can: list[Deed]


class AccountIn(Body):
    """A person who joins. `namesake` says that another person of the same name has an account already.

    Only whoever keeps accounts over all counties may leave the organisation out.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "username": "lin.xiaoyu",
                "name": "林晓雨",
                "organization_id": examples.VILLAGE,
                "namesake": False,
            }
        }
    )

    username: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64), Field(examples=["lin.xiaoyu"])]
    name: Annotated[Name, StringConstraints(max_length=100), Field(examples=["林晓雨"])]
    organization_id: UUID | None = None
    member_id: Annotated[UUID | None, Field(description="Who it is on the roster, for a record of one's own.")] = None
    namesake: bool = False


class AccountReasonIn(Body):
    reason: Reason


class AccountWhyIn(Body):
    """A reason that the person reads: what was seen of them, or taken from them, and why."""

    reason: Annotated[Why, StringConstraints(max_length=400), Field(examples=["已当面核实"])]


class AccountMoveIn(Body):
    organization_id: Annotated[UUID, Field(examples=[examples.VILLAGE])]
    reason: Reason


class CloseIn(Body):
    """`leave_work`: what only this person could do, or names them, stays where it is."""

    reason: Reason
    leave_work: bool = False


class InvitationOut(Answer):
    """The code that its person chooses a password with, shown this once. `link` opens the page with the code in it.

    It works when a security administrator has released it, together with the code that the release shows.
    """

    account: PersonName
    username: str
    code: str
    link: str
    expires_at: datetime


class ReleasedOut(Answer):
    """The second code, shown this once: for the person themselves, and nobody who keeps accounts."""

    account: PersonName
    username: str
    second_code: str
    expires_at: datetime


class AccountCreated(Answer):
    id: UUID
    version: int
    invitation: InvitationOut


def handover_row(row: Any, names: dict[UUID, str]) -> dict[str, Any]:
    """A stored handover as an account's page shows it."""
    items, named = row.package["items"], row.package["named"]
    return {
        "id": str(row.id),
        "from": {"id": str(row.from_id), "name": names[row.from_id]},
        "to": {"id": str(row.to_id), "name": names[row.to_id]},
        "by": row.by_name,
        "at": row.at.isoformat(),
        "reason": row.reason,
        "items": len(items),
        "alone": sum(one["alone"] for one in items),
        "named": len(named),
    }
