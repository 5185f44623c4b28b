"""Saying nothing of few people, not even by subtraction.

A table of unordered cells is *hidden* cell by cell: whatever else is published is a function of the cells that are
shown, and the whole is told only where it could not pin down any hidden cell.  What is told of periods, and of ordered
distributions in them, is in `offered`.
"""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from backend.domain.figure.proportion import FEWEST

Key = TypeVar("Key")


class Hidden(NamedTuple, Generic[Key]):
    """What may be published of a table: cells (None where one to nine are hidden), how many are hidden, and the whole,
    None when it would tell too much."""

    cells: Mapping[Key, int | None]
    hidden: int
    total: int | None


def hidden(cells: Mapping[Key, int]) -> Hidden[Key]:
    """Hide every cell of one to nine.

    The whole is told only if at least two cells are hidden and they hold, together, at least ten and an amount in the
    middle of what so many cells could hold: then every one of them can still be several numbers for a reader who
    knows this rule, and so it can when the whole is not told.
    """
    few = [count for count in cells.values() if 0 < count < FEWEST]
    shown = {key: None if 0 < count < FEWEST else count for key, count in cells.items()}
    most = FEWEST - 1
    told = not few or (len(few) > 1 and max(FEWEST, 2 * len(few)) <= sum(few) <= (most - 1) * len(few))
    return Hidden(shown, len(few), sum(cells.values()) if told else None)
