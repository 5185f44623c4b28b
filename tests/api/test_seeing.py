"""Whether somebody sees a record is asked of every kind that the log can be about."""

from uuid import uuid4

import pytest

from backend.api.seeing import SIGHT, sees
from backend.db.base import utc_now
from backend.domain.access import Moment
from tests.factories import County


async def asked(county: County, who: str, kind: str, id: object) -> bool:
    async with county.app.state.database.transaction() as session:
        return await sees(session, county.actor(who), Moment(utc_now()), kind, id)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(SIGHT))
async def test_what_there_is_not_is_seen_by_nobody(county: County, kind: str) -> None:
    assert not await asked(county, "county_admin", kind, uuid4())


async def test_a_kind_without_a_question_is_seen_by_nobody(county: County) -> None:
    assert not await asked(county, "county_admin", "no_such_kind", county.county.id)


async def test_an_organisation_is_seen_within_reach_alone(county: County, other_county: County) -> None:
    assert await asked(county, "clerk", "organization", county.village.id)
    assert not await asked(county, "clerk", "organization", other_county.village.id)
