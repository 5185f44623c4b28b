"""A number of a person in an address is refused, and the log learns that and nothing else."""

import logging
from urllib.parse import quote

import pytest

from tests.api.feedbacks import codes
from tests.factories import County
from tests.people import citizen_number


async def test_any_422_a_citizen_number_in_the_query(county: County, caplog: pytest.LogCaptureFixture) -> None:
    number = citizen_number()
    client = county.client("clerk")
    with caplog.at_level(logging.WARNING):
        for query in (
            f"q={number}",
            f"q=%E6%9F%A5+{number}",
            f"{number.lower()}=1",
            f"a=1&b={number[:6]}%3{number[6]}{number[7:]}",
        ):
            refused = await client.get(f"/rectifications?{query}")
            assert (refused.status_code, codes(refused)) == (422, [("", "number_in_address")]), query
            assert number not in refused.text
    said = [record for record in caplog.records if record.name == "guanbiao.address"]
    assert [record.getMessage() for record in said] == ["a number of a person in an address was refused"] * 4
    assert number not in caplog.text


async def test_any_200_long_numbers_that_are_nobody_s(county: County) -> None:
    client = county.client("clerk")
    for number in ("20261119000123456789", "999901202613011230", "123456789012345678"):
        assert (await client.get("/rectifications", params={"q": number})).status_code == 200


@pytest.mark.parametrize(
    "written",
    [
        "19923456782",
        "199 2345 6782",
        "199-2345-6782",
        "１９９２３４５６７８２",
        "+86 199 2345 6782",
        "8619923456782",
        "999901 19800520 0012",
        "9999-0119-8005-2000-12",
        "９９９９０１１９８００５２０００１２",
        "999901800520001",
        "99990119800520001x",
    ],
)
async def test_any_422_a_number_of_a_person_in_path_or_query_however_it_is_written(
    county: County, written: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = county.client("clerk")
    with caplog.at_level(logging.WARNING):
        for address in (
            f"/rectifications?q={quote(written)}",
            f"/rectifications?q={quote('查' + written + '的')}",
            f"/rectifications/{quote(written)}",
            f"/no-such-place/{quote(written)}/events",
        ):
            refused = await client.get(address)
            assert (refused.status_code, codes(refused)) == (422, [("", "number_in_address")]), address
            assert written not in refused.text
    assert written not in caplog.text
