"""Citizen numbers that are right and belong to nobody: region 999901 does not exist."""

import itertools
from datetime import date

from backend.domain.identity import id_number_check

_orders = itertools.count(1)


def citizen_number(born: date = date(1980, 5, 20), sex: str = "male") -> str:
    """A number of its own for every call of a test process, within one county."""
    order = next(_orders) * 2 + (1 if sex == "male" else 0)
    # Three digits of order are too few for all tests, so the birthday moves on instead.
    born = date.fromordinal(born.toordinal() + order // 1000)
    body = f"999901{born:%Y%m%d}{order % 1000:03d}"
    return body + id_number_check(body)
