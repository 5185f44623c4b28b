"""What may be told of an organisation to whoever may also ask for the one above it and for those beside it.

A total less the parts that are told is the rest: what belongs to the total alone, and to the parts of which nothing is
told.  So of a total's parts as many are hidden, the smallest first, as it takes until no rest holds one to nine cases.

* Whatever is told of a part is made of the groups of classes that are told of its total; none is ever cut.
* A part of which a group is hidden hides it of all its own parts too.
* Parts are told of quarters.  A total's months and its parts then cut its quarter in two ways of which neither tells
  more of the other; a part's months would.  A part's year is told where it is the sum of quarters that are told.

The total itself, the uppermost that somebody may ask for, hides nothing for its parts' sake: see `offered`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from backend.domain.figure.offered import MONTHS_OF_QUARTER, Classes, Grouping, apart, is_enough, neighbours, told_of

Key = TypeVar("Key")
Span = tuple[int, int]
"""From one group of the total to another, both included."""


@dataclass(frozen=True, slots=True)
class Held(Generic[Key]):
    """Cases by month, of the organisation at `path` and of all others below `root`, the uppermost that is asked for.

    `own` has each organisation's without those below it; where `path` is `root`, it may be summed up already.
    """

    root: str
    path: str
    own: Mapping[str, Sequence[Mapping[Key, int]]]

    @property
    def counts(self) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for path, months in self.own.items():
            if path.startswith(self.path):
                for month in months:
                    for key, count in month.items():
                        found[key] = found.get(key, 0) + count
        return found

    @property
    def keys(self) -> set[Key]:
        """Whatever there is anywhere below the root: classes have to be the same for all who are told of it."""
        return {key for months in self.own.values() for month in months for key, count in month.items() if count}

    def groups(self, classes: Sequence[Key], grouping: Grouping) -> list[list[Key]]:
        """The classes that are told together, in their order; none where there are too few."""
        length = max((len(months) for months in self.own.values()), default=1)
        own = {path: [[month.get(one, 0) for one in classes] for month in months] for path, months in self.own.items()}
        whole = [_columns([months[at] for months in own.values()], len(classes)) for at in range(length)]
        if self.path == self.root:
            groups = told_of(whole, grouping).groups
        else:
            groups = told_of_part(own, self.root, self.path, whole, grouping)
        return [[classes[place] for place in sorted(group)] for group in groups]


def alone(months: Sequence[Mapping[Key, int]]) -> Held[Key]:
    """The cases of an organisation above which there is nothing to ask for."""
    return Held("", "", {"": months})


def told_of_part(
    own: Mapping[str, Sequence[Sequence[int]]],
    root: str,
    path: str,
    whole: Sequence[Sequence[int]],
    grouping: Grouping,
) -> list[Classes]:
    """The groups that are told of the part at `path` for a quarter or a year, from the months of each organisation's
    own cases and of the whole."""
    quarters = []
    for at in range(0, len(whole), MONTHS_OF_QUARTER):
        span = slice(at, at + MONTHS_OF_QUARTER)
        cases = {place: _columns(months[span], len(whole[0])) for place, months in own.items()}
        groups, above = told_of(whole[span], grouping).groups, root
        while above != path and groups:
            parts = _parts(cases, above, path)
            total = _columns([row for place, row in cases.items() if place.startswith(above)], len(whole[0]))
            below = above + path[len(above) :].split("/", 1)[0] + "/"
            groups, above = told_of_parts(groups, total, parts, grouping)[below], below
        quarters.append(groups)
    return _told_in_all(quarters)


def _parts(cases: Mapping[str, Sequence[int]], above: str, path: str) -> dict[str, list[int]]:
    """The cases of everything directly below an organisation, each with all under it; the one on the way at least."""
    width = len(next(iter(cases.values()), ()))
    found: dict[str, list[int]] = {}
    for place, row in (*cases.items(), (path, [0] * width)):
        if place.startswith(above) and place != above:
            part = above + place[len(above) :].split("/", 1)[0] + "/"
            found[part] = _columns([found.get(part, [0] * width), row], width)
    return found


def told_of_parts(
    groups: Sequence[Classes], total: Sequence[int], parts: Mapping[str, Sequence[int]], grouping: Grouping
) -> dict[str, list[Classes]]:
    """For each part the groups that are told of it, when `groups` are told of the total in the same quarter.

    No sum of groups of the total, less whatever of it is told of parts, holds one to nine cases.
    """
    singly = grouping is apart
    whole = [_held(total, group) for group in groups]
    cases = {key: [_held(row, group) for group in groups] for key, row in parts.items()}
    told = {key: _spans(row, singly) for key, row in cases.items()}
    while (found := _found_out(whole, cases, told, singly)) is not None:
        # The smallest that was taken away; ordered classes are told all or none, or the sum of the others would tell.
        inside = [(sum(cases[key][one[0] : one[1] + 1]), key, one) for key, one in _inside(told, found)]
        _, key, one = min(entry for entry in inside if entry[0])
        told[key] = [other for other in told[key] if singly and other != one]
    return {key: [frozenset().union(*groups[first : last + 1]) for first, last in spans] for key, spans in told.items()}


def _spans(cases: Sequence[int], singly: bool) -> list[Span]:
    if singly:
        return [(place, place) for place, count in enumerate(cases) if is_enough(count)]
    return [(min(group), max(group)) for group in neighbours([], cases)]


def _found_out(
    whole: Sequence[int], cases: Mapping[str, Sequence[int]], told: Mapping[str, Sequence[Span]], singly: bool
) -> Span | None:
    """Groups of the total of which one to nine cases are left when what is told of the parts is taken away."""
    width = len(whole)
    taken = [[0] * width for _ in range(width)]
    for key, spans in told.items():
        for first, last in spans:
            taken[first][last] += sum(cases[key][first : last + 1])
    for first in reversed(range(width)):
        for last in range(first, width):
            # All that lies inside: what lies in it without its first or its last, and what is as long as itself.
            if last > first:
                shorter = taken[first + 1][last - 1] if last > first + 1 else 0
                taken[first][last] += taken[first + 1][last] + taken[first][last - 1] - shorter
            if not is_enough(sum(whole[first : last + 1]) - taken[first][last]):
                return first, last
            if singly:
                break
    return None


def _inside(told: Mapping[str, Sequence[Span]], span: Span) -> list[tuple[str, Span]]:
    return [(key, one) for key, spans in told.items() for one in spans if span[0] <= one[0] and one[1] <= span[1]]


def _told_in_all(quarters: Sequence[Sequence[Classes]]) -> list[Classes]:
    """The smallest groups that are sums of told ones in each of the quarters."""
    groups: list[Classes] = []
    for group in (group for quarter in quarters for group in quarter):
        apart_from = [one for one in groups if not one & group]
        groups = [*apart_from, group.union(*(one for one in groups if one & group))]
    covered = [frozenset().union(*quarter) for quarter in quarters]
    return sorted((one for one in groups if all(one <= told for told in covered)), key=min)


def _columns(rows: Sequence[Sequence[int]], width: int) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * width


def _held(cases: Sequence[int], group: Classes) -> int:
    return sum(cases[place] for place in group)
