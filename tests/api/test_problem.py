"""The catalogue of refusals: every code is explained, in both languages, where the refusal itself points."""

import re
from pathlib import Path

import httpx
import pytest

from backend import protocol
from backend.api.language import LANGUAGES, catalogue
from backend.api.problem import advice
from tests.factories import County


@pytest.mark.parametrize("language", LANGUAGES)
async def test_explain_200_every_code_in_both_languages(anonymous: httpx.AsyncClient, language: str) -> None:
    for code, texts in catalogue().items():
        answer = await anonymous.get(f"/api/v1/problems/{code}", headers={"accept-language": language})
        assert answer.status_code == 200, code
        told = answer.json()
        assert (told["code"], told["message"]) == (code, texts[language])
        assert told["advice"]


async def test_explain_404_unknown(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/api/v1/problems/no_such_code")).status_code == 404


async def test_a_refusal_points_to_its_explanation(county: County, anonymous: httpx.AsyncClient) -> None:
    refused = (await county.client("clerk").get(f"/members/{county.county.id}")).json()
    assert refused["type"] == "/api/v1/problems/not_found"
    told = (await anonymous.get(refused["type"], headers={"accept-language": "en"})).json()
    assert (told["code"], told["again"]) == ("not_found", "never")
    assert told["params"] == []


async def test_explain_200_names_what_the_words_leave_open(anonymous: httpx.AsyncClient) -> None:
    told = (await anonymous.get("/api/v1/problems/permission_missing")).json()
    assert told["params"] == ["permission"]


def test_advice_is_of_codes_that_exist_and_in_both_languages() -> None:
    assert set(advice()) - {""} <= set(catalogue())
    for code, said in advice().items():
        assert set(said) == {"again", *LANGUAGES}, code
        assert said["again"] in ("mended", "later", "anew", "never"), code
        assert all(said.values()), code


def test_what_is_refused_before_the_program_is_asked_points_to_its_explanation_too() -> None:
    root = Path(__file__).parents[2]
    said = (root / "docker" / "nginx.conf").read_text()
    codes = {*re.findall(r'"type":"/api/v1/problems/(\w+)"', said), *(code for code, _ in protocol._REFUSALS.values())}
    assert len(codes) >= 4
    assert codes <= set(catalogue())
