"""Counts and hashes of a copy, reckoned as the service reckons its own (`GET /api/v1/reconciliation`)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

CHINA = dt.timezone(dt.timedelta(hours=8))
Groups = dict[tuple[str, str], tuple[int, str]]
"""By organisation and day: how many records, and the hash of them."""


def reckon(resource: str, records: Iterable[Mapping[str, Any]]) -> Groups:
    """What the service would say of these records, which are as its lists and its feed show them."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        lines[place(resource, record)].append(f"{record['id']}:{record['version']}\n")
    return {key: (len(some), hashlib.sha256("".join(sorted(some)).encode()).hexdigest()) for key, some in lines.items()}


def place(resource: str, record: Mapping[str, Any]) -> tuple[str, str]:
    """The organisation that a record belongs to, and the day since when it is there, in China's time."""
    if resource == "organizations":
        return record["parent_id"] or record["id"], _day(record["created_at"])
    if resource == "feedback-cards":
        return record["organization"]["id"], record["received_on"]
    nested = record.get("organization")
    return (nested["id"] if nested else record["organization_id"]), _day(record["created_at"])


def _day(moment: str) -> str:
    return dt.datetime.fromisoformat(moment).astimezone(CHINA).date().isoformat()
