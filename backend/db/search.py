"""Finding records by name: by any part of it, or by how its pinyin or its initials begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class NameQuery:
    """What is searched for: `folded` as search compares names, its `grams`, and whether it may be pinyin."""

    folded: str
    grams: tuple[str, ...]
    is_latin: bool


def matches_name(table: Any, wanted: NameQuery) -> sa.ColumnElement[bool]:
    """Match rows of a table with `name`, `grams`, `pinyin` and `initials`.

    The grams are what the index serves; they do not remember their order, so the name itself is looked at as well.
    """
    plain = sa.func.lower(sa.func.normalize(table.name, sa.literal_column("NFKC")))
    bare = sa.func.replace(sa.func.replace(plain, "·", ""), " ", "")
    holds: Sequence[str] = list(wanted.grams)
    within = sa.and_(table.grams.contains(holds), sa.func.strpos(bare, wanted.folded) > 0)
    if not wanted.is_latin:
        return within
    return sa.or_(
        within,
        table.pinyin.startswith(wanted.folded, autoescape=True),
        table.initials.startswith(wanted.folded, autoescape=True),
    )
