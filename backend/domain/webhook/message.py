"""What is sent: a thin body, and the signatures of Standard Webhooks over it."""

import json
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

_PREFIX = "whsec_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened: `id` is the message's own, `change_id` that of the event in the log.

    `at` is when it happened, by the county's clock; of what senders do it is the end of the day.  `below`: it is about
    everything of the resource below the organisation `record_id`.  `resource` is empty when it is about all of them.
    """

    id: UUID
    type: str
    at: datetime
    change_id: UUID
    resource: str
    record_id: UUID
    below: bool

    def body(self) -> bytes:
        """The bytes that are sent and signed: the same at every try."""
        return json.dumps(self.described(), separators=(",", ":")).encode()

    def described(self) -> dict[str, Any]:
        """What is said, as JSON values."""
        return {
            "type": self.type,
            "timestamp": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {
                "resource": self.resource or None,
                "id": str(self.record_id),
                "change_id": str(self.change_id),
                "below": self.below,
            },
        }


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and 256 random bits in base64."""
    return _PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(message_id: UUID, body: bytes, keys: Sequence[str], now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature for each of `keys`, which are secrets as `new_secret`
    makes them. `now` is when it is sent: a receiver refuses what is older than five minutes."""
    signatures = (Webhook(key).sign(str(message_id), now, body.decode()) for key in keys)
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
