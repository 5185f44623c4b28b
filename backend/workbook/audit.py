"""Events as a file that leaves the house: for a spreadsheet, for a program, each with the newest seal."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backend.domain.audit.read import Format
from backend.domain.audit.statement import Note
from backend.domain.canonical import canonical_json
from backend.workbook.writing import cell_style, escaped, header_style, new_workbook, print_on_a4, write_text

_SHANGHAI = ZoneInfo("Asia/Shanghai")

_TITLES = (
    "时间",
    "事项",
    "经办人",
    "代",
    "单位",
    "对象类别",
    "对象",
    "对象编号",
    "来源地址",
    "理由",
    "内容",
    "事件编号",
)
_WIDTHS = (19, 18, 12, 12, 26, 12, 26, 38, 16, 24, 60, 38)
_SEAL = "封存"


def event_file(form: Format, rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], note: Note | None) -> bytes:
    """The events in the form asked for; `titles` by kind. Whoever has the file can hold it against the sealed log."""
    if form == "ndjson":
        return b"".join(_lines(rows, titles, note))
    return _workbook(rows, titles, note) if form == "xlsx" else _csv(rows, titles, note)


def _lines(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], note: Note | None) -> Iterator[bytes]:
    """One JSON object per event, and last the seal."""
    for row in rows:
        yield canonical_json({**row, "title": titles.get(row["kind"], row["kind"])}) + b"\n"
    yield canonical_json({"seal": note.described() if note else None}) + b"\n"


def _csv(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], note: Note | None) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_TITLES)
    writer.writerows([escaped(cell) for cell in _cells(row, titles)] for row in rows)
    writer.writerow([_SEAL, *(_seal_lines(note))])
    # The mark by which Excel knows UTF-8.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _workbook(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], note: Note | None) -> bytes:
    target = io.BytesIO()
    book = new_workbook(target)
    sheet = book.add_worksheet("审计记录")
    text, header = cell_style(book), header_style(book)
    for column, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        write_text(sheet, 0, column, title, header)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(_cells(row, titles)):
            write_text(sheet, place, column, cell, text)
    sheet.freeze_panes(1, 2)
    print_on_a4(sheet, 0)
    seal = book.add_worksheet(_SEAL)
    seal.set_column(0, 0, 120)
    for place, line in enumerate(_seal_lines(note)):
        write_text(seal, place, 0, line, text)
    book.close()
    return target.getvalue()


def _seal_lines(note: Note | None) -> list[str]:
    if note is None:
        return ["尚未封存"]
    said = note.statement
    return [
        f"导出时最新封存：第 {said.number} 号，共 {said.total} 条事件，密钥指纹 {said.fingerprint}",
        json.dumps(note.described(), ensure_ascii=False),
    ]


def _cells(row: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    at: datetime = row["at"]
    return [
        at.astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        titles.get(row["kind"], row["kind"]),
        _named(row["actor"]),
        _named(row["on_behalf_of"]),
        _named(row["organization"]),
        row["subject_kind"],
        row["subject"] or "",
        str(row["subject_id"]),
        row["origin"] or "",
        row["reason"] or "",
        _changes(row["data"]),
        str(row["id"]),
    ]


def _named(person: Mapping[str, Any] | None) -> str:
    return str(person["name"]) if person else ""


def _changes(data: Mapping[str, Any]) -> str:
    """Old and new of every field, a line each."""
    return "\n".join(
        f"{name}：{_said(value['old'])} → {_said(value['new'])}"
        if isinstance(value, Mapping) and value.keys() == {"old", "new"}
        else f"{name}：{_said(value)}"
        for name, value in data.items()
    )


def _said(value: Any) -> str:
    if value is None:
        return "（空）"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
