"""Calls about own data; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client.call import Call, key


def copy(*, idempotency_key: str | None = None) -> Call[bytes]:
    """Everything held about oneself, across all systems, as a workbook and as JSON in one zip; numbers in clear.

    It is made at once, so that nobody waits the working days that the law allows; that it was given is an event.
    """
    return Call(
        operation="own_data_copy",
        method="POST",
        path="/api/v1/me/copy",
        reads="bytes",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
    )
