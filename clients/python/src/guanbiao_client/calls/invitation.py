"""Calls about invitation; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call


def accept(*, body: models.AcceptIn) -> Call[models.AcceptedOut]:
    """Choose the password of the account; the two codes work this once."""
    return Call(operation="invitation_accept", method="POST", path="/api/v1/invitations/acceptance", json=body)


def read(*, body: models.InvitationCodeIn) -> Call[models.InvitedOut]:
    """Whom a code is for, before a password is chosen."""
    return Call(
        operation="invitation_read", method="POST", path="/api/v1/invitations/reading", repeatable=True, json=body
    )
