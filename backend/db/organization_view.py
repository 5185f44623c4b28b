"""Organisations as they are shown: now, or as the tree was on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from backend.db.organization import (
    Organization,
    OrganizationName,
    OrganizationPlace,
    OrganizationStatus,
    Reach,
    tallied,
    under,
)

_BEFORE = (
    col(Organization.id),
    col(Organization.county_id),
)
_BETWEEN = (
    col(Organization.path),
    col(Organization.short_name),
    col(Organization.kind),
    col(Organization.region_code),
    col(Organization.credit_code),
    col(Organization.founded_on),
    col(Organization.term_starts_on),
    col(Organization.term_ends_on),
    col(Organization.valid_from),
    col(Organization.valid_to),
    col(Organization.status),
    col(Organization.merged_into_id),
    col(Organization.remark),
    col(Organization.pinyin),
    col(Organization.initials),
)
_AFTER = (
    col(Organization.version),
    col(Organization.created_at),
    col(Organization.updated_at),
)


def organizations_in(reach: Reach, counted: Sequence[str]) -> sa.Select[Any]:
    """Organisations within `reach` as they are now; `counted` are the states of those who count as members."""
    child = sa.orm.aliased(Organization)
    children = (
        sa.select(sa.func.count())
        .where(col(child.parent_id) == col(Organization.id), col(child.status) == OrganizationStatus.active)
        .correlate(Organization)
        .scalar_subquery()
    )
    columns: list[Any] = [
        *_BEFORE,
        col(Organization.parent_id),
        col(Organization.name),
        *_BETWEEN,
        tallied("member", col(Organization.path), counted).label("member_count"),
        children.label("child_count"),
        *_AFTER,
    ]
    return sa.select(*columns).where(under(reach))


def organization_with_names(reach: Reach, id: UUID, counted: Sequence[str]) -> sa.Select[Any]:
    """One organisation within `reach`, with every name that it bore, the newest first."""
    borne = sa.func.json_build_object(
        "name",
        col(OrganizationName.name),
        "valid_from",
        col(OrganizationName.valid_from),
        "valid_to",
        col(OrganizationName.valid_to),
    )
    newest_first = sa.dialects.postgresql.aggregate_order_by(
        borne, col(OrganizationName.valid_from).desc(), col(OrganizationName.id).desc()
    )
    names = (
        sa.select(sa.func.coalesce(sa.func.json_agg(newest_first), sa.text("'[]'::json")))
        .where(col(OrganizationName.organization_id) == col(Organization.id))
        .correlate(Organization)
        .scalar_subquery()
    )
    return organizations_in(reach, counted).add_columns(names.label("names")).where(col(Organization.id) == id)


def organizations_at(reach: Reach, day: date, parent_id: UUID | None) -> sa.Select[Any]:
    """The organisations there were on `day`, with the name and the parent of that day, below `parent_id` if given.

    Reach and path are those of now: who may look is a question of today.  Members were not counted day by day.
    """
    name, place = sa.orm.aliased(OrganizationName), sa.orm.aliased(OrganizationPlace)
    child, child_place = sa.orm.aliased(Organization), sa.orm.aliased(OrganizationPlace)

    def held(row: Any) -> sa.ColumnElement[bool]:
        return sa.and_(row.valid_from <= day, sa.or_(row.valid_to.is_(None), row.valid_to > day))

    children = (
        sa.select(sa.func.count())
        .select_from(child_place)
        .join(child, col(child.id) == col(child_place.organization_id))
        .where(col(child_place.parent_id) == col(Organization.id), held(child_place), held(child))
        .correlate(Organization)
        .scalar_subquery()
    )
    columns: list[Any] = [
        *_BEFORE,
        col(place.parent_id),
        col(name.name),
        *_BETWEEN,
        sa.cast(sa.null(), sa.Integer).label("member_count"),
        children.label("child_count"),
        *_AFTER,
    ]
    question = (
        sa.select(*columns)
        .join(name, sa.and_(col(name.organization_id) == col(Organization.id), held(name)))
        .join(place, sa.and_(col(place.organization_id) == col(Organization.id), held(place)))
        .where(under(reach), held(Organization))
    )
    return question if parent_id is None else question.where(col(place.parent_id) == parent_id)


def organizations_at_paths(paths: Sequence[str]) -> sa.Select[UUID, str, str]:
    """Id, name and kind of the organisations at exactly these paths, from the top down."""
    return (
        sa.select(col(Organization.id), col(Organization.name), col(Organization.kind))
        .where(col(Organization.path).in_(paths))
        .order_by(col(Organization.path))
    )


def paths_above(path: str) -> list[str]:
    """The paths of all nodes above the one at `path`: `a/b/c/` stands below `a/` and `a/b/`."""
    parts = path.split("/")[:-2]
    return ["/".join(parts[:place]) + "/" for place in range(1, len(parts) + 1)]


def path_of(reach: Reach, id: UUID) -> sa.Select[str]:
    """The path of an organisation within `reach`."""
    return sa.select(col(Organization.path)).where(col(Organization.id) == id, under(reach))
