"""A figure as a file: what it counts and how stands above its table, so that no number travels without its meaning."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from backend.workbook.writing import (
    cell_style,
    escaped,
    header_style,
    new_workbook,
    print_on_a4,
    title_style,
    write_text,
)

_WORDS = {
    "zh-CN": {
        "sheet": "统计表",
        "period": "期间：{first} 至 {last}",
        "now": "截至{day}",
        "unit": "单位：{unit}",
        "n": "合计 n = {n}",
        "n_hidden": "合计不列（涉及少于10的分组）",
        "definition": "口径：{text}",
        "formula": "算法：{text}",
        "source": "来源：{text}",
        "missing": "共{units}个单位，其中{missing}个没有记录",
        "few": "少于10",
        "untold": "不列",
    },
    "en": {
        "sheet": "Figure",
        "period": "Period: {first} to {last}",
        "now": "As of {day}",
        "unit": "Unit: {unit}",
        "n": "n = {n}",
        "n_hidden": "n is not told (a group of fewer than ten)",
        "definition": "Counts: {text}",
        "formula": "How: {text}",
        "source": "From: {text}",
        "missing": "{units} units, {missing} of them without any record",
        "few": "under 10",
        "untold": "not told",
    },
}

_WIDTHS = {"label": 30, "word": 22, "day": 14, "count": 12, "share": 12, "days": 12}


class Sheet(NamedTuple):
    """A figure as plain values, in one language; see `FigureOut` for what they mean."""

    title: str
    organization: str
    period: tuple[date, date] | None
    day: date
    unit: str
    n: int | None
    about: Mapping[str, str]
    facts: Sequence[Mapping[str, Any]]
    columns: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, Any]]
    coverage: Mapping[str, int] | None
    notes: Sequence[str]

    @classmethod
    def of(cls, figure: Mapping[str, Any], day: date) -> "Sheet":
        """The sheet of a `FigureOut`, given as a dictionary, that was drawn on `day`."""
        period = figure["period"]
        return cls(
            title=figure["title"],
            organization=figure["organization"]["name"],
            period=(period["first"], period["last"]) if period else None,
            day=day,
            unit=figure["unit"],
            n=figure["n"],
            about={name: figure[name] for name in ("definition", "formula", "source")},
            facts=figure["facts"],
            columns=figure["columns"],
            rows=figure["rows"],
            coverage=figure["coverage"],
            notes=figure["notes"],
        )


def written_workbook(figure: Sheet, language: str) -> bytes:
    """One sheet for A4: title, unit, period and n, the definition, the numbers that sum it up, the table."""
    words, target = _WORDS[language], io.BytesIO()
    book = new_workbook(target)
    sheet = book.add_worksheet(words["sheet"])
    note = book.add_format({"font_size": 10, "valign": "vcenter"})
    long_note = book.add_format({"font_size": 10, "valign": "top", "text_wrap": True})
    header, text = header_style(book), cell_style(book)
    styles = {
        "count": cell_style(book, num_format="0", align="right"),
        "share": cell_style(book, num_format="0.0%", align="right"),
        "days": cell_style(book, num_format="0.0", align="right"),
    }
    last = max(len(figure.columns) - 1, 1)
    for place, column in enumerate(figure.columns):
        sheet.set_column(place, place, _WIDTHS[column["kind"]])
    row = 0
    sheet.merge_range(row, 0, row, last, escaped(f"{figure.organization} {figure.title}"), title_style(book))
    for line in _lines(figure, words):
        row += 1
        sheet.merge_range(row, 0, row, last, escaped(line), note)
    for line in _about(figure, words):
        row += 1
        sheet.set_row(row, 30)
        sheet.merge_range(row, 0, row, last, escaped(line), long_note)
    row += 1
    for place, column in enumerate(figure.columns):
        write_text(sheet, row, place, column["title"], header)
    header_row = row
    for values in figure.rows:
        row += 1
        for place, column in enumerate(figure.columns):
            _write(sheet, row, place, column, values.get(column["key"]), words, styles, text)
    sheet.freeze_panes(header_row + 1, 1)
    print_on_a4(sheet, header_row)
    book.close()
    return target.getvalue()


def written_csv(figure: Sheet, language: str) -> bytes:
    """The table alone, for programs: shares as numbers between 0 and 1."""
    words, buffer = _WORDS[language], io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([escaped(column["title"]) for column in figure.columns])
    for row in figure.rows:
        writer.writerow([escaped(_text(column, row.get(column["key"]), words)) for column in figure.columns])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _lines(figure: Sheet, words: Mapping[str, str]) -> Iterable[str]:
    if figure.period:
        first, last = figure.period
        yield words["period"].format(first=first, last=last)
    else:
        yield words["now"].format(day=figure.day)
    n = words["n_hidden"] if figure.n is None else words["n"].format(n=figure.n)
    yield f"{words['unit'].format(unit=figure.unit)}    {n}"
    shown = [_fact(fact, words) for fact in figure.facts]
    if shown:
        yield "    ".join(shown)
    if figure.coverage is not None:
        yield words["missing"].format(**figure.coverage)
    yield from figure.notes


def _about(figure: Sheet, words: Mapping[str, str]) -> Iterable[str]:
    return (words[name].format(text=text) for name, text in figure.about.items())


def _fact(fact: Mapping[str, Any], words: Mapping[str, str]) -> str:
    value, kind = fact["value"], fact["kind"]
    if value is None:
        shown = words["few"]
    elif kind == "share":
        shown = f"{value:.1%}（{fact['low']:.1%}–{fact['high']:.1%}）"
    else:
        shown = f"{value:g}"
    return f"{fact['title']} {shown}"


def _write(
    sheet: Worksheet,
    row: int,
    place: int,
    column: Mapping[str, str],
    value: Any,
    words: Mapping[str, str],
    styles: Mapping[str, Format],
    text: Format,
) -> None:
    style = styles.get(column["kind"], text)
    if isinstance(value, int | float):
        sheet.write_number(row, place, value, style)
    else:
        write_text(sheet, row, place, _text(column, value, words), style)


def _text(column: Mapping[str, str], value: Any, words: Mapping[str, str]) -> str:
    if value is not None:
        return str(value)
    if column["kind"] != "count":
        return ""
    return words["untold" if column["key"] == "total" else "few"]
