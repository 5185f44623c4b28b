"""When a call is sent again, and after how long."""

from __future__ import annotations

import random
from typing import Any

import httpx
from tenacity import RetryCallState, retry_if_exception, stop_after_attempt

from guanbiao_client.call import Call
from guanbiao_client.refusal import Refusal

LATER = frozenset({429, 502, 503, 504})
IN_FLIGHT = "idempotency_key_in_use"
_FIRST_SECONDS, _LONGEST_SECONDS = 0.5, 30.0


def options(call: Call[Any], tries: int) -> dict[str, Any]:
    """What tenacity is told: nothing is sent twice that might be done twice."""

    def again(thrown: BaseException) -> bool:
        if isinstance(thrown, Refusal):
            # It was not done, so whatever it is may be asked again.
            return thrown.status == 429 or (
                call.may_be_repeated and (thrown.status in LATER or thrown.code == IN_FLIGHT)
            )
        if isinstance(thrown, httpx.ConnectError | httpx.ConnectTimeout):
            return True
        return isinstance(thrown, httpx.TransportError) and call.may_be_repeated

    return {"retry": retry_if_exception(again), "stop": stop_after_attempt(tries), "wait": pause, "reraise": True}


def pause(state: RetryCallState) -> float:
    """As long as the service asks for, else twice as long each time; never quite the same for two callers."""
    thrown = state.outcome.exception() if state.outcome else None
    asked = (thrown.retry_after or 0.0) if isinstance(thrown, Refusal) else 0.0
    grown: float = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** (state.attempt_number - 1))
    spread: float = random.uniform(0.5, 1.0)  # noqa: S311 - spreads callers, hides nothing
    return asked + grown * spread
