"""Calls about public; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, segment


def decision(*, id: UUID | str) -> Call[models.PublicText]:
    """The text of a decision that is open to comment, or of a published resolution."""
    return Call(operation="public_decision", method="GET", path=f"/api/v1/public/decisions/{segment(id)}")


def opinion(*, id: UUID | str, body: models.PublicOpinion) -> Call[models.OpinionReceived]:
    """Say something to a decision while the public is asked; to send the same again changes nothing."""
    return Call(
        operation="public_opinion", method="POST", path=f"/api/v1/public/decisions/{segment(id)}/opinions", json=body
    )


def places(*, q: str) -> Call[models.PlaceList]:
    """Villages, communities and towns by name, for people without a QR code: the first twenty."""
    return Call(operation="public_places", method="GET", path="/api/v1/public/places", query={"q": q})


def place(*, token_or_id: str) -> Call[models.PlaceOut]:
    """The place that a QR code stands for."""
    return Call(operation="public_place", method="GET", path=f"/api/v1/public/places/{segment(token_or_id)}")


def publications(*, token_or_id: str) -> Call[models.Publications]:
    """What a place publishes: decisions open to comment, published resolutions, published answers."""
    return Call(
        operation="public_publications", method="GET", path=f"/api/v1/public/places/{segment(token_or_id)}/publications"
    )
