"""How fast this machine is just now: seconds differ from one to the next, so figures are held against a fixed work."""

import hashlib
import json
import time

REFERENCE = 0.4
"""Seconds that the fixed work takes on the machine whose figures the tests' limits were taken from, when it is idle."""


def processor_pace() -> float:
    """How much more of a processor's time the fixed work costs than on the reference machine; waiting is left out."""
    begun = time.process_time()
    _work()
    return (time.process_time() - begun) / REFERENCE


def pace() -> float:
    """The same by the clock on the wall: a machine that many programs share is slow for each of them.  At least 1."""
    begun = time.perf_counter()
    _work()
    return max(1.0, (time.perf_counter() - begun) / REFERENCE)


def _work() -> None:
    # What the server does all day: make documents of values, read them again, hash them.
    for n in range(20_000):
        row = {f"field_{k}": f"值{n * k}" for k in range(20)}
        text = json.dumps(row, ensure_ascii=False, sort_keys=True)
        hashlib.sha256(text.encode()).digest()
        json.loads(text)
