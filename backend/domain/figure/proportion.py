"""Shares with what they are worth: an interval that tells ten cases from a thousand, and bands instead of positions."""

from typing import NamedTuple

Words = dict[str, str]

Z_95 = 1.959963984540054
"""The normal quantile of a 95 % interval."""

FEWEST = 10
"""Groups of fewer are not reported (handbook 2.9)."""


class Share(NamedTuple):
    """A rate between 0 and 1 with the bounds of its 95 % interval."""

    rate: float
    low: float
    high: float


def wilson(hits: int, n: int) -> Share:
    """The share of `hits` in `n` with its Wilson score interval; `n` is positive.

    Unlike the textbook's, the interval never leaves 0 to 1 and is honest at 0 and 100 %.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError("a share needs 0 <= hits <= n and n > 0")
    rate, square = hits / n, Z_95 * Z_95
    middle = (rate + square / (2 * n)) / (1 + square / n)
    reach = Z_95 * ((rate * (1 - rate) + square / (4 * n)) / n) ** 0.5 / (1 + square / n)
    # Rounding must not put the rate itself outside of its interval.
    return Share(rate, max(0.0, min(rate, middle - reach)), min(1.0, max(rate, middle + reach)))


class Band(NamedTuple):
    """A class of rates, from `least` upwards."""

    key: str
    least: float
    title: Words


BANDS = (
    Band("excellent", 0.9, {"zh-CN": "优秀（90%以上）", "en": "excellent (90% and more)"}),
    Band("good", 0.8, {"zh-CN": "良好（80%至90%）", "en": "good (80% to 90%)"}),
    Band("fair", 0.6, {"zh-CN": "合格（60%至80%）", "en": "fair (60% to 80%)"}),
    Band("poor", 0.0, {"zh-CN": "待改进（不足60%）", "en": "to be improved (below 60%)"}),
)


def band_of(rate: float) -> Band:
    return next(band for band in BANDS if rate >= band.least)
