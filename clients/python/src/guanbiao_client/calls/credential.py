"""Calls about credential; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall


def change_password(*, body: models.PasswordIn) -> Call[models.PasswordChanged]:
    """Change my password; every other session of mine ends."""
    return Call(operation="credential_change_password", method="POST", path="/api/v1/me/password", json=body)


def begin(*, body: models.EnrolmentIn) -> Call[models.EnrolmentOut]:
    """Begin to set up an authenticator (RFC 6238): nothing asks for its codes until one of them confirms it."""
    return Call(operation="credential_begin", method="POST", path="/api/v1/me/second-step", json=body)


def confirm(*, body: models.SecondStepCodeIn) -> Call[models.RecoveryCodesOut]:
    """Put the authenticator to use with its first code; my other sessions end, and the recovery codes are shown."""
    return Call(operation="credential_confirm", method="POST", path="/api/v1/me/second-step/confirmation", json=body)


def renew_codes(*, body: models.SecondStepCodeIn) -> Call[models.RecoveryCodesOut]:
    """New recovery codes in place of all the old ones, for a code of the authenticator."""
    return Call(
        operation="credential_renew_codes", method="POST", path="/api/v1/me/second-step/recovery-codes", json=body
    )


def give_up(*, body: models.SecondStepCodeIn) -> Call[models.GivenUp]:
    """Give up my authenticator for another one or for none, with one of its codes or a recovery code."""
    return Call(operation="credential_give_up", method="POST", path="/api/v1/me/second-step/removal", json=body)


def security() -> Call[models.SecurityOut]:
    """Security"""
    return Call(operation="credential_security", method="GET", path="/api/v1/me/security")


def events(*, limit: int | None = None, cursor: str | None = None) -> PageCall[models.EventPage, models.EventOut]:
    """What was done to my account, the newest first: sign-ins, roles, and what administrators did, with who and why."""
    return PageCall(
        operation="credential_events",
        method="GET",
        path="/api/v1/me/security/events",
        query={"limit": limit, "cursor": cursor},
    )
