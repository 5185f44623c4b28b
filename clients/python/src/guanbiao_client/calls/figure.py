"""Calls about figure; made from the contract by `scripts/clients.py`."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from guanbiao_client import models
from guanbiao_client.call import Call, segment


def list_() -> Call[models.FigureList]:
    """The figures there are, each with what it counts and how."""
    return Call(operation="figure_list", method="GET", path="/api/v1/figures")


def get(
    *,
    key: Literal[
        "burn_down",
        "feedback_by_channel_and_category",
        "funnel",
        "lights",
        "on_time_rate",
        "open_by_age_and_source",
        "response_time",
        "satisfaction",
        "unit_by_category",
        "units_without",
    ],
    organization_id: UUID | str | None = None,
    from_: dt.date | str | None = None,
    to: dt.date | str | None = None,
) -> Call[models.FigureOut]:
    """One figure of an organisation with all below it.

    Figures of cards leave out what is about the caller, and whatever is of fewer than ten. Those of a period are about
    the longest calendar month, quarter or year that is over within the days asked for; `period` says which.
    """
    return Call(
        operation="figure_get",
        method="GET",
        path=f"/api/v1/figures/{segment(key)}",
        query={"organization_id": organization_id, "from": from_, "to": to},
    )


def csv(
    *,
    key: Literal[
        "burn_down",
        "feedback_by_channel_and_category",
        "funnel",
        "lights",
        "on_time_rate",
        "open_by_age_and_source",
        "response_time",
        "satisfaction",
        "unit_by_category",
        "units_without",
    ],
    organization_id: UUID | str | None = None,
    from_: dt.date | str | None = None,
    to: dt.date | str | None = None,
) -> Call[bytes]:
    """The figure's table as CSV in UTF-8, with the mark by which Excel knows it."""
    return Call(
        operation="figure_csv",
        method="GET",
        path=f"/api/v1/figures/{segment(key)}.csv",
        reads="bytes",
        query={"organization_id": organization_id, "from": from_, "to": to},
    )


def workbook(
    *,
    key: Literal[
        "burn_down",
        "feedback_by_channel_and_category",
        "funnel",
        "lights",
        "on_time_rate",
        "open_by_age_and_source",
        "response_time",
        "satisfaction",
        "unit_by_category",
        "units_without",
    ],
    organization_id: UUID | str | None = None,
    from_: dt.date | str | None = None,
    to: dt.date | str | None = None,
) -> Call[bytes]:
    """The figure as a workbook: its definition, its numbers and its table, ready to print."""
    return Call(
        operation="figure_workbook",
        method="GET",
        path=f"/api/v1/figures/{segment(key)}.xlsx",
        reads="bytes",
        query={"organization_id": organization_id, "from": from_, "to": to},
    )
