"""Numbers for people, beside the ids: one series per county and year, without gaps and without repeats."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, col

from backend.db.base import Session, Table


class Numbering(Table, table=True):
    """The last number given out in a series (`JC`) of a county in a year."""

    county_id: UUID = Field(primary_key=True)
    series: str = Field(primary_key=True, max_length=16)
    year: int = Field(primary_key=True)
    last: int


async def next_number(session: Session, county_id: UUID, series: str, year: int) -> str:
    """Take the next number, such as `JC-2026-0007`.

    The counter's row stays locked until the transaction ends, so that a number whose record fails is given out again.
    Take it last, because others wait meanwhile.
    """
    statement = (
        sa.dialects.postgresql.insert(Numbering)
        .values(county_id=county_id, series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["county_id", "series", "year"], set_={"last": col(Numbering.last) + 1})
        .returning(col(Numbering.last))
    )
    number = (await session.execute(statement)).scalar_one()
    return f"{series}-{year}-{number:04}"
