"""What is kept of a sender: contact details apart from the card, and sealed reports, both only as ciphertext."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from backend.db.feedback_vault import FeedbackContact
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Problem
from backend.domain.feedback.tracking import Tracking
from backend.domain.identity import name_problem, normalize_name, normalize_phone

_NAME = "feedback_contact.name"
_PHONE = "feedback_contact.phone"
_PAYLOAD = "sealed_report.payload"


@dataclass(frozen=True, slots=True)
class Vault:
    """The keys that cards are kept with, and the folder of their photos."""

    cipher: FieldCipher
    tracking: Tracking
    photos: Path


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a sender who wants it; both parts as they are stored."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """All that a sealed report says; it is stored as one ciphertext."""

    content: str
    about_note: str
    location_text: str
    name: str = ""
    phone: str = ""


def read_contact(name: str, phone: str) -> Contact | list[Problem]:
    """Contact details in the form in which they are stored, or what is wrong with them."""
    found, number = normalize_name(name), normalize_phone(phone)
    problems = []
    if found and (code := name_problem(found)):
        problems.append(Problem("/contact/name", code))
    if number is None:
        problems.append(Problem("/contact/phone", "phone_invalid"))
    return problems if problems or number is None else Contact(found, number)


def locked_contact(cipher: FieldCipher, card_id: UUID, contact: Contact) -> FeedbackContact:
    return FeedbackContact(
        card_id=card_id,
        name_ciphertext=cipher.encrypt(contact.name, _NAME, card_id),
        phone_ciphertext=cipher.encrypt(contact.phone, _PHONE, card_id),
    )


def opened_contact(cipher: FieldCipher, kept: FeedbackContact) -> Contact:
    return Contact(
        cipher.decrypt(kept.name_ciphertext, _NAME, kept.card_id),
        cipher.decrypt(kept.phone_ciphertext, _PHONE, kept.card_id),
    )


def locked_report(cipher: FieldCipher, card_id: UUID, report: Sealed) -> bytes:
    return cipher.encrypt(json.dumps(asdict(report), ensure_ascii=False), _PAYLOAD, card_id)


def opened_report(cipher: FieldCipher, card_id: UUID, payload: bytes) -> Sealed:
    return Sealed(**json.loads(cipher.decrypt(payload, _PAYLOAD, card_id)))
