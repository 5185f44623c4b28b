import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.document import verify
from backend.document.archive import Entry, is_safe, read_archive, safe_name, write_archive
from backend.document.dossier import COMMENT_BYTES, COMMENT_START, archive_message, build_dossier
from backend.document.finding import messages
from backend.document.verify import Verification, main_verify, verify_dossier
from backend.domain.signing import KEY_FILE, SigningKeyUnreadable, load_or_create_key
from tests.document.sample import CONTENT, NOON, OLD_SHA, VOTES, key_in

Alter = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory):
    return key_in(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="session")
def dossier(key) -> bytes:
    return build_dossier(CONTENT, key.sign, key.public_key)


def files_of(dossier: bytes) -> dict[str, bytes]:
    return {entry.path: entry.content for entry in read_archive(dossier).entries}


def packed(files: dict[str, bytes], dossier: bytes) -> bytes:
    """The files as a well-formed archive with the old signature: what a careful forger without a key makes."""
    entries = [Entry(path, content) for path, content in files.items()]
    return write_archive(entries, NOON, COMMENT_BYTES) + dossier[-COMMENT_BYTES:]


def altered(dossier: bytes, alter: Alter) -> Verification:
    files = files_of(dossier)
    alter(files)
    return verify_dossier(packed(files, dossier))


def codes(result: Verification) -> set[tuple[str, str]]:
    return {(problem.code, problem.path) for problem in result.problems}


def plain_codes(result: Verification) -> set[str]:
    return {problem.code for problem in result.problems}


def test_a_dossier_as_made_is_verified_and_opens_everywhere(dossier: bytes, key) -> None:
    for trusted in (None, key.public_key, key.fingerprint, "SHA256:" + key.fingerprint.upper()):
        result = verify_dossier(dossier, trusted)
        assert result.ok, result.problems
        assert result.key_fingerprint == key.fingerprint
    assert result.facts["number"] == "JC-2026-0007"
    assert result.facts["vote"]["zh-CN"].endswith("表决通过。")
    with zipfile.ZipFile(io.BytesIO(dossier)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert "steps/01-opinion_solicitation/evidence/02-公示照片.jpg" in names
    assert {"resolution.pdf", "resolution.docx", "vote.json", "opinions.xlsx", "events.jsonl", "README.txt"} <= set(
        names
    )
    assert key.fingerprint in files_of(dossier)["README.txt"].decode()


def test_the_same_content_gives_the_same_bytes(dossier: bytes, key) -> None:
    assert build_dossier(CONTENT, key.sign, key.public_key) == dossier


def test_an_opinion_that_looks_like_a_formula_stays_text(dossier: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(files_of(dossier)["opinions.xlsx"])).active
    assert sheet is not None
    cell = sheet["F3"]
    assert (cell.value, cell.data_type) == ("=1+1 请先修下水道", "s")
    assert sheet["G4"].value == "未采纳"


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_byte_can_be_altered(dossier: bytes, data: st.DataObject) -> None:
    at = data.draw(st.one_of(st.integers(0, len(dossier) - 1), st.integers(len(dossier) - 3000, len(dossier) - 1)))
    changed = bytearray(dossier)
    changed[at] ^= data.draw(st.integers(1, 255))
    result = verify_dossier(bytes(changed))
    assert not result.ok
    assert all(problem.text(language) for problem in result.problems for language in ("zh-CN", "en"))


def test_no_byte_of_heads_directory_and_signature_can_be_altered(dossier: bytes) -> None:
    contents = read_archive(dossier)
    tail = len(dossier) - COMMENT_BYTES - 22
    for at in [*range(60), *range(tail, len(dossier))]:
        changed = bytearray(dossier)
        changed[at] ^= 0x20
        assert not verify_dossier(bytes(changed)).ok, at
    assert contents.damages == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_can_be_cut_off_put_in_or_appended(dossier: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(dossier)))
    piece = data.draw(st.binary(min_size=1, max_size=40))
    assert not verify_dossier(dossier[:at] + piece + dossier[at:]).ok
    if at < len(dossier):
        assert not verify_dossier(dossier[:at]).ok
        assert not verify_dossier(dossier[at + 1 :]).ok


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail + b"PK\x05\x06" + b"\0" * 18),
    )
)
def test_garbage_is_refused_without_an_error(garbage: bytes) -> None:
    assert not verify_dossier(garbage).ok


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nonsense_in_a_file_is_refused_without_an_error(dossier: bytes, data: st.DataObject) -> None:
    files = files_of(dossier)
    path = data.draw(st.sampled_from(["manifest.json", "vote.json", "opinions.json", "decision.json", "events.jsonl"]))
    nonsense = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
    value = json.loads(files[path].splitlines()[0] if path.endswith("l") else files[path])
    if isinstance(value, dict):
        value[data.draw(st.sampled_from(sorted(value)))] = data.draw(nonsense)
    else:
        value = data.draw(nonsense)
    files[path] = json.dumps(value).encode()
    result = verify_dossier(packed(files, dossier))
    assert not result.ok
    assert all(problem.text() for problem in result.problems)


