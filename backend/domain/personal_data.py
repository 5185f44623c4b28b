"""What personal data the product holds: the map that is generated for the county, for everybody and for the tests.

A holding is a kind of data about somebody, with its purpose, ground and time (`domain/retention.py`), who reads it, and
the columns in which it lies.  A house test walks the tables: a column that may hold personal data and is neither here
nor in `IMPERSONAL` fails it, so that nothing is added unseen.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.domain.access import ROLE_PERMISSIONS
from backend.domain.retention import BY_KEY, DEEDS, Rule, Words


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of personal data.

    `columns` are `table.column`, with `*` at the end for all whose names begin so.  `permissions` let staff read it;
    none means that nobody but the person does, or nobody at all.  `kept`: how it lies in the tables.
    """

    key: str
    what: Words
    whose: Words
    why: Words
    basis: Words
    source: Words
    readers: Words
    rule: str
    columns: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    sensitive: bool = False
    kept: Words | None = None

    @property
    def retention(self) -> Rule:
        return BY_KEY[self.rule]

    @property
    def roles(self) -> list[str]:
        """The roles that give one of the permissions, in the order of the table of roles."""
        return [role for role, given in ROLE_PERMISSIONS.items() if given & set(self.permissions)]


_FILE: dict[str, Any] = json.loads((Path(__file__).parent / "personal_data.json").read_text(encoding="utf-8"))

HOLDINGS: tuple[Holding, ...] = tuple(
    Holding(**{**each, "columns": tuple(each["columns"]), "permissions": tuple(each["permissions"])})
    for each in _FILE["holdings"]
)

IMPERSONAL: frozenset[str] = frozenset(_FILE["impersonal"])
"""Columns of text that say nothing of a person: places, kinds, hashes of files, words of the house itself."""

NOTICE: dict[str, dict[str, list[str]]] = _FILE["notice"]
"""The public notice (PIPL 17) in plain words, beside the kinds of data that `HOLDINGS` lists."""


def holding_of(column: str) -> Holding | None:
    """The holding to which `table.column` belongs."""
    return next((holding for holding in HOLDINGS if _matches(column, holding.columns)), None)


def is_impersonal(column: str) -> bool:
    return _matches(column, IMPERSONAL)


def _matches(column: str, patterns: tuple[str, ...] | frozenset[str]) -> bool:
    return any(column.startswith(p[:-1]) if p.endswith("*") else column == p for p in patterns)


def told(holding: Holding, language: str) -> dict[str, str | bool | list[str]]:
    """A holding in the words of one language, as the page, the public notice and the document show it."""
    rule = holding.retention
    period = rule.period.said(language) if rule.period else DEEDS[rule.deed][language]
    return {
        "key": holding.key,
        "what": holding.what[language],
        "whose": holding.whose[language],
        "why": holding.why[language],
        "basis": holding.basis[language],
        "source": holding.source[language],
        "readers": holding.readers[language],
        "roles": holding.roles,
        "sensitive": holding.sensitive,
        "kept": holding.kept[language] if holding.kept else "",
        "period": period,
        "since": rule.since[language] if rule.period else "",
        "then": DEEDS[rule.deed][language] if rule.period else "",
        "retention_basis": rule.basis[language],
    }


def data_map(language: str) -> list[dict[str, str | bool | list[str]]]:
    return [told(holding, language) for holding in HOLDINGS]


def columns_of(holding: Holding, existing: Mapping[str, object]) -> Iterator[str]:
    """The columns of the tables as they are that belong to a holding."""
    return (name for name in existing if holding_of(name) is holding)
