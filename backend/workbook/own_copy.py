"""The copy of one's own data as a file: a workbook to read, and the same as JSON."""

import io
import json
import zipfile

from backend.domain.own_data import OwnCopy, as_json
from backend.workbook.watermark import Watermark
from backend.workbook.writing import cell_style, header_style, new_workbook, print_on_a4, title_style, write_text

_PURPOSE = {"zh-CN": "本人查阅", "en": "the person's own copy"}
_TITLE = {"zh-CN": "本人信息副本", "en": "Copy of my data"}
_WITHOUT = {
    "zh-CN": "他人对本人的反映、举报和投票内容依法保密，不在副本内。",
    "en": "What others reported about you, and how anybody voted, is secret by law and not in this copy.",
}
_NOTHING = {"zh-CN": "没有记录", "en": "Nothing is held"}


def write_copy(copy: OwnCopy, language: str) -> bytes:
    """A zip of `copy.xlsx`, a sheet for each part, and `copy.json`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.xlsx", _workbook(copy, language))
        archive.writestr("copy.json", json.dumps(as_json(copy, language), ensure_ascii=False, indent=2))
    return made.getvalue()


def _workbook(copy: OwnCopy, language: str) -> bytes:
    target = io.BytesIO()
    book = new_workbook(target)
    text, header, title = cell_style(book), header_style(book), title_style(book)
    watermark = Watermark(copy.name, copy.username, copy.at, _PURPOSE[language], copy.event_id)
    for part in copy.parts:
        sheet = book.add_worksheet(part.title[language][:31])
        width = max(len(part.columns) - 1, 1)
        sheet.merge_range(0, 0, 0, width, f"{_TITLE[language]} · {part.title[language]}", title)
        write_text(sheet, 1, 0, f"{watermark.code}　{_WITHOUT[language]}", book.add_format({"font_size": 9}))
        sheet.set_column(0, width, 22)
        for column, words in enumerate(part.columns.values()):
            write_text(sheet, 2, column, words[language], header)
        for row, values in enumerate(part.rows, start=3):
            for column, key in enumerate(part.columns):
                value = values[key]
                write_text(sheet, row, column, "" if value is None else str(value), text)
        if not part.rows:
            write_text(sheet, 3, 0, _NOTHING[language], text)
        sheet.freeze_panes(3, 0)
        print_on_a4(sheet, 2)
        watermark.put(book, sheet)
    book.close()
    return target.getvalue()
