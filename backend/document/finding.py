"""What a check of a dossier found, in codes and in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_MESSAGES = Path(__file__).parent / "messages.json"
LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: `path` is the file in the archive that it concerns, empty for the archive as a whole."""

    code: str
    path: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "zh-CN") -> str:
        """The finding as a sentence; a language that is not known is answered in Chinese."""
        text = messages()[self.code][language if language in LANGUAGES else "zh-CN"]
        # Names come from an archive that may be forged: what cannot be printed is shown as an escape.
        values = {name: _printable(value) for name, value in self.detail.items()}
        return text.format(path=_printable(self.path), **values)


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The catalogue `{code: {"zh-CN", "en"}}`."""
    catalogue: Mapping[str, Mapping[str, str]] = json.loads(_MESSAGES.read_text("utf-8"))
    return catalogue


def _printable(value: object) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(value)[:300])
