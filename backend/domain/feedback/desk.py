"""Who sorts a card: the nearest office of a township that is not complained about, else the county. A pure rule."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

TOWNSHIP = frozenset({"township_committee", "township"})
COUNTY = frozenset({"county_committee", "county"})


class Node(Protocol):
    """An organisation as far as the rule looks at it."""

    path: str
    kind: str


NodeT = TypeVar("NodeT", bound=Node)


def marks_on(path: str) -> frozenset[str]:
    """The marks of the organisation at `path` and of all above it: who complains about one of them means it too."""
    return frozenset("@" + segment for segment in path.split("/") if segment)


def is_about(path: str, about: Iterable[str]) -> bool:
    """Whether the organisation at `path` is complained about, itself or as a part of what is."""
    return bool(marks_on(path) & frozenset(about))


def choose_desk(chain: Sequence[NodeT], about: Collection[str]) -> NodeT | None:
    """The desk for a card from the place at the head of `chain` (that organisation and all above it, nearest first).

    When anything of township level is complained about, its whole township is passed over: committee and government of
    a town are the same people. None when nobody is left who would be impartial.
    """
    township_is_meant = any(node.kind in TOWNSHIP and is_about(node.path, about) for node in chain)
    for node in chain:
        fits = node.kind in COUNTY or (node.kind in TOWNSHIP and not township_is_meant)
        if fits and not is_about(node.path, about):
            return node
    return None


def seal_place(chain_of_accused: Sequence[NodeT], root: NodeT) -> NodeT | None:
    """Where a report of misconduct is kept: right above whoever it is about; the county when nobody is named.

    `chain_of_accused` is the accused organisation and all above it, nearest first, or empty. None when there is nobody
    above in this county.
    """
    if not chain_of_accused:
        return root
    return chain_of_accused[1] if len(chain_of_accused) > 1 else None
