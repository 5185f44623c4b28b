from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import identity

TODAY = date(2026, 11, 22)
SAFE_NUMBERS = (
    "999901195503150023",
    "999901199001010010",
    "99990119710610118X",
    "99990119320607001X",
    "999901194011120149",
    "999901198801153066",
    "999901200104306098",
)
SAFE_CODES = (
    "91999901MA00000AB1",
    "91999901MADEM00123",
    "54999901MF0000017G",
    "N2999901MF00000175",
    "11999901MB0000015F",
    "52999901MJ0000023H",
)


def numbered(body: str) -> str:
    return body + identity.id_number_check(body)


@pytest.mark.parametrize("number", SAFE_NUMBERS)
def test_accepts_numbers_of_the_standard(number: str) -> None:
    assert identity.id_number_problem(number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("999901199001010011", "id_number_checksum"),
        ("99990119900101001", "id_number_length"),
        ("999901900101001", "id_number_legacy"),
        ("9999011990010100A0", "id_number_characters"),
        ("9.99901199001010E+17", "id_number_not_text"),
        ("9.91425E+17", "id_number_not_text"),
        (numbered("99990120000230001"), "id_number_birth_date"),
        (numbered("99990118490101001"), "id_number_birth_date"),
        (numbered("99990120261123001"), "id_number_birth_date"),
        ("", "id_number_length"),
    ],
)
def test_names_what_is_wrong_with_a_number(number: str, problem: str) -> None:
    assert identity.id_number_problem(number, TODAY) == problem


def test_normalizes_what_clerks_type() -> None:
    assert identity.normalize_id_number(" '９９９９０１ 19710610 118x ") == "99990119710610118X"


@given(st.dates(date(1850, 1, 1), TODAY), st.integers(0, 999_999), st.integers(0, 999))
def test_every_number_with_its_check_digit_is_sound_and_tells_birth_and_sex(
    born: date, region: int, order: int
) -> None:
    number = numbered(f"{region:06d}{born:%Y%m%d}{order:03d}")
    assert identity.id_number_problem(number, TODAY) is None
    assert identity.birth_date_of(number) == born
    assert identity.sex_of(number) == ("male" if order % 2 else "female")


@given(st.sampled_from(SAFE_NUMBERS), st.integers(0, 16), st.integers(1, 9))
def test_every_single_miscopied_digit_is_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert identity.id_number_problem(wrong, TODAY) in {"id_number_checksum", "id_number_birth_date"}


@pytest.mark.parametrize("code", SAFE_CODES)
def test_accepts_credit_codes_of_the_standard_rural_ones_too(code: str) -> None:
    assert identity.credit_code_problem(code) is None


@given(st.sampled_from(SAFE_CODES), st.integers(8, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_a_miscopied_credit_code_is_noticed(code: str, place: int, symbol: str) -> None:
    wrong = code[:place] + symbol + code[place + 1 :]
    assert (identity.credit_code_problem(wrong) is None) == (wrong == code)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91999901MA00000AB", "credit_code_length"),
        ("91999901MA00000AI1", "credit_code_characters"),
        ("91999901MA00000AB2", "credit_code_checksum"),
    ],
)
def test_names_what_is_wrong_with_a_credit_code(code: str, problem: str) -> None:
    assert identity.credit_code_problem(code) == problem


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("990100001001", None),
        ("990100000000", None),
        ("99010000100", "region_code_length"),
        ("99010000100A", "region_code_length"),
        ("990100000001", "region_code_levels"),
    ],
)
def test_checks_region_codes_by_level(code: str, problem: str | None) -> None:
    assert identity.region_code_problem(code) == problem


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("199-0081-2644", "19900812644"),
        ("199 0031 6266", "19900316266"),
        ("+86 19900812644", "19900812644"),
        ("0086-199-0081-2644", "19900812644"),
        ("86 19900812644", "19900812644"),
        ("１９９００８１２６４４", "19900812644"),
        ("0538-1234567", "0538-1234567"),
        ("（0538）1234567", "05381234567"),
        ("010－12345678-801", "010-12345678-801"),
        ("12345", "12345"),
        ("400-123-4567", "4001234567"),
        ("95588", "95588"),
        ("1990012", None),
        ("29900123456", None),
        ("199008126441", None),
        ("无", None),
        ("", None),
    ],
)
def test_reads_phones(typed: str, stored: str | None) -> None:
    assert identity.normalize_phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张 三", "张三"),
        ("宋  华", "宋华"),
        ("李\u3000四", "李四"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("𠮷㐂", "𠮷㐂"),
        ("\uf900", "\uf900"),
        ("John  Smith", "John Smith"),
    ],
)
def test_stores_names_as_they_are_without_their_alignment(typed: str, stored: str) -> None:
    assert identity.normalize_name(typed) == stored
    assert identity.name_problem(stored) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "name_length"),
        ("张" * 51, "name_length"),
        ("张\u3164三", "name_hides"),
        ("张\ufe0f三", "name_hides"),
        ("张\u202e三", "name_hides"),
        ("张3", "name_characters"),
        ("张😀", "name_characters"),
        ("=HYPERLINK(1)", "name_characters"),
    ],
)
def test_names_what_is_no_name(name: str, problem: str) -> None:
    assert identity.name_problem(name) == problem


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1975-03-05", "1975-**-**"),
        (" 1975年3月5日", " 1975年*月*日"),
        ("19750305", "1975****"),
        ("197503", "1975**"),
        ("1975/13/05", "1975/**/**"),
        ("75.3", "**.*"),
        ("27458", "*****"),
        ("一九七五年三月", "****年*月"),
        ("腊月初八", "*月**"),
        ("March 5", "***** *"),
        ("999901197503050023", "*" * 18),
        ("19900812644", "*" * 11),
        ("", ""),
    ],
)
def test_a_day_of_birth_shows_its_form_and_its_year(written: str, shown: str) -> None:
    assert identity.mask_day(written) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("云川县榆桥镇画眉岭村", "云川县***"),
        ("云川县", "云川县"),
        ("山东省济南市历下区", "山东省济南市***"),
        ("湖南省凤凰山", "湖南省***"),
        ("画眉岭村", "***"),
    ],
)
def test_a_native_place_is_shown_down_to_its_county(place: str, shown: str) -> None:
    assert identity.mask_place(place) == shown


def test_masks_show_the_agreed_ends_only() -> None:
    assert identity.mask_id_number("999901195503150023") == "9999**********0023"
    assert identity.mask_phone("19900812644") == "199****2644"
    assert identity.mask_phone("12345") == "1***5"
    assert identity.mask_id_number("999901") == "******"


@given(st.text("0123456789X-", min_size=1, max_size=30))
def test_a_mask_keeps_the_length_and_never_shows_more_than_two_thirds(value: str) -> None:
    for mask in (identity.mask_id_number, identity.mask_phone):
        assert len(mask(value)) == len(value)
        assert 3 * len(mask(value).replace("*", "")) <= 2 * len(value)
