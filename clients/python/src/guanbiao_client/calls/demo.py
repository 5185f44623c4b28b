"""Calls about demo; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call, key


def get() -> Call[models.DemoOut]:
    """Get"""
    return Call(operation="demo_get", method="GET", path="/api/v1/demo")


def move_clock(*, body: models.ClockMove, idempotency_key: str | None = None) -> Call[models.ClockOut]:
    """Move the county's clock forward, so that a wait of 30 days can be walked by a person or a test."""
    return Call(
        operation="demo_move_clock",
        method="POST",
        path="/api/v1/demo/clock",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )
