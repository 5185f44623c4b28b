"""The caller's language, and the words for every code that a refusal can carry."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh-CN", "en")

# Each floor keeps the words for its own codes; here they are only found.
_CATALOGUES = sorted(Path(__file__).parent.parent.glob("**/messages.json"))


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every code with its text per language."""
    texts: dict[str, dict[str, str]] = {}
    for path in _CATALOGUES:
        texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts


def language_of(accept_language: str | None) -> str:
    """Choose zh-CN unless the caller prefers English (Accept-Language, RFC 9110; weights are respected)."""
    best, weight = LANGUAGES[0], 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        match = {"zh": "zh-CN", "en": "en"}.get(primary)
        try:
            quality = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        if match and quality > weight:
            best, weight = match, quality
    return best


class _Blank(dict[str, Any]):
    """A text may name a detail that one of its callers cannot give; then the place stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def say(code: str, params: Mapping[str, Any], language: str) -> str:
    """Return the words for `code`; a code without words says itself, which a house test forbids."""
    text = catalogue().get(code, {}).get(language)
    if text is None:
        return code
    shown = {
        name: value[language] if isinstance(value, Mapping) and language in value else value
        for name, value in params.items()
    }
    return text.format_map(_Blank(shown))