def test_json_nested_without_end_is_refused(dossier: bytes) -> None:
    def nest(files: dict[str, bytes]) -> None:
        files["manifest.json"] = b"[" * 200_000

    assert ("manifest_unreadable", "manifest.json") in codes(altered(dossier, nest))


@pytest.mark.parametrize(
    "path", ["resolution.pdf", "vote.json", "steps/01-opinion_solicitation/evidence/01-公示照片.jpg", "README.txt"]
)
def test_an_altered_file_is_named(dossier: bytes, path: str) -> None:
    def alter(files: dict[str, bytes]) -> None:
        files[path] = files[path][:-1] + bytes([files[path][-1] ^ 1])

    result = altered(dossier, alter)
    assert ("file_altered", path) in codes(result)
    assert {found for code, found in codes(result) if code == "file_altered"} == {path}
    # The same without a care for the archive's own check sums: one byte in place.
    at = dossier.index(files_of(dossier)[path])
    assert ("file_altered", path) in codes(verify_dossier(dossier[:at] + bytes([dossier[at] ^ 1]) + dossier[at + 1 :]))


def test_removed_added_renamed_and_reordered_files_are_named(dossier: bytes) -> None:
    assert ("file_missing", "vote.json") in codes(altered(dossier, lambda files: files.pop("vote.json")))
    assert ("file_added", "more.txt") in codes(altered(dossier, lambda files: files.update({"more.txt": b"x"})))

    def rename(files: dict[str, bytes]) -> None:
        files["votes.json"] = files.pop("vote.json")

    assert {("file_missing", "vote.json"), ("file_added", "votes.json")} <= codes(altered(dossier, rename))

    def reorder(files: dict[str, bytes]) -> None:
        files["vote.json"] = files.pop("vote.json")

    assert ("file_order", "") in codes(altered(dossier, reorder))


def test_swapped_evidence_is_named_twice_over(dossier: bytes) -> None:
    one, two = (f"steps/01-opinion_solicitation/evidence/0{place}-公示照片.jpg" for place in (1, 2))

    def swap(files: dict[str, bytes]) -> None:
        files[one], files[two] = files[two], files[one]

    found = codes(altered(dossier, swap))
    assert {("file_altered", one), ("file_altered", two), ("evidence_mismatch", one)} <= found


def events_altered(dossier: bytes, change: Callable[[list[bytes]], None]) -> list[tuple[str, object]]:
    def alter(files: dict[str, bytes]) -> None:
        lines = files["events.jsonl"].splitlines(keepends=True)
        change(lines)
        files["events.jsonl"] = b"".join(lines)

    problems = altered(dossier, alter).problems
    return [(problem.code, problem.detail.get("line")) for problem in problems if problem.code.startswith("event_")]


def test_records_of_the_log_are_named_by_line(dossier: bytes) -> None:
    assert events_altered(dossier, lambda lines: lines.pop(2)) == [("event_missing", 3)]
    assert events_altered(dossier, lambda lines: lines.insert(1, b"{}\n")) == [("event_added", 2)]
    assert events_altered(dossier, lambda lines: lines.reverse()) == [("event_order", None)]
    assert events_altered(dossier, lambda lines: lines.__setitem__(3, b'{"kind":"forged"}\n')) == [("event_altered", 4)]
    assert events_altered(dossier, lambda lines: lines.append(lines[0]))
    assert events_altered(dossier, list.clear) == [("event_missing", line) for line in range(1, 6)]


