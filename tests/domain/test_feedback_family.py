"""Which cards of a family a mark reaches, over random trees of parts that were merged with one another."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.feedback.family import Kin, lifted_from, marks_of, reached, wholes_of, without

MARK = "@village"


def key(number: int) -> UUID:
    return UUID(int=number + 1)


@st.composite
def families(draw: st.DrawFn) -> list[Kin]:
    """Cards each of which is a part of an earlier one, or merged into one, or both, or neither."""
    family: list[Kin] = []
    for number in range(draw(st.integers(2, 9))):
        earlier = st.none() | st.integers(0, number - 1).map(key) if number else st.none()
        whole, main = draw(earlier), draw(earlier)
        own = frozenset({MARK}) if draw(st.integers(0, 4)) == 0 else frozenset()
        matched = own if draw(st.booleans()) else frozenset()
        entire = whole is not None and draw(st.booleans())
        family.append(Kin(key(number), whole, main, entire, own, matched))
    return family


def holds(one: Kin, other: Kin) -> bool:
    """Whether `other` is a part of `one`, directly."""
    return other.whole == one.id


def beside(one: Kin, other: Kin) -> bool:
    return one.main == other.id or other.main == one.id


@settings(deadline=None)
@given(families(), st.data())
def test_a_mark_reaches_parts_wholes_and_what_was_merged(family: list[Kin], data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(family))
    found = reached([start.id], family)
    assert start.id in found
    for one in family:
        if one.id in found:
            # Whoever reads a whole, or the card that it was merged with, reads these words.
            assert all(other.id in found for other in family if holds(other, one) or beside(one, other))
    below = {start.id}
    while more := {
        other.id
        for one in family
        if one.id in below
        for other in family
        if other.id not in below and (holds(one, other) or beside(one, other))
    }:
        below |= more
    assert below <= found


@settings(deadline=None)
@given(families(), st.data())
def test_a_mark_comes_down_to_no_part_from_a_whole_that_it_went_up_to(family: list[Kin], data: st.DataObject) -> None:
    """A fresh part of a whole above the card that is marked stays clean, unless it says all that the whole says."""
    start = data.draw(st.sampled_from(family))
    below = reached([start.id], [one for one in family if one.id == start.id])
    assert below == {start.id}
    ups, here = set(), start
    while here.whole is not None:
        here = next(one for one in family if one.id == here.whole)
        ups.add(here.id)
    down = _downwards(start, family)
    for whole in ups - down:
        clean, all_of_it = Kin(UUID(int=100), whole), Kin(UUID(int=101), whole, entire=True)
        found = reached([start.id], [*family, clean, all_of_it])
        assert whole in found
        assert clean.id not in found
        assert all_of_it.id in found


def _downwards(start: Kin, family: list[Kin]) -> set[UUID]:
    found = {start.id}
    while more := {
        other.id
        for one in family
        if one.id in found
        for other in family
        if other.id not in found and (holds(one, other) or beside(one, other) or (holds(other, one) and one.entire))
    }:
        found |= more
    return found


@settings(deadline=None)
@given(families())
def test_marks_are_those_of_every_card_that_reaches_one(family: list[Kin]) -> None:
    marks = marks_of(family)
    for one in family:
        reaching = [other for other in family if MARK in other.own and one.id in reached([other.id], family)]
        assert (MARK in marks[one.id].about) == bool(reaching)
        assert (MARK in marks[one.id].matched) == (bool(reaching) and all(other.matched for other in reaching))


@settings(deadline=None)
@given(families(), st.data())
def test_a_lifted_name_goes_the_way_it_came(family: list[Kin], data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(family))
    goes = lifted_from(start.id, {MARK}, family)
    after = marks_of([without(one, {MARK}) if one is start else one for one in family])
    for one in family:
        if one.own and one is not start:
            assert one.id not in goes, "a mark that was set on a card itself stays"
        if one.id in goes:
            assert MARK not in after[one.id].about
    chosen = [one for one in family if one.own and not one.matched and one is not start]
    for other in chosen:
        assert not reached([other.id], family) & set(goes), "whom somebody chose is not lifted with a name"


@settings(deadline=None)
@given(families(), st.data())
def test_the_words_of_a_card_stand_in_its_wholes_at_every_depth(family: list[Kin], data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(family))
    wholes = wholes_of(start.id, family)
    here = start
    while here.whole is not None:
        assert here.whole in wholes
        here = next(one for one in family if one.id == here.whole)
    assert wholes <= reached([start.id], family)
