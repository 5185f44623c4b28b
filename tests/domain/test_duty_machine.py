"""Whatever is given, lent, ended and moved in any order: nobody ever holds duties that exclude each other."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from backend.domain.duty import CONFLICTS, DUTIES, EXCLUSIVE, GRANTABLE, LENDABLE, Held, conflict, fits

PEOPLE = ("ann", "bob", "cai", "dan")
PATHS = ("", "c/", "c/t/", "c/t/v/", "c/t/w/", "c/u/", "d/")
ROLES = sorted(GRANTABLE)
START = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = st.integers(0, 12)


@dataclass(frozen=True)
class Given:
    """A role of a person; `source` is the place of the grant that it was lent from."""

    person: str
    held: Held
    source: int | None = None


class AnySequenceOfGrants(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.given: list[Given] = []
        self.now = START

    def of(self, person: str) -> list[Held]:
        """What the person holds or will hold."""
        return [one.held for one in self.given if one.person == person and not self.over(one.held)]

    def over(self, held: Held) -> bool:
        return held.ends_at is not None and held.ends_at <= self.now

    def end(self, wanted: int) -> None:
        """End a grant and what was lent from it."""
        for place, one in enumerate(self.given):
            if wanted in (place, one.source) and not self.over(one.held):
                self.given[place] = replace(one, held=replace(one.held, ends_at=self.now))

    @rule(days=DAYS)
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(
        person=st.sampled_from(PEOPLE),
        role=st.sampled_from(ROLES),
        path=st.sampled_from(PATHS),
        begins=DAYS,
        lasts=st.one_of(st.none(), st.integers(1, 20)),
    )
    def somebody_gives(self, person: str, role: str, path: str, begins: int, lasts: int | None) -> None:
        starts = self.now + timedelta(days=begins)
        new = Held(role, path, starts, None if lasts is None else starts + timedelta(days=lasts))
        if conflict(self.of(person), new) is None:
            self.given.append(Given(person, new))

    @rule(lender=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE), begins=DAYS, lasts=st.integers(1, 20))
    def somebody_lends(self, lender: str, to: str, begins: int, lasts: int) -> None:
        starts = self.now + timedelta(days=begins)
        for place, one in enumerate(list(self.given)):
            if one.person != lender or one.source is not None or to == lender or one.held.role not in LENDABLE:
                continue
            lent = Held(one.held.role, one.held.path, starts, starts + timedelta(days=lasts))
            within = one.held.ends_at is None or one.held.ends_at >= lent.ends_at
            if within and one.held.starts_at <= starts and conflict(self.of(to), lent) is None:
                self.given.append(Given(to, lent, place))

    @rule(place=st.integers(0, 30))
    def somebody_ends(self, place: int) -> None:
        if place < len(self.given):
            self.end(place)

    @rule(person=st.sampled_from(PEOPLE), path=st.sampled_from(PATHS))
    def somebody_moves(self, person: str, path: str) -> None:
        for place, one in enumerate(list(self.given)):
            if one.person == person and not self.over(one.held) and not fits(one.held.path, path):
                self.end(place)

    @invariant()
    def nobody_holds_what_excludes(self) -> None:
        """Said anew, without the functions under test: by moments, prefixes and the tables."""
        for person in PEOPLE:
            held = [one.held for one in self.given if one.person == person]
            for one, other in combinations(held, 2):
                at = max(one.starts_at, other.starts_at)
                if any(last is not None and last <= at for last in (one.ends_at, other.ends_at)):
                    continue
                roles = {one.role, other.role}
                assert len(roles) == 1 or not roles & EXCLUSIVE, roles
                duties = frozenset(DUTIES.get(role, "") for role in roles)
                together = one.path.startswith(other.path) or other.path.startswith(one.path)
                assert not (together and duties in CONFLICTS), roles

    @invariant()
    def nothing_lent_outlives_its_source(self) -> None:
        for one in self.given:
            source = self.given[one.source].held if one.source is not None else None
            if source is not None and source.ends_at is not None:
                assert one.held.ends_at is not None
                assert one.held.ends_at <= source.ends_at


TestAnySequenceOfGrants = AnySequenceOfGrants.TestCase
TestAnySequenceOfGrants.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
