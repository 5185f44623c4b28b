"""What the receiver of a webhook is sent, for the contract: OpenAPI's `webhooks` and its one operation."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.domain.webhook.rule import ALL_TYPES, REACH_CHANGED

receiver = APIRouter(tags=["webhook"])

_EXAMPLE: dict[str, Any] = {
    "type": "rectification.acted",
    "timestamp": "2026-11-30T02:15:07.482Z",
    "data": {
        "resource": "rectifications",
        "id": "0192f0c1-7c1e-7a52-9d5e-0d9f5c1f2b3a",
        "change_id": "0192f0c3-02aa-7c11-8e0f-1b2c3d4e5f60",
        "below": False,
    },
}


class WebhookData(BaseModel):
    """What it is about: fetch the record as it is now. `resource` is null when everything is to be read anew;
    `change_id` names the event in the log of the county. `below`: it is about every record of the resource below the
    organisation `id`."""

    resource: Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"] | None
    id: UUID
    change_id: UUID
    below: bool


class WebhookMessage(BaseModel):
    """A message. It holds no personal data. `timestamp` is when it happened; of what people sent, rated or withdrew it
    is the end of the day."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    type: Annotated[str, Field(json_schema_extra={"enum": sorted({*ALL_TYPES, REACH_CHANGED})})]
    timestamp: datetime
    data: WebhookData


async def receive(
    body: WebhookMessage,
    webhook_id: Annotated[str, Header(description="The same at every try: what came before is known by it.")],
    webhook_timestamp: Annotated[int, Header(description="When this try was sent, in seconds since 1970.")],
    webhook_signature: Annotated[
        str, Header(description="`v1,` and HMAC-SHA256 in base64 (Standard Webhooks); several with blanks between.")
    ],
) -> None:
    """Something changed that the client may see. Answer 2xx within 10 seconds and work on it afterwards. It comes at
    least once; messages about one record come in order, 12 times at the most within two days."""


receiver.add_api_route(
    "change",
    receive,
    methods=["POST"],
    operation_id="webhook_receive",
    status_code=204,
    response_class=Response,
    responses={
        "2XX": {"description": "It arrived."},
        410: {"description": "Nobody is here any more: the webhook is paused."},
        "default": {"description": "Anything else, a redirect too, is a failure: it is sent again."},
    },
)
