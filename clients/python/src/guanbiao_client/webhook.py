"""Messages of webhooks: whether they are ours, and what they say (Standard Webhooks)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from standardwebhooks import Webhook, WebhookVerificationError

from guanbiao_client import models

__all__ = ["WebhookVerificationError", "read_message"]


def read_message(body: bytes | str, headers: Mapping[str, str], *secrets: str) -> tuple[str, models.WebhookMessage]:
    """The id of a message, the same at each of its tries, and what it says.

    `body`: as it came, byte by byte. `secrets`: `whsec_...`; two of them while one follows the other. Raises
    WebhookVerificationError when nobody who has a secret signed it, or longer than five minutes ago.
    """
    small = {name.lower(): value for name, value in headers.items()}
    refused: WebhookVerificationError | None = None
    for secret in secrets:
        try:
            said: Any = Webhook(secret).verify(body, small)
        except WebhookVerificationError as failure:
            refused = failure
        else:
            return small["webhook-id"], cast("models.WebhookMessage", said)
    raise refused or WebhookVerificationError("no secret")
