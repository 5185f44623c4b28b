"""Evidence: what a file is comes from its content."""

import io
import zipfile

import pytest

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"


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


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "file_kind_refused"),
        (b"<!doctype html><p>x", "file_kind_refused"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "file_kind_refused"),
        (archive("a.txt"), "file_kind_refused"),
        (archive("word/document.xml", "word/vbaProject.bin"), "file_with_macros"),
        (b"PK\x03\x04broken", "file_kind_refused"),
    ],
)
async def test_upload_422_for_what_no_office_keeps(county, content: bytes, code: str) -> None:
    answer = await upload(county.client("clerk"), county.village, content, "材料.pdf")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/file", "code": code, "message": answer.json()["errors"][0]["message"]}
    ]
    assert answer.json()["errors"][0]["message"] != code


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.pdf", "b.pdf"), ("..", "file"), ("a\x00\nb.pdf", "ab.pdf")],
)
async def test_upload_201_keeps_only_the_last_part_of_a_name(county, name: str, kept: str) -> None:
    from backend.domain.attachment import plain_name

    assert plain_name(name) == kept


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
