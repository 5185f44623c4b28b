"""Whoever sends whatever to whichever operation gets what the contract says, and never a 500."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.db.roles import Addresses
from tests.attack.conformance import Attacker
from tests.attack.peopled import known_ids, people
from tests.factories import make_county
from tests.rosters import installation

EXAMPLES = int(os.environ.get("GUANBIAO_ATTACK", "9"))
"""Cases of one operation, which the 13 roles and whoever has none take in turns; `make fuzz` sends many more."""


@pytest.mark.slow
async def test_every_answer_to_everybody_is_in_the_contract(server: Addresses, tmp_path: Path) -> None:
    report = await attacked(server, tmp_path, EXAMPLES)
    print(f"\n{str(report).partition(chr(10))[0]}", file=sys.stderr)  # noqa: T201 - the figures of the run
    assert not report.failures, report
    assert len(report.accepted) > 60, report


async def attacked(server: Addresses, folder: Path, examples: int) -> Any:
    """Attack every operation of an installation of its own, in which the clock may be moved to anywhere."""
    async with installation(server, folder, demo=True) as made:
        county = await make_county(made.app)
        await people(county)
        attacker = Attacker(county, await known_ids(county), made.app.openapi(), examples)
        try:
            for operation in attacker.operations():
                await attacker.attack(operation)
        finally:
            await attacker.close()
            await county.close()
    return attacker.report
