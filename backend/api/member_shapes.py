"""What is sent and answered about members."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from backend.api import examples
from backend.api.shapes import Answer, Body, Name, OptionalText, Text, Why
from backend.db.member import MemberStatus, Sex

# Spaces and dashes that people type come off before the rules look, so a number may be longer than it will be.
Number = Annotated[Text, Field(max_length=40)]
Reason = Annotated[Text, Field(max_length=500)]


class _Person(Body):
    sex: Annotated[Sex | None, Field(description="Left out, it is that of the ID number.")] = None
    birth_date: Annotated[date | None, Field(description="Left out, it is that of the ID number.")] = None
    ethnic_group: Annotated[OptionalText, Field(max_length=50)] | None = None
    phone: Annotated[OptionalText, Field(max_length=40)] | None = None
    education: Annotated[OptionalText, Field(max_length=50)] | None = None
    native_place: Annotated[OptionalText, Field(max_length=100)] | None = None
    joined_on: Annotated[date | None, Field(description="The day the branch admitted to probation.")] = None
    confirmed_on: Annotated[date | None, Field(description="The day of full membership, a year later or more.")] = None
    category: Annotated[OptionalText, Field(max_length=50)] | None = None
    is_mobile: bool | None = None
    remark: Annotated[OptionalText, Field(max_length=500)] | None = None


class MemberNew(_Person):
    """A person for the roster of a branch."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "organization_id": examples.BRANCH,
                "name": "查文敏",
                "id_number": examples.NEW_ID_NUMBER,
                "phone": examples.PHONE,
                "ethnic_group": "汉族",
                "education": "大专",
                "joined_on": "2015-07-01",
                "confirmed_on": "2016-07-01",
                "status": "full",
            }
        }
    )

    organization_id: UUID
    name: Annotated[Name, Field(max_length=100)]
    id_number: Number
    status: MemberStatus


class MemberChange(_Person):
    """The fields to change; what is left out stays, null empties."""

    model_config = ConfigDict(json_schema_extra={"example": {"education": "大学本科", "is_mobile": True}})

    name: Annotated[Name, Field(max_length=100)] | None = None
    id_number: Number | None = None
    status: MemberStatus | None = None


class Transfer(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"organization_id": examples.OTHER_BRANCH, "on": "2026-06-01", "reason": "居住地变动"}
        }
    )

    organization_id: UUID
    on: date
    reason: Reason


Because = Annotated[Why, Field(max_length=500)]


class Unmasking(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"fields": ["phone"], "reason": "通知参加支部党员大会"}})

    fields: Annotated[
        list[Literal["id_number", "phone", "birth_date", "native_place"]], Field(min_length=1, max_length=4)
    ]
    reason: Because


class MemberSearch(Body):
    """Exactly one of the two."""

    model_config = ConfigDict(json_schema_extra={"example": {"id_number": examples.ID_NUMBER}})

    id_number: Number | None = None
    phone: Number | None = None


class MemberOut(Answer):
    """A person on a roster; ID number and phone are masked in every answer but that of `unmask`, and so is what would
    complete the number: of `birth_date` the year is shown, of `native_place` the county."""

    id: UUID
    organization_id: UUID
    organization_name: str
    name: str
    pinyin: str
    initials: str
    sex: Sex
    birth_date: Annotated[str, Field(examples=["1963-**-**"])]
    ethnic_group: str | None
    id_number: str
    phone: str | None
    education: str | None
    native_place: str | None
    joined_on: date | None
    confirmed_on: date | None
    status: MemberStatus
    category: str | None
    is_mobile: bool
    remark: str | None
    disputed: Annotated[bool, Field(description="The person calls something in it wrong; it is not settled yet.")]
    version: int
    created_at: datetime
    updated_at: datetime


class MemberPage(Answer):
    items: list[MemberOut]
    next_cursor: str | None


class MemberDetail(MemberOut):
    """A member with what the caller may do: `edit`, `transfer`, `unmask`."""

    can: list[str]


class ProposedNumbers(Answer):
    """What the person asks to stand there instead, in clear; null where no correction is open."""

    id_number: str | None = None
    phone: str | None = None
    birth_date: str | None = None
    native_place: str | None = None


class ClearNumbers(Answer):
    """What was asked for in clear; null for the others and for what nobody has given."""

    id_number: str | None
    phone: str | None
    birth_date: date | None
    native_place: str | None
    proposed: ProposedNumbers


class BranchStay(Answer):
    """A branch that a member belonged to, from `from_on` up to but not including `to_on`."""

    id: UUID
    organization_id: UUID
    organization_name: str
    from_on: date
    to_on: date | None
    reason: str | None


class BranchPage(Answer):
    items: list[BranchStay]
    next_cursor: str | None
