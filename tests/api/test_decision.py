"""Decisions over HTTP."""

from tests.api.decisions import Walk, started


async def test_start_201_opens_the_first_step(county) -> None:
    made = await started(county)
    assert made["number"].startswith("JC-")
    assert made["status"] == "running"
    assert made["procedure"]["step"] == "intention_solicitation"


async def test_walk_200_all_the_way(demo) -> None:
    walk = await Walk.start(demo)
    seen = []
    while walk.step is not None:
        seen.append(walk.step)
        await walk.pass_step()
    assert len(seen) == 12
    assert walk.decision["status"] == "closed"
