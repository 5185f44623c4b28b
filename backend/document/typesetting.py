"""Values set into one of the templates as PDF: the same values give the same bytes on every machine."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

_TEMPLATES = Path(__file__).parent / "templates"


def typeset(template: str, values: Mapping[str, Any], dated_on: date, font_folders: Sequence[Path] = ()) -> bytes:
    """The PDF/A-2b of `values` in `templates/<template>.typ`, stamped with noon of the day that it is dated on.

    With a character that no font has, it is an ordinary PDF showing a box in its place.

    `font_folders` hold typefaces that the office has a licence for (方正小标宋, 仿宋_GB2312, 楷体_GB2312, 黑体).
    Fonts that happen to be installed are not looked at: the bytes would then differ from machine to machine.
    """
    noon = datetime(dated_on.year, dated_on.month, dated_on.day, 4, tzinfo=UTC)
    fonts = _fonts(tuple(str(folder) for folder in font_folders))
    inputs = {"paper": json.dumps(values, ensure_ascii=False)}
    source = b"".join((_TEMPLATES / f"{name}.typ").read_bytes() for name in ("official", template))
    try:
        return typst.compile(
            source, font_paths=fonts, sys_inputs=inputs, format="pdf", pdf_standards=["a-2b"], timestamp=noon
        )
    except typst.TypstError:
        # PDF/A allows no character without a glyph, but people have such names: better a box than no paper.
        return typst.compile(source, font_paths=fonts, sys_inputs=inputs, format="pdf", timestamp=noon)


@cache
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    # Fonts are searched once per process: it costs more than setting a page.
    shipped = str(pylopdf_fonts_zh_cn.serif_path().parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*folders, shipped])
