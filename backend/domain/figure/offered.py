"""What may be told of closed months, quarters and years, so that none of them taken from another tells of few people.

Whoever may ask for any days asks for two spans that differ by one of them.  So figures of people are offered for closed
calendar months, quarters and years only, and what is told of one is made of *blocks*: a group of classes in some
months, with ten cases or more, or none.  A month tells the groups that hold enough.  A quarter tells a group if all
that its months have told of it is whole inside, and what they have not told makes a block of its own; a year likewise
of its quarters.  Every number is then a sum of blocks, and so is what is left when one is taken from another.
What a month has told never depends on a later one, so that nothing has to be taken back.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from backend.domain.figure.proportion import FEWEST

Classes = frozenset[int]
Grouping = Callable[[Sequence[Classes], Sequence[int]], list[Classes]]
"""From the blocks inside, and what no block holds of each class, the groups that are told."""

MONTHS_OF_QUARTER = 3


class Told(NamedTuple):
    """What is told of a period: groups of classes; for periods around it the blocks inside, and what no block holds."""

    groups: list[Classes]
    blocks: list[Classes]
    rest: list[int]


def told_of(months: Sequence[Sequence[int]], grouping: Grouping) -> Told:
    """The groups that are told of a period of one, three or twelve months, each with its cases by class."""
    if len(months) == 1:
        blocks, rest = [], list(months[0])
    else:
        length = len(months) // (4 if len(months) > MONTHS_OF_QUARTER else len(months))
        parts = [told_of(months[at : at + length], grouping) for at in range(0, len(months), length)]
        blocks = [block for part in parts for block in part.blocks]
        rest = [sum(column) for column in zip(*(part.rest for part in parts), strict=True)]
    groups = grouping(blocks, rest)
    whole = {place for group in groups for place in group}
    kept = [block for block in blocks if not block & whole]
    left = [0 if place in whole else cases for place, cases in enumerate(rest)]
    return Told(groups, [*kept, *groups], left)


def neighbours(blocks: Sequence[Classes], rest: Sequence[int]) -> list[Classes]:
    """For ordered classes (grades, days): neighbours are put together until every group is enough; all or none."""
    groups: list[Classes] = []
    first = 0
    for place in range(len(rest)):
        group = frozenset(range(first, place + 1))
        if _is_whole(group, blocks) and is_enough(_cases(group, rest)):
            groups.append(group)
            first = place + 1
    left = frozenset(range(first, len(rest)))
    while left and groups and not (_is_whole(left, blocks) and is_enough(_cases(left, rest))):
        left |= groups.pop()
    if not left:
        return groups
    return [*groups, left] if is_enough(_cases(left, rest)) else []


def apart(blocks: Sequence[Classes], rest: Sequence[int]) -> list[Classes]:
    """For classes without order (cells of a table): single ones that are enough, the others together if they are."""
    single = [
        frozenset({place})
        for place in range(len(rest))
        if _is_whole(frozenset({place}), blocks) and is_enough(rest[place])
    ]
    others = frozenset(range(len(rest))) - frozenset().union(*single)
    return [*single, others] if others and is_enough(_cases(others, rest)) else single


def is_enough(cases: int) -> bool:
    return cases == 0 or cases >= FEWEST


def _is_whole(group: Classes, blocks: Sequence[Classes]) -> bool:
    """Whether every block lies inside the group or outside."""
    return all(block <= group or not block & group for block in blocks)


def _cases(group: Classes, rest: Sequence[int]) -> int:
    return sum(rest[place] for place in group)
