"""Calls about account; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, PageCall, key, segment, tag


def jwks() -> Call[models.JwksOut]:
    """Jwks"""
    return Call(operation="account_jwks", method="GET", path="/.well-known/jwks.json")


def list_(
    *,
    state: Literal["invited", "active", "suspended", "closed"] | None = None,
    role: str | None = None,
    organization_id: UUID | str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    search_name: str | None = None,
) -> PageCall[models.AccountPage, models.AccountRow]:
    """The accounts of the people who work within reach, by user name."""
    return PageCall(
        operation="account_list",
        method="GET",
        path="/api/v1/accounts",
        query={"state": state, "role": role, "organization_id": organization_id, "limit": limit, "cursor": cursor},
        headers={"X-Search-Name": search_name},
    )


def create(*, body: models.AccountIn, idempotency_key: str | None = None) -> Call[models.AccountCreated]:
    """Make an account for a person, and the code with which that person chooses a password; it is shown this once, and
    works when a security administrator has released it.
    """
    return Call(
        operation="account_create",
        method="POST",
        path="/api/v1/accounts",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def get(*, id: UUID | str) -> Call[models.AccountDetail]:
    """One account with its roles, what it handed over, and what the caller may do with it."""
    return Call(operation="account_get", method="GET", path=f"/api/v1/accounts/{segment(id)}")


def close(
    *, id: UUID | str, version: int | str, body: models.CloseIn, idempotency_key: str | None = None
) -> Call[models.AccountDetail]:
    """End everything that the account may do, for good; what its person did stays readable."""
    return Call(
        operation="account_close",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/closing",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def events(
    *, id: UUID | str, limit: int | None = None, cursor: str | None = None
) -> PageCall[models.EventPage, models.EventOut]:
    """What happened to an account, the newest first."""
    return PageCall(
        operation="account_events",
        method="GET",
        path=f"/api/v1/accounts/{segment(id)}/events",
        query={"limit": limit, "cursor": cursor},
    )


def invite_again(
    *, id: UUID | str, version: int | str, idempotency_key: str | None = None
) -> Call[models.InvitationOut]:
    """Make a new code; older ones stop working. It takes effect when a security administrator has released it."""
    return Call(
        operation="account_invite_again",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/invitation",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
    )


def release(
    *, id: UUID | str, version: int | str, body: models.AccountWhyIn, idempotency_key: str | None = None
) -> Call[models.ReleasedOut]:
    """Let the code that is under way be used, and show the second code that it takes.

    Hand it to the person themselves, face to face or by a number that you look up yourself: never to whoever keeps the
    account. For an account in use the old password and all sessions end at once. A second release replaces the first.
    """
    return Call(
        operation="account_release",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/invitation/release",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def move(
    *, id: UUID | str, version: int | str, body: models.AccountMoveIn, idempotency_key: str | None = None
) -> Call[models.AccountDetail]:
    """Let the person work at another organisation; roles that do not fit there end."""
    return Call(
        operation="account_move",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/move",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def resume(
    *, id: UUID | str, version: int | str, body: models.AccountReasonIn, idempotency_key: str | None = None
) -> Call[models.AccountDetail]:
    """Let the person of a suspended account sign in again."""
    return Call(
        operation="account_resume",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/resumption",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def reset_second_step(
    *, id: UUID | str, body: models.AccountWhyIn, idempotency_key: str | None = None
) -> Call[models.SecondStepReset]:
    """Take away an authenticator that was lost together with its recovery codes, and sign the person out everywhere.

    Recognise the person first: face to face, or by a number that you look up yourself.
    """
    return Call(
        operation="account_reset_second_step",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/second-step/reset",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def end_sessions(
    *, id: UUID | str, body: models.AccountWhyIn, idempotency_key: str | None = None
) -> Call[models.Ended]:
    """Sign somebody out everywhere, within a second; the account stays as it is."""
    return Call(
        operation="account_end_sessions",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/sessions/end",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        json=body,
    )


def suspend(
    *, id: UUID | str, version: int | str, body: models.AccountReasonIn, idempotency_key: str | None = None
) -> Call[models.AccountDetail]:
    """Let nobody sign in to the account until it is resumed; every session ends within a second."""
    return Call(
        operation="account_suspend",
        method="POST",
        path=f"/api/v1/accounts/{segment(id)}/suspension",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key), "if-match": tag(version)},
        json=body,
    )


def me() -> Call[models.MeOut]:
    """Who is signed in, with which roles where."""
    return Call(operation="account_me", method="GET", path="/api/v1/me")


def revoke(
    *, session: Literal["cookie"] | None = None, token: str | None = None, token_type_hint: str | None = None
) -> Call[models.RevokedOut]:
    """Sign out: end the session of a refresh token (RFC 7009), from the body or from the page's cookie."""
    return Call(
        operation="account_revoke",
        method="POST",
        path="/api/v1/oauth/revoke",
        headers={"x-session": session},
        form={"token": token, "token_type_hint": token_type_hint},
    )


def token(
    *,
    grant_type: Literal["password", "refresh_token", "client_credentials"],
    session: Literal["cookie"] | None = None,
    client_assertion: str | None = None,
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"] | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    otp: str | None = None,
    password: str | None = None,
    refresh_token: str | None = None,
    scope: str | None = None,
    username: str | None = None,
) -> Call[models.TokenOut]:
    """Sign in with name and password, carry a session on with its refresh token, or let a client in (RFC 6749).

    **Second step.** An account with an authenticator is answered 400 `second_step_required` when name and password are
    right; the client asks again with the same two and the code in `otp`.  Every code works once.

    **Pages and programs.** With `X-Session: cookie` the refresh token is a cookie (`HttpOnly`, `SameSite=Strict`,
    `Secure` beyond this machine), `refresh_token` in the answer is null, and `grant_type=refresh_token` takes it from
    the cookie.  Without the header it is in the body, both ways.

    **Clients** (`grant_type=client_credentials`) show a secret, in the form or by HTTP Basic, or an assertion, and name
    in `scope` what the token shall carry: an empty scope means nothing and is refused.

    Every refresh token works once.  One that comes back a second time ends its session: somebody else may hold it.
    """
    return Call(
        operation="account_token",
        method="POST",
        path="/api/v1/oauth/token",
        repeatable=True,
        headers={"x-session": session},
        form={
            "client_assertion": client_assertion,
            "client_assertion_type": client_assertion_type,
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": grant_type,
            "otp": otp,
            "password": password,
            "refresh_token": refresh_token,
            "scope": scope,
            "username": username,
        },
    )
