"""What a password must be, and how it is kept."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.breached import SHIPPED, Breached, is_widely_known
from backend.domain.errors import Busy
from backend.domain.password import LEAST, MOST, Personal, birth_numbers, password_problems
from backend.domain.password_hash import NO_PASSWORD, Hasher, composed, hash_password, password_matches

NOBODY = Personal()
SOMEBODY = Personal(
    names=("曾广耀",),
    username="desk.kettle",
    organizations=("柳塘村党支部", "榆桥镇党委"),
    numbers=("19800203", "800203", "13912345678", "110101198002031234"),
)
GOOD = "River-7-kettle-Moss"


def codes(password: str, personal: Personal = NOBODY, breached: Breached | None = None) -> list[str]:
    return [problem.code for problem in password_problems(password, personal, breached)]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery staple",
        "樱桃红了的时候我们在河边修好了那座老桥真好",
        "xK9#mQ2$vL7pW4",
        "Zw9!vR2@nT-q7Lm?bX4" * 12,
    ],
)
def test_good_passwords_pass(password: str) -> None:
    assert codes(password, SOMEBODY) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("xK9#mQ2$vL7", "password_short"),
        ("", "password_short"),
        ("a        b        c", "password_short"),
        ("xkqmzvlpwrty7", "password_classes"),
        ("A" + "x" * MOST, "password_long"),
        ("Password123!", "password_guessable"),
        ("P@ssw0rd2026", "password_guessable"),
        ("Woaini5201314!", "password_guessable"),
        ("Guanbiao2026!", "password_guessable"),
        ("Zhongguo@123", "password_guessable"),
        ("1qaz@WSX3edc", "password_guessable"),
        ("Qwer1234!@#$", "password_guessable"),
        ("Aa1!Aa1!Aa1!Aa1!", "password_guessable"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "password_guessable"),
        ("a\x00b" * 8, "field_text_unstorable"),
        ("\ud800" * 20, "field_text_unstorable"),
    ],
)
def test_bad_passwords_are_refused_and_named(password: str, code: str) -> None:
    assert code in codes(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("zengguangyao-Xk9#mQ2$", "password_has_name"),
        ("Xk9#mQ2$GUANGYAO", "password_has_name"),
        ("Z.e.n.g.Guang.Yao9#mQ", "password_has_name"),
        ("曾广耀xK9#mQ2$vL7p", "password_has_name"),
        ("xK9#DESK.kettle", "password_has_username"),
        ("Xk9#mQ2$liutangcun", "password_has_organization"),
        ("Xk9#mQ2$Yuqiaozhen", "password_has_organization"),
        ("柳塘xK9#mQ2$vL7p", "password_has_organization"),
        ("xK#vLp-1391234-w", "password_has_number"),
        ("xK#1980-02-03vLp", "password_has_number"),
        ("xK#vLp-031234-wQ", "password_has_number"),
    ],
)
def test_personal_words_are_refused_and_named(password: str, code: str) -> None:
    assert codes(password, SOMEBODY) == [code]
    assert code not in codes(password)


def test_no_problem_repeats_what_was_typed_or_known() -> None:
    problems = password_problems("zengguangyao13912345678", SOMEBODY)
    assert {problem.pointer for problem in problems} == {"/password"}
    said = repr([problem.params for problem in problems])
    assert "zeng" not in said
    assert "1391" not in said


def test_a_birthday_is_known_in_every_usual_form() -> None:
    from datetime import date

    assert birth_numbers(date(1980, 2, 3)) == ("19800203", "800203", "03021980", "02031980")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=90))
def test_every_text_is_judged(text: str) -> None:
    found = codes(text, SOMEBODY)
    assert found or len(composed(text)) >= LEAST
    assert len(found) == len(set(found))


def collection(folder: Path, passwords: list[str]) -> Breached:
    file = folder / "breached.txt"
    hashes = sorted(
        hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper() for password in passwords
    )
    file.write_text("".join(f"{one}:{number}\n" for number, one in enumerate(hashes)))
    return Breached(file)


def test_breached_passwords_are_found_wherever_they_stand_in_the_file(tmp_path: Path) -> None:
    known = [f"Known-{number}-kettle" for number in range(500)]
    found = collection(tmp_path, known)
    assert all(password in found for password in known)
    assert not any(f"Unknown-{number}-kettle" in found for number in range(500))
    assert codes("Known-7-kettle", NOBODY, found) == ["password_breached"]


@pytest.mark.parametrize(
    "password",
    ["Mailcreated5240", "q1w2e3r4t5y6u7i8o9p0", "xxPa33bq.aDNA", "XXpA33bq.AdNa", "g00dPa$$w0rD", "Gankutsuou1989"],
)
def test_breached_passwords_are_refused_though_no_file_is_named(password: str) -> None:
    assert "password_breached" in codes(password, NOBODY)


def test_the_list_that_is_shipped_is_whole_in_order_and_small() -> None:
    listed = SHIPPED.read_bytes()
    kept = [listed[at : at + 5] for at in range(0, len(listed), 5)]
    assert len(listed) == 5 * len(kept)
    assert (len(kept) > 40_000, len(listed) < 300_000) == (True, True)
    assert kept == sorted(set(kept))
    assert not any(is_widely_known(f"Unknown-{number}-kettle") for number in range(2000))


@pytest.mark.parametrize("passwords", [[], [GOOD]])
def test_a_file_of_one_line_or_none_is_a_collection_too(passwords: list[str], tmp_path: Path) -> None:
    found = collection(tmp_path, passwords)
    assert (GOOD in found) == bool(passwords)
    assert "something else" not in found


async def test_a_hash_is_argon2id_and_knows_its_password_however_it_was_composed() -> None:
    kept = await hash_password("ｒｉｖｅｒ-Ａ-ｶﾞ")
    assert kept.startswith("$argon2id$")
    assert await password_matches(kept, "river-A-ガ")
    assert not await password_matches(kept, "river-A-カ")


@pytest.mark.parametrize("kept", [None, NO_PASSWORD, "no hash"])
async def test_no_password_is_matched_by_none(kept: str | None) -> None:
    assert not await password_matches(kept, "-")


async def test_a_full_queue_answers_at_once() -> None:
    import asyncio

    hasher = Hasher(at_once=1, waiting=1)
    running = [asyncio.create_task(hasher.hash(GOOD)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy) as refused:
        await hasher.matches("-", GOOD)
    assert refused.value.params["seconds"] > 0
    for kept in await asyncio.gather(*running):
        assert await hasher.matches(kept, GOOD)
