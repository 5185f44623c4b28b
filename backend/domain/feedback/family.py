"""Whom a matter is about holds for the whole family of cards that carry the same words. A pure rule.

A mark reaches from the card that it is set on: down to its parts at every depth, to what was merged with any of these
and to the parts of that; then up to every whole that one of these stands in, and to what was merged with it. From
there it does not go down again: a part that says nothing of it stays with its ordinary unit, for which cards are split.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kin:
    """A card as its family sees it. `entire`: as a part it says all that its whole says.

    `own` are the marks that were set on it, `matched` those among them that were only found by name, and `lifted` the
    names that were said not to be meant: what is only matched elsewhere does not come to it, nor through it.
    """

    id: UUID
    whole: UUID | None = None
    main: UUID | None = None
    entire: bool = False
    own: frozenset[str] = _NONE
    matched: frozenset[str] = _NONE
    lifted: frozenset[str] = _NONE


@dataclass(frozen=True, slots=True)
class Marks:
    """Whom a card is about, by whichever way; `matched` are those who are only known by name everywhere."""

    about: frozenset[str] = _NONE
    matched: frozenset[str] = _NONE


def reached(starts: Collection[UUID], family: Iterable[Kin], closed: Collection[UUID] = ()) -> set[UUID]:
    """The cards that a mark on each of `starts` reaches; it comes neither to nor through one that is `closed`."""
    links = _Links(family)
    below = links.walk(starts, (links.beside, links.parts), closed)
    return links.walk(below, (links.beside, links.wholes), closed)


def wholes_of(card: UUID, family: Iterable[Kin]) -> set[UUID]:
    """The cards in which the words of a card stand besides: its wholes at every depth, and parts that say it all."""
    links = _Links(family)
    return links.walk([card], (links.same, links.wholes), ()) - {card}


def marks_of(family: Collection[Kin]) -> dict[UUID, Marks]:
    """Whom each card of a family is about."""
    links = _Links(family)
    about: dict[UUID, set[str]] = {one.id: set() for one in family}
    chosen: dict[UUID, set[str]] = {one.id: set() for one in family}
    for mark in sorted({mark for one in family for mark in one.own}):
        closed = {one.id for one in family if mark in one.lifted}
        for by_name in (False, True):
            starts = [one.id for one in family if mark in one.own and (mark in one.matched) == by_name]
            shut = closed if by_name else ()
            below = links.walk(starts, (links.beside, links.parts), shut)
            for key in links.walk(below, (links.beside, links.wholes), shut):
                about[key].add(mark)
                if not by_name:
                    chosen[key].add(mark)
    return {key: Marks(frozenset(meant), frozenset(meant - chosen[key])) for key, meant in about.items()}


def lifted_from(card: UUID, gone: Collection[str], family: Collection[Kin]) -> dict[UUID, frozenset[str]]:
    """From which cards marks go when a card says of them that nobody meant that: not where they were set as well, nor
    where they come to from such a card by another way."""
    before = marks_of(family)
    after = marks_of([without(one, gone) if one.id == card else one for one in family])
    found = {key: (before[key].about - after[key].about) & frozenset(gone) for key in before}
    return {key: marks for key, marks in found.items() if marks}


def without(one: Kin, gone: Collection[str]) -> Kin:
    """The card once it has said that these are not meant."""
    return replace(one, own=one.own - frozenset(gone), lifted=one.lifted | frozenset(gone))


class _Links:
    """Which card leads to which: `wholes` up, `parts` down, `beside` to what was merged or says the same."""

    def __init__(self, family: Iterable[Kin]) -> None:
        known = {one.id: one for one in family}
        self.wholes: dict[UUID, set[UUID]] = {key: set() for key in known}
        self.parts: dict[UUID, set[UUID]] = {key: set() for key in known}
        self.beside: dict[UUID, set[UUID]] = {key: set() for key in known}
        self.same: dict[UUID, set[UUID]] = {key: set() for key in known}
        for one in known.values():
            if one.whole in known:
                self.wholes[one.id].add(one.whole)
                self.parts[one.whole].add(one.id)
                if one.entire:
                    _join(self.same, one.id, one.whole)
                    _join(self.beside, one.id, one.whole)
            if one.main in known:
                _join(self.beside, one.id, one.main)

    def walk(
        self, starts: Collection[UUID], ways: Collection[Mapping[UUID, set[UUID]]], closed: Collection[UUID]
    ) -> set[UUID]:
        """Everything that these ways lead to from `starts`, which are part of it, whether closed or not."""
        found, ahead = set(starts), list(starts)
        while ahead:
            here = ahead.pop()
            for way in ways:
                for key in way[here]:
                    if key not in found and key not in closed:
                        found.add(key)
                        ahead.append(key)
        return found


def _join(links: dict[UUID, set[UUID]], one: UUID, other: UUID) -> None:
    links[one].add(other)
    links[other].add(one)
