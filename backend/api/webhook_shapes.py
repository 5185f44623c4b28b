"""Webhooks on the wire: what keepers of clients send and are shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from backend.api import examples
from backend.api.account_life_shapes import Place, Reason
from backend.api.shapes import Answer, Body, Text
from backend.domain.webhook.rule import LONGEST_OVERLAP

Url = Annotated[Text, StringConstraints(max_length=500), Field(examples=["https://hooks.example.gov.cn/guanbiao"])]
Words = list[Annotated[str, StringConstraints(max_length=64)]]
Resources = Annotated[Words, Field(max_length=10, examples=[["rectifications"]])]
Types = Annotated[Words, Field(max_length=60, examples=[["rectification.acted"]])]
Outcome = Literal["waiting", "delivered", "dead", "void"]


class WebhookIn(Body):
    """A subscription of the client `client_id`. `types`: only these messages; all of the resources without it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "client_id": examples.CLIENT,
                "url": "https://hooks.example.gov.cn/guanbiao",
                "resources": ["rectifications", "decisions"],
                "types": [],
            }
        }
    )

    client_id: UUID
    url: Url
    resources: Resources
    types: Types = Field(default_factory=list)


class WebhookPatch(Body):
    """What changes; another address has to be confirmed anew before anything is sent to it."""

    model_config = ConfigDict(json_schema_extra={"example": {"resources": ["rectifications"], "types": []}})

    url: Url | None = None
    resources: Resources | None = None
    types: Types | None = None


class ConfirmationIn(Body):
    """The address as the partner says it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"url": "https://hooks.platform.example/guanbiao/new", "reason": "已与对接方电话核对"}
        }
    )

    url: Url
    reason: Reason


class WebhookSecretIn(Body):
    """`overlap_hours`: so long the secret of before signs beside the new one; 0 ends it at once."""

    model_config = ConfigDict(json_schema_extra={"example": {"overlap_hours": 24, "reason": "定期更换密钥"}})

    overlap_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP.days * 24)] = 24
    reason: Reason


class RedeliveryIn(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"delivery_id": examples.DELIVERY}})

    delivery_id: UUID


class RedeliveriesIn(Body):
    """Messages about what happened between two moments; `states`: only those of these, all without it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"since": "2026-11-01T00:00:00+08:00", "until": "2026-11-30T23:59:59+08:00", "states": ["dead"]}
        }
    )

    since: AwareDatetime
    until: AwareDatetime
    states: Annotated[list[Literal["delivered", "dead", "void"]], Field(max_length=3)] = Field(default_factory=list)


class WebhookSecretRow(Answer):
    """A secret that signs: since when, and until when where another has followed it."""

    id: UUID
    created_at: datetime
    ends_at: datetime | None


class WebhookClient(Answer):
    id: UUID
    client_id: str
    name: str


class WebhookOut(Answer):
    """A subscription and how it goes. `unconfirmed`: nothing is sent before somebody else has confirmed the address.
    `client_over`: its client is suspended or has ended. `failing`: the last message did not arrive. `waiting_since` is
    when the oldest message that waits came from the log, `behind_since` when the oldest of what is no message yet was
    written there, as while it is paused; `reason` why it is paused or closed."""

    id: UUID
    client: WebhookClient
    organization: Place
    url: str
    resources: list[str]
    types: list[str]
    state: Literal["active", "failing", "unconfirmed", "paused", "client_over", "closed"]
    confirmed_at: datetime | None
    paused_at: datetime | None
    reason: str | None
    secrets: list[WebhookSecretRow]
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None
    failing_since: datetime | None
    waiting: int
    dead: int
    waiting_since: datetime | None
    behind_since: datetime | None
    created_at: datetime
    version: int


class WebhookPage(Answer):
    items: list[WebhookOut]
    next_cursor: str | None


class WebhookSecretOut(Answer):
    """A new secret, told this once."""

    id: UUID
    secret: str
    version: int


class TypeList(Answer):
    """What there is to subscribe to: the types of messages by resource."""

    resources: dict[str, list[str]]


class DeliveryOut(Answer):
    """A message. `failures`: how often it failed since it began to be sent; `status`: the last answer's, null where
    there was none, and `failure` says why. `void`: by then the client saw the record no longer, and nothing was sent.
    """

    id: UUID
    type: str
    resource: str
    record_id: UUID
    change_id: UUID
    at: datetime
    state: Outcome
    failures: int
    next_at: datetime | None
    tried_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    failure: str | None


class DeliveryPage(Answer):
    items: list[DeliveryOut]
    next_cursor: str | None


class Redelivered(Answer):
    """How many messages are sent again; one that is on its way at this moment is not counted."""

    count: int
