"""JSON of one shape only, so that a hash of it means something."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks; times in UTC. ValueError for NaN, TypeError for what is no JSON."""
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_plain
    ).encode()


def readable_json(value: Any) -> bytes:
    """As canonical, but indented for people who open the file."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1, default=_plain).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
