"""How partners may call their systems and records."""

import re
from datetime import date

from backend.domain.errors import Problem
from backend.domain.identity import holds_person

_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
# It stands in addresses as it is.
_ID = re.compile(r"[^\s/?#%\\\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,100}")


def key_problems(system: str, id: str, today: date, at_system: str = "/system", at_id: str = "/id") -> list[Problem]:
    """What is wrong with a system's name and with an id.

    Ids are kept and logged by proxies, so that none may be a citizen number or a phone.
    """
    problems = []
    if not _SYSTEM.fullmatch(system):
        problems.append(Problem(at_system, "source_system_malformed"))
    if not _ID.fullmatch(id):
        problems.append(Problem(at_id, "source_id_malformed"))
    elif holds_person(id, today):
        problems.append(Problem(at_id, "source_id_personal"))
    return problems
