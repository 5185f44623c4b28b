"""What a check of the log found: a code, what it concerns, and words for it in both languages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed. `detail` names the event, the seal, the range: JSON values."""

    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "zh-CN") -> str:
        words = _catalogue()[self.code]
        return words[language if language in words else "zh-CN"].format(**self.detail)

    def described(self) -> dict[str, Any]:
        return {"code": self.code, "detail": dict(self.detail)}


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    catalogue: Mapping[str, Mapping[str, str]] = json.loads(
        (Path(__file__).parent / "messages.json").read_text("utf-8")
    )
    return catalogue
