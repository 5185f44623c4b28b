"""What is sent and answered about organisations."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from backend.api import examples
from backend.api.shapes import Answer, Body, OptionalText, Text
from backend.api.shapes import Name as PlainName
from backend.api.shapes import OptionalName as OptionalPlainName
from backend.domain.organization_rule import NAME_LIMIT

Name = Annotated[PlainName, Field(max_length=NAME_LIMIT)]
Reason = Annotated[Text, Field(max_length=500)]


class _Details(Body):
    short_name: Annotated[OptionalPlainName, Field(max_length=50)] | None = None
    region_code: Annotated[OptionalText, Field(max_length=12, description="12 digits.")] | None = None
    credit_code: Annotated[OptionalText, Field(max_length=18, description="Unified social credit code.")] | None = None
    founded_on: date | None = None
    term_starts_on: date | None = None
    term_ends_on: date | None = None
    remark: Annotated[OptionalText, Field(max_length=1000)] | None = None


class OrganizationNew(_Details):
    """A new organisation; without `parent_id` it is a county."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "parent_id": examples.EAST_DISTRICT,
                "kind": "village",
                "name": "麦场新村",
                "short_name": "麦场",
                "founded_on": "2026-01-05",
            }
        }
    )

    parent_id: UUID | None = None
    kind: Annotated[Text, Field(max_length=48)]
    name: Name


class OrganizationChange(_Details):
    """The fields to change; what is left out stays, null empties."""

    model_config = ConfigDict(json_schema_extra={"example": {"short_name": "柳塘", "term_ends_on": "2031-01-10"}})

    name: Name | None = None


class Move(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"parent_id": examples.WEST_DISTRICT, "reason": "管理区重新划分"}}
    )

    parent_id: UUID
    reason: Reason


class Merge(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"into_id": examples.MERGE_TARGET, "reason": "党员人数不足三人，并入邻村支部"}}
    )

    into_id: UUID
    reason: Reason


class Dissolution(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"reason": "专班任务完成"}})

    reason: Reason


class OrganizationOut(Answer):
    """A node of the tree.

    `member_count` counts full and probationary members and those in transfer, in the whole subtree; `child_count` the
    active nodes directly below.  `valid_to` is the first day on which it was no more.
    """

    id: UUID
    county_id: UUID
    parent_id: UUID | None
    name: str
    path: str
    short_name: str | None
    kind: str
    region_code: str | None
    credit_code: str | None
    founded_on: date | None
    term_starts_on: date | None
    term_ends_on: date | None
    valid_from: date
    valid_to: date | None
    status: Literal["active", "merged", "dissolved"]
    merged_into_id: UUID | None
    remark: str | None
    pinyin: str
    initials: str
    member_count: int | None
    child_count: int
    version: int
    created_at: datetime
    updated_at: datetime


class OrganizationPage(Answer):
    items: list[OrganizationOut]
    next_cursor: str | None


class Ancestor(Answer):
    id: UUID
    name: str
    kind: str


class BorneName(Answer):
    """A name, from `valid_from` up to but not including `valid_to`."""

    name: str
    valid_from: date
    valid_to: date | None


class OrganizationDetail(OrganizationOut):
    """A node with what stands above it (from the top down), every name it bore (the newest first), and what the caller
    may do: `create` below it, `edit`, `register` members, `move`, `merge`, `dissolve`."""

    names: list[BorneName]
    ancestors: list[Ancestor]
    can: list[str]


def given(body: Body) -> dict[str, Any]:
    """The fields that were sent; an empty text empties as null does."""
    return {name: None if value == "" else value for name, value in body.model_dump(exclude_unset=True).items()}
