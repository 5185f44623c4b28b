"""Posters and cards by which people find the way to be heard: a QR code, and the ways that need no phone."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import segno

from backend.document.paper import clean
from backend.document.typesetting import typeset

CardKind = Literal["opinion_card", "satisfaction_card"]

_TITLES: Mapping[CardKind, str] = {"opinion_card": "意见建议卡", "satisfaction_card": "满意度评议卡"}
_GRADES = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
_TRIAL = "试印件：二维码指向本机，请勿张贴发放"


@dataclass(frozen=True, slots=True)
class PrintedPlace:
    """What stands on every poster and card of a batch.

    `address` is what the QR code holds. `desk` is who takes what is sent in; `box` says where the suggestion box hangs
    and `hotline` which number to call: a blank one is printed as a line to write on. A `trial` leads to this machine
    only, so that it says that it must not be put up.
    """

    place: str
    desk: str
    batch: str
    address: str
    printed_on: date
    window: str = ""
    box: str = ""
    hotline: str = ""
    trial: bool = False


def poster_pdf(place: PrintedPlace, font_folders: Sequence[Path] = ()) -> bytes:
    """One A4 poster; the same place gives the same bytes."""
    return typeset("poster", _values(place), place.printed_on, font_folders)


def cards_pdf(place: PrintedPlace, kind: CardKind, numbers: Sequence[str], font_folders: Sequence[Path] = ()) -> bytes:
    """Cards of A6, four to a sheet of A4 with lines to cut along, each with one of the `numbers`."""
    values = _values(place) | {"card": _TITLES[kind], "grades": _GRADES if kind == "satisfaction_card" else ()}
    sheets = [list(map(clean, numbers[first : first + 4])) for first in range(0, len(numbers), 4)]
    return typeset("card", values | {"sheets": sheets}, place.printed_on, font_folders)


def qr_svg(address: str) -> str:
    """The QR code of an address with its quiet zone. A quarter of it may be dirty or torn and it is still read."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True, nl=False)
    return drawn.getvalue().decode()


def _values(place: PrintedPlace) -> dict[str, Any]:
    day = place.printed_on
    return {
        "place": clean(place.place),
        "window": clean(place.window),
        "desk": clean(place.desk),
        "batch": clean(place.batch),
        "address": place.address,
        "box": clean(place.box),
        "hotline": clean(place.hotline),
        "mark": _TRIAL if place.trial else "",
        "qr": qr_svg(place.address),
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }
