"""Duties that exclude each other, as data: who may hold which roles together, and what only one role may ever do.

The administrators are three people (GB/T 22239-2019; handbook 3.2), and so are payer, approver and auditor; who writes
is not who approves, and who carries out is not who checks (handbook 1.5). Within one matter the procedures say besides
who may not do which step after which (`other_than`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

EXCLUSIVE = frozenset({"system_admin", "security_admin", "audit_admin"})
"""Roles that nobody holds together with any other, wherever it is."""

RESERVED: dict[str, str] = {
    # To ask for somebody's password to be made anew, and to let it happen: two people, who decide nothing. The same
    # holds of the first password, so that nobody makes a person up and works as that person.
    "account:recover": "system_admin",
    "account:release": "security_admin",
    # Township and county administrators make accounts, so that a township can help itself; who may do what is given by
    # somebody who makes none.
    "grant:write": "security_admin",
    "session:end": "security_admin",
    # Whoever makes a password anew must not take the second step away too: it takes two to become somebody else.
    "second_step:reset": "security_admin",
    "audit:read": "audit_admin",
    "audit:export": "audit_admin",
}
"""Permissions that one of the three holds alone."""

SHARED = frozenset({"account:read", "account:write"})
"""Permissions over accounts that administrators of townships and counties hold for the people below them."""

DUTIES: dict[str, str] = {
    "platform_admin": "install",
    "county_admin": "author",
    "township_admin": "author",
    "clerk": "author",
    "secretary": "approver",
    "supervisor": "checker",
    "inspector": "auditor",
    "legal_reviewer": "reviewer",
    "discipline_officer": "discipline",
    **{role: role for role in EXCLUSIVE},
}
"""What a role is there for; a role without an entry (a member's voice) excludes nothing."""

CHECKING = frozenset(
    role for role, duty in DUTIES.items() if duty not in {"author", "install"} and role not in EXCLUSIVE
)
"""Roles whose holders approve, check or judge what others do, and must not depend on these for their account."""

CONFLICTS: tuple[frozenset[str], ...] = tuple(
    frozenset(pair)
    for pair in (
        ("author", "approver"),
        ("author", "reviewer"),
        ("approver", "reviewer"),
        ("author", "checker"),
        ("approver", "checker"),
        ("author", "auditor"),
        ("approver", "auditor"),
        ("payer", "approver"),
        ("payer", "auditor"),
        ("author", "discipline"),
        ("approver", "discipline"),
        ("checker", "discipline"),
        # Whoever looks at how others checked or pursued must have done neither.
        ("checker", "auditor"),
        ("auditor", "discipline"),
    )
)
"""Pairs of duties that nobody has together over the same organisation. Money's payer joins with its first role."""

ANYWHERE = frozenset({"system_admin", "security_admin", "audit_admin", "install"})
"""Duties that nobody has together with any other duty, however far apart the organisations are."""

_COUNTY = frozenset({"county_committee", "county"})
_TOWNSHIP = frozenset({"township_committee", "township"})
_OFFICES = _COUNTY | _TOWNSHIP | {"office", "management_district"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a role may be held: over all counties, at organisations of some kinds (None: of any), or both."""

    everywhere: bool = False
    kinds: frozenset[str] | None = frozenset()


GRANTABLE: dict[str, Place] = {
    "platform_admin": Place(everywhere=True),
    "system_admin": Place(everywhere=True, kinds=_COUNTY),
    "security_admin": Place(everywhere=True, kinds=_COUNTY),
    "audit_admin": Place(everywhere=True, kinds=_COUNTY),
    "county_admin": Place(kinds=_COUNTY),
    "township_admin": Place(kinds=_TOWNSHIP),
    "discipline_officer": Place(kinds=_COUNTY | _TOWNSHIP),
    "legal_reviewer": Place(kinds=_OFFICES),
    "inspector": Place(kinds=_OFFICES),
    "supervisor": Place(kinds=_OFFICES),
    "secretary": Place(kinds=None),
    "clerk": Place(kinds=None),
    "member": Place(kinds=None),
}
"""What a security administrator may give, and where; what is not here nobody gives."""

LENDABLE = frozenset(
    {"county_admin", "township_admin", "secretary", "clerk", "supervisor", "legal_reviewer", "inspector"}
)
"""Roles that somebody who is away may lend to a colleague: the offices of administrators and of those who read sealed
reports are given by the security administrator alone, and nobody lends a voice."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds from `starts_at` until before `ends_at` (None: no end) at the organisation `path`."""

    role: str
    path: str
    starts_at: datetime
    ends_at: datetime | None = None

    def meets(self, other: "Held") -> bool:
        """Whether the two hold at one time."""
        mine = self.ends_at is None or other.starts_at < self.ends_at
        return mine and (other.ends_at is None or self.starts_at < other.ends_at)

    def overlaps(self, other: "Held") -> bool:
        """Whether there is an organisation that both reach."""
        return self.path.startswith(other.path) or other.path.startswith(self.path)


def excludes(one: Held, other: Held) -> bool:
    """Whether nobody may hold the two."""
    if not one.meets(other):
        return False
    if one.role in EXCLUSIVE or other.role in EXCLUSIVE:
        return one.role != other.role
    duties = frozenset(DUTIES[role] for role in (one.role, other.role) if role in DUTIES)
    if len(duties) < 2:
        return False
    return bool(duties & ANYWHERE) or (duties in CONFLICTS and one.overlaps(other))


def conflict(held: Iterable[Held], new: Held) -> Held | None:
    """What of `held` stands against `new`, None when nothing does."""
    return next((one for one in held if excludes(one, new)), None)


def may_be_held(role: str, kind: str | None) -> bool:
    """Whether `role` may be given at an organisation of `kind` (None: over all counties)."""
    place = GRANTABLE.get(role)
    if place is None:
        return False
    if kind is None:
        return place.everywhere
    return place.kinds is None or kind in place.kinds


def fits(granted: str, workplace: str) -> bool:
    """Whether a role at the organisation `granted` still makes sense for somebody who works at `workplace` (paths):
    the one lies at or below the other."""
    return workplace.startswith(granted) or granted.startswith(workplace)


def excluded_roles(role: str) -> list[str]:
    """The roles that nobody holds beside `role` over the same organisation."""
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    return [other for other in GRANTABLE if excludes(Held(role, "", beginning), Held(other, "", beginning))]
