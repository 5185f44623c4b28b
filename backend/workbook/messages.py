"""The texts of every code that this package can emit, in Chinese and in English."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def messages() -> dict[str, dict[str, str]]:
    """`{code: {language: text}}`; texts are `str.format` templates over the refusal's params."""
    loaded: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return loaded


def message(code: str, params: dict[str, Any], language: str = "zh-CN") -> str:
    """The text of a refusal, a param in both languages in this one; KeyError for a code that is none of this
    package's."""
    shown = {name: value[language] if isinstance(value, dict) else value for name, value in params.items()}
    return messages()[code][language].format(**shown)
