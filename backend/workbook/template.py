"""The workbook that a clerk downloads to fill in: a sheet for the data, a sheet of instructions, and a hidden stamp."""

import io

from xlsxwriter.worksheet import Worksheet

from backend.workbook.layout import HEADER_SEARCH
from backend.workbook.ledger import Column, Ledger
from backend.workbook.stamp import STAMP_SHEET
from backend.workbook.writing import cell_style, header_style, new_workbook, print_on_a4, title_style, write_text

_ROWS = 2000
_CHOICES_SHEET = "_choices"


def write_template(ledger: Ledger) -> bytes:
    """The template of a ledger. Its sample row begins with 示例, by which the importer knows to leave it out."""
    target = io.BytesIO()
    book = new_workbook(target)
    sheet = book.add_worksheet(ledger.title)
    guide = book.add_worksheet("填写说明")
    choices = book.add_worksheet(_CHOICES_SHEET)
    stamp = book.add_worksheet(STAMP_SHEET)
    text, header = cell_style(book), header_style(book)
    required = cell_style(book, bold=True, align="center", bg_color="#E8EEF4", font_color="#B00020")
    sample = cell_style(book, italic=True, font_color="#808080")
    columns = ledger.written
    sheet.set_column(0, 0, 6, text)
    for index, column in enumerate(columns, start=1):
        sheet.set_column(index, index, column.width, text)
    sheet.merge_range(0, 0, 0, len(columns), ledger.title, title_style(book))
    write_text(sheet, 1, 0, "序号", header)
    for index, column in enumerate(columns, start=1):
        write_text(sheet, 1, index, column.title, required if column.required else header)
    write_text(sheet, 2, 0, "示例", sample)
    for index, column in enumerate(columns, start=1):
        write_text(sheet, 2, index, column.example, sample)
    _offer_choices(sheet, choices, columns)
    sheet.freeze_panes(2, 2)
    print_on_a4(sheet, 1)
    guide.set_column(0, 0, 20)
    guide.set_column(1, 1, 90)
    for row, (name, advice) in enumerate(_advice(ledger)):
        write_text(guide, row, 0, name, header)
        write_text(guide, row, 1, advice, text)
    stamp.write_string(0, 0, ledger.key)
    stamp.write_string(0, 1, str(ledger.version))
    stamp.very_hidden()
    choices.very_hidden()
    book.close()
    return target.getvalue()


def _offer_choices(sheet: Worksheet, choices: Worksheet, columns: tuple[Column, ...]) -> None:
    """Drop-downs refer to a hidden sheet, because a list inside a cell's rule may hold 255 characters only."""
    offered = [(index, column) for index, column in enumerate(columns, start=1) if column.choices]
    for row, (index, column) in enumerate(offered):
        for place, choice in enumerate(column.choices):
            choices.write_string(row, place, choice)
        last = _letters(len(column.choices) - 1)
        sheet.data_validation(
            2,
            index,
            _ROWS,
            index,
            {
                "validate": "list",
                "source": f"={_CHOICES_SHEET}!$A${row + 1}:${last}${row + 1}",
                "error_type": "warning",
                "error_title": column.title,
                "error_message": "请从列表中选择",
            },
        )


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _advice(ledger: Ledger) -> list[tuple[str, str]]:
    lines = [
        ("怎样填写", "红色的列必填。标有“示例”的一行导入时会自动跳过，可以保留。"),
        ("不会导入的行", "空行、合计行、填表人等落款行会自动跳过。"),
        ("表头", f"表头可以不在第一行，但须在前 {HEADER_SEARCH} 行之内；列的顺序可以调整，也可以使用原有的表格。"),
        ("日期", "可写 2020年6月1日、2020-6-1、20200601；只知道年月的写 2020年6月 或 2020.06。"),
        *(("说明", note) for note in ledger.notes),
    ]
    for column in ledger.written:
        parts = ["必填。" if column.required else "", column.help, f"例：{column.example}" if column.example else ""]
        parts.append(f"可选：{'、'.join(column.choices)}" if column.choices else "")
        lines.append((column.title, " ".join(part for part in parts if part) or "按实际情况填写。"))
    return lines
