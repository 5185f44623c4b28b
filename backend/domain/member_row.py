"""A member's fields as columns and as events tell of them: the one place where personal numbers become ciphertext."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.db.member import Member
from backend.domain.crypto import FieldCipher
from backend.domain.identity import HIDDEN, mask_id_number, mask_name, mask_phone
from backend.domain.organization_rule import first_day
from backend.domain.pinyin import grams, spell_person

ID_NUMBER = "member.id_number"
PHONE = "member.phone"

FIELDS = (
    "name",
    "sex",
    "birth_date",
    "ethnic_group",
    "id_number",
    "phone",
    "education",
    "native_place",
    "joined_on",
    "confirmed_on",
    "status",
    "category",
    "is_mobile",
    "remark",
)
_DAYS = frozenset({"birth_date", "joined_on", "confirmed_on"})
_KEPT_OTHERWISE = tuple(field for field in FIELDS if field in {"name", "id_number", "phone", *_DAYS})


def field_columns(field: str, value: Any, row: UUID, cipher: FieldCipher) -> dict[str, Any]:
    """Return the columns that hold one field of the member `row`."""
    if field == "name":
        spelt = spell_person(value)
        return {
            "name": value,
            "pinyin": spelt.full,
            "initials": spelt.initials,
            "sort_key": spelt.sort_key,
            "grams": grams(value),
        }
    if field == "id_number":
        return {
            "id_number": cipher.encrypt(value, ID_NUMBER, row),
            "id_number_hash": cipher.search_hash(value, ID_NUMBER),
            "id_number_mask": mask_id_number(value),
        }
    if field == "phone":
        return {
            "phone": cipher.encrypt(value, PHONE, row) if value else None,
            "phone_hash": cipher.search_hash(value, PHONE) if value else None,
            "phone_mask": mask_phone(value) if value else None,
        }
    if field in _DAYS and value is not None:
        return {field: first_day(value)}
    return {field: value}


def member_columns_of(values: Mapping[str, Any], row: UUID, cipher: FieldCipher) -> dict[str, Any]:
    """Return the columns of all fields of a new member."""
    columns = {field: values.get(field) for field in FIELDS}
    for field in _KEPT_OTHERWISE:
        columns |= field_columns(field, values.get(field), row, cipher)
    return columns


def fields_of(member: Member, cipher: FieldCipher) -> dict[str, Any]:
    """Return a member's fields in clear, as the rules look at them."""
    fields = {field: getattr(member, field) for field in FIELDS}
    fields["id_number"] = cipher.decrypt(member.id_number, ID_NUMBER, member.id)
    fields["phone"] = cipher.decrypt(member.phone, PHONE, member.id) if member.phone else None
    return fields


def _starred(value: Any) -> str:
    return HIDDEN


# Events are never erased, personal data must be some day: so events tell that it changed, not what it was.
_MASKS: dict[str, Callable[[Any], str]] = {
    "name": mask_name,
    "id_number": mask_id_number,
    "phone": mask_phone,
    "birth_date": _starred,
    "ethnic_group": _starred,
    "native_place": _starred,
    "remark": _starred,
}


def told(field: str, value: Any) -> Any:
    """One field as an event carries it: what identifies a person is masked."""
    if value is None:
        return None
    if field in _MASKS:
        return _MASKS[field](value)
    if field in _DAYS:
        return first_day(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value
