"""Calls about health; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call


def livez() -> Call[models.Alive]:
    """Livez"""
    return Call(operation="health_livez", method="GET", path="/livez")


def readyz() -> Call[models.Readiness]:
    """Readyz"""
    return Call(operation="health_readyz", method="GET", path="/readyz")
