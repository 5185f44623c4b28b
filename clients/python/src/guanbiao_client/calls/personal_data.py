"""Calls about personal data; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call


def get_map() -> Call[models.DataMapOut]:
    """Every kind of personal data that is held, with purpose, legal basis, time and readers."""
    return Call(operation="personal_data_get_map", method="GET", path="/api/v1/personal-data/map")


def get_notice() -> Call[models.PrivacyNoticeOut]:
    """What everybody may know of how personal data is handled, and how to use one's rights; needs no account."""
    return Call(operation="personal_data_get_notice", method="GET", path="/api/v1/public/privacy")
