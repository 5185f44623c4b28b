"""Refusals: what a verb says instead of doing its work.

Every refusal has a stable `code`; the words for it, in the caller's language, are in message catalogues.
`Problem`s name the fields or the missing things one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: `pointer` is a JSON pointer into what was sent, empty when it is about the whole."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """The act is refused; the children say in which way."""

    def __init__(self, code: str, *, problems: Iterable[Problem] = (), **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.problems = tuple(problems)


class NotFound(Refused):
    """Missing, or out of the caller's sight: the two are told apart by nobody."""


class Forbidden(Refused):
    """In sight, but not for this caller to change."""


class Conflict(Refused):
    """Not in the state that the record is in now."""


class Stale(Refused):
    """Someone else changed the record since the caller read it."""


class Invalid(Refused):
    """What was sent cannot be right, whatever the state."""


class Unready(Refused):
    """A gate does not open yet; the problems say what is still missing."""


class SignInRefused(Refused):
    """Nobody is signed in, or no longer."""


class Busy(Refused):
    """Too much of it at once: come again in `seconds`, a parameter that every one of these has."""


def invalid(pointer: str, code: str, **params: Any) -> Invalid:
    """Refuse one field."""
    return Invalid("invalid", problems=[Problem(pointer, code, params)])
