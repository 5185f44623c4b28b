"""The procedures that came with this version of the program, and how a run finds the one it began under."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from backend.domain.procedure.definition import Procedure
from backend.domain.procedure.loading import load
from backend.domain.procedures.decision.version_1 import DECISION_1
from backend.domain.procedures.feedback.version_1 import FEEDBACK_1
from backend.domain.procedures.rectification.recognition_1 import RECTIFICATION_RECOGNITION_1
from backend.domain.procedures.rectification.version_1 import RECTIFICATION_1

SHIPPED: tuple[Mapping[str, Any], ...] = (DECISION_1, FEEDBACK_1, RECTIFICATION_1, RECTIFICATION_RECOGNITION_1)
"""Every version that a run may have begun under; a version stays here as long as any such run exists."""


def indexed(definitions: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Procedure]:
    """Load definitions by (key, version). Raises ValueError when one key and version stands for two definitions."""
    found: dict[tuple[str, int], Procedure] = {}
    for data in definitions:
        loaded = load(data)
        if (loaded.key, loaded.version) in found:
            raise ValueError(f"{loaded.key} {loaded.version} is defined twice")
        found[loaded.key, loaded.version] = loaded
    return found


@cache
def _shipped() -> dict[tuple[str, int], Procedure]:
    return indexed(SHIPPED)


def procedure(key: str, version: int) -> Procedure:
    """The definition of that very version. Raises KeyError when it is not shipped."""
    return _shipped()[key, version]


def current(key: str) -> Procedure:
    """The newest version, under which new runs begin. Raises KeyError for an unknown key."""
    versions = [version for known, version in _shipped() if known == key]
    if not versions:
        raise KeyError(key)
    return procedure(key, max(versions))


def procedures() -> list[Procedure]:
    """The newest version of every shipped procedure."""
    return [current(key) for key in dict.fromkeys(key for key, _ in _shipped())]


def every_version() -> list[Procedure]:
    """All that runs may stand under, old versions included."""
    return list(_shipped().values())
