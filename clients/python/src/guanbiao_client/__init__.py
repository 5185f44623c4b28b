"""A typed client of the Guanbiao API.

    from guanbiao_client import Client
    from guanbiao_client.calls import rectification

    with Client("https://HOST", "county-platform", SECRET, ["rectification:read"]) as county:
        for row in county.each(rectification.list_(light="red")):
            print(row["number"], row["problem"])

`AsyncClient` is the same for asyncio. `calls` has one function for every operation of the contract, `models` the shapes
of what is sent and answered; both are made from it.
"""

from guanbiao_client.call import Call, PageCall
from guanbiao_client.client import AsyncClient, Client
from guanbiao_client.reconciliation import reckon
from guanbiao_client.refusal import Problem, Refusal
from guanbiao_client.sign_in import OwnKey
from guanbiao_client.signing import Signer
from guanbiao_client.snapshot import BrokenFile, read_snapshot
from guanbiao_client.webhook import WebhookVerificationError, read_message

__all__ = [
    "AsyncClient",
    "BrokenFile",
    "Call",
    "Client",
    "OwnKey",
    "PageCall",
    "Problem",
    "Refusal",
    "Signer",
    "WebhookVerificationError",
    "read_message",
    "read_snapshot",
    "reckon",
]