def test_a_dossier_packed_again_by_another_program_is_noticed(dossier: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files_of(dossier).items():
            archive.writestr(path, content)
    assert ("entry_compressed", "manifest.json") in codes(verify_dossier(buffer.getvalue()))


def test_a_bomb_and_a_path_out_of_the_folder_are_refused(dossier: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"\0" * 50_000_000)
    assert "entry_compressed" in plain_codes(verify_dossier(buffer.getvalue()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../etc/passwd", b"x")
    assert ("entry_unsafe", "../../etc/passwd") in codes(verify_dossier(buffer.getvalue()))
    with pytest.raises(ValueError, match="unsafe"):
        write_archive([Entry("../x", b"")], NOON, 0)


def test_a_forgery_signed_with_another_key_is_found_by_the_fingerprint(key, tmp_path: Path) -> None:
    forger = load_or_create_key(tmp_path)
    vote = replace(CONTENT.vote, votes=[{**ballot, "choice": "for"} for ballot in VOTES])
    forged = build_dossier(replace(CONTENT, vote=vote), forger.sign, forger.public_key)
    unaware = verify_dossier(forged)
    assert unaware.ok
    assert [note.code for note in unaware.notes] == ["key_not_compared"]
    assert plain_codes(verify_dossier(forged, key.fingerprint)) == {"key_not_trusted"}
    assert plain_codes(verify_dossier(forged, key.public_key)) == {"key_not_trusted"}
    # Claiming the true key without having it fails too.
    files = files_of(forged)
    true, own = (base64.b64encode(public) for public in (key.public_key, forger.public_key))
    files["manifest.json"] = files["manifest.json"].replace(own, true)
    files["manifest.json"] = files["manifest.json"].replace(forger.fingerprint.encode(), key.fingerprint.encode())
    archive = write_archive([Entry(path, content) for path, content in files.items()], NOON, COMMENT_BYTES)
    claimed = archive + COMMENT_START + forger.sign(archive_message(archive)).hex().encode()
    assert plain_codes(verify_dossier(claimed, key.fingerprint)) == {
        "manifest_signature_wrong",
        "archive_signature_wrong",
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"vote": replace(CONTENT.vote, adopted=False)}, "vote_outcome_wrong"),
        ({"vote": replace(CONTENT.vote, votes=[*VOTES, {"name": "丁", "choice": "for"}])}, "vote_irregular"),
        ({"vote": replace(CONTENT.vote, text_sha256=OLD_SHA)}, "text_not_reviewed"),
        ({"texts": CONTENT.texts[:1]}, "text_missing"),
        ({"texts": (*CONTENT.texts, replace(CONTENT.texts[0], version=3, body="改"))}, "text_hash_wrong"),
        ({"vote": None}, "vote_missing"),
        ({"opinions": (replace(CONTENT.opinions[0], outcome=None),)}, "opinion_without_outcome"),
    ],
)
def test_a_contradiction_is_found_even_under_a_good_signature(key, change: dict[str, object], code: str) -> None:
    signed = build_dossier(replace(CONTENT, **change), key.sign, key.public_key)
    result = verify_dossier(signed, key.fingerprint)
    assert plain_codes(result) == {code}


def test_a_vote_written_up_is_counted_again(dossier: bytes) -> None:
    def alter(files: dict[str, bytes]) -> None:
        vote = json.loads(files["vote.json"])
        vote["tally"]["yes"] = 3
        files["vote.json"] = json.dumps(vote).encode()

    miscounted = [problem for problem in altered(dossier, alter).problems if problem.code == "vote_miscounted"]
    assert [dict(problem.detail) for problem in miscounted] == [{"field": "yes", "written": 3, "counted": 2}]


def test_the_command_answers_with_a_code_and_lines_in_both_languages(dossier: bytes, key, tmp_path: Path) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(dossier)
    code, lines = main_verify(path, key.fingerprint)
    assert code == 0
    assert lines[0].startswith("验证通过：JC-2026-0007")
    assert main_verify(path, None, "en")[1][0].startswith("Verified")
    path.write_bytes(dossier.replace("表决".encode(), "裁决".encode()))
    code, lines = main_verify(path, key.fingerprint, "en")
    assert code == 1
    assert any("vote.json was altered" in line for line in lines)
    path.write_bytes(b"no archive")
    assert main_verify(path)[0] == 2
    assert main_verify(tmp_path / "nowhere.zip")[0] == 2
    assert main_verify(tmp_path)[0] == 2


def test_every_finding_has_a_message_in_both_languages_and_no_message_is_idle() -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(verify.__file__).parent.glob("*.py"))
    used = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', sources))
    raised = set(re.findall(r'(?:Finding|Damage)\(\s*"([a-z_]+)"', sources))
    assert raised <= set(messages()) <= used
    assert all(set(texts) == {"zh-CN", "en"} and all(texts.values()) for texts in messages().values())


@given(st.text(max_size=200))
def test_any_file_name_becomes_a_safe_path(name: str) -> None:
    assert is_safe(f"steps/{safe_name(name)}")


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        prints = list(pool.map(lambda _: load_or_create_key(folder).fingerprint, range(16)))
    assert len(set(prints)) == 1
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch(mode=0o600)
    (tmp_path / KEY_FILE).write_text("no key")
    with pytest.raises(SigningKeyUnreadable):
        load_or_create_key(tmp_path)
    assert (tmp_path / KEY_FILE).read_text() == "no key"
