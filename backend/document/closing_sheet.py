"""The closing sheet of an item 销号单: what was wrong, what was done, who found it good, on one paper to be signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from backend.document.paper import chinese_date, clean
from backend.document.typesetting import typeset

_NONE = "—"
_UNFINISHED = "未办结，仅供核对"


@dataclass(frozen=True, slots=True)
class SheetEvidence:
    """A file that proves the work: what kind of proof, its name, and the hash by which it is known again."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SheetOpinion:
    """What somebody found: `step` is the title of the step, `text` empty where the record says nothing in words."""

    step: str
    by: str
    on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClosingSheet:
    """All that is printed on a closing sheet; titles are words already, empty texts are printed as a dash.

    `extensions` are lines such as `延至2027年1月15日：雨季无法施工`. An item without `closed_on` is not closed, and the
    sheet says so in its head.
    """

    organization: str
    number: str
    source: str
    category: str
    severity: str
    problem: str
    registered_on: date
    printed_on: date
    source_document: str = ""
    corrections: tuple[str, ...] = ()
    responsible_leader: str = ""
    responsible_unit: str = ""
    responsible_person: str = ""
    original_limit: str = ""
    limit: str = ""
    extensions: tuple[str, ...] = ()
    cause: str = ""
    measures: str = ""
    similar: str = ""
    result: str = ""
    evidence: tuple[SheetEvidence, ...] = ()
    verifications: tuple[SheetOpinion, ...] = ()
    satisfaction: str = ""
    closing: SheetOpinion | None = None
    closed_on: date | None = None


def closing_sheet_pdf(sheet: ClosingSheet, font_folders: Sequence[Path] = ()) -> bytes:
    """The sheet as PDF/A-2b on A4; the same sheet gives the same bytes."""
    return typeset("closing_sheet", _values(sheet), sheet.printed_on, font_folders)


def _values(sheet: ClosingSheet) -> dict[str, Any]:
    day = sheet.printed_on
    return {
        "title": "问题整改销号单",
        "organization": clean(sheet.organization),
        "number": clean(sheet.number),
        "mark": "" if sheet.closed_on else _UNFINISHED,
        "printed_on": chinese_date(day),
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "heads": [
            [["问题来源", _said(sheet.source)], ["问题类别", _said(sheet.category)]],
            [["来源文件", _said(sheet.source_document)], ["严重程度", _said(sheet.severity)]],
            [["责任领导", _said(sheet.responsible_leader)], ["责任人", _said(sheet.responsible_person)]],
            [["责任单位", _said(sheet.responsible_unit)], ["登记日期", chinese_date(sheet.registered_on)]],
            [["原定时限", _said(sheet.original_limit)], ["现行时限", _said(sheet.limit)]],
        ],
        "texts": [
            ["具体问题", _lines(sheet.problem)],
            *([["更正说明", _all_lines(sheet.corrections)]] if sheet.corrections else []),
            *([["延期情况", _all_lines(sheet.extensions)]] if sheet.extensions else []),
            ["原因分析", _lines(sheet.cause)],
            ["整改措施", _lines(sheet.measures)],
            ["举一反三", _lines(sheet.similar)],
            ["完成情况", _lines(sheet.result)],
        ],
        "evidence": [[clean(each.kind), clean(each.name), each.sha256] for each in sheet.evidence],
        "opinions": [_opinion(each) for each in sheet.verifications],
        "satisfaction": _said(sheet.satisfaction),
        "closing": _opinion(sheet.closing) if sheet.closing else None,
        "closed_on": chinese_date(sheet.closed_on) if sheet.closed_on else "",
    }


def _opinion(opinion: SheetOpinion) -> dict[str, Any]:
    return {
        "step": clean(opinion.step),
        "by": clean(opinion.by),
        "on": chinese_date(opinion.on),
        "lines": _lines(opinion.text),
    }


def _all_lines(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in _lines(text)]


def _said(text: str) -> str:
    return clean(text) or _NONE


def _lines(text: str) -> list[str]:
    return [line for line in (clean(raw) for raw in text.splitlines()) if line] or [_NONE]
