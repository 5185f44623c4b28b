"""Personal data: every column that may hold some is known, and one function stars."""

import re
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import AutoString, SQLModel

from backend import app as _every_table  # noqa: F401 - importing it fills the metadata
from backend.db.encrypted import encrypted_columns
from backend.domain.personal_data import HOLDINGS, IMPERSONAL, columns_of, data_map, holding_of, is_impersonal
from scripts.data_map import FILE, document

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"

# Bytes that are neither a ciphertext nor the hash beside one, each with what they are.
OTHER_BYTES = {
    "waiting_record.body_hash": "keyed hash of what was sent",
    "refresh_token.token_hash": "hash of a random token",
    "recovery_code.code_hash": "keyed hash of a random code",
    "known_device.device_hash": "keyed hash of a random number",
    "sign_in_try.name_hash": "keyed hash of what was typed as a name, kept for a day",
    "sign_in_try.place": "keyed hash of a device or of the day's address, kept for a day",
    "account_invitation.code_hash": "hash of a random code",
    "account_invitation.second_hash": "hash of a random code",
    "feedback_card.submission_hash": "keyed hash of a random id",
    "feedback_card.body_hash": "keyed hash",
    "feedback_card.text_hash": "keyed hash",
    "feedback_card.code_hash": "keyed hash of a random code",
    "feedback_card.pin_hash": "keyed hash of a random code",
    "feedback_photo.content_hash": "keyed hash",
    "client_secret.secret_hash": "hash of 256 random bits",
    "used_once.word_hash": "hash of a random id",
    "kept_answer.key_hash": "keyed hash of a random text",
    "kept_answer.request_hash": "keyed hash of what was sent",
    "audit_check.key": "public key",
    "audit_check.signature": "signature of the installation",
    "audit_seal.edge": "hashes of a tree of seals",
    "audit_seal.hash": "hash of a seal",
    "audit_seal.history": "root over earlier seals",
    "audit_seal.key": "public key",
    "audit_seal.leaves": "ids and hashes of events",
    "audit_seal.leaves_sha256": "hash of these",
    "audit_seal.previous": "hash of the seal before",
    "audit_seal.root": "root over the hashes of events",
    "audit_seal.signature": "signature of the installation",
    "rectification_relook_key.key": "seed of a draw, published afterwards",
}


def columns() -> dict[str, sa.Column]:
    return {f"{table.name}.{column.name}": column for table in SQLModel.metadata.tables.values() for column in table.c}


def test_every_column_of_bytes_is_a_marked_ciphertext_its_hash_or_known() -> None:
    """A new one that holds a ciphertext is marked with `encrypted(...)`: the change of keys finds it by that."""
    marked = {str(of) for of in encrypted_columns()}
    hashes = {f"{of.table.name}.{of.hashed.name}" for of in encrypted_columns() if of.hashed is not None}
    raw = {name for name, column in columns().items() if isinstance(column.type, sa.LargeBinary)}
    assert raw - marked - hashes - set(OTHER_BYTES) == set()
    assert set(OTHER_BYTES) <= raw, "a column that is gone"


def test_every_place_that_something_is_encrypted_for_is_marked_at_a_column() -> None:
    """Whatever calls `encrypt` names its place; a place that no column has would be missed by a change of keys."""
    places = {of.place for of in encrypted_columns() if of.place}
    files = {"ledger_import.file", "feedback_photo.file", "snapshot.file"}
    named = set()
    for path in BACKEND.rglob("*.py"):
        text = path.read_text()
        if ".encrypt(" in text and path.name not in {"crypto.py", "rotation.py", "sealed_file.py"}:
            named |= set(re.findall(r'= "([a-z_]+\.[a-z_]+)"$', text, re.MULTILINE))
    assert named - files <= places, f"not marked: {sorted(named - places)}"
    assert places <= named


def test_one_function_stars() -> None:
    """What is shown of a number or a name is decided in one place, and everything else calls it.

    Remarks are masked in SQL, where lists are made; `test_member_remark.py` holds that to the same function.
    """
    stars = re.compile(r"""["']\*+["'] *\*|\* *["']\*+["']|["']\*{3,}["']|\*{4}""")
    found = {str(path.relative_to(BACKEND)) for path in BACKEND.rglob("*.py") if stars.search(path.read_text())}
    assert found == {"domain/identity.py", "db/member.py"}


HINTS = re.compile(
    r"name|phone|birth|mail|address|contact|device|agent|origin$|secret|note|remark|content|comment|about"
)


def may_hold_personal_data(column: sa.Column) -> bool:
    """Whatever people type or machines tell of them: texts of fifty characters or more, JSON, lists, bytes, and what
    is called by a telling name.  Enumerations, numbers, flags and moments say nothing by themselves."""
    kind = column.type
    if isinstance(kind, sa.Enum | sa.Boolean | sa.Integer | sa.DateTime | sa.Uuid):
        return False
    is_text = isinstance(kind, AutoString | sa.String)
    long = is_text and ((length := getattr(kind, "length", None)) is None or length >= 50)
    return long or isinstance(kind, sa.JSON | sa.ARRAY | sa.LargeBinary) or bool(HINTS.search(column.name))


def test_every_column_that_may_hold_personal_data_is_on_the_map() -> None:
    """A new one is put into a holding of `domain/personal_data.json`, or among its `impersonal` when it says nothing of
    a person."""
    unknown = [
        name
        for name, column in columns().items()
        if may_hold_personal_data(column)
        and holding_of(name) is None
        and not is_impersonal(name)
        and name not in OTHER_BYTES
    ]
    assert unknown == []


def test_the_map_names_no_column_that_is_gone_and_none_twice() -> None:
    existing = columns()
    for holding in HOLDINGS:
        assert list(columns_of(holding, existing)), f"nothing of {holding.key} is left"
        for pattern in holding.columns:
            if not pattern.endswith("*"):
                assert pattern in existing, pattern
                assert holding_of(pattern) is holding, f"{pattern} is in two holdings"
    assert [name for name in IMPERSONAL if not name.endswith("*") and name not in existing] == []


def test_the_map_has_both_languages_and_names_who_reads() -> None:
    for language in ("zh-CN", "en"):
        for said in data_map(language):
            assert all(said[part] for part in ("what", "whose", "why", "basis", "source", "readers", "period"))
    assert all(holding.roles for holding in HOLDINGS if holding.permissions), "a permission that no role gives"


def test_the_written_map_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run `python -m scripts.data_map`"
