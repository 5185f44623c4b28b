"""What request and response bodies share."""

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError

from backend.domain.text import REASON_AT_LEAST, hides_something, is_blank, reason_problem


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor half a surrogate pair, so they are refused at the field that has them."""
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise PydanticCustomError("text_unstorable", "characters that no text may hold")
    return text


def _seen(text: str) -> str:
    """Characters that nobody sees are no answer either."""
    if is_blank(text):
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_storable), AfterValidator(_seen)
]
"""Text that is not empty."""


def _plain(name: str) -> str:
    if hides_something(name):
        raise PydanticCustomError("name_hides", "characters that no name may hold")
    return name


Name = Annotated[Text, AfterValidator(_plain)]
"""What somebody or something is called: nothing in it is unseen, and nothing turns its reading round."""


def _says_why(reason: str) -> str:
    problem = reason_problem(reason)
    if problem == "reason_too_short":
        raise PydanticCustomError(
            "reason_too_short", "at least {min_length} characters", {"min_length": REASON_AT_LEAST}
        )
    if problem:
        raise PydanticCustomError("reason_says_nothing", "a reason in words")
    return reason


Why = Annotated[Text, AfterValidator(_says_why), Field(json_schema_extra={"minLength": REASON_AT_LEAST})]
"""A reason that protects somebody, who reads it afterwards: four characters that say something, and not one
of them over and over."""

OptionalText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_storable)]

OptionalName = Annotated[OptionalText, AfterValidator(_plain)]


class Body(BaseModel):
    """A request body: an unknown field is refused, so that nobody sets what was not offered."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A response body.  Reads are built by PostgreSQL; a house test proves them against these shapes."""

    model_config = ConfigDict(extra="forbid")


class FieldRefusal(Answer):
    """One reason for a refusal, at the field it is about."""

    pointer: str
    code: str
    message: str


class Refusal(Answer):
    """Why a request was refused: RFC 9457, with a stable `code` and words in the caller's language."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "type": "/api/v1/problems/invalid",
                "title": "Unprocessable Content",
                "status": 422,
                "code": "invalid",
                "detail": "有内容需要更正",
                "errors": [{"pointer": "/title", "code": "missing", "message": "此项必填"}],
                "request_id": "01a2048c-ac42-7cb1-a666-e47c24805b2d",
            }
        },
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldRefusal]
    request_id: str | None


def json_value_is_storable(value: Any, depth: int = 0) -> bool:
    """Whether a free JSON document can be kept: no NUL, half surrogate pair or NaN, at most 32 levels deep."""
    if depth > 32 or (isinstance(value, float) and not math.isfinite(value)):
        return False
    if isinstance(value, str):
        return "\x00" not in value and not any(0xD800 <= ord(c) <= 0xDFFF for c in value)
    if isinstance(value, dict):
        return all(
            json_value_is_storable(k, depth + 1) and json_value_is_storable(v, depth + 1) for k, v in value.items()
        )
    if isinstance(value, list):
        return all(json_value_is_storable(v, depth + 1) for v in value)
    return True
