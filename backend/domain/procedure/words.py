"""Values of refusals in both languages, ready to be put into a sentence."""

from collections.abc import Iterable
from datetime import date

from backend.domain.scene import Title

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> Title:
    """2026年8月3日, 3 August 2026."""
    return {"zh-CN": f"{day.year}年{day.month}月{day.day}日", "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}"}


def joined(titles: Iterable[Title]) -> Title:
    """Several titles as one list in words."""
    named = list(titles)
    return {"zh-CN": "、".join(t["zh-CN"] for t in named), "en": ", ".join(t["en"] for t in named)}
