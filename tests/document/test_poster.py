"""Posters and cards: the code leads to the place, everybody without a phone is told a way, and sheets are cut as A6."""

import io
from dataclasses import replace
from datetime import date

import pytest
import segno
from pypdf import PdfReader

from backend.document.poster import PrintedPlace, cards_pdf, poster_pdf, qr_svg

ADDRESS = "https://guanbiao.example.gov.cn/m/p/7Kd3pQ9sXv2mT4wZ8bNc"
PLACE = PrintedPlace(
    place="柳塘村",
    desk="榆桥镇党委",
    batch="PC-2026-0003",
    address=ADDRESS,
    printed_on=date(2026, 11, 22),
    box="村委会大门左侧",
    hotline="0538-1234567",
)


def texts(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_code_holds_the_address_and_survives_a_torn_quarter() -> None:
    made = segno.make(ADDRESS, error="q", micro=False)
    assert made.error == "Q"
    side = made.symbol_size(border=4)[0]
    svg = qr_svg(ADDRESS)
    assert f'width="{side}" height="{side}"' in svg
    assert svg != qr_svg(ADDRESS + "x")
    assert svg == qr_svg(ADDRESS)


def test_a_poster_is_one_page_of_a4_that_says_how_to_be_heard_without_a_phone() -> None:
    pdf = poster_pdf(PLACE)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert (round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) == (210, 297)
    (text,) = texts(pdf)
    for expected in (
        "柳塘村",
        "有话请您说",
        "没有手机",
        "村委会大门左侧",
        "0538-1234567",
        "PC-2026-0003",
        "榆桥镇党委",
    ):
        assert expected in text
    assert "试印件" not in text
    assert pdf == poster_pdf(PLACE)


@pytest.mark.parametrize(
    "place", ["村", "云川县和井镇离退休干部党支部委员会第十新村综合服务中心便民服务大厅", "=1+1 #panic() $x", "𠮷😀"]
)
def test_any_name_leaves_the_poster_one_page(place: str) -> None:
    named = replace(PLACE, place=place, window="三号综合窗口", box="", hotline="", trial=True)
    (text,) = texts(poster_pdf(named))
    assert "请勿张贴" in text
    assert len(texts(cards_pdf(named, "opinion_card", ["1"]))) == 1


def test_cards_are_four_to_a_sheet_each_with_its_number() -> None:
    numbers = [f"PC-2026-0003-{place:04}" for place in range(1, 7)]
    first, second = texts(cards_pdf(PLACE, "opinion_card", numbers))
    assert all(number in first for number in numbers[:4])
    assert all(number in second for number in numbers[4:])
    assert first.count("意见建议卡") == 4
    assert "非常满意" not in first
    assert cards_pdf(PLACE, "opinion_card", numbers) == cards_pdf(PLACE, "opinion_card", numbers)


def test_a_satisfaction_card_has_the_five_grades() -> None:
    (text,) = texts(cards_pdf(PLACE, "satisfaction_card", ["1"]))
    assert text.count("满意") >= 5
    assert "满意度评议卡" in text
