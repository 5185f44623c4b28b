"""Calls about attachment; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, File, key, segment


def upload(
    *, organization_id: UUID | str, file: File, idempotency_key: str | None = None
) -> Call[models.AttachmentOut]:
    """Keep a file of at most 50 MiB: PDF, office papers without macros, pictures, recordings, plain text."""
    return Call(
        operation="attachment_upload",
        method="POST",
        path="/api/v1/attachments",
        repeatable=True,
        headers={"idempotency-key": key(idempotency_key)},
        form={"organization_id": organization_id},
        file=file,
    )


def download(*, id: UUID | str) -> Call[None]:
    """The file itself, always as a download and never as something a browser would run."""
    return Call(
        operation="attachment_download", method="GET", path=f"/api/v1/attachments/{segment(id)}", reads="nothing"
    )
