"""How old open items are, in classes that a reader can act on."""

from typing import NamedTuple

from backend.domain.figure.proportion import Words


class AgeClass(NamedTuple):
    """Items of up to `most` days (None: of any age beyond the class before)."""

    key: str
    most: int | None
    title: Words


AGES = (
    AgeClass("days_7", 7, {"zh-CN": "7天以内", "en": "up to 7 days"}),
    AgeClass("days_30", 30, {"zh-CN": "8至30天", "en": "8 to 30 days"}),
    AgeClass("days_90", 90, {"zh-CN": "31至90天", "en": "31 to 90 days"}),
    AgeClass("days_180", 180, {"zh-CN": "91至180天", "en": "91 to 180 days"}),
    AgeClass("days_more", None, {"zh-CN": "超过180天", "en": "more than 180 days"}),
)


def age_class(days: int) -> AgeClass:
    """The class of an age in whole days; what was registered later than today counts as new."""
    return next(age for age in AGES if age.most is None or days <= age.most)
