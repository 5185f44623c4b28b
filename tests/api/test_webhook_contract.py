"""What receivers are sent is what the contract says that they are."""

from datetime import UTC, datetime
from uuid import uuid4

import jsonschema
import pytest

from backend.domain.webhook.message import Message, new_secret, signed_headers
from backend.domain.webhook.rule import ALL_TYPES, REACH_CHANGED


def test_the_contract_describes_every_message(app) -> None:
    contract = app.openapi()
    receive = contract["webhooks"]["change"]["post"]
    schema = {"$ref": "#/components/schemas/WebhookMessage", "components": contract["components"]}
    assert receive["requestBody"]["content"]["application/json"]["schema"]["$ref"] == schema["$ref"]
    example = contract["components"]["schemas"]["WebhookMessage"]["example"]
    jsonschema.validate(example, schema)
    for type_ in (*ALL_TYPES, REACH_CHANGED):
        message = Message(uuid4(), type_, datetime.now(UTC), uuid4(), "members", uuid4(), False)
        said = message.described()
        jsonschema.validate(said, schema)
        assert set(said) == set(example)
        assert set(said["data"]) == set(example["data"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example | {"type": "account.created"}, schema)


def test_the_contract_names_the_headers_that_are_sent(app) -> None:
    described = app.openapi()["webhooks"]["change"]["post"]["parameters"]
    sent = signed_headers(uuid4(), b"{}", [new_secret()], datetime.now(UTC))
    assert {each["name"] for each in described if each["in"] == "header"} == set(sent)
