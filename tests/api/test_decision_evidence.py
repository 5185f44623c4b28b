"""What may prove a step: whose attachments, of which kind."""

from tests.api.decisions import Walk, codes, uploaded


async def at_investigation(county) -> Walk:
    walk = await Walk.start(county)
    return await walk.pass_until("investigation")


async def test_act_200_takes_a_bare_id_for_the_one_kind_that_is_missing(county) -> None:
    walk = await at_investigation(county)
    kept = await uploaded(walk.client("clerk"), county.township.id)
    assert (await walk.act("clerk", evidence=[kept])).status_code == 200
    (given,) = walk.decision["procedure"]["steps"][1]["acts"][0]["evidence"]
    assert (given["id"], given["kind"], given["name"]) == (kept, "report", "材料.pdf")


async def test_act_422_a_bare_id_where_several_kinds_are_missing(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("public_hearing")
    kept = await uploaded(walk.client("clerk"), demo.township.id)
    answer = await walk.act("clerk", evidence=[kept], dry_run=True)
    assert ("/evidence/0", "evidence_kind_needed") in codes(answer)
    other = await uploaded(walk.client("clerk"), demo.township.id)
    named = await walk.act("clerk", evidence=[{"id": kept, "kind": "notice"}, other], dry_run=True)
    assert not {code for _, code in codes(named)} & {"evidence_kind_needed", "evidence_missing"}


async def test_act_422_without_the_evidence_that_the_step_needs(county) -> None:
    walk = await at_investigation(county)
    assert codes(await walk.act("clerk", evidence=[])) == [("/evidence", "evidence_missing")]


async def test_act_422_with_papers_of_elsewhere_out_of_sight_unknown_or_twice(county, other_county) -> None:
    walk = await at_investigation(county)
    foreign = await uploaded(other_county.client("clerk"), other_county.township.id)
    assert ("/evidence/0", "evidence_not_found") in codes(await walk.act("clerk", evidence=[foreign]))
    unknown = "01a2048c-ac42-7cb1-a666-e47c24805b2d"
    assert ("/evidence/0", "evidence_not_found") in codes(await walk.act("clerk", evidence=[unknown]))
    elsewhere = await uploaded(county.client("county_admin"), county.justice_office.id)
    county.accounts["wide"] = await county.account("clerk", county.county)
    answer = await walk.act("wide", evidence=[{"id": elsewhere, "kind": "report"}])
    assert codes(answer) == [("/evidence/0", "evidence_elsewhere")]
    own = await uploaded(walk.client("clerk"), county.village.id)
    twice = await walk.act("clerk", evidence=[{"id": own, "kind": "report"}, {"id": own, "kind": "other"}])
    assert codes(twice) == [("/evidence/1", "evidence_repeats")]
    assert (await walk.act("clerk", evidence=[{"id": own, "kind": "report"}])).status_code == 200


async def test_act_422_with_a_kind_that_the_step_does_not_take(county) -> None:
    walk = await at_investigation(county)
    kept = await uploaded(walk.client("clerk"), county.township.id)
    answer = await walk.act("clerk", evidence=[{"id": kept, "kind": "ballots"}])
    assert codes(answer) == [("/evidence/0", "evidence_unknown"), ("/evidence", "evidence_missing")]
    assert codes(await walk.act("clerk", evidence=["x"]))[0][0].startswith("/evidence/0")
