"""The page on which a person who was invited chooses a password: whoever holds both codes needs no other right.

The code comes in the body, since addresses are logged.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, StringConstraints

from backend.api import examples
from backend.api.deps import PasswordsDep, PublicMomentDep, SessionDep
from backend.api.errors import refusals
from backend.api.shapes import Answer, Body
from backend.api.throttle import at_most
from backend.domain.staff.invitation import accept_invitation, read_invitation

router = APIRouter(prefix="/invitations", tags=["invitation"])

# A code has 100 bits, so this is not for its sake: nobody needs to hash that often.
_SLOWLY = at_most(60, 600)

Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Field(examples=[examples.INVITATION])
]


class InvitationCodeIn(Body):
    code: Code


class InvitedOut(Answer):
    """Whom the code is for. `waits`: the security administrator has not released it yet. `second_code`: it takes the
    second code too, which the security administrator hands over."""

    name: str
    username: str
    organization: str | None
    expires_at: datetime
    waits: bool
    second_code: bool


class AcceptIn(Body):
    """Both codes, from two people, and the password."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": examples.INVITATION,
                "second_code": examples.SECOND_CODE,
                "password": "柳塘-春水-Bridge-7",
            }
        }
    )

    code: Code
    second_code: Annotated[
        str | None, StringConstraints(strip_whitespace=True, max_length=60), Field(examples=[examples.SECOND_CODE])
    ] = None
    password: Annotated[
        str,
        StringConstraints(max_length=256),
        Field(examples=["柳塘-春水-Bridge-7"], json_schema_extra={"format": "password"}),
    ]


class AcceptedOut(Answer):
    """The account is ready: sign in with this name and the password that was chosen."""

    username: str


@router.post("/reading", name="read", response_model=InvitedOut, responses=refusals(404, 429), dependencies=[_SLOWLY])
async def read(request: Request, session: SessionDep, body: InvitationCodeIn) -> InvitedOut:
    """Whom a code is for, before a password is chosen."""
    found = await read_invitation(session, body.code)
    request.state.no_store = True
    return InvitedOut(
        name=found.account.name,
        username=found.account.username,
        organization=found.place.name if found.place else None,
        expires_at=found.expires_at,
        waits=found.waits,
        second_code=found.second,
    )


@router.post(
    "/acceptance", name="accept", response_model=AcceptedOut, responses=refusals(404, 409, 429), dependencies=[_SLOWLY]
)
async def accept(session: SessionDep, moment: PublicMomentDep, passwords: PasswordsDep, body: AcceptIn) -> AcceptedOut:
    """Choose the password of the account; the two codes work this once."""
    account = await accept_invitation(session, moment, passwords, body.code, body.password, body.second_code)
    return AcceptedOut(username=account.username)
