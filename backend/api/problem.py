"""The catalogue of refusals: what each code means and whether it helps to ask again (`type` of every refusal)."""

import json
import re
from functools import cache
from pathlib import Path as File
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from backend.api.deps import LanguageDep
from backend.api.errors import refusals
from backend.api.language import catalogue
from backend.api.shapes import Answer
from backend.domain.errors import NotFound

router = APIRouter(prefix="/problems", tags=["problem"])

_ADVICE = File(__file__).with_name("advice.json")
_PLACE = re.compile(r"{(\w+)}")
_A_DAY = "public, max-age=86400"


class ProblemOut(Answer):
    """One code. `message` has `{...}` where a refusal has its `params`. `again`: whether the same may be asked again:
    `mended` after putting it right, `later` as it is, `anew` after reading or signing in again, `never`."""

    code: str
    message: str
    params: list[str]
    again: Literal["mended", "later", "anew", "never"]
    advice: str


@cache
def advice() -> dict[str, dict[str, str]]:
    """What to do about a code, where it is not just putting right what the words say, which is under ''."""
    found: dict[str, dict[str, str]] = json.loads(_ADVICE.read_text(encoding="utf-8"))
    return found


@router.get("/{code}", response_model=ProblemOut, responses=refusals(404))
async def explain(
    response: Response, language: LanguageDep, code: Annotated[str, Path(max_length=64, examples=["stale"])]
) -> ProblemOut:
    """What a refusal means, for whoever writes a program: open to everybody, in Chinese or English."""
    texts = catalogue().get(code)
    if texts is None:
        raise NotFound("not_found")
    what = advice().get(code, advice()[""])
    response.headers["cache-control"] = _A_DAY
    response.headers["vary"] = "accept-language"
    return ProblemOut(
        code=code,
        message=texts[language],
        params=sorted(set(_PLACE.findall(texts[language]))),
        again=what["again"],
        advice=what[language],
    )
