"""What a subscription is told, in which words, and when something that did not arrive is sent again.

What is told is what the change feed tells the same client (`domain/change.py`), thin: that something happened to a
record, never what it says. The receiver fetches the record as far as its scopes let it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.domain.change import BY_NAME, Change, Op, Resource, asked_for
from backend.domain.errors import Problem
from backend.domain.event import SENSITIVE_READS, WITHOUT_TIME

TRIES = 12
"""So often a message is sent before it is a dead letter."""
FIRST_PAUSE, LAST_PAUSE = timedelta(minutes=1), timedelta(hours=24)
"""How long after the first and after the last but one failure the next try comes; in between each is longer alike."""
JITTER = 0.1
"""By how much of itself a pause is made longer at the most: what failed together does not come back together."""
DEAD_AFTER = timedelta(days=5)
"""A target that has answered nothing well for so long is paused."""
LEASE = timedelta(minutes=2)
"""So long a worker has a message to itself; whatever became of the worker, another takes it then."""
KEPT = timedelta(days=90)
"""So long what was delivered, or came to nothing, is shown, and can be sent again."""
SECRETS = 2
"""Secrets that sign at one time: while a receiver changes over, it may check by either."""
LONGEST_OVERLAP = timedelta(days=7)
"""So long an old secret signs beside a new one at the most."""

_NAMED = MappingProxyType(
    {
        "organizations": ("created", "renamed", "moved", "merged", "dissolved"),
        "members": ("registered", "transferred"),
        "decisions": ("started", "amended", "acted"),
        "rectifications": ("registered", "corrected", "acted", "merged", "transferred", "supervised", "reopened"),
        "feedback-cards": ("acted", "merged", "split", "converted"),
    }
)
"""The events that are told by their own name, by resource. Every other change is told as `changed`: the log is not for
partners, and that a name was taken back, or somebody disputes an entry, is nothing that a partner has to know."""

CHANGED, REMOVED, RESYNC = "changed", "removed", "resync"
REACH_CHANGED = "client.reach_changed"
"""Told to every subscription: what its client may see became another, so that everything is to be read anew."""


def _types_of(resource: Resource) -> tuple[str, ...]:
    words = (*_NAMED[resource.name], CHANGED, REMOVED, RESYNC)
    return tuple(f"{resource.subject_kind}.{word}" for word in words)


TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: _types_of(resource) for name, resource in BY_NAME.items()}
)
"""What there is to subscribe to: the types of messages by resource."""
ALL_TYPES = frozenset(word for words in TYPES.values() for word in words)


def subscription_problems(resources: Sequence[str], types: Sequence[str]) -> list[Problem]:
    """What is wrong with what somebody wants to be told: nothing at all, a name that is none, types of no resource."""
    problems = [
        Problem(f"/resources/{place}", "webhook_resource_unknown", {"name": name[:60]})
        for place, name in enumerate(resources)
        if name not in TYPES
    ]
    if not resources:
        problems.append(Problem("/resources", "webhook_without_resource"))
    offered = {word for name in resources for word in TYPES.get(name, ())}
    problems += [
        Problem(f"/types/{place}", "webhook_type_unknown", {"name": name[:60]})
        for place, name in enumerate(types)
        if name not in offered
    ]
    return problems


def resources_of(names: Collection[str], permissions: Collection[str]) -> list[Resource]:
    """The resources that a subscription is told of now: those it names, as far as its client may read them."""
    return [each for each in asked_for(names) if each.name in names and each.permission in permissions]


def type_of(change: Change, event_kind: str) -> str | None:
    """By which type a change is told that an event of `event_kind` made; None when nothing is: somebody only read, or
    a sender did something, which is told with its day alone (`day_type`)."""
    if event_kind in WITHOUT_TIME or event_kind in SENSITIVE_READS:
        return None
    if not change.resource:
        return REACH_CHANGED
    resource = BY_NAME[change.resource]
    stem, _, word = event_kind.partition(".")
    if change.op is Op.resync:
        word = RESYNC
    elif change.op is Op.remove:
        # Why it is gone would tell that a card was sealed, or whom it turned out to be about.
        word = REMOVED
    elif stem != resource.subject_kind or word not in _NAMED[resource.name]:
        word = CHANGED
    return f"{resource.subject_kind}.{word}"


def is_wanted(type_: str, types: Collection[str]) -> bool:
    """Whether a subscription to `types` is told of a type; to none in particular it is to all."""
    return not types or type_ in types or type_ == REACH_CHANGED


def day_type(resource: Resource) -> str:
    """By which type it is told, when a day is over, that senders did something about a record on it."""
    return f"{resource.subject_kind}.{CHANGED}"


def day_change_id(resource: str, record_id: UUID, day: str) -> UUID:
    """The id of what senders did about a record on a day: of the day, not of the event, which has a place in time."""
    return uuid5(NAMESPACE_URL, f"guanbiao/day/{resource}/{record_id}/{day}")


def message_id(webhook_id: UUID, change_id: UUID, change: Change) -> UUID:
    """The id of a message, the same however often it is made or sent: of the event, and of whom it is told.

    An event that takes an organisation along is told once for each resource below it.
    """
    return uuid5(webhook_id, f"{change_id} {change.op} {change.resource} {change.id} {change.below}")


def next_try(failures: int, now: datetime, chance: float) -> datetime | None:
    """When what failed `failures` times is sent again; None: never, it is a dead letter. `chance` lies in [0, 1)."""
    if failures >= TRIES:
        return None
    longer: float = (LAST_PAUSE / FIRST_PAUSE) ** ((failures - 1) / (TRIES - 2))
    return now + FIRST_PAUSE * longer * (1 + JITTER * chance)


def is_dead(failing_since: datetime | None, now: datetime) -> bool:
    """Whether a target has failed for so long, with nothing well in between, that it is paused."""
    return failing_since is not None and now - failing_since >= DEAD_AFTER
