"""The printed resolution and the dossier of a decision."""

import io
import json
import zipfile

import pytest

from backend.document.verify import verify_dossier
from tests.api.decisions import Walk, uploaded
from tests.files import pdf

PAPERS = ("resolution.pdf", "resolution.docx", "dossier.zip")


async def dossier(walk: Walk, who: str = "clerk") -> bytes:
    answer = await walk.client(who).get(f"{walk.path}/dossier.zip")
    assert answer.status_code == 200, answer.text
    return answer.content


def file_in(archive: bytes, name: str):
    return json.loads(zipfile.ZipFile(io.BytesIO(archive)).read(name))


async def opinion(walk: Walk, outcome: str | None = "adopted") -> None:
    client = walk.client("clerk")
    body = {"channel": "letter", "content": "先修学校门口", "from_kind": "resident", "from_name": "陶秀英"}
    made = (await client.post(f"{walk.path}/opinions", json=body)).json()
    if outcome:
        answer = await client.patch(
            f"{walk.path}/opinions/{made['id']}",
            json={"outcome": outcome, "reason": "已列入"},
            headers={"if-match": '"1"'},
        )
        assert answer.status_code == 200


async def test_dossier_200_of_an_adopted_decision_verifies_until_one_byte_changes(demo) -> None:
    walk = await Walk.start(demo)
    await opinion(walk)
    await walk.pass_until("publication")
    archive = await dossier(walk)
    found = verify_dossier(archive)
    assert found.problems == ()
    assert found.facts["number"] == walk.decision["number"]
    assert "应到4人" in found.facts["vote"]["zh-CN"]
    described = file_in(archive, "decision.json")
    assert (described["status"], described["finished"]) == ("adopted", False)
    place = archive.index("陶秀英".encode())
    altered = archive[:place] + bytes([archive[place] ^ 1]) + archive[place + 1 :]
    assert verify_dossier(altered).ok is False
    assert {problem.path for problem in verify_dossier(altered).problems} >= {"opinions.json"}


async def test_dossier_200_of_a_running_decision_says_that_it_is_unfinished(county) -> None:
    walk = await Walk.start(county)
    await opinion(walk, outcome=None)
    archive = await dossier(walk)
    assert verify_dossier(archive).problems == ()
    assert file_in(archive, "decision.json")["finished"] is False
    assert "vote.json" not in zipfile.ZipFile(io.BytesIO(archive)).namelist()


async def test_dossier_200_of_a_rejected_decision_verifies(demo) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("resolution")
    example = await walk.example("clerk")
    assert example
    votes = [{**vote, "choice": "against"} for vote in example["votes"]]
    views = [{"name": vote["name"], "view": "不同意"} for vote in votes]
    assert (await walk.act("clerk", record={**example, "votes": votes, "views": views})).status_code == 200
    assert (await walk.act("secretary")).status_code == 200
    assert walk.decision["status"] == "rejected"
    archive = await dossier(walk)
    assert verify_dossier(archive).problems == ()
    assert file_in(archive, "vote.json")["adopted"] is False


async def test_dossier_200_after_a_return_counts_only_the_acts_in_force(demo) -> None:
    """A first signature on a text that was amended since is on record, and is no contradiction."""
    walk = await Walk.start(demo)
    await walk.pass_until("resolution")
    assert (await walk.act("clerk")).status_code == 200
    answer = await walk.client("clerk").patch(
        walk.path,
        json={"text": {"title": "改过的标题", "body": "改过的文本"}, "material": False},
        headers={"if-match": f'"{walk.decision["version"]}"'},
    )
    walk.decision = answer.json()
    assert walk.step == "legality_review"
    await walk.pass_until("resolution")
    archive = await dossier(walk)
    assert verify_dossier(archive).problems == ()
    name = next(n for n in zipfile.ZipFile(io.BytesIO(archive)).namelist() if n.endswith("resolution/record.json"))
    assert [act["in_force"] for act in file_in(archive, name)["acts"]] == [False, False]


async def test_dossier_200_masks_residents_for_those_who_do_not_work_on_it(county) -> None:
    walk = await Walk.start(county)
    await opinion(walk)
    names = {who: file_in(await dossier(walk, who), "opinions.json")[0]["from_name"] for who in ("clerk", "inspector")}
    assert names == {"clerk": "陶秀英", "inspector": "陶**"}


async def test_dossier_409_when_the_file_of_an_act_is_no_longer_what_it_named(demo, data) -> None:
    walk = await Walk.start(demo)
    await walk.pass_until("investigation")
    kept = await uploaded(walk.client("clerk"), demo.township.id, pdf("only this one"))
    assert (await walk.act("clerk", evidence=[kept])).status_code == 200
    sha256 = walk.decision["procedure"]["steps"][1]["acts"][0]["evidence"][0]["sha256"]
    path = data / "attachments" / sha256[:2] / f"{sha256}.sealed"
    assert path.exists()
    path.write_bytes(b"something else")
    answer = await walk.client("clerk").get(f"{walk.path}/dossier.zip")
    path.unlink()
    assert (answer.status_code, answer.json()["code"]) == (409, "evidence_lost")


async def test_resolution_200_is_a_draft_until_it_is_adopted(demo) -> None:
    walk = await Walk.start(demo)
    drafts = [await walk.client("clerk").get(f"{walk.path}/{name}") for name in PAPERS[:2]]
    assert drafts[0].content.startswith(b"%PDF-")
    assert drafts[0].headers["content-disposition"] == f"attachment; filename*=UTF-8''{walk.decision['number']}.pdf"
    assert "送审稿" in docx_text(drafts[1].content)
    await walk.pass_until("publication")
    adopted = await walk.client("clerk").get(f"{walk.path}/resolution.docx")
    assert "送审稿" not in docx_text(adopted.content)
    assert "应到4人" in docx_text(adopted.content)


def docx_text(content: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))


@pytest.mark.parametrize("name", PAPERS)
async def test_paper_404_outside_reach_and_401_anonymous(county, other_county, anonymous, name: str) -> None:
    walk = await Walk.start(county)
    assert (await other_county.client("clerk").get(f"{walk.path}/{name}")).status_code == 404
    assert (await anonymous.get(f"/api/v1{walk.path}/{name}")).status_code == 401


async def test_paper_200_prints_what_people_write(county) -> None:
    text = {"title": "关于😀与䶮𬭎的决议", "body": '一、<b>不是标记</b> & "引号"\n=1+1'}
    walk = await Walk.start(county, text=text)
    for name in PAPERS:
        assert (await walk.client("clerk").get(f"{walk.path}/{name}")).status_code == 200
    assert verify_dossier(await dossier(walk)).problems == ()


async def test_dossier_403_and_events_403_for_those_who_read_no_log(county) -> None:
    walk = await Walk.start(county, organization_id=str(county.branch.id))
    for path in ("dossier.zip", "events"):
        assert (await walk.client("member").get(f"{walk.path}/{path}")).status_code == 403
    assert (await walk.client("member").get(f"{walk.path}/resolution.pdf")).status_code == 200
